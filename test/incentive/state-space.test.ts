import { describe, expect, it } from 'vitest';
import { rate } from '#shared/certificate/certificate.ts';
import { revokeOverdue } from '#shared/credit/deadline.ts';
import { accounts } from '#shared/credit/ledger.ts';
import type { SchemeCode } from '#shared/credit/schemes.ts';
import { claimDue, linkAccount, recordCheck } from '#shared/incentive/account.ts';
import { raise, receivableDue, repay } from '#shared/incentive/clawback.ts';
import { nextClaims } from '#shared/incentive/entitlement.ts';
import { forfeit, liftHold, placeHold } from '#shared/incentive/hold.ts';
import { attemptsOf, owedRupiah, type Payout } from '#shared/incentive/incentive.ts';
import type { AccountCheck, IncentiveClaimed, PayoutAccountLinked } from '#shared/incentive/incentive-events.ts';
import { recordOutcome } from '#shared/incentive/settlement.ts';
import type { Decision } from '#shared/journal/journal.ts';
import { evolveParticipant, type Participant, type ParticipantEvent } from '#shared/journal/participant.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { answerSurvey } from '#shared/survey/answer-survey.ts';
import { type AnswerValue, type Question, reachable } from '#shared/survey/questionnaire.ts';
import { currentQuestionnaire, surveyConsent } from '#shared/survey/questionnaires.ts';
import { type OutcomeName, outcomes, participantId } from '#test/incentive/paying.ts';
import {
  citizen,
  courseOf,
  decided,
  fileAfter,
  linkedAccount,
  minutesAfter,
  purchaseIdOf,
  type StepName,
  start,
  steps,
} from '#test/journal/citizen.ts';

/*
 * Every file that the product's own rules can make of a citizen, by whatever order of what citizens, institutions, operators,
 * payment partners and the clock may do: a search to the end, not a sample. In each of them, and on each way between two, no
 * money has left without everything that it needs.
 *
 * What is left out of a state does not change what can happen next: digests, signatures, counts that only limit. Time goes by
 * in steps of 31 days. Nobody
 * answers about the last attempt that a model has: it stays open.
 */

type Rule = (file: Participant, at: Date) => Decision<ParticipantEvent>;
type Command = {
  readonly name: string;
  readonly rules: readonly Rule[];
  readonly when?: (file: Participant) => boolean;
};

type Model = {
  readonly scheme: SchemeCode;
  readonly from: StepName;
  readonly commands: readonly Command[];
  /** Times that a month goes by. */
  readonly months: number;
};

const self = citizen();
const [anna, budi] = ['operator-anna', 'operator-budi'];
const firstAt = minutesAfter(start, 60);
const instant = (month: number) => minutesAfter(firstAt, month * 31 * 1_440);
const choices = (scheme: SchemeCode, number: number) => {
  const course = courseOf(number === 1 ? {} : { courseCode: `COURSE-${number}` });
  return { citizen: self, scheme, number, course };
};

const step = (name: StepName, scheme: SchemeCode, number = 1): Rule => {
  const chosen = choices(scheme, number);
  return (file, at) => steps[name](file, at, chosen);
};

/** As the endpoint does it: the claims of a rating stand beside it. */
const rating = (review: string, number = 1): Rule => {
  return (file, at) => {
    const { events } = rate(file.certificates, { purchaseId: purchaseIdOf(number), stars: 5, review });
    const rated = events.reduce<Participant>((before, event) => evolveParticipant(before, event, at), file);
    return { events: [...events, ...(events.length > 0 ? nextClaims(participantId, rated, at) : [])] };
  };
};

const matched: AccountCheck = { outcome: 'matched', reasons: ['nik_matches'], kyc: 'full', partnerCode: 'switching' };
const refusedCheck: AccountCheck = { ...matched, outcome: 'refused', reasons: ['nik_differs'] };
const sealed = fileAfter('verify');
const accountsOfModel = ['1', '2'].map((number) => linkedAccount(sealed, participantId, number));
const link = (account: PayoutAccountLinked, check: AccountCheck | null): Rule => {
  return (file, at) => linkAccount(participantId, file, { ...account, check }, at);
};
const check = (account: PayoutAccountLinked, found: AccountCheck): Rule => {
  return (file, at) => recordCheck(participantId, file, account.accountTag, found, at);
};

