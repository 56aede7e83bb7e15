import { describe, expect, it } from 'vitest';
import { statementOf } from '#shared/credit/statement.ts';
import { journeyUntil, minutesAfter, start } from '#test/journal/citizen.ts';

describe('a statement', () => {
  it('lists each movement with the credit after it, and nothing else', () => {
    const { creditRupiah, movements } = statementOf(journeyUntil('settle').entries);
    expect(movements.map(({ event, creditAfterRupiah }) => [event, creditAfterRupiah])).toEqual([
      ['RecipientDecreed', 3_500_000],
      ['PurchaseReserved', 2_500_000],
      ['CoursePurchased', 2_500_000],
      ['IncentiveClaimed', 2_500_000],
      ['IncentivePaid', 2_500_000],
    ]);
    expect(creditRupiah).toBe(2_500_000);
  });

  it('bears the time of the decision', () => {
    const [decreed] = statementOf(journeyUntil('decree').entries).movements;
    expect(decreed?.at).toBe(minutesAfter(start, 3).toISOString());
  });

  it('is empty for somebody who has no money yet', () => {
    expect(statementOf(journeyUntil('join').entries)).toEqual({ creditRupiah: 0, movements: [] });
  });
});
