import { describe, expect, it } from 'vitest';
import { revokeOverdue } from '#shared/credit/deadline.ts';
import { claimDue, isLinked, linkAccount, maxLinkedAccounts, mayLink, recordCheck } from '#shared/incentive/account.ts';
import type { AccountCheck } from '#shared/incentive/incentive-events.ts';
import { PayoutAccount } from '#shared/incentive/payout-account.ts';
import type { Participant } from '#shared/journal/participant.ts';
import { addWibMonths } from '#shared/platform/wib.ts';
import { held, openOne, outcomes, participantId, settled } from '#test/incentive/paying.ts';
import { decided, fileAfter, linkedAccount, minutesAfter, start } from '#test/journal/citizen.ts';
import { expectRefusal } from '#test/platform/refused.ts';

const now = minutesAfter(start, 60);
const claimed = fileAfter('link');
const first = '081234567890';
const accountOf = (file: Participant, number: string) => linkedAccount(file, participantId, number);
const link = (file: Participant, number: string, at = now) =>
  linkAccount(participantId, file, accountOf(file, number), at);
const typesOf = (file: Participant, number: string) => link(file, number).events.map(({ type }) => type);

describe('linking an account', () => {
  it('claims the incentive in the same decision when all else is there', () => {
    expect(typesOf(fileAfter('rate'), '1')).toEqual(['PayoutAccountLinked', 'IncentiveClaimed']);
  });

  it('claims nothing before, and nothing while a hold stands', () => {
    expect(typesOf(fileAfter('certify'), '1')).toEqual(['PayoutAccountLinked']);
    expect(typesOf(held(fileAfter('rate'), 'feed-1', now), '1')).toEqual(['PayoutAccountLinked']);
  });

  it('claims nothing before the partner was asked about it, and does so with the answer', () => {
    const file = fileAfter('rate');
    const unasked = linkAccount(participantId, file, { ...accountOf(file, '1'), check: null }, now);
    expect(unasked.events.map(({ type }) => type)).toEqual(['PayoutAccountLinked']);
    const linked = decided(file, unasked, now);
    const { accountTag, check } = accountOf(file, '1');
    if (!check) throw new Error('The account was checked');
    const answer = recordCheck(participantId, linked, accountTag, check, now);
    expect(answer.events.map(({ type }) => type)).toEqual(['PayoutAccountChecked', 'IncentiveClaimed']);
  });

  it('again asks again where nobody could be asked the first time, and changes nothing when nobody can still', () => {
    const file = fileAfter('rate');
    const unasked = { ...accountOf(file, '1'), check: null };
    const linked = decided(file, linkAccount(participantId, file, unasked, now), now);
    expect(isLinked(linked.incentives, unasked.accountTag)).toBe(false);
    expect(linkAccount(participantId, linked, unasked, now).events).toEqual([]);
    expect(typesOf(linked, '1')).toEqual(['PayoutAccountLinked', 'IncentiveClaimed']);
  });

  it('again is a repeat, also while a claim is open', () => {
    expect(openOne(claimed).state).toBe('claimed');
    expect(link(claimed, first).events).toEqual([]);
    expect(isLinked(claimed.incentives, accountOf(claimed, first).accountTag)).toBe(true);
  });

  it.each(['claimed', 'sent', 'unknown'] as const)('is refused for another account while a payment is %s', (state) => {
    const file = state === 'claimed' ? claimed : settled(claimed, outcomes[state], now);
    expectRefusal(() => link(file, '2'), 'payout_account_in_use');
    expectRefusal(() => mayLink(file), 'payout_account_in_use');
  });

  it.each([
    ['paid', ['PayoutAccountLinked']],
    ['refused', ['PayoutAccountLinked', 'IncentiveClaimed']],
  ] as const)('replaces the account once the payment is %s', (name, types) => {
    expect(typesOf(settled(claimed, outcomes[name], now), '2')).toEqual(types);
  });

  it('is tried anew when its owner links the refused account again, once', () => {
    const refused = settled(claimed, outcomes.refused, now);
    expect(isLinked(refused.incentives, accountOf(refused, first).accountTag)).toBe(false);
    expect(typesOf(refused, first)).toEqual(['PayoutAccountLinked', 'IncentiveClaimed']);
    expect(typesOf(decided(refused, link(refused, first), now), first)).toEqual([]);
  });

  it('is for recipients', () => {
    const overdue = new Date('2026-12-31T00:00:00.000Z');
    const decreed = fileAfter('decree');
    const revoked = decided(decreed, revokeOverdue(decreed, overdue), overdue);
    expectRefusal(() => link(revoked, '1'), 'membership_revoked');
    expectRefusal(() => link(fileAfter('join'), '1'), 'not_recipient');
  });

  it('has an end', () => {
    const file = fileAfter('certify');
    const linkedTimes = (linkedCount: number) => ({ ...file, incentives: { ...file.incentives, linkedCount } });
    expect(link(linkedTimes(maxLinkedAccounts - 1), '1').events).toHaveLength(1);
    expectRefusal(() => link(linkedTimes(maxLinkedAccounts), '1'), 'attempts_exceeded');
  });
});

describe('what a partner says of an account', () => {
  const file = decided(fileAfter('rate'), { events: [{ ...accountOf(fileAfter('rate'), '1'), check: null }] }, now);
  const { accountTag } = accountOf(file, '1');
  const matched: AccountCheck = { outcome: 'matched', reasons: ['nik_matches'], kyc: 'full', partnerCode: 'switching' };
  const refused: AccountCheck = { ...matched, outcome: 'refused', reasons: ['name_differs'] };
  const record = (from: Participant, check: AccountCheck, tag = accountTag) =>
    recordCheck(participantId, from, tag, check, now);

  it('as refused claims nothing', () => {
    expect(record(file, refused).events).toEqual([{ type: 'PayoutAccountChecked', accountTag, check: refused }]);
  });

  it('of an account that is not linked any more is nothing', () => {
    expect(record(file, matched, 'another').events).toEqual([]);
    expect(record(fileAfter('rate'), matched).events).toEqual([]);
  });

  it('again is nothing; another answer, or another partner, is', () => {
    const known = decided(file, record(file, matched), now);
    expect(record(known, { ...matched, reasons: [] }).events).toEqual([]);
    expect(record(known, refused).events).toHaveLength(1);
    expect(record(known, { ...matched, partnerCode: 'bank-induk' }).events).toHaveLength(1);
  });
});

describe('claims by the clock', () => {
  it('are whatever can be claimed by now, and nothing the second time', () => {
    const file = fileAfter('settle', { scheme: 'SEMI_BANSOS_2020' });
    expect(claimDue(participantId, file, now).events).toEqual([]);
    const at = addWibMonths(now, 1);
    const due = claimDue(participantId, file, at);
    expect(due.events).toMatchObject([{ type: 'IncentiveClaimed', number: 2 }]);
    expect(claimDue(participantId, decided(file, due, at), at).events).toEqual([]);
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
    [{ kind: 'e_wallet', provider: 'OVO', number: '0812345678901' }, true],
    [{ kind: 'e_wallet', provider: 'OVO', number: '08123456789012' }, false],
    [{ kind: 'e_wallet', provider: 'OVO', number: '6281234567890' }, false],
    [{ kind: 'e_wallet', provider: 'BCA', number: '0812345678' }, false],
    [{ kind: 'e_wallet', provider: 'OVO', number: '0812345678', note: 'x' }, false],
  ])('%j is one: %s', (account, isOne) => {
    expect(PayoutAccount.safeParse(account).success).toBe(isOne);
  });
});