/** The shortest answers to a questionnaire that count. */
function answersTo(number: number) {
  const questionnaire = currentQuestionnaire(number);
  if (!questionnaire) throw new Error('Every survey has a questionnaire');
  const first = (question: Question): AnswerValue => {
    switch (question.kind) {
      case 'single':
        return question.options[0]?.code ?? 0;
      case 'multiple':
        return [question.options[0]?.code ?? 0];
      case 'number':
        return question.minimum;
      case 'scale':
        return 1;
      case 'text':
        return 'ya';
    }
  };
  const answers = new Map<string, AnswerValue>();
  for (let asked = reachable(questionnaire, answers); ; asked = reachable(questionnaire, answers)) {
    const open = asked.find(({ id }) => !answers.has(id));
    if (!open) return { version: questionnaire.version, answers };
    answers.set(open.id, first(open));
  }
}
const survey = (number: number): Rule => {
  const { version, answers } = answersTo(number);
  const given = {
    number,
    questionnaireVersion: version,
    consentVersion: surveyConsent.version,
    answers,
    answersTag: `${number}`,
  };
  return (file, at) => answerSurvey(participantId, file, given, () => new Uint8Array([number]), at);
};

/** Outcomes of the first attempts at an incentive, whatever came after: late answers and callbacks come for old ones too. */
function outcomesOf(
  kind: 'training' | 'survey',
  number: number,
  attempts: number,
  names: readonly OutcomeName[],
): Command[] {
  return Array.from({ length: attempts }, (_, index) => index).flatMap((index) =>
    names.map((name) => ({
      name: `${kind} ${number}, attempt ${index + 1}: ${name}`,
      when: (file: Participant) => attemptsOf(file.incentives, kind, number)[index] !== undefined,
      rules: [
        (file: Participant, at: Date) => {
          const reference = attemptsOf(file.incentives, kind, number)[index]?.reference ?? '';
          return recordOutcome(participantId, file, reference, outcomes[name], at);
        },
      ],
    })),
  );
}

const one = (name: string, rule: Rule): Command => ({ name, rules: [rule] });
const hold = (holdId: string): Command[] => [
  one(`hold ${holdId}`, (file) => placeHold(file, { holdId, reason: 'blacklisted', by: anna })),
  one(`lift ${holdId}`, ({ incentives }) => liftHold(incentives, { holdId, by: budi })),
];
const forfeiture = one('forfeit', (file) => forfeit(file, { holdId: 'hold-1', by: budi }));
const debt: Command[] = [
  one('raise', (file, at) => {
    return raise(participantId, file, { holdId: 'hold-1', reason: 'not_entitled', scope: 'incentives', by: budi }, at);
  }),
  one('repay', ({ incentives }) => {
    const owed = incentives.receivable ? owedRupiah(incentives.receivable) : 1;
    if (owed === 0) return { events: [] };
    return repay(incentives, { bankReference: 'bank-1', amountRupiah: owed, by: anna });
  }),
  one('date of the debt', (file, at) => receivableDue(participantId, file, at)),
];
const claiming = one('claim', (file, at) => claimDue(participantId, file, at));
const revocation = one('revoke', (file, at) => revokeOverdue(file, at));

/** All that a state consists of, as far as it matters for what can happen. */
function keyOf(
  { membership, purchases, training, certificates, incentives, surveys }: Participant,
  month: number,
): string {
  const payouts = [...incentives.payouts.values()].map(({ kind, number, attempt, state, paid, accountTag }) =>
    [kind[0], number, attempt, state, paid?.at.getTime() ?? '', accountTag.slice(0, 4)].join(' '),
  );
  const { account, accountRefused, holds, liftedHolds, forfeited, receivable } = incentives;
  const course = training.get(purchaseIdOf(1));
  return [
    month,
    membership.revoked,
    purchases.open?.purchaseId ?? '',
    purchases.paid.length,
    [...training.values()].map(({ redeemed, completed }) => `${redeemed !== null} ${completed !== null}`).join(),
    course?.redeemed !== null,
    [...certificates.issued.keys()].length,
    [...certificates.rated.values()].map(({ review }) => review.length).join(),
    account?.accountTag.slice(0, 4) ?? '',
    account?.check ? [account.check.outcome, account.check.partnerCode].join() : '',
    accountRefused,
    [...holds.keys()].join(),
    [...liftedHolds.keys()].join(),
    forfeited,
    receivable
      ? [owedRupiah(receivable), receivable.handedOver, receivable.reminders, receivable.dueUntil.getTime()].join()
      : '',
    [...surveys.keys()].join(),
    ...payouts.toSorted(),
  ].join('|');
}

const live = ({ state }: Payout) => state === 'claimed' || state === 'sent' || state === 'unknown' || state === 'paid';

