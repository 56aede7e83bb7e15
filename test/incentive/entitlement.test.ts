import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  type Entitled,
  evidenceDigest,
  evidenceOf,
  maxAttempts,
  nextClaims,
  type Obstacle,
  obstacleOf,
  opensAfter,
} from '#shared/incentive/entitlement.ts';
import { attemptsOf, type Incentives, noIncentives, paidPayouts } from '#shared/incentive/incentive.ts';
import type { Participant } from '#shared/journal/participant.ts';
import { addWibMonths } from '#shared/platform/wib.ts';
import {
  answered,
  claimedAt,
  forfeited,
  held,
  lifted,
  openOne,
  outcomes,
  participantId,
  relinked,
  settled,
} from '#test/incentive/paying.ts';
import { decided, fileAfter, linkedAccount, minutesAfter, purchaseIdOf, start } from '#test/journal/citizen.ts';

const now = minutesAfter(start, 60);
const day = 1_440;
const claims = (file: Entitled, at: Date = now) => nextClaims(participantId, file, at);
const numbersOf = (file: Entitled, at: Date) => claims(file, at).map(({ kind, number }) => `${kind} ${number}`);

/** A file that misses nothing for its first incentive; nothing is claimed yet. */
const whole: Participant = {
  ...fileAfter('rate'),
  incentives: { ...noIncentives, account: linkedAccount(fileAfter('rate'), participantId, '1') },
};
const receivable = {
  holdId: 'hold-1',
  scope: 'incentives',
  reason: 'not_entitled',
  by: 'operator',
  raisedAt: now,
  amountRupiah: 600_000,
  dueUntil: now,
  reminders: 0,
  repayments: new Map(),
  handedOver: false,
} as const;
const hold = { holdId: 'hold-1', reason: 'feed', by: 'operator', since: now };

const [open, paidOnce] = [fileAfter('link'), fileAfter('settle')];

type Takes = (file: Entitled) => Entitled;
const incentives =
  (change: (before: Incentives) => Partial<Incentives>): Takes =>
  (file) => ({ ...file, incentives: { ...file.incentives, ...change(file.incentives) } });
const certificates =
  (change: Partial<Entitled['certificates']>): Takes =>
  (file) => ({ ...file, certificates: { ...file.certificates, ...change } });

/** Each condition of the first incentive, with a way to take it away from a file that has all of them. */
const missing: Readonly<Record<string, Takes>> = {
  'no decree': (file) => ({ ...file, membership: { ...file.membership, decreed: null } }),
  'a revoked membership': (file) => ({ ...file, membership: { ...file.membership, revoked: true } }),
  'no purchase': (file) => ({ ...file, purchases: { ...file.purchases, paid: [] } }),
  'no completion': (file) => ({ ...file, training: new Map() }),
  'no certificate': certificates({ issued: new Map() }),
  'no rating': certificates({ rated: new Map() }),
  'no review': (file) => {
    const rated = [...file.certificates.rated].map(([id, rating]) => [id, { ...rating, review: '' }] as const);
    return certificates({ rated: new Map(rated) })(file);
  },
  'no account': incentives(() => ({ account: null })),
  'an account that nobody asked about': incentives(({ account }) => ({
    account: account && { ...account, check: null },
  })),
  'a refused account': incentives(() => ({ accountRefused: true })),
  'a hold': incentives(() => ({ holds: new Map([[hold.holdId, hold]]) })),
  forfeiture: incentives(() => ({ forfeited: true })),
  'a debt': incentives(() => ({ receivable })),
  'an open claim': incentives(() => ({ payouts: open.incentives.payouts })),
  'a payment': incentives(() => ({ payouts: paidOnce.incentives.payouts })),
};
const faults = Object.keys(missing);

/** Every subset of the conditions, as the files that miss them. */
function* without(from: readonly string[], file: Entitled): Generator<readonly [readonly string[], Entitled]> {
  const [first, ...rest] = from;
  if (first === undefined) return yield [[], file];
  yield* without(rest, file);
  for (const [more, less] of without(rest, missing[first]?.(file) ?? file)) yield [[first, ...more], less];
}

