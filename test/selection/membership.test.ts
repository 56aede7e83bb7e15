import { describe, expect, it } from 'vitest';
import { revokeOverdue } from '#shared/credit/deadline.ts';
import { noBalances } from '#shared/credit/ledger.ts';
import type { RefusalCode } from '#shared/platform/refusal-codes.ts';
import { decree, join, recipient } from '#shared/selection/membership.ts';
import { citizen, decided, fileAfter, start } from '#test/journal/citizen.ts';
import { expectRefusal } from '#test/platform/refused.ts';

const { participantId, familyTag, provinceCode } = citizen();
const joining = (changes: Partial<Parameters<typeof join>[1]> = {}) => ({
  participantId,
  batch: { batchId: '1', scheme: 'NORMAL_2023', isOpen: true } as const,
  earlierBatchIsOver: false,
  birthDate: '1990-01-01',
  now: start,
  ...changes,
});
const second = { batchId: '2', scheme: 'NORMAL_2023', isOpen: true } as const;
const revoked = () => {
  const file = fileAfter('decree');
  const late = new Date('2026-12-31T00:00:00.000Z');
  return decided(file, revokeOverdue(file, late), late);
};

describe('joining a batch', () => {
  it('leaves all that the draw needs in the index', () => {
    const { events, index } = join(fileAfter('verify'), joining());
    expect(events).toEqual([{ type: 'BatchJoined', batchId: '1', scheme: 'NORMAL_2023' }]);
    expect(index).toEqual({ lookup: `B#1#${participantId[0]}`, lookupSort: `${provinceCode}#${familyTag}` });
  });

  it('twice is once', () => {
    expect(join(fileAfter('join'), joining()).events).toEqual([]);
  });

  it('twice is once also after the batch was closed', () => {
    expect(join(fileAfter('join'), joining({ batch: { ...joining().batch, isOpen: false } })).events).toEqual([]);
  });

  it.each<[RefusalCode, string, Parameters<typeof join>[0], Parameters<typeof join>[1]]>([
    ['identity_unverified', 'before the registry has answered', fileAfter('register'), joining()],
    [
      'batch_not_open',
      'a batch that is not open',
      fileAfter('verify'),
      joining({ batch: { ...second, isOpen: false } }),
    ],
    ['already_joined', 'a second batch before the first is over', fileAfter('join'), joining({ batch: second })],
    ['already_recipient', 'as a recipient', fileAfter('decree'), joining({ batch: second, earlierBatchIsOver: true })],
    ['membership_revoked', 'after a revocation', revoked(), joining({ batch: second, earlierBatchIsOver: true })],
    ['age_outside', 'a day before the 18th birthday', fileAfter('verify'), joining({ birthDate: '2008-11-03' })],
    ['age_outside', 'on the 65th birthday', fileAfter('verify'), joining({ birthDate: '1961-11-02' })],
  ])('is refused as %s: %s', (code, _, file, asked) => {
    expectRefusal(() => join(file, asked), code);
  });

  it('is possible again once the batch before is over', () => {
    const { events } = join(fileAfter('join'), joining({ batch: second, earlierBatchIsOver: true }));
    expect(events).toMatchObject([{ type: 'BatchJoined', batchId: '2' }]);
  });

  it.each([
    // Born on 3 November 2008: 18 from midnight in Jakarta, which is 17:00 the day before in UTC.
    ['the last instant of being 17', '2008-11-03', '2026-11-02T16:59:59.999Z', false],
    ['the first instant of being 18', '2008-11-03', '2026-11-02T17:00:00.000Z', true],
    ['the last instant of being 64', '1961-11-03', '2026-11-02T16:59:59.999Z', true],
    ['the first instant of being 65', '1961-11-03', '2026-11-02T17:00:00.000Z', false],
  ])('counts age by the calendar of Jakarta: %s', (_, birthDate, at, isTaken) => {
    const act = () => join(fileAfter('verify'), joining({ birthDate, now: new Date(at) }));
    if (isTaken) expect(act().events).toHaveLength(1);
    else expectRefusal(act, 'age_outside');
  });
});

describe('a decree', () => {
  const announcement = {
    batchId: '1',
    scheme: 'NORMAL_2023',
    cardNumber: '1234567890123451',
    announcedAt: start,
  } as const;

  it('sets aside the whole benefit, once', () => {
    const file = fileAfter('join');
    const recipientFile = decided(file, decree(file.membership, announcement), start);
    const credit = { treasury: -4_200_000, training_credit: 3_500_000, incentive_entitlement: 700_000 };
    expect(recipientFile.balances).toEqual({ ...noBalances, ...credit });
    expect(decree(recipientFile.membership, announcement).events).toEqual([]);
  });

  it('of the older scheme has thirty days', () => {
    const older = { ...announcement, scheme: 'SEMI_BANSOS_2020' } as const;
    expect(decree(fileAfter('join').membership, older).events).toMatchObject([
      { purchaseUntil: '2026-12-02T16:59:59.999Z' },
    ]);
  });

  it('holds for a winner who joined the next batch meanwhile', () => {
    const file = fileAfter('join');
    const next = decided(file, join(file, joining({ batch: second, earlierBatchIsOver: true })), start);
    expect(decree(next.membership, announcement).events).toMatchObject([{ type: 'RecipientDecreed', batchId: '1' }]);
  });
});

describe('a recipient', () => {
  it('has a decree that was not revoked', () => {
    expect(recipient(fileAfter('decree').membership).batchId).toBe('1');
    expectRefusal(() => recipient(fileAfter('join').membership), 'not_recipient');
    expectRefusal(() => recipient(revoked().membership), 'membership_revoked');
  });
});