/** What speaks against a claim that is made on a file; said in our own words, not by the rule that makes claims. */
function* wrongWithClaim(file: Participant, claim: IncentiveClaimed, at: Date): Generator<string> {
  const { membership, purchases, training, certificates, incentives, surveys } = file;
  const first = purchases.paid[0]?.purchaseId ?? '';
  if (!membership.decreed) yield 'no decree';
  if (membership.revoked) yield 'a revoked membership';
  if (incentives.holds.size > 0) yield 'a hold';
  if (incentives.forfeited || incentives.receivable) yield 'forfeiture';
  if (!training.get(first)?.completed) yield 'no completed first course';
  if (!certificates.issued.has(first)) yield 'no certificate';
  if (!certificates.rated.has(first)) yield 'no rating';
  if (certificates.rated.get(first)?.review.trim() === '') yield 'no review';
  if (incentives.account?.check?.outcome !== 'matched' || incentives.accountRefused) yield 'no matched account';
  if (incentives.account?.accountTag !== claim.accountTag) yield 'another account';
  if (incentives.account?.check?.partnerCode !== claim.partnerCode) yield 'a partner that was not asked';
  if (attemptsOf(incentives, claim.kind, claim.number).some(live)) yield 'another attempt that may be paid';
  const firstIncentive = attemptsOf(incentives, 'training', 1);
  if (claim.kind === 'survey' && !surveys.has(claim.number)) yield 'no answers';
  if (claim.kind === 'survey' && !firstIncentive.some(({ paid }) => paid)) yield 'no first incentive';
  if (claim.kind === 'survey' || claim.number === 1) return;
  const before = attemptsOf(incentives, 'training', claim.number - 1).flatMap(({ paid }) => (paid ? [paid.at] : []));
  if (!before.some((paidAt) => at.getTime() - paidAt.getTime() >= 28 * 86_400_000))
    yield 'no month since the one before';
}

/** What is wrong with a file, whatever led to it. */
function* wrongWithFile({ balances, certificates, purchases, incentives, surveys }: Participant): Generator<string> {
  for (const account of accounts)
    if (balances[account] < 0 && account !== 'treasury' && account !== 'citizen_debt') yield `${account} is overdrawn`;
  if (accounts.reduce((sum, account) => sum + balances[account], 0) !== 0) yield 'the books do not sum to zero';
  const owed = incentives.receivable ? owedRupiah(incentives.receivable) : 0;
  if (balances.receivable + balances.handed_over !== owed) yield 'the debt is not what is owed';
  if (balances.citizen_debt + balances.receivable + balances.recovered + balances.handed_over !== 0)
    yield 'the debt does not sum to zero';
  const payouts = [...incentives.payouts.values()];
  const sum = (all: readonly Payout[]) => all.reduce((total, { amountRupiah }) => total + amountRupiah, 0);
  const paid = payouts.filter(({ state }) => state === 'paid');
  if (balances.paid_to_citizen !== sum(paid)) yield 'what is paid is not the sum of payments';
  if (balances.payout_in_flight !== sum(payouts.filter(live)) - sum(paid))
    yield 'what is in flight is not the sum of claims';
  const lively = payouts.filter(live).map(({ kind, number }) => `${kind} ${number}`);
  if (new Set(lively).size !== lively.length) yield 'an incentive may be paid twice';
  const first = purchases.paid[0]?.purchaseId ?? '';
  const isProven = certificates.issued.has(first) && (certificates.rated.get(first)?.review ?? '') !== '';
  if (paid.length > 0 && !isProven) yield 'a payment without certificate, rating and review';
  for (const { kind, number, paid: payment } of paid) {
    if (kind === 'survey' && !surveys.has(number)) yield 'a payment for a survey that nobody answered';
    if (!payment?.partnerReference) yield 'a payment without a reference of the bank';
  }
}

/** Steps that may change the state of a payout, beside its own outcome: a new attempt, and forfeiture, of what has failed. */
function* wrongWithStep(before: Participant, after: Participant, { name }: Command): Generator<string> {
  if (name.includes('attempt')) return;
  for (const { reference, state } of before.incentives.payouts.values()) {
    const now = after.incentives.payouts.get(reference)?.state;
    const hasFailed = state === 'refused' || state === 'returned';
    if (now !== state && !(hasFailed && (now === 'remedied' || now === 'forfeited'))) yield `${state} became ${now}`;
  }
}

type State = { readonly file: Participant; readonly month: number };

