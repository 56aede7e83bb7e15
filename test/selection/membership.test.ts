import { describe, expect, it } from 'vitest';
import { revokeOverdue } from '#shared/credit/deadline.ts';
import { noBalances } from '#shared/credit/ledger.ts';
import type { Participant } from '#shared/journal/participant.ts';
import type { RefusalCode } from '#shared/platform/refusal-codes.ts';
import type { Declaring } from '#shared/registration/eligibility/declarations.ts';
import { drawNumberOf } from '#shared/selection/draw-number.ts';
import { join } from '#shared/selection/joining.ts';
import { decree, recipient } from '#shared/selection/membership.ts';
import { answerObjection, fileObjection } from '#shared/selection/objection.ts';
import { citizen, decided, fileAfter, joiningOf, keys, minutesAfter, start } from '#test/journal/citizen.ts';
import { expectRefusal } from '#test/platform/refused.ts';
import { drawNumber } from '#test/selection/batch-fixture.ts';

const own = drawNumberOf(keys, '1', citizen());
type Asked = Parameters<typeof join>[1];
const joining = (changes: Partial<Asked> = {}, answers: Declaring['answers'] = {}): Asked => ({
  ...joiningOf(fileAfter('verify'), citizen(), { answers }),
  birthDate: '1990-01-01',
  ...changes,
});
const second = { ...joining().batch, batchId: '2' };
const revoked = () => {
  const file = fileAfter('decree');
  const late = new Date('2026-12-31T00:00:00.000Z');
  return decided(file, revokeOverdue(file, late), late);
};
const refused = (): Participant => {
  const file = fileAfter('register');
  return { ...file, registration: { ...file.registration, identity: 'refused' } };
};

