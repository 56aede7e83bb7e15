import { AssertionError } from 'node:assert';
import { createHash } from 'node:crypto';
import { claimDue, linkAccount, recordCheck } from '#shared/incentive/account.ts';
import { circuitBreaker } from '#shared/incentive/breaker.ts';
import { nextClaims, obstacleOf } from '#shared/incentive/entitlement.ts';
import { forfeit, liftHold, placeHold } from '#shared/incentive/hold.ts';
import { isOpen, openPayouts, paidPayouts } from '#shared/incentive/incentive.ts';
import type { PayoutAccountLinked } from '#shared/incentive/incentive-events.ts';
import { isWorthAsking } from '#shared/incentive/notification.ts';
import { type PayoutPorts, payoutWorker } from '#shared/incentive/pay-payout.ts';
import { type PaymentPartnerCode, paymentPartners } from '#shared/incentive/payment-partners.ts';
import { maxInquiries, recordOutcome } from '#shared/incentive/settlement.ts';
import type { Decision, File } from '#shared/journal/journal.ts';
import type { Participant, ParticipantEvent } from '#shared/journal/participant.ts';
import { messagesFor } from '#shared/operations/dispatch.ts';
import { IncentiveMessage, PayoutListMessage, PayoutMessage } from '#shared/operations/messages.ts';
import { messagesDue, span } from '#shared/operations/sweep.ts';
import type { Outgoing } from '#shared/platform/queues.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { evolveSurveys } from '#shared/survey/survey.ts';
import { surveyState, windowOf } from '#shared/survey/survey-window.ts';
import { dues, journalKeys, shardOf } from '#shared/table/keys.ts';
import { type Counts, fortune } from '#test/simulation/payouts/fortune.ts';
import {
  type Committed,
  DatabaseFailed,
  type Instance,
  memoryJournal,
  type Reach,
} from '#test/simulation/payouts/memory-journal.ts';
import {
  type AccountHealth,
  type Line,
  type Order,
  simulatedPartner,
} from '#test/simulation/payouts/simulated-partner.ts';
import { virtualTime } from '#test/simulation/payouts/virtual-time.ts';
import { randomFrom } from '#test/simulation/random.ts';

/*
 * One participant from the linked account to the last incentive, in virtual time: the product's own rules and its own worker,
 * a journal, a partner and queues that fail as the real ones do. Nobody else is needed: no item of the table is shared by two
 * participants, so that each can be played again alone.
 */

/** A mistake that is made on purpose, to see that it is found. */
export type Planted =
  | 'partner_forgets_references'
  | 'timeout_is_a_refusal'
  | 'version_is_ignored'
  | 'due_entries_are_lost';

export type Beginning = { readonly file: File<Participant>; readonly account: PayoutAccountLinked; readonly at: Date };

export type Play = {
  readonly seed: string;
  readonly participant: number;
  readonly beginning: Beginning;
  readonly counts: Counts;
  readonly planted?: Planted | undefined;
  /** Told of every step, with its instant. */
  readonly tell?: ((at: Date, text: string) => void) | undefined;
};

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Happenings of one participant: some hundreds are usual. */
const maxHappenings = 200_000;
/** As the functions and queues are set up. */
const functionTimeout = 4 * minute;
const visibilityTimeout = 6 * functionTimeout;
const maxReceives = 5;
/** Clocks of two functions differ by less than half a minute. */
const skew = 14 * second;
/** The client gives a call up, and a request may arrive so late. */
const callTimeout = [10 * second, 38 * second] as const;
/** How long after the first failure an operator sends dead letters again. */
const redrive = [hour, 20 * hour] as const;
const maxRedrives = 8;
const matched = { outcome: 'matched', reasons: [], kyc: 'full' } as const;
const partnerCodes: readonly PaymentPartnerCode[] = ['bank-induk', 'switching'];

