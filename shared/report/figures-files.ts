import * as z from 'zod/mini';
import { digestOf } from '#shared/platform/digest.ts';
import { type Files, json, putJson, readJson } from '#shared/platform/files.ts';
import { logger } from '#shared/platform/observe.ts';
import { slices } from '#shared/platform/slices.ts';
import { Contribution, count, Figures, noTotals, publish, Totals } from '#shared/report/figures.ts';

const pendingPrefix = 'figures/pending/';
const totalsKey = 'figures/totals.json';
const publishedKey = 'figures/published.json';

/** Parts counted in one run; what is left waits a minute. */
const partsPerRun = 1_000;

const Part = z.array(Contribution);

/** Requests to the files under way at a time. */
const requestsAtOnce = 50;

async function inGroups<Value>(keys: readonly string[], act: (key: string) => Promise<Value>): Promise<Value[]> {
  const values: Value[] = [];
  for (const group of slices(keys, requestsAtOnce)) values.push(...(await Promise.all(group.map(act))));
  return values;
}

/** The figures' files: parts that wait to be counted, running totals, and what is published. */
export function figuresFiles(files: Files) {
  /** One part. What does not parse is named, so that somebody can look at it, and stops the figures rather than be left out. */
  async function readPart(key: string): Promise<Contribution[]> {
    const file = await files.read(key);
    if (!file) return [];
    const part = Part.safeParse(JSON.parse(file.text));
    if (!part.success) {
      logger.error('part.unreadable', { key });
      throw new Error('figures.part_unreadable');
    }
    return part.data;
  }

  return {
    /** Leaves contributions to be counted. The key is the content's digest: the same part twice is one file. */
    async leave(contributions: readonly Contribution[]): Promise<void> {
      if (contributions.length === 0) return;
      const text = JSON.stringify(contributions);
      await files.put(`${pendingPrefix}${digestOf(text)}.json`, text, json);
    },

    /**
     * Counts waiting parts into the totals, then publishes. Totals are replaced on the condition that nobody wrote in
     * between, and remember what they counted: dying anywhere in here, or running twice, changes no figure.
     */
    async countAndPublish(provinces: readonly { code: string; name: string }[], now: Date): Promise<number> {
      const stored = await files.read(totalsKey);
      const before = stored ? Totals.parse(JSON.parse(stored.text)) : noTotals;
      const keys = await files.list(pendingPrefix, partsPerRun);
      const contributions = (await inGroups(keys, readPart)).flat();
      const totals = count(before, contributions, now);
      if (keys.length > 0) await files.replace(totalsKey, JSON.stringify(totals), json, stored?.tag ?? null);
      await putJson(files, publishedKey, publish(totals, provinces, now));
      await inGroups(keys, (key) => files.remove(key));
      return contributions.length;
    },

    published: (): Promise<Figures | null> => readJson(files, publishedKey, Figures),
  };
}
export type FiguresFiles = ReturnType<typeof figuresFiles>;
