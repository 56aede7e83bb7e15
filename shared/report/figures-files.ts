import * as z from 'zod/mini';
import { digestOf } from '#shared/platform/digest.ts';
import type { Files } from '#shared/platform/files.ts';
import { Contribution, count, Figures, noTotals, publish, Totals } from '#shared/report/figures.ts';

const pendingPrefix = 'figures/pending/';
const totalsKey = 'figures/totals.json';
const publishedKey = 'figures/published.json';
const json = 'application/json';

/** Parts counted in one run; what is left waits a minute. */
const partsPerRun = 1_000;

const Part = z.array(Contribution);

/** The figures' files: parts that wait to be counted, running totals, and what is published. */
export function figuresFiles(files: Files) {
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
      const parts = await Promise.all(keys.map((key) => files.read(key)));
      const contributions = parts.flatMap((part) => (part ? Part.parse(JSON.parse(part.text)) : []));
      const totals = count(before, contributions, now);
      if (keys.length > 0) await files.replace(totalsKey, JSON.stringify(totals), json, stored?.tag ?? null);
      await files.put(publishedKey, JSON.stringify(publish(totals, provinces, now)), json);
      for (const key of keys) await files.remove(key);
      return contributions.length;
    },

    async published(): Promise<Figures | null> {
      const file = await files.read(publishedKey);
      return file && Figures.parse(JSON.parse(file.text));
    },
  };
}
export type FiguresFiles = ReturnType<typeof figuresFiles>;
