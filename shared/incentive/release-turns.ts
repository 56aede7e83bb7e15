import * as z from 'zod/mini';
import { isUnfinished, type Release } from '#shared/incentive/release.ts';
import { type Files, json, readJson } from '#shared/platform/files.ts';

const turnsKey = 'payouts/unfinished-releases.json';
const Turns = z.array(z.string());

/** Releases that are not finished at one time; more is a defect, or a hundred days without a close. */
const maxUnfinished = 100;

/**
 * Releases that may not be finished, in the order in which they were prepared: the last one may be in preparation. The index of
 * releases is behind the table for a moment; this file is not, and two that are prepared at once would take the same payouts.
 */
export function releaseTurns(files: Files) {
  async function listed(): Promise<string[]> {
    return (await readJson(files, turnsKey, Turns)) ?? [];
  }

  return {
    listed,

    /**
     * Takes the turn to be prepared; nothing for who has it already.
     * @throws while another is in preparation, or when another took its turn in between: the message comes again.
     */
    async take(releaseId: string, load: (releaseId: string) => Promise<Release>): Promise<void> {
      const file = await files.read(turnsKey);
      const before = file ? Turns.parse(JSON.parse(file.text)) : [];
      if (before.at(-1) === releaseId) return;
      const others = await Promise.all(before.map(async (other) => ({ other, release: await load(other) })));
      if (others.some(({ release }) => release.state === 'requested')) throw new Error('release.turn_taken');
      const unfinished = others.flatMap(({ other, release }) => (isUnfinished(release) ? other : []));
      if (unfinished.length >= maxUnfinished) throw new Error('release.too_many_unfinished');
      await files.replace(turnsKey, JSON.stringify([...unfinished, releaseId]), json, file?.tag ?? null);
    },
  };
}
export type ReleaseTurns = ReturnType<typeof releaseTurns>;
