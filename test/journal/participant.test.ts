import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offerOf } from '#shared/catalogue/course.ts';
import { issue, rate } from '#shared/certificate/certificate.ts';
import { revokeOverdue } from '#shared/credit/deadline.ts';
import { accounts, moneyTable } from '#shared/credit/ledger.ts';
import { incentivesRupiah, type SchemeCode, schemes } from '#shared/credit/schemes.ts';
import { linkAccount, nextClaim, settle } from '#shared/incentive/incentive.ts';
import type { Decision } from '#shared/journal/journal.ts';
import {
  lastCourseIsDone,
  type Participant,
  type ParticipantEvent,
  participantFold,
} from '#shared/journal/participant.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { pay, reserve } from '#shared/purchase/purchase.ts';
import { attend, complete, redeem } from '#shared/training/training.ts';
import {
  certificateNumberOf,
  citizen,
  courseOf,
  decided,
  fileAfter,
  linkedAccount,
  minutesAfter,
  paymentOf,
  platform,
  purchaseIdOf,
  type StepName,
  start,
  stepNames,
  steps,
} from '#test/journal/citizen.ts';

/*
 * Random histories of a citizen's file: a piece of the regular journey, then whatever comes. Commands are those of the
 * product's entry points; most of the later ones are refused, and that is part of it.
 */

const prices = [1_000, 999_999, 1_000_000, 1_750_000, 3_500_000];

type Command =
  | { readonly kind: 'step'; readonly name: StepName }
  | { readonly kind: 'reserve'; readonly number: number; readonly course: number; readonly price: number }
  | { readonly kind: 'pay'; readonly number: number; readonly isRight: boolean }
  | { readonly kind: 'redeem' | 'complete' | 'certify' | 'rate'; readonly number: number }
  | { readonly kind: 'attend'; readonly number: number; readonly sequence: number }
  | { readonly kind: 'link'; readonly account: number }
  | { readonly kind: 'claim' | 'revoke' }
  | { readonly kind: 'settle'; readonly isPaid: boolean };
type Timed = { readonly command: Command; readonly minutes: number };

const number = fc.integer({ min: 1, max: 3 });
const beginnings = ['register', 'verify', 'join', 'decree', 'reserve', 'pay'] as const;
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constant('step' as const), name: fc.constantFrom(...beginnings) }),
  fc.record({
    kind: fc.constant('reserve' as const),
    number,
    course: fc.integer({ min: 1, max: 3 }),
    price: fc.constantFrom(...prices),
  }),
  fc.record({ kind: fc.constant('pay' as const), number, isRight: fc.boolean() }),
  fc.record({
    kind: fc.constantFrom('redeem' as const, 'complete' as const, 'certify' as const, 'rate' as const),
    number,
  }),
  fc.record({ kind: fc.constant('attend' as const), number, sequence: fc.constantFrom(1, 2, 999) }),
  fc.record({ kind: fc.constant('link' as const), account: fc.integer({ min: 1, max: 2 }) }),
  fc.record({ kind: fc.constantFrom('claim' as const, 'revoke' as const) }),
  fc.record({ kind: fc.constant('settle' as const), isPaid: fc.boolean() }),
);
// Mostly the next moment; now and then a reservation lapses, a lock ends, a deadline passes, a month is over.
const minutes = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(0, 1) },
  { weight: 1, arbitrary: fc.constantFrom(11, 130, 16 * 1_440, 32 * 1_440) },
);
const history = fc.record({
  scheme: fc.constantFrom<SchemeCode>('NORMAL_2023', 'SEMI_BANSOS_2020'),
  regular: fc.nat({ max: stepNames.length }),
  further: fc.array(fc.record({ command, minutes }), { maxLength: 80, size: 'max' }),
});
type History = typeof history extends fc.Arbitrary<infer Value> ? Value : never;

const self = citizen();
const { participantId } = self;

/** What a command asks of a file; the same again when it is repeated, with the facts that it had the first time. */
type Rule = (file: Participant, at: Date) => Decision<ParticipantEvent>;
const nothing: Decision<ParticipantEvent> = { events: [] };

