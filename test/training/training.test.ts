import { describe, expect, it } from 'vitest';
import type { RefusalCode } from '#shared/platform/refusal-codes.ts';
import { attend, complete, courseOf, redeem, redeemedAt, Sequence } from '#shared/training/training.ts';
import { decided, fileAfter, minutesAfter, purchaseIdOf, start } from '#test/journal/citizen.ts';
import { expectRefusal } from '#test/platform/refused.ts';

const id = purchaseIdOf(1);
const paid = fileAfter('pay');
const redeemed = fileAfter('redeem');
const completed = fileAfter('complete');
const [purchase] = paid.purchases.paid;
if (!purchase) throw new Error('A course is bought');

// The journey redeems in minute 6.
const usedAt = minutesAfter(start, 6);
const now = minutesAfter(start, 600);
const completion = (changes: Partial<Parameters<typeof complete>[2]> = {}) => ({
  webhookId: 'webhook-1',
  completedAt: minutesAfter(start, 7).toISOString(),
  scorePercent: 80,
  certificateNumber: 'CERTIFICATE1',
  ...changes,
});

describe('a sequence', () => {
  it('is 1 to 10 or 999', () => {
    const valid = Array.from({ length: 1_002 }, (_, value) => value - 1).filter(
      (value) => Sequence.safeParse(value).success,
    );
    expect(valid).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 999]);
  });
});

describe('using a code', () => {
  it('is recorded once; the same request again is a repeat', () => {
    expect(redeem(paid.training, id, 'signature-1').events).toHaveLength(1);
    expect(redeem(redeemed.training, id, 'signature-1').events).toEqual([]);
  });

  it('by another request is refused: one code lets one person in, once', () => {
    expectRefusal(() => redeem(redeemed.training, id, 'signature-2'), 'redeem_code_used');
  });

  it('is known from the commit, or from the first attendance', () => {
    const attended = decided(paid, attend(paid.training, id, 1), usedAt);
    expect(redeemedAt(courseOf(paid.training, id))).toBeNull();
    expect(redeemedAt(courseOf(redeemed.training, id))).toEqual(usedAt);
    expect(redeemedAt(courseOf(attended.training, id))).toEqual(usedAt);
  });
});

describe('attending', () => {
  it('the first session uses the code', () => {
    expect(attend(paid.training, id, 1).events).toHaveLength(1);
  });

  it.each([2, 10, 999])('session %i needs a used code', (sequence) => {
    expectRefusal(() => attend(paid.training, id, sequence), 'redeem_code_unused');
    expect(attend(redeemed.training, id, sequence).events).toMatchObject([{ sequence }]);
    const attended = decided(paid, attend(paid.training, id, 1), usedAt);
    expect(attend(attended.training, id, sequence).events).toMatchObject([{ sequence }]);
  });

  it('is recorded once a session', () => {
    const attended = decided(redeemed, attend(redeemed.training, id, 2), now);
    expect(attend(attended.training, id, 2).events).toEqual([]);
    expect(attend(attended.training, id, 3).events).toHaveLength(1);
  });
});

describe('completing', () => {
  it('is recorded once; the same message again is a repeat', () => {
    expect(complete(redeemed.training, purchase, completion(), now).events).toMatchObject([{ ordinal: 1 }]);
    expect(complete(completed.training, purchase, completion(), now).events).toEqual([]);
  });

  it('again with the same facts under another id is a repeat', () => {
    expect(complete(completed.training, purchase, completion({ webhookId: 'webhook-2' }), now).events).toEqual([]);
  });

  const later = minutesAfter(start, 8).toISOString();
  it.each<[RefusalCode, string, () => unknown]>([
    ['redeem_code_unused', 'before the code was used', () => complete(paid.training, purchase, completion(), now)],
    [
      'webhook_id_reused',
      'another time under the same id',
      () => complete(completed.training, purchase, completion({ completedAt: later }), now),
    ],
    [
      'webhook_id_reused',
      'another score under the same id',
      () => complete(completed.training, purchase, completion({ scorePercent: 81 }), now),
    ],
    [
      'completion_differs',
      'another time under another id',
      () => complete(completed.training, purchase, completion({ webhookId: 'webhook-2', completedAt: later }), now),
    ],
  ])('is refused as %s: %s', (code, _, act) => {
    expectRefusal(act, code);
  });

  const at = (from: Date, milliseconds: number) => new Date(from.getTime() + milliseconds).toISOString();
  it.each([
    ['five minutes before the use of the code', at(usedAt, -300_000), true],
    ['a millisecond earlier', at(usedAt, -300_001), false],
    ['five minutes ahead of our clock', at(now, 300_000), true],
    ['a millisecond later', at(now, 300_001), false],
  ])('is plausible when it happened %s', (_, completedAt, isPlausible) => {
    const act = () => complete(redeemed.training, purchase, completion({ completedAt }), now);
    if (isPlausible) expect(act().events).toHaveLength(1);
    else expectRefusal(act, 'completion_implausible');
  });
});
