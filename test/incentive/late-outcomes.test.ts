import { describe, expect, it } from 'vitest';
import { revokeOverdue } from '#shared/credit/deadline.ts';
import { linkAccount } from '#shared/incentive/account.ts';
import { nextClaims } from '#shared/incentive/entitlement.ts';
import { attemptsOf } from '#shared/incentive/incentive.ts';
import { outcomes, participantId, relinked, settled } from '#test/incentive/paying.ts';
import { decided, fileAfter, linkedAccount, minutesAfter, start } from '#test/journal/citizen.ts';
import { expectRefusal } from '#test/platform/refused.ts';

const now = minutesAfter(start, 60);

describe('what comes after its owner has moved on', () => {
  it('a return from the old account does not speak against the new one: it is made good there', () => {
    const paid = fileAfter('settle');
    const reference = attemptsOf(paid.incentives, 'training', 1)[0]?.reference ?? '';
    const returned = settled(relinked(paid, '2', now), outcomes.returned, now, reference);
    expect(returned.incentives.accountRefused).toBe(false);
    expect(nextClaims(participantId, returned, now)).toMatchObject([
      { attempt: 2, remedialOf: reference, accountTag: returned.incentives.account?.accountTag },
    ]);
  });

  it('a return from the account that is linked asks for another one', () => {
    const returned = settled(
      fileAfter('settle'),
      outcomes.returned,
      now,
      [...fileAfter('settle').incentives.payouts.keys()][0],
    );
    expect(returned.incentives.accountRefused).toBe(true);
    expect(nextClaims(participantId, returned, now)).toEqual([]);
  });

  it('a repeat of a link is refused once the membership is revoked', () => {
    const file = fileAfter('decree');
    const account = linkedAccount(file, participantId, '1');
    const linked = decided(file, linkAccount(participantId, file, account, now), now);
    expect(linkAccount(participantId, linked, account, now).events).toEqual([]);
    const overdue = minutesAfter(start, 60 * 24 * 60);
    const revoked = decided(linked, revokeOverdue(linked, overdue), overdue);
    expectRefusal(() => linkAccount(participantId, revoked, account, overdue), 'membership_revoked');
  });
});
