import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { revokeOverdue } from '#shared/credit/deadline.ts';
import {
  type Entitled,
  linkAccount,
  maxLinkedAccounts,
  nextClaim,
  noIncentives,
  type Outcome,
  PayoutAccount,
  payoutReference,
  settle,
} from '#shared/incentive/incentive.ts';
import type { Participant } from '#shared/journal/participant.ts';
import { addWibMonths } from '#shared/platform/wib.ts';
import { citizen, decided, fileAfter, linkedAccount, minutesAfter, start } from '#test/journal/citizen.ts';
import { expectRefusal } from '#test/platform/refused.ts';

const { participantId } = citizen();
const now = minutesAfter(start, 60);
const later = (file: Participant, milliseconds: number) =>
  new Date((file.incentives.paid.at(-1)?.at.getTime() ?? start.getTime()) + milliseconds);
const paid: Outcome = { kind: 'paid', partnerReference: 'SIM2' };
const refused: Outcome = { kind: 'refused', reason: '40411' };
const accountOf = (file: Participant, number: string) => linkedAccount(file, participantId, number);

/** Claims the next incentive and settles it. */
function paidOnce(file: Participant, at: Date): Participant {
  const claim = nextClaim(participantId, file, at);
  const claimed = decided(file, { events: claim ? [claim] : [] }, at);
  return decided(claimed, settle(participantId, claimed, claim?.reference ?? '', paid, at), at);
}

describe('the right to the first incentive', () => {
  // Each condition with a way to take it away from a file that has all of them.
  const whole: Entitled = {
    ...fileAfter('rate'),
    incentives: { ...noIncentives, account: accountOf(fileAfter('rate'), '1') },
  };
  const missing: Readonly<Record<string, (file: Entitled) => Entitled>> = {
    'no decree': (file) => ({ ...file, membership: { ...file.membership, decreed: null } }),
    'a revoked membership': (file) => ({ ...file, membership: { ...file.membership, revoked: true } }),
    'no purchase': (file) => ({ ...file, purchases: { ...file.purchases, paid: [] } }),
    'no certificate': (file) => ({ ...file, certificates: { ...file.certificates, issued: new Map() } }),
    'no rating': (file) => ({ ...file, certificates: { ...file.certificates, rated: new Map() } }),
    'no account': (file) => ({ ...file, incentives: { ...file.incentives, account: null } }),
    'an open claim': (file) => ({ ...file, incentives: { ...file.incentives, open: openClaim } }),
    'a refused account': (file) => ({ ...file, incentives: { ...file.incentives, accountRefused: true } }),
    'all incentives paid': (file) => ({
      ...file,
      incentives: { ...file.incentives, paid: [{ number: 1, reference: 'T1', at: start, partnerReference: 'SIM1' }] },
    }),
  };
  const claimed = nextClaim(participantId, whole, now);
  if (!claimed) throw new Error('Nothing is missing');
  const openClaim = { ...claimed, claimedAt: now };

  it('is there when nothing is missing', () => {
    expect(claimed).toMatchObject({ number: 1, amountRupiah: 600_000 });
  });

  const names = Object.keys(missing);
  const combinations = Array.from({ length: 2 ** names.length }, (_, bits) =>
    names.filter((_name, index) => (bits & (1 << index)) !== 0),
  );

  it.each(names)('is not there with %s', (name) => {
    expect(nextClaim(participantId, missing[name]?.(whole) ?? whole, now)).toBeNull();
  });

  it('is there in no combination but the one that misses nothing', () => {
    const entitled = combinations.filter((faults) => {
      const file = faults.reduce<Entitled>((before, fault) => missing[fault]?.(before) ?? before, whole);
      return nextClaim(participantId, file, now) !== null;
    });
    expect(combinations).toHaveLength(512);
    expect(entitled).toEqual([[]]);
  });

  it('is not there for a certificate of another course than the first', () => {
    const [entry] = [...whole.certificates.issued.values()];
    if (!entry) throw new Error('A certificate is issued');
    const other = { ...whole.certificates, issued: new Map([['another purchase', entry]]) };
    expect(nextClaim(participantId, { ...whole, certificates: other }, now)).toBeNull();
  });
});

