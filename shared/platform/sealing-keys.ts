import { ok } from 'node:assert/strict';
import * as z from 'zod/mini';

/**
 * The program's sealing keys: one secret, JSON, with every version that is still needed. What is sealed says by which version, so a
 * new version needs nothing rewritten. Keyed hashes have another secret that never changes: they are keys of the table.
 */

/** A version goes into one byte. */
const Version = z.int().check(z.gte(1), z.lte(255));
const SecretPart = z.string().check(z.minLength(32));

const SealingKey = z.strictObject({
  version: Version,
  secret: SecretPart,
  /** From this instant on it seals; it opens from the moment it is known. */
  from: z._default(z.iso.datetime(), '1970-01-01T00:00:00.000Z'),
});
export type SealingKey = z.infer<typeof SealingKey>;

/** A deployment's first version is the object that its template generates; every later secret is a list. */
const Stored = z.union([
  z.strictObject({ versions: z.array(SealingKey).check(z.minLength(1), z.maxLength(20)) }),
  SealingKey,
]);

export type SealingKeys = readonly SealingKey[];

/** Reads the secret. @throws when it is none, or has a version twice or out of order. */
export function readSealingKeys(secret: string): SealingKeys {
  const stored = Stored.parse(JSON.parse(secret));
  const versions = 'versions' in stored ? stored.versions : [stored];
  for (const [index, { version }] of versions.entries())
    ok(index === 0 || version > (versions[index - 1]?.version ?? 0), 'Versions of a key follow each other');
  return versions;
}

export const writeSealingKeys = (versions: SealingKeys): string => JSON.stringify({ versions });

/** The version that seals at an instant. */
export function newestAt(versions: SealingKeys, at: Date): SealingKey {
  const key = versions.findLast(({ from }) => from <= at.toISOString()) ?? versions[0];
  ok(key, 'There is a key to seal with');
  return key;
}

/** How long an instance of a function goes on with the versions that it has read. */
export const keysLiveMinutes = 5;
/** A new version seals only when every instance knows it, and then some. */
const activeAfterMinutes = 15;

/** One version more. It seals a quarter of an hour later, when every running function can open it. A repeat before that adds nothing. */
export function rotated(versions: SealingKeys, secret: string, now: Date): SealingKeys {
  const last = versions.at(-1);
  ok(last, 'There is a key to rotate');
  if (last.from > now.toISOString()) return versions;
  const from = new Date(now.getTime() + activeAfterMinutes * 60_000).toISOString();
  return [...versions, SealingKey.parse({ version: last.version + 1, secret, from })];
}

/** Without a version that nothing is sealed with any more: what is, is closed for good. @throws for the one that seals. */
export function retired(versions: SealingKeys, version: number, now: Date): SealingKeys {
  ok(newestAt(versions, now).version > version, 'A version that seals, or will, is not retired');
  return versions.filter((key) => key.version !== version);
}