describe('joining a batch', () => {
  it('leaves the draw number in the index, under its first digit', () => {
    const { events, index } = join(fileAfter('verify'), joining());
    expect(events).toMatchObject([{ type: 'BatchJoined', batchId: '1', scheme: 'NORMAL_2023', declares: [] }]);
    expect(index).toEqual({ lookup: `B#1#${own[0]}`, lookupSort: own });
    const other = join(fileAfter('verify'), joining({ batch: second, drawNumber: drawNumber('f0') }));
    expect(other.index).toEqual({ lookup: 'B#2#f', lookupSort: drawNumber('f0') });
  });

  it('keeps what places may be set aside for', () => {
    const both = { disability: true, migrant_worker: true };
    expect(join(fileAfter('verify'), joining({}, both)).events).toMatchObject([
      { declares: ['migrant_worker', 'disability'] },
    ]);
  });

  it('counts how often', () => {
    const file = fileAfter('join');
    expect([...file.membership.applications.keys()]).toEqual(['1']);
    const next = join(file, joining({ batch: second, earlierBatchIsOver: true }, { disability: true }));
    const { joined, applications } = decided(file, next, start).membership;
    expect(joined).toMatchObject({ batchId: '2', declares: ['disability'], at: start });
    expect([...applications.keys()]).toEqual(['1', '2']);
  });

  it.each<[string, Partial<Asked>]>([
    ['twice', {}],
    ['twice, also when the batch was closed meanwhile', { batch: { ...joining().batch, isOpen: false } }],
    ['twice, also at another age', { birthDate: '2020-01-01' }],
    ['twice, also with another declaration', { declaration: joining({}, { disability: true }).declaration }],
    ['twice, also without one', { declaration: null }],
  ])('%s is once', (_, changes) => {
    expect(join(fileAfter('join'), joining(changes))).toEqual({ events: [] });
  });

  const next = joining({ batch: second, earlierBatchIsOver: true });
  it.each<[RefusalCode, string, Participant, Asked]>([
    [
      'not_registered',
      'before the registration',
      { ...fileAfter('register'), registration: noRegistration() },
      joining(),
    ],
    ['identity_unverified', 'before the registry has answered', fileAfter('register'), joining()],
    ['identity_refused', 'when the registry has refused', refused(), joining()],
    [
      'batch_not_open',
      'a batch that is not open',
      fileAfter('verify'),
      joining({ batch: { ...second, isOpen: false } }),
    ],
    ['already_joined', 'a second batch before the first is over', fileAfter('join'), joining({ batch: second })],
    ['already_recipient', 'as a recipient', fileAfter('decree'), next],
    ['already_recipient', 'as a recipient, the batch of the decree', fileAfter('decree'), joining()],
    ['membership_revoked', 'after a revocation', revoked(), next],
    ['age_outside', 'a day before the 18th birthday', fileAfter('verify'), joining({ birthDate: '2008-11-03' })],
    ['age_outside', 'on the 65th birthday', fileAfter('verify'), joining({ birthDate: '1961-11-02' })],
  ])('is refused as %s: %s', (code, _, file, asked) => {
    expectRefusal(() => join(file, asked), code);
  });

  function noRegistration() {
    return { registered: null, erased: null, identity: 'unknown', refusalReasons: [] } as const;
  }

  it('is possible again once the batch before is over', () => {
    expect(join(fileAfter('join'), next).events).toMatchObject([{ type: 'BatchJoined', batchId: '2' }]);
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

describe('a draw number', () => {
  const { familyTag, participantId } = citizen();

  it('is of the family, the person and the batch, and ends in zero', () => {
    expect(own).toMatch(/^[0-9a-f]{30}00$/);
    expect(drawNumberOf(keys, '1', { familyTag, participantId })).toBe(own);
    const sibling = drawNumberOf(keys, '1', { familyTag, participantId: 'another' });
    expect(sibling.slice(0, 16)).toBe(own.slice(0, 16));
    expect(sibling.slice(16, 30)).not.toBe(own.slice(16, 30));
    const married = drawNumberOf(keys, '1', { familyTag: 'another', participantId });
    expect(married.slice(0, 16)).not.toBe(own.slice(0, 16));
    expect(married.slice(16)).toBe(own.slice(16));
  });

  it('has nothing in common with that of another batch', () => {
    const next = drawNumberOf(keys, '2', { familyTag, participantId });
    expect(next.slice(0, 16)).not.toBe(own.slice(0, 16));
    expect(next.slice(16, 30)).not.toBe(own.slice(16, 30));
  });
});

describe('an objection', () => {
  const filing = (changes: Partial<Parameters<typeof fileObjection>[1]> = {}) => {
    return { batchId: '1', drawNumber: own, ground: 'draw_wrong', isTime: true, ...changes } as const;
  };
  const file = fileAfter('join');
  const objecting = (before = file, changes = {}) => fileObjection(before.membership, filing(changes));
  const filedAt = minutesAfter(start, 90);
  const filed = decided(file, objecting(), filedAt);
  const answering = (before = filed, changes = {}, by = 'one') =>
    answerObjection(before.membership, by, {
      ...{ batchId: '1', drawNumber: own, answer: 'dismissed', note: 'Daftar sudah benar' },
      ...changes,
    });
  const answered = decided(filed, answering(), minutesAfter(filedAt, 5));

  it('goes into the index of the batch, under the draw number', () => {
    expect(objecting()).toEqual({
      events: [{ type: 'ObjectionFiled', batchId: '1', ground: 'draw_wrong' }],
      index: { lookup: 'OBJECTIONS#1', lookupSort: own },
    });
    expect(filed.membership.objections.get('1')).toEqual({
      ...{ type: 'ObjectionFiled', batchId: '1', ground: 'draw_wrong', at: filedAt, answered: null },
    });
  });

  it.each<[string, Participant, object]>([
    ['again', filed, {}],
    ['again when the time is over', filed, { isTime: false }],
    ['again when it is answered', answered, {}],
  ])('filed %s changes nothing', (_, before, changes) => {
    expect(objecting(before, changes)).toEqual({ events: [] });
  });

  it.each<[RefusalCode, string, Participant, object]>([
    ['not_applied', 'by who joined nothing', fileAfter('verify'), {}],
    ['not_applied', 'to a batch that was not joined', file, { batchId: '2' }],
    ['objection_late', 'when it is not the time', file, { isTime: false }],
    ['objection_exists', 'for another reason', filed, { ground: 'not_in_list' }],
    ['objection_exists', 'for another reason, when the time is over', filed, { ground: 'not_in_list', isTime: false }],
    ['objection_exists', 'for another reason, after the answer', answered, { ground: 'not_in_list' }],
  ])('is refused as %s: %s', (code, _, before, changes) => {
    expectRefusal(() => objecting(before, changes), code);
  });

  it('to the next batch is another one', () => {
    const moved = decided(answered, join(answered, joining({ batch: second, earlierBatchIsOver: true })), filedAt);
    expect(objecting(moved, { batchId: '2' }).events).toHaveLength(1);
    const again = decided(moved, objecting(moved, { batchId: '2' }), filedAt);
    expect(again.membership.objections.get('2')).toMatchObject({ batchId: '2', answered: null });
    expect(again.membership.objections.get('1')?.answered).not.toBeNull();
  });

  it('is answered by an operator, in the index too', () => {
    const answer = { answer: 'dismissed', note: 'Daftar sudah benar', by: 'one' };
    expect(answering()).toEqual({
      events: [{ type: 'ObjectionAnswered', batchId: '1', ...answer }],
      index: { lookup: 'ANSWERED#1', lookupSort: own },
    });
    expect(answered.membership.objections.get('1')).toMatchObject({
      at: filedAt,
      answered: { ...answer, at: minutesAfter(filedAt, 5) },
    });
  });

  it('is answered once: the same answer again changes nothing', () => {
    expect(answering(answered)).toEqual({ events: [] });
  });

  it.each<[RefusalCode, string, Participant, object, string?]>([
    ['objection_answered', 'there is another answer', answered, { answer: 'upheld' }],
    ['objection_answered', 'it was answered with another note', answered, { note: 'Dengan kata lain' }],
    ['objection_answered', 'another operator has answered the same', answered, {}, 'two'],
    ['objection_unknown', 'nobody objected', file, {}],
    ['objection_unknown', 'the objection is to another batch', filed, { batchId: '2' }],
  ])('is refused an answer as %s when %s', (code, _, before, changes, by) => {
    expectRefusal(() => answering(before, changes, by), code);
  });

  it('that was never filed has no answer in the file', () => {
    expect(decided(file, answering(), filedAt).membership.objections.size).toBe(0);
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