describe('linking an account', () => {
  it('claims the incentive in the same decision when all else is there', () => {
    const file = fileAfter('rate');
    expect(linkAccount(participantId, file, accountOf(file, '1'), now).events.map(({ type }) => type)).toEqual([
      'PayoutAccountLinked',
      'IncentiveClaimed',
    ]);
  });

  it('claims nothing before', () => {
    const file = fileAfter('certify');
    expect(linkAccount(participantId, file, accountOf(file, '1'), now).events.map(({ type }) => type)).toEqual([
      'PayoutAccountLinked',
    ]);
  });

  it('again is a repeat, also while a claim is open', () => {
    const file = fileAfter('link');
    expect(file.incentives.open).not.toBeNull();
    expect(linkAccount(participantId, file, accountOf(file, '081234567890'), now).events).toEqual([]);
  });

  it('is refused for another account while a claim is open', () => {
    const file = fileAfter('link');
    expectRefusal(() => linkAccount(participantId, file, accountOf(file, '2'), now), 'payout_account_differs');
  });

  it('replaces the account once the claim is settled', () => {
    const file = fileAfter('settle');
    expect(linkAccount(participantId, file, accountOf(file, '2'), now).events).toHaveLength(1);
  });

  it('is for recipients', () => {
    const overdue = new Date('2026-12-31T00:00:00.000Z');
    const file = fileAfter('decree');
    const revoked = decided(file, revokeOverdue(file, overdue), overdue);
    expectRefusal(() => linkAccount(participantId, revoked, accountOf(revoked, '1'), now), 'membership_revoked');
    const joined = fileAfter('join');
    expectRefusal(() => linkAccount(participantId, joined, accountOf(joined, '1'), now), 'not_recipient');
  });

  it('has an end', () => {
    const file = fileAfter('certify');
    const linkedTimes = (linkedCount: number) => ({ ...file, incentives: { ...file.incentives, linkedCount } });
    const act = (count: number) => linkAccount(participantId, linkedTimes(count), accountOf(file, '1'), now);
    expect(act(maxLinkedAccounts - 1).events).toHaveLength(1);
    expectRefusal(() => act(maxLinkedAccounts), 'attempts_exceeded');
  });
});

describe('settling a claim', () => {
  const file = fileAfter('link');
  const reference = file.incentives.open?.reference ?? '';

  it('as paid moves the money to the citizen, once', () => {
    const settled = decided(file, settle(participantId, file, reference, paid, now), now);
    expect(settled.balances).toMatchObject({
      payout_in_flight: 0,
      paid_to_citizen: 600_000,
      incentive_entitlement: 100_000,
    });
    for (const outcome of [paid, refused])
      expect(settle(participantId, settled, reference, outcome, now).events).toEqual([]);
  });

  it('as refused gives the money back to the entitlement, once', () => {
    const settled = decided(file, settle(participantId, file, reference, refused, now), now);
    expect(settled.balances).toMatchObject({ payout_in_flight: 0, paid_to_citizen: 0, incentive_entitlement: 700_000 });
    expect(settled.incentives.refusals).toEqual([{ number: 1, reason: '40411' }]);
    for (const outcome of [paid, refused])
      expect(settle(participantId, settled, reference, outcome, now).events).toEqual([]);
  });

  it('under another reference is nothing', () => {
    expect(settle(participantId, file, `${reference}X`, paid, now).events).toEqual([]);
  });

  it('as refused claims nothing until another account is linked, then under a reference of its own', () => {
    const settled = decided(file, settle(participantId, file, reference, refused, now), now);
    expect(nextClaim(participantId, settled, new Date('2030-01-01T00:00:00.000Z'))).toBeNull();
    const [, claim] = linkAccount(participantId, settled, accountOf(settled, '2'), now).events;
    expect(claim).toMatchObject({ type: 'IncentiveClaimed', number: 1 });
    expect(claim).not.toMatchObject({ reference });
  });

  it('as refused is tried anew when its owner links the same account again, once', () => {
    const settled = decided(file, settle(participantId, file, reference, refused, now), now);
    const again = linkAccount(participantId, settled, accountOf(settled, '081234567890'), now);
    expect(again.events.map(({ type }) => type)).toEqual(['PayoutAccountLinked', 'IncentiveClaimed']);
    const relinked = decided(settled, again, now);
    expect(linkAccount(participantId, relinked, accountOf(settled, '081234567890'), now).events).toEqual([]);
  });

  it('puts nothing on the clock where there is one incentive only', () => {
    expect(settle(participantId, file, reference, paid, now).index).toBeUndefined();
  });
});