/** Walks every state that can be reached, once. */
function walk({ scheme, from, commands, months }: Model) {
  const begin: State = { file: fileAfter(from, { scheme }), month: 0 };
  const queue: State[] = [begin];
  const known = new Set([keyOf(begin.file, 0)]);
  const wrong = new Set<string>();
  const used = new Set<string>();
  let walked = 0;
  const visit = (file: Participant, month: number) => {
    const key = keyOf(file, month);
    if (known.has(key)) return;
    known.add(key);
    queue.push({ file, month });
    for (const fault of wrongWithFile(file)) wrong.add(fault);
  };
  for (let next = 0; next < queue.length; next += 1) {
    const state = queue[next];
    if (!state) break;
    if (state.month < months) visit(state.file, state.month + 1);
    for (const command of commands) {
      if (command.when?.(state.file) === false) continue;
      const at = instant(state.month);
      let { file } = state;
      for (const rule of command.rules) {
        let events: readonly ParticipantEvent[];
        try {
          events = rule(file, at).events;
        } catch (error) {
          if (!(error instanceof Refusal)) wrong.add(`${command.name}: ${error}`);
          events = [];
        }
        if (events.length === 0) break;
        walked += 1;
        used.add(command.name);
        for (const event of events) {
          if (event.type === 'IncentiveClaimed')
            for (const fault of wrongWithClaim(file, event, at)) wrong.add(`${command.name}: a claim with ${fault}`);
          file = decided(file, { events: [event] }, at);
        }
      }
      if (file === state.file) continue;
      for (const fault of wrongWithStep(state.file, file, command)) wrong.add(`${command.name}: ${fault}`);
      visit(file, state.month);
    }
  }
  const unused = commands.filter(({ name }) => !used.has(name)).map(({ name }) => name);
  const claimed = queue.filter(({ file }) => file.incentives.payouts.size > 0).length;
  return { states: queue.length, steps: walked, claimed, wrong: [...wrong], unused };
}

const normal = 'NORMAL_2023';
const [own, other] = accountsOfModel;
if (!own || !other) throw new Error('Two accounts were asked for');
const isBought = ({ purchases }: Participant) =>
  purchases.paid.some(({ purchaseId }) => purchaseId === purchaseIdOf(1));
const journey: readonly Command[] = [
  ...(['reserve', 'pay', 'redeem', 'certify'] as const).map((name) => one(name, step(name, normal))),
  { ...one('complete', step('complete', normal)), when: isBought },
  one('rate', rating('Jelas dan berguna sekali')),
  one('rate without a review', rating('')),
];
const secondCourse: Command = {
  name: 'another course',
  rules: [
    ...(['reserve', 'pay', 'redeem', 'complete', 'certify'] as const).map((name) => step(name, normal, 2)),
    rating('Juga jelas', 2),
  ],
};
const linking: readonly Command[] = [
  one('link', link(own, matched)),
  one('link unchecked', link(own, null)),
  one('link refused', link(own, refusedCheck)),
  one('link another', link(other, matched)),
  one('check matches', check(own, matched)),
  one('check refuses', check(own, refusedCheck)),
  one('check by another partner', check(own, { ...matched, partnerCode: 'bank-induk' })),
];

const models: Readonly<Record<string, { readonly model: Model; readonly least: number }>> = {
  'the way to the first incentive, in any order': {
    model: {
      scheme: normal,
      from: 'decree',
      months: 1,
      commands: [
        ...journey,
        secondCourse,
        ...linking,
        ...hold('hold-1'),
        forfeiture,
        claiming,
        revocation,
        ...outcomesOf('training', 1, 1, ['paid', 'unknown']),
      ],
    },
    least: 4_900,
  },
  'one incentive and its surveys, with everything that can happen to a payment': {
    model: {
      scheme: normal,
      from: 'rate',
      months: 2,
      commands: [
        one('link', link(own, matched)),
        one('link another', link(other, matched)),
        ...hold('hold-1'),
        forfeiture,
        claiming,
        one('survey 1', survey(1)),
        ...outcomesOf('training', 1, 2, ['paid', 'refused', 'returned', 'sent', 'unknown', 'deferred']),
        ...outcomesOf('survey', 1, 1, ['paid', 'refused, not because of the account', 'unknown']),
      ],
    },
    least: 25_000,
  },
  'four monthly incentives': {
    model: {
      scheme: 'SEMI_BANSOS_2020',
      from: 'link',
      months: 4,
      commands: [
        ...hold('hold-1'),
        claiming,
        one('link another', link(other, matched)),
        ...outcomesOf('training', 1, 2, ['paid', 'returned', 'unknown']),
        ...[2, 3, 4].flatMap((number) => outcomesOf('training', number, 1, ['paid', 'refused', 'unknown'])),
      ],
    },
    least: 14_000,
  },
  'a debt': {
    model: {
      scheme: normal,
      from: 'link',
      months: 4,
      commands: [
        ...hold('hold-1'),
        ...hold('hold-2'),
        forfeiture,
        ...debt,
        claiming,
        one('link another', link(other, matched)),
        ...outcomesOf('training', 1, 2, ['paid', 'refused', 'returned', 'unknown']),
      ],
    },
    least: 18_500,
  },
};

describe('no path to a payout without evidence', () => {
  it.each(Object.entries(models))('%s', (name, { model, least }) => {
    const { states, steps: walked, claimed, wrong, unused } = walk(model);
    process.stdout.write(`${name}: ${states} states, ${claimed} of them with a claim, by ${walked} steps\n`);
    expect(wrong).toEqual([]);
    expect(unused).toEqual([]);
    expect(states).toBeGreaterThanOrEqual(least);
  });
});
