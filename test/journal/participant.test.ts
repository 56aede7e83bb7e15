import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offerOf } from '#shared/catalogue/course.ts';
import { issue, rate } from '#shared/certificate/certificate.ts';
import { revokeOverdue } from '#shared/credit/deadline.ts';
import { accounts, moneyTable, transfer } from '#shared/credit/ledger.ts';
import { incentivesRupiah, type SchemeCode, schemes } from '#shared/credit/schemes.ts';
import { claimDue, linkAccount, recordCheck, unlinkAccount } from '#shared/incentive/account.ts';
import { raise, receivableDue, repay } from '#shared/incentive/clawback.ts';
import { forfeit, liftHold, placeHold, proposeRelease } from '#shared/incentive/hold.ts';
import { attemptsOf, openPayouts, paidPayouts } from '#shared/incentive/incentive.ts';
import { payoutStates } from '#shared/incentive/payout.ts';
import { recordOutcome } from '#shared/incentive/settlement.ts';
import type { Decision } from '#shared/journal/journal.ts';
import {
  lastCourseIsDone,
  type Participant,
  type ParticipantEvent,
  participantFold,
} from '#shared/journal/participant.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { pay, reserve } from '#shared/purchase/purchase.ts';
import { askPhoneCode, confirmPhone } from '#shared/registration/account/phone.ts';
import { feedHoldId } from '#shared/registration/feeds/feed-names.ts';
import { holdListed, liftCounted } from '#shared/registration/feeds/hold-listed.ts';
import { match } from '#shared/registration/feeds/listed.ts';
import { attend, complete, redeem } from '#shared/training/training.ts';
import { type OutcomeName, openOne, outcomeNames, outcomes } from '#test/incentive/paying.ts';
import {
  certificateNumberOf,
  citizen,
  courseOf,
  decided,
  fileAfter,
  journeyUntil,
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
  | { readonly kind: 'claim' | 'revoke' | 'remind' | 'check' | 'unlink' }
  /** A code for one of three numbers, and an answer to whatever code was sent last. */
  | { readonly kind: 'phone'; readonly number: number }
  | { readonly kind: 'prove'; readonly isRight: boolean }
  | { readonly kind: 'match' | 'exclude' | 'propose' | 'release'; readonly number: number }
  | { readonly kind: 'hold' | 'lift' | 'forfeit' | 'raise' | 'repay' | 'answer'; readonly number: number }
  /** What is said of one of the payouts, counted from the newest. */
  | { readonly kind: 'settle'; readonly newest: number; readonly outcome: OutcomeName };
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
  fc.oneof(
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('attend' as const), number, sequence: fc.constantFrom(1, 2, 999) }),
    },
    // What a feed says of somebody, and what operators say to that.
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constantFrom('match' as const, 'exclude' as const, 'propose' as const, 'release' as const),
        number: fc.constant(1),
      }),
    },
  ),
  fc.record({ kind: fc.constant('link' as const), account: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constantFrom('claim' as const, 'revoke' as const, 'check' as const) }),
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('phone' as const), number }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('prove' as const), isRight: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('unlink' as const) }) },
  ),
  fc.record({ kind: fc.constantFrom('hold' as const, 'lift' as const, 'answer' as const), number }),
  fc.record({
    kind: fc.constant('settle' as const),
    newest: fc.nat({ max: 2 }),
    outcome: fc.constantFrom(...outcomeNames),
  }),
  // What is paid, and what comes back long after, even from somebody who owes it by then.
  fc.record({
    kind: fc.constant('settle' as const),
    newest: fc.constant(0),
    outcome: fc.constantFrom('paid' as const, 'returned' as const),
  }),
  // What ends a file's further life comes seldom enough that there is one.
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('claim' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constantFrom('forfeit' as const, 'raise' as const, 'raise' as const), number }),
    },
  ),
  fc.oneof(
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('remind' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('repay' as const), number }) },
  ),
);
// Mostly the next moment; now and then a reservation lapses, a lock ends, a deadline passes, a month is over.
const minutes = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(0, 1) },
  { weight: 1, arbitrary: fc.constantFrom(11, 130, 16 * 1_440, 32 * 1_440, 61 * 1_440) },
);
/** A month in which nothing happens, and then the clock has something to say of a debt. */
const later = fc.constant({ command: { kind: 'remind' as const }, minutes: 32 * 1_440 });
const history = fc.record({
  scheme: fc.constantFrom<SchemeCode>('NORMAL_2023', 'SEMI_BANSOS_2020'),
  regular: fc.oneof(fc.nat({ max: stepNames.length }), fc.constantFrom(stepNames.length - 1, stepNames.length)),
  further: fc.array(
    fc.oneof({ weight: 15, arbitrary: fc.record({ command, minutes }) }, { weight: 1, arbitrary: later }),
    {
      maxLength: 80,
      size: 'max',
    },
  ),
});
type History = typeof history extends fc.Arbitrary<infer Value> ? Value : never;