/** What the rule says; null where it refuses. */
function asked(rule: Rule, file: Participant, at: Date): Decision<ParticipantEvent> | null {
  try {
    return rule(file, at);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

const paidOf = (file: Participant, wanted: number) =>
  file.purchases.paid.find(({ purchaseId }) => purchaseId === purchaseIdOf(wanted));

/** The rule behind a command that reaches a file at a time. */
function ruleOf(given: Command, before: Participant, firstAt: Date, scheme: SchemeCode): Rule {
  switch (given.kind) {
    case 'step':
      return (file, at) => steps[given.name](file, at, { citizen: self, scheme, number: 1, course: courseOf() });
    case 'reserve':
      return (file, at) => {
        const course = courseOf({ courseCode: `COURSE-${given.course}`, priceRupiah: given.price });
        const from = { purchaseId: purchaseIdOf(given.number), platform, platformUserId: 'user', now: at };
        const buyer = { ...file, lastCourseIsDone: lastCourseIsDone(file) };
        // Ids of purchases are never drawn twice.
        if (paidOf(file, given.number)) return nothing;
        return reserve(buyer, { ...from, amountRupiah: given.price, offer: offerOf(course, 'SCHEDULE-1') });
      };
    case 'pay':
      return (file, at) => pay(file, { ...paymentOf(given.number, at), codeIsRight: given.isRight });
    case 'redeem':
      return (file) => (paidOf(file, given.number) ? redeem(file.training, purchaseIdOf(given.number), 's') : nothing);
    case 'attend':
      return (file) =>
        paidOf(file, given.number) ? attend(file.training, purchaseIdOf(given.number), given.sequence) : nothing;
    case 'complete': {
      const facts = { webhookId: 'webhook', completedAt: firstAt.toISOString() };
      const completion = { ...facts, certificateNumber: certificateNumberOf(given.number) };
      return (file, at) => {
        const purchase = paidOf(file, given.number);
        return purchase ? complete(file.training, purchase, completion, at) : nothing;
      };
    }
    case 'certify':
      return (file) => issue(file, { purchaseId: purchaseIdOf(given.number), fileKey: 'key', fileDigest: 'digest' });
    case 'rate':
      return (file) =>
        rate(file.certificates, { purchaseId: purchaseIdOf(given.number), stars: 4, review: 'Cukup jelas' });
    case 'link':
      return (file, at) => {
        const account = linkedAccount(file, participantId, String(given.account));
        return linkAccount(participantId, file, account, at);
      };
    case 'claim':
      return (file, at) => {
        const claim = nextClaim(participantId, file, at);
        return { events: claim ? [claim] : [] };
      };
    case 'settle': {
      const reference = before.incentives.open?.reference ?? 'nothing';
      const outcome = given.isPaid
        ? ({ kind: 'paid', partnerReference: 'SIM' } as const)
        : ({ kind: 'refused', reason: '40411' } as const);
      return (file, at) => settle(participantId, file, reference, outcome, at);
    }
    case 'revoke':
      return (file, at) => revokeOverdue(file, at);
  }
}

/** The steps of the regular journey; those whose facts depend on the moment are commands of their own. */
const regularly = (name: StepName): Command => {
  if (name === 'complete') return { kind: 'complete', number: 1 };
  if (name === 'settle') return { kind: 'settle', isPaid: true };
  return { kind: 'step', name };
};

type Moment = {
  readonly before: Participant;
  readonly given: Command;
  readonly rule: Rule;
  readonly decision: Decision<ParticipantEvent>;
  readonly file: Participant;
  readonly at: Date;
};

/** Plays a history: every moment in which something was appended, and the end. */
function play({ scheme, regular, further }: History) {
  const beginning: Timed[] = stepNames.slice(0, regular).map((name) => ({ command: regularly(name), minutes: 1 }));
  let file = participantFold.empty;
  let at = start;
  const moments: Moment[] = [];
  for (const { command: given, minutes } of [...beginning, ...further]) {
    at = minutesAfter(at, minutes);
    const before = file;
    const rule = ruleOf(given, before, at, scheme);
    const decision = asked(rule, before, at);
    if (!decision || decision.events.length === 0) continue;
    file = decided(before, decision, at);
    moments.push({ before, given, rule, decision, file, at });
  }
  return { file, at, moments };
}

// Asking again is a new reservation, and a wrong code counts each time: both are meant. A link or claim long after is a new wish.
const isMeantAgain = ({ given, decision }: Moment) =>
  given.kind === 'reserve' ||
  (given.kind === 'step' && given.name === 'reserve') ||
  decision.events.some(({ type }) => type === 'OneTimeCodeRefused');
const isNewWish = (moment: Moment) =>
  isMeantAgain(moment) ||
  moment.decision.events.some(({ type }) => type === 'PayoutAccountLinked' || type === 'IncentiveClaimed');

describe('any history of a file', () => {
  const seen = new Set<string>();

  it('keeps the books: legs sum to zero, nothing is overdrawn, and granted is spent, paid, forfeited or open', () => {
    const check = (given: History) => {
      for (const { file, decision } of play(given).moments) {
        for (const event of decision.events) {
          seen.add(event.type);
          if ('legs' in event) expect(event.legs.reduce((sum, { rupiah }) => sum + rupiah, 0)).toBe(0);
        }
        const { balances } = file;
        expect(accounts.reduce((sum, account) => sum + balances[account], 0)).toBe(0);
        expect(accounts.filter((account) => account !== 'treasury' && balances[account] < 0)).toEqual([]);
        const { grantedRupiah, spentRupiah, paidRupiah, forfeitedRupiah, openRupiah } = moneyTable(balances);
        // An empty file has granted minus nothing.
        expect(grantedRupiah + 0).toBe(spentRupiah + paidRupiah + forfeitedRupiah + openRupiah);
      }
    };
    fc.assert(fc.property(history, check), { numRuns: 300 });
    // Otherwise the histories would prove little.
    expect([...seen].sort()).toEqual(
      [
        'AttendanceRecorded',
        'BatchJoined',
        'CertificateIssued',
        'CodeRedeemed',
        'CourseCompleted',
        'CoursePurchased',
        'CourseRated',
        'IdentityVerified',
        'IncentiveClaimed',
        'IncentivePaid',
        'IncentiveRefused',
        'MembershipRevoked',
        'OneTimeCodeRefused',
        'PayoutAccountLinked',
        'PersonRegistered',
        'PurchaseReserved',
        'RecipientDecreed',
        'ReservationReleased',
      ].sort(),
    );
  });

  it('moves exactly the money that its facts say', () => {
    const check = (given: History) => {
      for (const { file } of play(given).moments) {
        const { membership, purchases, incentives, balances } = file;
        if (!membership.decreed) continue;
        const scheme = schemes[membership.decreed.scheme];
        const benefit = scheme.trainingCreditRupiah + incentivesRupiah(scheme);
        const spent = purchases.paid.reduce((sum, { priceRupiah }) => sum + priceRupiah, 0);
        const commission = purchases.paid.reduce((sum, { priceRupiah }) => sum + Math.floor(priceRupiah / 10), 0);
        const paid = incentives.paid.length * scheme.incentive.amountRupiah;
        expect(balances.platform_commission).toBe(commission);
        expect(moneyTable(balances)).toEqual({
          grantedRupiah: benefit,
          spentRupiah: spent,
          paidRupiah: paid,
          forfeitedRupiah: membership.revoked ? benefit : 0,
          openRupiah: membership.revoked ? 0 : benefit - spent - paid,
        });
        if (membership.revoked) continue;
        const waiting = purchases.open?.priceRupiah ?? 0;
        expect(balances.reserved).toBe(waiting);
        expect(balances.training_credit).toBe(scheme.trainingCreditRupiah - spent - waiting);
        expect(balances.payout_in_flight).toBe(incentives.open?.amountRupiah ?? 0);
      }
    };
    fc.assert(fc.property(history, check), { numRuns: 300 });
  });

  it('appends nothing for a command that is repeated at once', () => {
    const check = (given: History) => {
      for (const moment of play(given).moments) {
        if (isMeantAgain(moment)) continue;
        expect(asked(moment.rule, moment.file, moment.at)?.events ?? []).toEqual([]);
      }
    };
    fc.assert(fc.property(history, check), { numRuns: 200 });
  });

  it('appends nothing for a message that comes again at the end', () => {
    const check = (given: History) => {
      const { file, at, moments } = play(given);
      for (const moment of moments) {
        if (isNewWish(moment)) continue;
        expect(asked(moment.rule, file, at)?.events ?? []).toEqual([]);
      }
    };
    fc.assert(fc.property(history, check), { numRuns: 200 });
  });

  it('claims no incentive before everything it needs has happened, and none twice', () => {
    const needed = ['RecipientDecreed', 'CoursePurchased', 'CertificateIssued', 'CourseRated', 'PayoutAccountLinked'];
    const check = (given: History) => {
      const happened = new Set<string>();
      const paidNumbers: number[] = [];
      for (const { decision, file } of play(given).moments) {
        for (const event of decision.events) {
          happened.add(event.type);
          if (event.type === 'IncentivePaid') paidNumbers.push(event.number);
          if (event.type !== 'IncentiveClaimed') continue;
          expect(needed.filter((type) => !happened.has(type))).toEqual([]);
          expect(happened.has('MembershipRevoked')).toBe(false);
          expect(paidNumbers).not.toContain(event.number);
        }
        const count = file.membership.decreed ? schemes[file.membership.decreed.scheme].incentive.count : 0;
        expect(paidNumbers.length).toBeLessThanOrEqual(count);
        expect(paidNumbers).toEqual(paidNumbers.map((_, index) => index + 1));
      }
    };
    fc.assert(fc.property(history, check), { numRuns: 200 });
  });

  it('buys no course twice and no second one before the last is done', () => {
    const check = (given: History) => {
      for (const { before, decision, file } of play(given).moments) {
        const courses = file.purchases.paid.map(({ courseCode }) => courseCode);
        expect(new Set(courses).size).toBe(courses.length);
        if (decision.events.some(({ type }) => type === 'PurchaseReserved'))
          expect(lastCourseIsDone(before)).toBe(true);
      }
    };
    fc.assert(fc.property(history, check), { numRuns: 200 });
  });
});

describe('a file', () => {
  it('has its last course done only when it is completed and rated', () => {
    const done = stepNames.filter((name) => lastCourseIsDone(fileAfter(name)));
    expect(done).toEqual(['register', 'verify', 'join', 'decree', 'reserve', 'rate', 'link', 'settle']);
  });

  it('marks its items with the province, and nothing else', () => {
    expect(participantFold.mark?.(fileAfter('settle'))).toEqual({ provinceCode: self.provinceCode });
  });

  it.each([
    ['an event nobody knows', { type: 'CreditGifted', amountRupiah: 1 }],
    ['an event with a field of the wrong type', { type: 'IdentityVerified', requestId: 1 }],
    ['no event at all', null],
  ])('is never read from %s', (_, stored) => {
    expect(() => participantFold.parse(stored)).toThrow();
  });

  it('refuses to fold a payment that was never claimed, a second claim, and a second completion', () => {
    const claimed = fileAfter('link');
    const { open } = claimed.incentives;
    if (!open) throw new Error('A claim is open');
    const { claimedAt: _at, ...claim } = open;
    const [completed] = steps.complete(fileAfter('redeem'), minutesAfter(start, 7), {
      citizen: self,
      scheme: 'NORMAL_2023',
      course: courseOf(),
      number: 1,
    }).events;
    const paid = {
      type: 'IncentivePaid',
      number: 1,
      reference: 'another',
      partnerReference: 'SIM',
      legs: claim.legs,
    } as const;
    expect(() => decided(claimed, { events: [claim] }, start)).toThrow();
    expect(() => decided(claimed, { events: [paid] }, start)).toThrow();
    expect(() => decided(fileAfter('complete'), { events: completed ? [completed] : [] }, start)).toThrow();
  });
});
