import { describe, expect, it } from 'vitest';
import { revokeOverdue } from '#shared/credit/deadline.ts';
import { addBalances, moneyTable, noBalances, post } from '#shared/credit/ledger.ts';
import { courseOf, decided, fileAfter } from '#test/journal/citizen.ts';

// Decreed on 2 November 2026: 15 days after, the last one until 23:59:59.999 WIB.
const lastInstant = new Date('2026-11-17T16:59:59.999Z');
const tooLate = new Date('2026-11-17T17:00:00.000Z');

describe('the purchase deadline', () => {
  it('is the last millisecond of its day in WIB', () => {
    expect(fileAfter('decree').membership.decreed?.purchaseUntil).toBe(lastInstant.toISOString());
  });

  it('revokes nobody at its last instant, and everybody without a purchase a millisecond later', () => {
    const file = fileAfter('decree');
    expect(revokeOverdue(file, lastInstant).events).toEqual([]);
    expect(revokeOverdue(file, tooLate).events).toMatchObject([
      { type: 'MembershipRevoked', reason: 'purchase_deadline' },
    ]);
  });

  it('spares who bought a first course', () => {
    expect(revokeOverdue(fileAfter('pay'), tooLate).events).toEqual([]);
  });

  it('spares who was never decreed', () => {
    expect(revokeOverdue(fileAfter('join'), tooLate).events).toEqual([]);
  });

  it('revokes once', () => {
    const file = fileAfter('decree');
    const revoked = decided(file, revokeOverdue(file, tooLate), tooLate);
    expect(revoked.membership.revoked).toBe(true);
    expect(revokeOverdue(revoked, new Date('2027-11-17T17:00:00.000Z')).events).toEqual([]);
  });

  it('returns a reservation that was never paid together with the rest', () => {
    const file = fileAfter('reserve', { course: courseOf({ priceRupiah: 1_250_000 }) });
    const { balances } = decided(file, revokeOverdue(file, tooLate), tooLate);
    expect(balances).toEqual({ ...noBalances, treasury: -4_200_000, returned: 4_200_000 });
  });

  it('returns exactly Rp 672,497,800,000 of the 189,436 recipients who were revoked in 2020', () => {
    const file = fileAfter('decree', { scheme: 'SEMI_BANSOS_2020' });
    const late = new Date(Date.parse(file.membership.decreed?.purchaseUntil ?? '') + 1);
    let program = noBalances;
    for (let person = 0; person < 189_436; person += 1) {
      const { balances } = file;
      const revoked = revokeOverdue(file, late).events.reduce(
        (before, event) => ('legs' in event ? post(before, event.legs) : before),
        balances,
      );
      program = addBalances(program, revoked);
    }
    expect(moneyTable(program)).toEqual({
      grantedRupiah: 672_497_800_000,
      spentRupiah: 0,
      paidRupiah: 0,
      forfeitedRupiah: 672_497_800_000,
      openRupiah: 0,
    });
  });
});