const self = citizen();
const { participantId } = self;
const listingOf = (wanted: number) => {
  const feedId = String(wanted).repeat(32);
  return { source: 'education', feedId, listedAt: start.toISOString() } as const;
};

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

const owning = (phone: Participant['phone'], { account }: Participant['incentives']) => ({
  phone,
  hasPayoutAccount: account !== null,
});
/** The number of the registration is the first of three. */
const currentTagOf = ({ proven }: Participant['phone']) => proven?.phoneTag ?? 'tag-1';

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
        // About the third one nobody could be asked just then.
        return linkAccount(participantId, file, given.account === 3 ? { ...account, check: null } : account, at);
      };
    case 'unlink':
      return (file) => unlinkAccount(file.incentives);
    case 'phone':
      return ({ phone, incentives }, now) => {
        const [codeId, phoneTag] = [purchaseIdOf(phone.sendsEver), `tag-${given.number}`];
        const sent = { codeId, phone: new Uint8Array([given.number]), phoneTag, now };
        return askPhoneCode(owning(phone, incentives), { ...sent, currentTag: currentTagOf(phone) });
      };
    case 'prove': {
      const { asked: waiting, proven } = before.phone;
      const codeId = (waiting ?? proven)?.codeId;
      const isRight = (id: string) => given.isRight && id === codeId;
      return ({ phone, incentives }, now) =>
        confirmPhone(owning(phone, incentives), { isRight, currentTag: currentTagOf(phone), now });
    }
    case 'check':
      return (file, at) => {
        const tag = file.incentives.account?.accountTag ?? '';
        const check = { outcome: 'matched' as const, reasons: [], kyc: 'full' as const, partnerCode: 'switching' };
        return recordCheck(participantId, file, tag, check, at);
      };
    case 'claim':
      return (file, at) => claimDue(participantId, file, at);
    case 'settle': {
      const reference = [...before.incentives.payouts.keys()].at(-1 - given.newest) ?? 'nothing';
      return (file, at) => recordOutcome(participantId, file, reference, outcomes[given.outcome], at);
    }
    case 'answer':
      return (file) => {
        const facts = {
          questionnaireVersion: '1',
          consentVersion: '1',
          answers: new Uint8Array([1]),
          answersTag: 'tag',
        };
        const isAnswered = file.surveys.has(given.number);
        return isAnswered ? nothing : { events: [{ type: 'SurveyAnswered', number: given.number, ...facts }] };
      };
    case 'hold':
      return (file) =>
        placeHold(file, { holdId: `hold-${given.number}`, reason: 'eligibility_lost', by: 'operator-1' });
    case 'lift':
      return (file) => liftHold(file.incentives, { holdId: `hold-${given.number}`, by: 'operator-2' });
    case 'match':
      return (file) => match(participantId, file, listingOf(given.number));
    case 'exclude':
      return (file) => holdListed(participantId, file, listingOf(given.number));
    case 'propose': {
      const holdId = feedHoldId(listingOf(given.number).feedId);
      return (file) => proposeRelease(file.incentives, { holdId, by: 'operator-1', note: 'Sudah lulus' });
    }
    case 'release': {
      const holdId = feedHoldId(listingOf(given.number).feedId);
      return (file) => liftCounted(participantId, file.incentives, { holdId, by: 'operator-2' });
    }
    case 'forfeit':
      return (file) => forfeit(file, { holdId: `hold-${given.number}`, by: 'operator-2' });
    case 'raise': {
      const facts = { reason: 'not_entitled', scope: 'incentives_and_training', by: 'operator-2' } as const;
      return (file, at) => raise(participantId, file, { holdId: `hold-${given.number}`, ...facts }, at);
    }
    case 'remind':
      return (file, at) => receivableDue(participantId, file, at);
    case 'repay': {
      const repayment = {
        bankReference: `incoming-${given.number}`,
        amountRupiah: 50_000 * given.number,
        by: 'finance',
      };
      return (file) => repay(file.incentives, repayment);
    }
    case 'revoke':
      return (file, at) => revokeOverdue(file, at);
  }
}