describe('the right to the first incentive', () => {
  it('is there when nothing is missing', () => {
    expect(claims(whole)).toMatchObject([{ kind: 'training', number: 1, attempt: 1, amountRupiah: 600_000 }]);
  });

  it.each(faults)('is not there with %s', (fault) => {
    expect(claims(missing[fault]?.(whole) ?? whole)).toEqual([]);
  });

  it('is there in no combination of conditions but the one that misses nothing', () => {
    let combinations = 0;
    const entitled: (readonly string[])[] = [];
    for (const [missed, file] of without(faults, whole)) {
      combinations += 1;
      if (claims(file).length > 0) entitled.push(missed);
    }
    expect(combinations).toBe(32_768);
    expect(entitled).toEqual([[]]);
  });

  it('is not there for what was done in another course than the first', () => {
    const first = purchaseIdOf(1);
    const second = purchaseIdOf(2);
    const moved = <Value>(map: ReadonlyMap<string, Value>) =>
      new Map([...map].map(([id, value]) => [id === first ? second : id, value]));
    const { issued, rated } = whole.certificates;
    for (const file of [
      { ...whole, training: moved(whole.training) },
      { ...whole, certificates: { issued: moved(issued), rated } },
      { ...whole, certificates: { issued, rated: moved(rated) } },
    ])
      expect(claims(file)).toEqual([]);
  });

  it('has the money in flight that the entitlement loses', () => {
    const [claim] = claims(whole);
    expect(claim?.legs).toEqual([
      { account: 'incentive_entitlement', rupiah: -600_000 },
      { account: 'payout_in_flight', rupiah: 600_000 },
    ]);
  });

  it('goes to the partner that was asked about the account, and names that account', () => {
    const { account } = whole.incentives;
    expect(claims(whole)).toMatchObject([{ partnerCode: 'switching', accountTag: account?.accountTag }]);
  });
});

describe('why nothing can be claimed', () => {
  it.each<[string, Obstacle | null]>([
    ['no decree', 'not_recipient'],
    ['a revoked membership', 'membership_revoked'],
    ['forfeiture', 'forfeited'],
    ['a debt', 'forfeited'],
    ['a hold', 'held'],
    ['no account', 'account_missing'],
    ['a refused account', 'account_refused'],
    ['an account that nobody asked about', 'account_unchecked'],
    ['no rating', null],
    ['an open claim', null],
  ])('with %s is %s', (fault, obstacle) => {
    expect(obstacleOf(missing[fault]?.(whole) ?? whole)).toBe(obstacle);
  });

  it('is an account that a partner did not match', () => {
    const unmatched = incentives(({ account }) => ({
      account: account?.check ? { ...account, check: { ...account.check, outcome: 'refused' } } : account,
    }))(whole);
    expect(obstacleOf(unmatched)).toBe('account_unchecked');
    expect(claims(unmatched)).toEqual([]);
  });

  it('is the hold for as long as one stands, however many were placed', () => {
    const two = held(held(whole, 'a', now), 'b', now);
    expect(obstacleOf(lifted(two, 'a', now))).toBe('held');
    expect(obstacleOf(lifted(lifted(two, 'a', now), 'b', now))).toBeNull();
  });
});