/** What ended in the wrong place, or never; empty when all is well. */
export async function playParticipant({
  seed,
  participant,
  beginning,
  counts,
  planted,
  tell,
}: Play): Promise<string[]> {
  const participantId = createHash('sha256').update(`${seed}/${participant}`).digest('hex');
  const pk = journalKeys.participant(participantId);
  const time = virtualTime(beginning.at.getTime(), maxHappenings);
  const violations: string[] = [];
  const violated = (what: string) => void violations.push(what);
  const tellNow = tell ? (text: string) => tell(new Date(time.now()), text) : () => undefined;
  const luck = fortune(randomFrom(`${seed}/${participant}`), counts, tellNow);
  const { step, fault } = luck;

  /* Processes */

  const clock = (instance: Instance) => () => new Date(time.now() + instance.skewMilliseconds);
  const process = (): Instance => ({
    skewMilliseconds: fault('clock_skewed', 0.03) ? luck.pick([-skew, skew]) : 0,
    isDead: false,
  });

  const reach: Reach = (instance, text, effect) =>
    new Promise((resolve, reject) => {
      time.after(luck.between(4, 60), () => {
        if (instance.isDead) return;
        step(text);
        if (fault('killed', 0.003)) instance.isDead = true;
        if (instance.isDead && luck.chance(0.5)) return;
        if (fault('hung', 0.0005)) return;
        try {
          const value = effect((name) => fault(name, name === 'write_unanswered' ? 0.01 : 0.007));
          if (!instance.isDead) time.goOn(() => resolve(value));
        } catch (error) {
          if (!instance.isDead) time.goOn(() => reject(error));
        }
      });
    });

  /** Runs a process of ours; answers whether it ended well. */
  function run(instance: Instance, work: () => Promise<void>, ended: (well: boolean) => void): void {
    time.goOn(() => void begin(instance, work, ended));
  }

  function begin(instance: Instance, work: () => Promise<void>, ended: (well: boolean) => void): Promise<unknown> {
    return work().then(
      () => !instance.isDead && ended(true),
      (error: unknown) => {
        if (instance.isDead) return;
        tellNow(`  failed: ${error instanceof Error ? error.message || error.constructor.name : String(error)}`);
        if (error instanceof AssertionError || error instanceof TypeError) violated(`asserted: ${error.message}`);
        ended(false);
      },
    );
  }

  /** A message of a queue: delivered at least once, in any order, again when its process dies, at last to a person. */
  function enqueue(text: string, work: (instance: Instance, deliveries: number) => Promise<void>): void {
    let redrives = 0;
    let isDone = false;
    const deliver = (receives: number): void => {
      step(`deliver ${text} (${receives})`);
      const instance = process();
      let hasEnded = false;
      time.after(visibilityTimeout, () => {
        if (hasEnded) return;
        instance.isDead = true;
        again(receives);
      });
      run(
        instance,
        () => work(instance, receives),
        (well) => {
          if (!well) return;
          hasEnded = true;
          isDone = true;
          if (fault('not_deleted', 0.01)) time.after(visibilityTimeout, () => again(receives));
        },
      );
      time.after(functionTimeout, () => {
        if (!hasEnded) instance.isDead = true;
      });
    };
    const again = (receives: number): void => {
      if (receives < maxReceives) {
        deliver(receives + 1);
      } else if (!isDone && redrives < maxRedrives) {
        redrives += 1;
        time.after(luck.between(...redrive), () => deliver(1));
      }
    };
    const late = fault('reordered', 0.03) ? luck.between(minute, hour) : luck.between(10, 3 * second);
    time.after(late, () => deliver(1));
    if (fault('delivered_twice', 0.04)) time.after(late + luck.between(0, 2 * minute), () => deliver(1));
  }

  /* The journal, its stream, and the due index */

  const journal = memoryJournal({
    beginning: beginning.file,
    reach,
    clock,
    committed: heard,
    ignoresVersion: planted === 'version_is_ignored',
  });

  function heard({ version, decision: { events, index }, at, state }: Committed): void {
    const record = {
      kind: 'participant',
      id: participantId,
      version,
      at: at.toISOString(),
      provinceCode: '',
      events,
    } as const;
    const dispatched = () => {
      step('stream');
      for (const message of messagesFor(record)) route(message);
    };
    time.after(luck.between(200, 2 * second), dispatched);
    if (fault('stream_repeated', 0.02)) time.after(luck.between(2 * second, 10 * minute), dispatched);
    if (index?.due && index.dueSort && planted !== 'due_entries_are_lost') putDue(index.due, index.dueSort);
    const standing = paidPayouts(state.incentives).map(({ kind, number }) => `${kind} ${number}`);
    if (new Set(standing).size !== standing.length) violated('the journal has one incentive paid twice');
    counts.payouts += events.filter(({ type }) => type === 'IncentiveClaimed').length;
    citizenHears(state, events);
  }

  /** When the n-th run of the sweeper looks, and up to which instant by its own clock. */
  const sweepOffset = luck.between(0, 59) * second;
  const sweepOf = (run: number) => {
    const began = run * minute + sweepOffset;
    const chance = (Math.imul(run ^ (participant << 7), 2_654_435_761) >>> 8) % 1_000;
    const until = began + (chance % 20 === 0 ? (chance % 40 === 0 ? skew : -skew) : 0);
    return { looksAt: began + (chance % 7) * second, until, dies: chance >= 970 };
  };

  /** Every minute what has become due since the last run that did not die; a run that died is made up for by the next one. */
  function putDue(due: string, dueSort: string): void {
    const visibleAt = time.now() + luck.between(20, 4 * second);
    const dueAt = Date.parse(dueSort.slice(0, 24));
    let run = Math.floor((Math.max(dueAt, beginning.at.getTime()) - sweepOffset - skew) / minute);
    const look = (): void => {
      const { looksAt, until, dies } = sweepOf(run);
      let last = run - 1;
      while (sweepOf(last).dies) last -= 1;
      const from = new Date(Math.min(sweepOf(last).until, until));
      const isIn = span(from, new Date(until)).some(
        ({ day, until: end }) =>
          dues.day(day, shardOf(participantId)) === due &&
          dueSort >= from.toISOString() &&
          dueSort <= `${end.toISOString()}~`,
      );
      const isSeen = isIn && looksAt >= visibleAt;
      if (isSeen) {
        step(`sweep ${dueSort}`);
        if (dies) luck.happened('sweep_died');
        for (const message of messagesDue(pk, dueSort)) route(message);
      }
      if (isSeen && !dies) return;
      const isPassed = !dies && new Date(until).toISOString() > dueSort;
      if (isPassed) violated(`the sweeper has passed ${dueSort}`);
      run += 1;
      if (!isPassed) time.after(Math.max(0, sweepOf(run).looksAt - time.now()), look);
    };
    time.after(Math.max(0, sweepOf(run).looksAt - time.now()), look);
  }

  /* Queues and their workers */

  function route({ queue, body }: Outgoing): void {
    if (queue === 'bankIndukQueueUrl') pay('bank-induk', body);
    if (queue === 'switchingQueueUrl') pay('switching', body);
    if (queue === 'incentiveQueueUrl') incentive(IncentiveMessage.parse(body));
    if (queue === 'payoutListQueueUrl') list(PayoutListMessage.parse(body));
  }

  function pay(code: PaymentPartnerCode, body: object): void {
    const message = PayoutMessage.parse(body);
    enqueue(`${message.step} ${message.reference}`, (instance, deliveries) =>
      payoutWorker(portsOf(code, instance))(message, deliveries),
    );
  }

  function incentive(message: IncentiveMessage): void {
    enqueue(message.step, async (instance) => {
      const { change } = journal.portsOf(instance);
      if (message.step === 'claim')
        await change(participantId, (file, at) => claimDue(participantId, file, at), clock(instance));
      if (message.step !== 'check') return;
      const { accountTag } = message;
      await change(
        participantId,
        (file, at) => {
          const partnerCode = routeOfTag(accountTag);
          return recordCheck(participantId, file, accountTag, { ...matched, reasons: [], partnerCode }, at);
        },
        clock(instance),
      );
    });
  }

  /** Claims wait for the next release; two parts of the list may name the same one. */
  function list(message: PayoutListMessage): void {
    if (message.list === 'claimed') {
      release(message);
      if (fault('listed_twice', 0.03)) release(message);
    }
    if (message.list !== 'reclaimed') return;
    enqueue('reclaimed', async (instance) => {
      const { incentives } = (await journal.portsOf(instance).load(participantId)).state;
      if (incentives.holds.size > 0 && !incentives.forfeited) return;
      for (const payout of incentives.payouts.values()) if (payout.state === 'claimed') release(payout);
    });
  }

  /* Releases */

  const releases = new Map<string, { approvedAt: Date | null; isHeld: boolean }>();
  type Released = { readonly reference: string; readonly partnerCode: string };
  const latestRelease = new Map<string, string>();

  /** Lists what is still to be paid, has it approved, and sends it; what is left as a mere claim waits again at the end. */
  function release({ reference, partnerCode }: Released): void {
    const releaseId = `release-${releases.size + 1}`;
    const current = { approvedAt: null as Date | null, isHeld: false };
    releases.set(releaseId, current);
    latestRelease.set(reference, releaseId);
    const queue = partnerCode === 'switching' ? 'switching' : 'bank-induk';
    const stateNow = () => journal.current().incentives.payouts.get(reference)?.state;
    const send = (again: boolean) => {
      step(`${releaseId} sends ${reference}`);
      pay(queue, { step: 'pay', participantId, reference, releaseId, again });
    };
    const close = () => {
      if (stateNow() === 'claimed' && latestRelease.get(reference) === releaseId) release({ reference, partnerCode });
    };
    const holdFor = (milliseconds: number) => {
      current.isHeld = true;
      time.after(milliseconds, () => {
        current.isHeld = false;
        send(true);
      });
    };
    const prepare = () => {
      step(`${releaseId} lists ${reference}`);
      if (stateNow() !== 'claimed') return;
      const obstacle = obstacleOf(journal.current());
      // The end of the hold lists it again; who has no right to it any more has it refused by the partner's worker.
      if (obstacle === 'forfeited') pay(queue, { step: 'inquire', participantId, reference });
      if (obstacle === 'forfeited' || obstacle === 'held') return;
      time.after(luck.between(hour, 10 * hour), () => {
        current.approvedAt = new Date(time.now());
        send(false);
        time.after(luck.between(5 * day, 12 * day), close);
        if (fault('release_held', 0.02)) time.after(luck.between(0, hour), () => holdFor(luck.between(hour, 3 * day)));
      });
    };
    time.after(luck.between(hour, 20 * hour), prepare);
  }

  /* The payment partners */

  const out = new Map<string, readonly Order[]>();
  const healths = new Map<string, AccountHealth>();
  const partners = new Map(
    partnerCodes.map((code) => {
      const { memoryDays } = paymentPartners[code];
      const partner = simulatedPartner({
        time,
        luck,
        memoryDays,
        callback: ({ reference, status }) => called(code, reference, status),
        stated,
        out,
        violated,
        forgets: planted === 'partner_forgets_references',
      });
      return [code, { partner, breakers: [circuitBreaker(), circuitBreaker()] }] as const;
    }),
  );
  const partnerOf = (code: string) => {
    const found = partnerCodes.map((known) => (known === code ? partners.get(known) : undefined)).find(Boolean);
    if (!found) throw new Error('There is no such partner');
    return found;
  };
  /** A call that may never arrive, arrive late, or not be answered; it arrives though its process dies. */
  function call<Value>(instance: Instance, text: string, arrive: () => Value, none: Value): Promise<Value> {
    step(text);
    const timeout = luck.between(...callTimeout);
    const isLost = fault('request_lost', 0.015);
    const arrivesAfter = fault('request_slow', 0.02) ? luck.between(second, 38 * second) : luck.between(30, 300);
    const answersAfter = arrivesAfter + luck.between(20, 600);
    const isUnanswered = fault('answer_lost', 0.03);
    if (fault('killed', 0.008))
      time.after(luck.between(0, 2 * second), () => {
        instance.isDead = true;
      });
    return new Promise((resolve) => {
      const answer = (value: Value) => !instance.isDead && time.goOn(() => resolve(value));
      if (!isLost)
        time.after(arrivesAfter, () => {
          const value = arrive();
          if (!isUnanswered && answersAfter <= timeout)
            time.after(answersAfter - arrivesAfter, () => {
              tellNow(`  ${text}: ${JSON.stringify(value)}`);
              answer(value);
            });
        });
      time.after(timeout, () => answer(none));
    });
  }

  function portsOf(code: PaymentPartnerCode, instance: Instance): PayoutPorts {
    const { partner, breakers } = partnerOf(code);
    const breaker = luck.pick(breakers);
    const timedOut = { kind: 'unknown', cause: 'timeout' } as const;
    return {
      partner: paymentPartners[code],
      client: {
        async pay({ reference, amountRupiah, account }) {
          const healthy = healths.get(account.number) ?? 'good';
          const answer = await call(
            instance,
            `pay ${reference}`,
            () => partner.pay({ reference, amountRupiah, healthy }),
            timedOut,
          );
          if (planted === 'timeout_is_a_refusal' && answer.kind === 'unknown')
            return { kind: 'refused', reason: 'timeout', fault: 'account' };
          return answer;
        },
        async inquire({ reference }) {
          const answer = await call(instance, `ask about ${reference}`, () => partner.inquire(reference), timedOut);
          if (planted === 'timeout_is_a_refusal' && answer.kind !== 'refused') return { kind: 'not_found' };
          return answer;
        },
      },
      journal: journal.portsOf(instance),
      recipientOf: (_, __, payout) =>
        reach(instance, 'open the account', (strike) => {
          if (strike('read_failed')) throw new DatabaseFailed();
          // The account's tag stands for its number: nothing is sealed here.
          const account = { kind: 'bank', provider: 'BCA', number: payout.accountTag } as const;
          return { account, holderName: 'Nama' };
        }),
      permitOf: (releaseId) =>
        reach(instance, `read ${releaseId}`, (strike) => {
          if (strike('read_failed')) throw new DatabaseFailed();
          const found = releases.get(releaseId);
          return { allowed: found !== undefined && !found.isHeld, approvedAt: found?.approvedAt ?? null };
        }),
      isEnabled: () => reach(instance, 'read the switches', () => !fault('switched_off', 0.008)),
      breaker: { enter: (now) => (fault('breaker_open', 0.012) ? null : breaker.enter(now)) },
      pace: () =>
        new Promise((resolve) => {
          const wait = fault('paced', 0.01) ? luck.between(second, 45 * second) : luck.between(0, 200);
          time.after(wait, () => !instance.isDead && time.goOn(resolve));
        }),
      now: clock(instance),
      random: () => luck.between(0, 999) / 1_000,
      onStop: () => undefined,
    };
  }

  /** A partner tells of its own accord what became of a payout. */
  function called(
    code: PaymentPartnerCode,
    reference: string,
    status: Parameters<typeof isWorthAsking>[1]['status'],
  ): void {
    step(`callback ${reference} ${status}`);
    const payout = journal.current().incentives.payouts.get(reference);
    if (isWorthAsking(payout, { partnerCode: code, status })) pay(code, { step: 'inquire', participantId, reference });
  }

  /** A line of the statement is posted a day or some days after the money moved, now and then twice. */
  function stated(line: Line): void {
    const post = () =>
      enqueue(`line ${line.kind} ${line.reference}`, async (instance) => {
        const outcome = { kind: line.kind, partnerReference: line.partnerReference, by: 'statement' } as const;
        await journal
          .portsOf(instance)
          .change(
            participantId,
            (file, at) => recordOutcome(participantId, file, line.reference, outcome, at),
            clock(instance),
          );
      });
    time.after(fault('line_late', 0.05) ? luck.between(2 * day, 9 * day) : luck.between(6 * hour, 30 * hour), post);
    if (fault('line_repeated', 0.05)) time.after(luck.between(day, 20 * day), post);
  }

  /* The citizen and the operators */

  let accountNumber = 0;
  let isRelinking = false;
  const routes = new Map<string, PaymentPartnerCode>();
  const routeOfTag = (accountTag: string) => routes.get(accountTag) ?? 'switching';
  const answeredSurveys = new Set<number>();

  /** Has somebody decide something about the file, again when that fails. */
  function decide(
    text: string,
    rule: (file: Participant, at: Date) => Decision<ParticipantEvent>,
    patience = day,
  ): void {
    const instance = process();
    step(text);
    const retry = (milliseconds: number) => time.after(milliseconds, () => decide(text, rule, patience));
    let hasEnded = false;
    time.after(minute, () => {
      instance.isDead = true;
      if (!hasEnded) retry(minute);
    });
    const work = async () => {
      try {
        await journal.portsOf(instance).change(participantId, rule, clock(instance));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        tellNow(`  refused: ${error.code}`);
        if (error.code === 'payout_account_in_use') retry(patience);
      }
    };
    run(instance, work, (well) => {
      hasEnded = true;
      if (!well) retry(minute);
    });
  }

  function link(): void {
    accountNumber += 1;
    const accountTag = `account-${accountNumber}`;
    const partnerCode = luck.pick(partnerCodes);
    routes.set(accountTag, partnerCode);
    const fate = luck.between(1, 100);
    healths.set(accountTag, fate <= 6 ? 'closed' : fate <= 8 ? 'returning' : fate === 9 ? 'limited' : 'good');
    const check = luck.chance(0.05) ? null : { ...matched, reasons: [], partnerCode };
    const account = { ...beginning.account, accountTag, check };
    decide(`link ${accountTag}`, (file, at) => linkAccount(participantId, file, account, at));
  }

  function citizenHears({ incentives }: Participant, events: readonly ParticipantEvent[]): void {
    if (incentives.accountRefused && !isRelinking && !incentives.forfeited && accountNumber < 12) {
      isRelinking = true;
      time.after(luck.between(hour, 4 * day), () => {
        isRelinking = false;
        if (journal.current().incentives.accountRefused) link();
      });
    }
    if (events.some((event) => event.type === 'IncentivePaid' && event.kind === 'training' && event.number === 1))
      survey();
  }

  function survey(): void {
    for (let number = 1; number <= 3; number += 1) {
      const window = windowOf(journal.current(), number);
      if (!window || answeredSurveys.has(number)) continue;
      answeredSurveys.add(number);
      const at = window.opensAt.getTime() + luck.between(hour, 20 * day);
      time.after(Math.max(0, at - time.now()), () =>
        decide(`answer ${number}`, (file, now) => answer(file, number, now)),
      );
    }
  }

  function answer(file: Participant, number: number, now: Date): Decision<ParticipantEvent> {
    if (surveyState(file, number, now) !== 'open') return { events: [] };
    const facts = {
      questionnaireVersion: '1',
      consentVersion: '1',
      answers: beginning.account.account,
      answersTag: '1',
    };
    const answered = { type: 'SurveyAnswered', number, ...facts } as const;
    const surveys = evolveSurveys(file.surveys, answered, now);
    return { events: [answered, ...nextClaims(participantId, { ...file, surveys }, now)] };
  }

  /** Some are stopped for some days; a few of them have no right to any more. */
  function stopSometimes(): void {
    if (!luck.chance(0.04)) return;
    const holdId = 'feed-1';
    time.after(luck.between(0, 60 * day), () => {
      decide('hold', (file) => placeHold(file, { holdId, reason: 'eligibility_lost', by: 'operator-1' }));
      const by = 'operator-2';
      const isLost = luck.chance(0.2);
      time.after(luck.between(2 * hour, 25 * day), () =>
        isLost
          ? decide('forfeit', (file) => forfeit(file, { holdId, by }))
          : decide('lift', (file) => liftHold(file.incentives, { holdId, by })),
      );
    });
  }

  /* The play, and what must be so when nothing is left to happen */

  time.after(0, link);
  stopSometimes();
  try {
    await time.run();
    if (violations.length === 0) judge();
  } catch (error) {
    violated(`thrown: ${error instanceof Error ? error.message : String(error)}`);
  }
  return violations;

  function judge(): void {
    const { incentives, balances } = journal.current();
    const began = performance.now();
    const read = journal.read();
    counts.foldMilliseconds += performance.now() - began;
    if (JSON.stringify(read.balances) !== JSON.stringify(balances)) violated('the journal folds into other balances');
    let paidRupiah = 0;
    for (const { reference, state, amountRupiah, partnerCode, ...payout } of incentives.payouts.values()) {
      const inBook = partnerOf(partnerCode).partner.statusOf(reference);
      const isOut = inBook === 'paid';
      if (state === 'paid') paidRupiah += amountRupiah;
      counts.paid += state === 'paid' ? 1 : 0;
      counts.refused += payout.failed && !payout.paid ? 1 : 0;
      counts.returned += payout.failed && payout.paid ? 1 : 0;
      if ((state === 'paid') !== isOut)
        violated(`${reference} is ${state} here and ${inBook ?? 'unknown'} in the book`);
      if (!isOpen({ ...payout, reference, state, amountRupiah, partnerCode })) continue;
      // Asked about for forty days: then a person has it, on the list of the release.
      if (payout.inquiries > maxInquiries) counts.owned += 1;
      else violated(`lost: ${reference} is ${state}, and nothing brings it on`);
    }
    const outRupiah = [...out.values()].flat().reduce((sum, { amountRupiah }) => sum + amountRupiah, 0);
    if (paidRupiah !== balances.paid_to_citizen) violated('what is paid is not what the payouts say');
    if (outRupiah !== balances.paid_to_citizen)
      violated(`${outRupiah} rupiah are out, and ${balances.paid_to_citizen} paid`);
    const inFlight = openPayouts(incentives).reduce((sum, { amountRupiah }) => sum + amountRupiah, 0);
    if (inFlight !== balances.payout_in_flight) violated('what is in flight is not what is open');
  }
}
