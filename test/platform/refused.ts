import { expect } from 'vitest';
import type { RefusalCode } from '#shared/platform/refusal-codes.ts';

/** Expects a refusal with this code, and nothing else. */
export function expectRefusal(act: () => unknown, code: RefusalCode): void {
  expect(act).toThrowError(expect.objectContaining({ name: 'Refusal', code }));
}

/** As `expectRefusal`, of something that answers later. */
export async function expectRefused(answer: Promise<unknown>, code: RefusalCode): Promise<void> {
  await expect(answer).rejects.toMatchObject({ name: 'Refusal', code });
}