/** The steps of the regular journey; those whose facts depend on the moment are commands of their own. */
const regularly = (name: StepName): Command => {
  if (name === 'complete') return { kind: 'complete', number: 1 };
  if (name === 'settle') return { kind: 'settle', newest: 0, outcome: 'paid' };
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

// Asking again is a new reservation, and a wrong code counts each time: both are meant. A link, a claim or a reminder long after
// is a new wish.
const isMeantAgain = ({ given, decision }: Moment) =>
  given.kind === 'reserve' ||
  (given.kind === 'step' && given.name === 'reserve') ||
  // Each inquiry about an open payout is counted.
  (given.kind === 'settle' && ['sent', 'unknown', 'deferred'].includes(given.outcome)) ||
  // Each code is another one.
  given.kind === 'phone' ||
  decision.events.some(({ type }) => type === 'OneTimeCodeRefused' || type === 'PhoneCodeRefused');
const isNewWish = (moment: Moment) =>
  isMeantAgain(moment) ||
  moment.given.kind === 'remind' ||
  moment.given.kind === 'check' ||
  moment.given.kind === 'unlink' ||
  moment.given.kind === 'prove' ||
  moment.decision.events.some(({ type }) => type === 'PayoutAccountLinked' || type === 'IncentiveClaimed');

describe('any history of a file', () => {
  const seen = new Set<string>();

  it('keeps the books: legs sum to zero, nothing is overdrawn, and granted is spent, paid, forfeited or open', () => {
    const check = (given: History) => {
      for (const { file, decision } of play(given).moments) {
        for (const event of decision.events) {
          seen.add(event.type);
          if ('legs' in event) expect((event.legs ?? []).reduce((sum, { rupiah }) => sum + rupiah, 0)).toBe(0);
        }
        const { balances } = file;
        expect(accounts.reduce((sum, account) => sum + balances[account], 0)).toBe(0);
        const sources = ['treasury', 'citizen_debt'];
        expect(accounts.filter((account) => !sources.includes(account) && balances[account] < 0)).toEqual([]);
        const { grantedRupiah, spentRupiah, paidRupiah, forfeitedRupiah, openRupiah } = moneyTable(balances);
        // An empty file has granted minus nothing.
        expect(grantedRupiah + 0).toBe(spentRupiah + paidRupiah + forfeitedRupiah + openRupiah);
      }
    };
    // So many that each kind of event comes about: the rarest, a debt that a returned payment reduces, about 19 times.
    fc.assert(fc.property(history, check), { numRuns: 3_000 });
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
        'EntitlementForfeited',
        'IdentityVerified',
        'IncentiveClaimed',
        'IncentiveDeferred',
        'IncentivePaid',
        'IncentiveRefused',
        'IncentiveReturned',
        'IncentiveSent',
        'IncentiveUnknown',
        'ListingMatched',
        'MembershipRevoked',
        'OneTimeCodeRefused',
        'PayoutAccountChecked',
        'PayoutAccountLinked',
        'PayoutAccountUnlinked',
        'PayoutHoldPlaced',
        'PayoutHoldReleased',
        'PayoutReleaseProposed',
        'PersonRegistered',
        'PhoneCodeRefused',
        'PhoneCodeRequested',
        'PhoneVerified',
        'PurchaseReserved',
        'ReceivableHandedOver',
        'ReceivableRaised',
        'ReceivableReduced',
        'ReceivableReminded',
        'RecipientDecreed',
        'RepaymentPosted',
        'ReservationReleased',
        'SurveyAnswered',
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
        const sumOf = (payouts: readonly { amountRupiah: number }[]) =>
          payouts.reduce((sum, { amountRupiah }) => sum + amountRupiah, 0);
        const paid = sumOf(paidPayouts(incentives));
        const inFlight = sumOf(openPayouts(incentives));
        // Whoever loses the right to incentives keeps what is paid, and what may be on its way.
        const lost = incentives.forfeited ? incentivesRupiah(scheme) - paid - inFlight : 0;
        const forfeitedRupiah = membership.revoked ? benefit : lost;
        expect(balances.platform_commission).toBe(commission);
        expect(balances.payout_in_flight).toBe(inFlight);
        expect(moneyTable(balances)).toEqual({
          grantedRupiah: benefit,
          spentRupiah: spent,
          paidRupiah: paid,
          forfeitedRupiah,
          openRupiah: benefit - spent - paid - forfeitedRupiah,
        });
        const owed = incentives.receivable;
        const repaid = [...(owed?.repayments.values() ?? [])].reduce((sum, rupiah) => sum + rupiah, 0);
        expect(-balances.citizen_debt + 0).toBe(owed?.amountRupiah ?? 0);
        expect(balances.recovered).toBe(repaid);
        expect(balances[owed?.handedOver ? 'handed_over' : 'receivable']).toBe((owed?.amountRupiah ?? 0) - repaid);
        if (membership.revoked) continue;
        const waiting = purchases.open?.priceRupiah ?? 0;
        expect(balances.reserved).toBe(waiting);
        expect(balances.training_credit).toBe(scheme.trainingCreditRupiah - spent - waiting);
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

  it('claims no incentive before everything it needs has happened, and pays none twice', () => {
    const needed = ['RecipientDecreed', 'CoursePurchased', 'CertificateIssued', 'CourseRated', 'PayoutAccountLinked'];
    const check = (given: History) => {
      const happened = new Set<string>();
      for (const { before, decision, file } of play(given).moments) {
        for (const event of decision.events) {
          happened.add(event.type);
          if (event.type !== 'IncentiveClaimed') continue;
          expect(needed.filter((type) => !happened.has(type))).toEqual([]);
          if (event.kind === 'survey') expect(file.surveys.has(event.number)).toBe(true);
          const ends = ['MembershipRevoked', 'EntitlementForfeited', 'ReceivableRaised'];
          expect(ends.filter((type) => happened.has(type))).toEqual([]);
          expect(before.incentives.holds.size).toBe(0);
          for (const earlier of attemptsOf(before.incentives, event.kind, event.number))
            expect(['refused', 'returned', 'remedied']).toContain(earlier.state);
        }
        const { decreed } = file.membership;
        const standing = paidPayouts(file.incentives).map(({ kind, number }) => `${kind} ${number}`);
        expect(new Set(standing).size).toBe(standing.length);
        const scheme = decreed && schemes[decreed.scheme];
        for (const payout of file.incentives.payouts.values()) {
          const { kind, number, remedialOf, state } = payout;
          expect(number).toBeLessThanOrEqual(
            (kind === 'training' ? scheme?.incentive.count : scheme?.survey.count) ?? 0,
          );
          if (kind === 'training' && number > 1)
            expect(attemptsOf(file.incentives, kind, number - 1).some(({ paid }) => paid)).toBe(true);
          const madeGood = remedialOf === undefined ? undefined : file.incentives.payouts.get(remedialOf)?.state;
          expect(madeGood).toBe(remedialOf === undefined ? undefined : 'remedied');
          expect(Object.keys(payoutStates)).toContain(state);
        }
      }
    };
    fc.assert(fc.property(history, check), { numRuns: 200 });
  });

  it('changes no number while a payout account is linked', () => {
    const check = (given: History) => {
      for (const { before, file, decision } of play(given).moments) {
        if (!decision.events.some(({ type }) => type === 'PhoneVerified')) continue;
        if (before.incentives.account) expect(file.phone.proven?.phoneTag).toBe(currentTagOf(before.phone));
        expect(file.phone.former).toBe(before.phone.proven);
        expect(file.phone.asked).toBeNull();
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
    const { reference, partnerCode, evidenceDigest } = openOne(claimed);
    const again = journeyUntil('link').entries.at(-1)?.events ?? [];
    const [completed] = steps.complete(fileAfter('redeem'), minutesAfter(start, 7), {
      citizen: self,
      scheme: 'NORMAL_2023',
      course: courseOf(),
      number: 1,
    }).events;
    const legs = transfer('payout_in_flight', { paid_to_citizen: 600_000 });
    const facts = { kind: 'training', number: 1, partnerCode, partnerReference: 'BANK', by: 'answer' } as const;
    const paid = { type: 'IncentivePaid', ...facts, evidenceDigest, legs, reference } as const;
    const claims = again.filter(({ type }) => type === 'IncentiveClaimed');
    expect(claims).toHaveLength(1);
    expect(() => decided(claimed, { events: [paid] }, start)).not.toThrow();
    expect(() => decided(claimed, { events: claims }, start)).toThrow();
    expect(() => decided(fileAfter('rate'), { events: [paid] }, start)).toThrow();
    expect(() => decided(fileAfter('settle'), { events: [paid] }, start)).toThrow();
    expect(() => decided(fileAfter('complete'), { events: completed ? [completed] : [] }, start)).toThrow();
  });
});
