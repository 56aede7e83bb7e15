import { createHash } from 'node:crypto';
import * as z from 'zod/mini';

/** A SHA-256, as `digestOf` writes it. */
export const Digest = z.string().check(z.regex(/^[0-9a-f]{64}$/));

/** SHA-256 as hex. */
export function digestOf(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
