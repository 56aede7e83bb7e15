import { describe, expect, it } from 'vitest';
import { Refusal } from '#shared/platform/refusal.ts';
import { type RefusalCode, refusals } from '#shared/platform/refusal-codes.ts';

const codes = Object.keys(refusals) as RefusalCode[];

describe('a refusal', () => {
  it.each(codes)('%s may pass by itself exactly when its status says that the fault is ours', (code) => {
    expect(new Refusal(code).isPassing).toBe(refusals[code].status >= 500);
  });

  it('keeps the sentence of its rule, and leaves the table’s own to the table', () => {
    expect(new Refusal('batch_state', 'The batch is draft; this step needs open').sentence).toContain('draft');
    expect(new Refusal('batch_state').sentence).toBeNull();
  });
});
