import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const Remembered = z.object({
  seed: z.string(),
  offsetMilliseconds: z.number(),
  checkpoints: z.record(z.string(), z.string()),
});
export type Remembered = z.infer<typeof Remembered>;

/** What the local cloud itself remembers between starts, beside what the engines store: seed, clock, and how far streams were read. */
export function remember(
  dataDir: string | undefined,
  seed: string | undefined,
): { remembered: Remembered; save: () => void } {
  const file = dataDir ? join(dataDir, 'cloud.json') : undefined;
  if (dataDir) mkdirSync(dataDir, { recursive: true });
  const kept = file && existsSync(file) ? Remembered.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
  const remembered = {
    seed: seed ?? kept?.seed ?? randomBytes(16).toString('hex'),
    offsetMilliseconds: kept?.offsetMilliseconds ?? 0,
    checkpoints: kept?.checkpoints ?? {},
  };
  const save = () => file && writeFileSync(file, JSON.stringify(remembered));
  save();
  return { remembered, save };
}