describe('evidence', () => {
  const evidence = () => {
    const found = evidenceOf(whole, 'training', 1);
    if (!found) throw new Error('Nothing is missing');
    return found;
  };

  it('is all that the right rests on', () => {
    const account = whole.incentives.account;
    expect(evidence()).toEqual({
      rules: 'incentive-2026-11',
      scheme: 'NORMAL_2023',
      batchId: '1',
      kind: 'training',
      number: 1,
      purchaseId: purchaseIdOf(1),
      redeemedAt: minutesAfter(start, 6).toISOString(),
      attendance: [],
      completion: { webhookId: 'webhook-1', completedAt: minutesAfter(start, 7).toISOString(), scorePercent: 80 },
      certificate: { number: 'CERTIFICATE1', fileDigest: 'digest', issuedAt: minutesAfter(start, 8).toISOString() },
      rating: { stars: 5, reviewDigest: createHash('sha256').update('Jelas dan berguna sekali').digest('hex') },
      survey: null,
      account: { tag: account?.accountTag, check: account?.check },
    });
  });

  it('has attendance in the order of the file, and no score where none was reported', () => {
    const course = whole.training.get(purchaseIdOf(1));
    if (!course?.completed) throw new Error('The course is completed');
    const { scorePercent: _, ...completed } = course.completed;
    const attended = new Map([
      [1, now],
      [999, start],
    ]);
    const training = new Map([[purchaseIdOf(1), { ...course, attended, completed }]]);
    expect(evidenceOf({ ...whole, training }, 'training', 1)).toMatchObject({
      attendance: [
        { sequence: 1, at: now.toISOString() },
        { sequence: 999, at: start.toISOString() },
      ],
      completion: { scorePercent: null },
    });
  });

  it('of a survey is there once it is answered, and says which questionnaire it was', () => {
    expect(evidenceOf(whole, 'survey', 1)).toBeNull();
    const file = answered(whole, 1, now);
    expect(evidenceOf(file, 'survey', 1)).toMatchObject({
      kind: 'survey',
      survey: { questionnaireVersion: '2026-11', answeredAt: now.toISOString() },
    });
    expect(evidenceOf(file, 'survey', 2)).toBeNull();
  });

  it('has the digest of its text, which every claim and every payment bears', () => {
    const digest = createHash('sha256').update(JSON.stringify(evidence())).digest('hex');
    expect(evidenceDigest(evidence())).toBe(digest);
    expect(claims(whole)).toMatchObject([{ evidenceDigest: digest }]);
    const paid = settled(claimedAt(whole, now), outcomes.paid, now);
    expect(paidPayouts(paid.incentives)).toMatchObject([{ evidenceDigest: digest }]);
  });

  it('has another digest when anything in it is otherwise', () => {
    const given = evidence();
    const others = [
      { ...given, rules: 'incentive-2027-01' },
      { ...given, scheme: 'SEMI_BANSOS_2020' },
      { ...given, number: 2 },
      { ...given, kind: 'survey' as const },
      { ...given, attendance: [{ sequence: 1, at: start.toISOString() }] },
      { ...given, completion: { ...given.completion, scorePercent: 81 } },
      { ...given, certificate: { ...given.certificate, fileDigest: 'other' } },
      { ...given, rating: { ...given.rating, stars: 4 } },
      { ...given, rating: { ...given.rating, reviewDigest: 'other' } },
      { ...given, account: { ...given.account, tag: 'other' } },
    ];
    const digests = new Set([given, ...others].map(evidenceDigest));
    expect(digests.size).toBe(others.length + 1);
  });
});