describe('monthly incentives', () => {
  const first = fileAfter('settle', { scheme: 'SEMI_BANSOS_2020' });
  const opensAt = addWibMonths(first.incentives.paid[0]?.at ?? start, 1);

  it('open a month after the one before, not a millisecond earlier', () => {
    expect(nextClaim(participantId, first, new Date(opensAt.getTime() - 1))).toBeNull();
    expect(nextClaim(participantId, first, opensAt)).toMatchObject({ number: 2, amountRupiah: 600_000 });
  });

  it('stand in the due index a minute later, so that no clock is too early', () => {
    const claimed = fileAfter('link', { scheme: 'SEMI_BANSOS_2020' });
    const reference = claimed.incentives.open?.reference ?? '';
    const { index } = settle(participantId, claimed, reference, paid, new Date('2027-01-31T16:59:59.000Z'));
    expect(index).toEqual({
      due: `DUE#2027-03-01#${participantId[0]}`,
      dueSort: '2027-02-28T17:00:59.000Z#incentive',
    });
  });

  it('are four, of Rp 600,000 each', () => {
    let file = first;
    for (let number = 2; number <= 4; number += 1) file = paidOnce(file, later(file, 32 * 86_400_000));
    expect(file.incentives.paid.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    expect(file.balances).toMatchObject({ paid_to_citizen: 2_400_000, incentive_entitlement: 150_000 });
    expect(nextClaim(participantId, file, later(file, 400 * 86_400_000))).toBeNull();
  });

  it.each([
    [3, true],
    [4, false],
  ])('when number %i is paid, another is due: %s', (number, isDue) => {
    let file = first;
    while (file.incentives.paid.length < number - 1) file = paidOnce(file, later(file, 32 * 86_400_000));
    const at = later(file, 32 * 86_400_000);
    const claim = nextClaim(participantId, file, at);
    const claimed = decided(file, { events: claim ? [claim] : [] }, at);
    expect(settle(participantId, claimed, claim?.reference ?? '', paid, at).index !== undefined).toBe(isDue);
  });

  it('are not claimed from an account that the partner refused', () => {
    const claim = nextClaim(participantId, first, opensAt);
    if (!claim) throw new Error('The second incentive is open');
    const claimed = decided(first, { events: [claim] }, opensAt);
    const settled = decided(claimed, settle(participantId, claimed, claim.reference, refused, opensAt), opensAt);
    expect(nextClaim(participantId, settled, opensAt)).toBeNull();
    expect(linkAccount(participantId, settled, accountOf(settled, '2'), opensAt).events).toHaveLength(2);
  });
});

describe('a payout reference', () => {
  it('is never used for anything else', () => {
    const number = fc.integer({ min: 1, max: 20 });
    const id = fc.stringMatching(/^[0-9a-f]{64}$/);
    fc.assert(
      fc.property(number, number, id, number, number, (a, b, person, c, d) => {
        const [one, other] = [payoutReference(person, a, b), payoutReference(person, c, d)];
        expect(one === other).toBe(a === c && b === d);
        expect(one).toMatch(/^[0-9A-Z]{1,64}$/);
      }),
    );
  });

  it('differs between people', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f]{64}$/), fc.nat({ max: 47 }), (id, at) => {
        const other = `${id.slice(0, at)}${id[at] === 'a' ? 'b' : 'a'}${id.slice(at + 1)}`;
        expect(payoutReference(id, 1, 1)).not.toBe(payoutReference(other, 1, 1));
      }),
    );
  });
});

describe('a payout account', () => {
  it.each([
    [{ kind: 'bank', provider: 'BCA', number: '12345678' }, true],
    [{ kind: 'bank', provider: 'BCA', number: '1234567' }, false],
    [{ kind: 'bank', provider: 'BCA', number: '1'.repeat(20) }, true],
    [{ kind: 'bank', provider: 'BCA', number: '1'.repeat(21) }, false],
    [{ kind: 'bank', provider: 'OVO', number: '12345678' }, false],
    [{ kind: 'e_wallet', provider: 'OVO', number: '0812345678' }, true],
    [{ kind: 'e_wallet', provider: 'OVO', number: '081234567' }, false],
    [{ kind: 'e_wallet', provider: 'OVO', number: '6281234567890' }, false],
    [{ kind: 'e_wallet', provider: 'BCA', number: '0812345678' }, false],
    [{ kind: 'e_wallet', provider: 'OVO', number: '0812345678', note: 'x' }, false],
  ])('%j is one: %s', (account, isOne) => {
    expect(PayoutAccount.safeParse(account).success).toBe(isOne);
  });
});