describe('monthly incentives', () => {
  const scheme = { scheme: 'SEMI_BANSOS_2020' } as const;
  const first = fileAfter('settle', scheme);
  const paidAt = attemptsOf(first.incentives, 'training', 1)[0]?.paid?.at ?? start;
  const opensAt = addWibMonths(paidAt, 1);
  const month = (file: Participant) => addWibMonths(paidPayouts(file.incentives).at(-1)?.paid?.at ?? start, 1);
  /** A file whose incentives are paid up to and with a number, each as soon as its month has come. */
  const paidUpTo = (number: number): Participant => {
    let file = first;
    while (paidPayouts(file.incentives).length < number) {
      const at = month(file);
      file = settled(claimedAt(file, at), outcomes.paid, at);
    }
    return file;
  };

  it('open a month after the one before, not a millisecond earlier', () => {
    expect(numbersOf(first, new Date(opensAt.getTime() - 1))).toEqual([]);
    expect(numbersOf(first, opensAt)).toEqual(['training 2']);
    expect(opensAfter(first.incentives, 1, 1)).toEqual(opensAt);
  });

  it('open on the last day of a month that has no such day', () => {
    const claimed = fileAfter('link', scheme);
    const file = settled(claimed, outcomes.paid, new Date('2027-01-31T03:00:00.000Z'));
    expect(numbersOf(file, new Date('2027-02-28T02:59:59.999Z'))).toEqual([]);
    expect(numbersOf(file, new Date('2027-02-28T03:00:00.000Z'))).toEqual(['training 2']);
  });

  it('are four, of Rp 600,000 each, and no fifth', () => {
    const file = paidUpTo(4);
    expect(paidPayouts(file.incentives).map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    expect(file.balances).toMatchObject({ paid_to_citizen: 2_400_000, incentive_entitlement: 150_000 });
    expect(claims(file, addWibMonths(now, 100))).toEqual([]);
  });

  it('are one at a time, however long nobody asked', () => {
    const late = addWibMonths(now, 100);
    expect(numbersOf(first, late)).toEqual(['training 2']);
    const claimed = claimedAt(first, late);
    expect(claims(claimed, addWibMonths(late, 100))).toEqual([]);
  });

  it('are one in the normal scheme', () => {
    const normal = fileAfter('settle');
    expect(opensAfter(normal.incentives, 1, null)).toBeNull();
    expect(claims(normal, addWibMonths(now, 100))).toEqual([]);
  });

  it('are not claimed while a hold stands, and are there again without it', () => {
    const stopped = held(first, 'feed-1', now);
    expect(claims(stopped, opensAt)).toEqual([]);
    expect(numbersOf(lifted(stopped, 'feed-1', opensAt), opensAt)).toEqual(['training 2']);
  });

  it('wait for the first one to be made good when that came back, also while the second is paid', () => {
    const second = paidUpTo(2);
    const [one] = attemptsOf(second.incentives, 'training', 1);
    const at = month(second);
    const returned = settled(second, outcomes.returned, at, one?.reference);
    expect(claims(returned, at)).toEqual([]);
    const remedied = relinked(returned, '2', at);
    expect(openOne(remedied)).toMatchObject({ number: 1, attempt: 2, remedialOf: one?.reference });
    expect(claims(remedied, addWibMonths(at, 12))).toEqual([]);
    const whole = settled(remedied, outcomes.paid, at);
    expect(numbersOf(whole, at)).toEqual(['training 3']);
    expect(whole.balances.paid_to_citizen).toBe(1_200_000);
  });

  it('count their month from the first payment, also when that came back and was made good later', () => {
    const returned = settled(first, outcomes.returned, minutesAfter(now, day), [...first.incentives.payouts.keys()][0]);
    const remedied = settled(
      relinked(returned, '2', minutesAfter(now, day)),
      outcomes.paid,
      minutesAfter(now, 10 * day),
    );
    expect(numbersOf(remedied, new Date(opensAt.getTime() - 1))).toEqual([]);
    expect(numbersOf(remedied, opensAt)).toEqual(['training 2']);
  });
});

describe('a remedial attempt', () => {
  const claimed = fileAfter('link');
  const { reference } = openOne(claimed);
  const refused = settled(claimed, outcomes.refused, now);

  it('waits for another account when the account was at fault', () => {
    expect(claims(refused, addWibMonths(now, 100))).toEqual([]);
  });

  it('waits for nothing when the account was not at fault', () => {
    const file = settled(claimed, outcomes['refused, not because of the account'], now);
    expect(claims(file)).toMatchObject([{ number: 1, attempt: 2, remedialOf: reference }]);
  });

  it('is linked to the failed one, once, under a reference of its own', () => {
    const second = relinked(refused, '2', now);
    const open = openOne(second);
    expect(open).toMatchObject({ attempt: 2, remedialOf: reference, state: 'claimed' });
    expect(open.reference).not.toBe(reference);
    expect(second.incentives.payouts.get(reference)?.state).toBe('remedied');
    expect(claims(second)).toEqual([]);
    const third = relinked(settled(second, outcomes.refused, now), '3', now);
    expect(openOne(third)).toMatchObject({ attempt: 3, remedialOf: open.reference });
    const links = [...third.incentives.payouts.values()].map(({ remedialOf }) => remedialOf);
    expect(links).toEqual([undefined, reference, open.reference]);
  });

  it('is none when the first attempt was paid', () => {
    expect(claims(settled(relinked(refused, '2', now), outcomes.paid, now))).toEqual([]);
  });

  it('has an end', () => {
    let file = claimed;
    for (let attempt = 1; attempt < maxAttempts; attempt += 1)
      file = claimedAt(settled(file, outcomes['refused, not because of the account'], now), now);
    expect(openOne(file).attempt).toBe(maxAttempts);
    const last = settled(file, outcomes['refused, not because of the account'], now);
    expect(claims(last)).toEqual([]);
    expect(last.balances.incentive_entitlement).toBe(700_000);
  });

  it('is none after the entitlement was forfeited', () => {
    const file = forfeited(refused, now);
    expect(claims(relinkedAnyway(file))).toEqual([]);
    expect(file.incentives.payouts.get(reference)?.state).toBe('forfeited');
  });

  const relinkedAnyway = (file: Participant) =>
    decided(file, { events: [linkedAccount(file, participantId, '2')] }, now);
});

describe('survey incentives', () => {
  const paid = fileAfter('settle');
  const semi = fileAfter('settle', { scheme: 'SEMI_BANSOS_2020' });

  it('are of Rp 50,000, for an answered survey, once', () => {
    const file = answered(paid, 1, now);
    expect(claims(file)).toMatchObject([{ kind: 'survey', number: 1, attempt: 1, amountRupiah: 50_000 }]);
    const claimed = claimedAt(file, now);
    expect(claims(claimed)).toEqual([]);
    expect(claims(settled(claimed, outcomes.paid, now))).toEqual([]);
  });

  it('are not before the first incentive is paid', () => {
    expect(numbersOf(answered(whole, 1, now), now)).toEqual(['training 1']);
    expect(claims(answered(fileAfter('link'), 1, now))).toEqual([]);
  });

  it.each([
    ['NORMAL_2023', paid, 2],
    ['SEMI_BANSOS_2020', semi, 3],
  ] as const)('are by scheme %s no more than its surveys', (_, file, count) => {
    let all: Participant = file;
    for (let number = 1; number <= count + 1; number += 1) all = answered(all, number, now);
    const expected = Array.from({ length: count }, (_, index) => `survey ${index + 1}`);
    expect(numbersOf(all, now)).toEqual(expected);
  });

  it('are claimed together, and beside a training incentive whose month has come', () => {
    const file = answered(answered(semi, 1, now), 2, now);
    expect(numbersOf(file, addWibMonths(now, 2))).toEqual(['training 2', 'survey 1', 'survey 2']);
    const claimed = claimedAt(file, addWibMonths(now, 2));
    expect(claimed.balances.payout_in_flight).toBe(700_000);
  });

  it('do not depend on one another, nor on what was answered', () => {
    expect(numbersOf(answered(semi, 3, now), now)).toEqual(['survey 3']);
    const [one] = claims(answered(paid, 1, now));
    const surveys = new Map(answered(paid, 1, now).surveys);
    const survey = surveys.get(1);
    if (!survey) throw new Error('The survey is answered');
    surveys.set(1, { ...survey, answers: new Uint8Array([9, 9]), answersTag: 'other' });
    expect(claims({ ...paid, surveys })).toEqual([one]);
  });

  it('come again after a return, as another attempt', () => {
    const claimed = claimedAt(answered(paid, 1, now), now);
    const { reference } = openOne(claimed);
    const returned = settled(settled(claimed, outcomes.paid, now), outcomes.returned, now, reference);
    expect(claims(returned)).toEqual([]);
    expect(openOne(relinked(returned, '2', now))).toMatchObject({ kind: 'survey', attempt: 2, remedialOf: reference });
  });

  it('stay when the first incentive came back: it was paid once', () => {
    const [reference] = paid.incentives.payouts.keys();
    const returned = settled(answered(paid, 1, now), outcomes.returned, now, reference);
    const again = relinked(returned, '2', now);
    expect([...again.incentives.payouts.values()].map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'training remedied',
      'training claimed',
      'survey claimed',
    ]);
  });
});
