import type { Breaker, CallResult } from '#shared/incentive/breaker.ts';
import { obstacleOf } from '#shared/incentive/entitlement.ts';
import { isOpen, type Payout } from '#shared/incentive/incentive.ts';
import type { PayoutRefusal } from '#shared/incentive/incentive-events.ts';
import type { Pace } from '#shared/incentive/pace.ts';
import { opensAt, type PaymentPartner } from '#shared/incentive/payment-partners.ts';
import type { PayoutAccount } from '#shared/incentive/payout-account.ts';
import {
  deferredUntil,
  isEarly,
  mayResend,
  openingUntil,
  refusalStands,
  sendingMilliseconds,
  switchedOffUntil,
} from '#shared/incentive/payout-timing.ts';
import { type Outcome, recordOutcome } from '#shared/incentive/settlement.ts';
import type { InquiryResult, PayoutResult } from '#shared/incentive/snap/answers.ts';
import type { PaymentClient } from '#shared/incentive/snap/client.ts';
import { type File, VersionConflict } from '#shared/journal/journal.ts';
import type { Participant, Participants } from '#shared/journal/participant.ts';
import type { PayoutMessage } from '#shared/operations/messages.ts';
import { ServiceFailed } from '#shared/platform/outside.ts';

/** A partner paid, and no journal takes it. The log names the class: the runbook says what is to be done. */
export class PayoutUnrecorded extends Error {
  override readonly name = 'PayoutUnrecorded';

  constructor() {
    super('payout.unrecorded');
  }
}

/** Whether what stands in a release may be sent, and since when. */
export type Permit = { readonly allowed: boolean; readonly approvedAt: Date | null };

export type PayoutPorts = {
  readonly partner: PaymentPartner;
  readonly client: Pick<PaymentClient, 'pay' | 'inquire'>;
  readonly journal: Pick<Participants, 'load' | 'append' | 'change'>;
  /** Opens the account that was claimed for, and its owner's name. */
  readonly recipientOf: (
    participantId: string,
    file: Participant,
    payout: Payout,
  ) => Promise<{ readonly account: PayoutAccount; readonly holderName: string }>;
  readonly permitOf: (releaseId: string) => Promise<Permit>;
  /** Whether operators let payouts go to the partner. */
  readonly isEnabled: () => Promise<boolean>;
  readonly breaker: Breaker;
  readonly pace: Pace;
  readonly now: () => Date;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** The partner takes nothing more from us until somebody has looked. */
  readonly onStop: (reason: string) => void;
};

/** One delivery of a message about a payout, and what the journal said when it came. */
type Round = {
  readonly message: PayoutMessage;
  readonly deliveries: number;
  readonly file: File<Participant>;
  readonly payout: Payout;
  readonly loadedAt: Date;
};

/** What came of a round. `outcome` is null where nothing is to be written down. */
type Found = {
  readonly outcome: Outcome | null;
  /** Whether it is so whatever other deliveries have written down meanwhile; otherwise what they wrote goes on by itself. */
  readonly always: boolean;
  /** What the breaker is told of the partner. */
  readonly call: CallResult;
};

/** Why a payout is not sent now. */
type Stop =
  /** Its owner has no right to it any more. */
  | { readonly kind: 'refuse'; readonly reason: string }
  /** Whoever stopped it sends it again. */
  | { readonly kind: 'leave'; readonly reason: string }
  | { readonly kind: 'defer'; readonly reason: string; readonly until: Date };

/** Days on which an account may be over its limit before its owner is asked for another one: some five. */
const maxLimitDeferrals = 14;

const nothing: Found = { outcome: null, always: false, call: 'answered' };
const found = (outcome: Outcome | null, call: CallResult = 'answered'): Found => ({ outcome, always: false, call });
/** Money is out, or may be: this is written down over anything. */
const certain = (outcome: Outcome, call: CallResult = 'answered'): Found => ({ outcome, always: true, call });

/** Not final before the next inquiry: another delivery of the same message may be sending just now. */
const refusedUnless = (refusal: PayoutRefusal): Outcome => ({
  kind: 'unknown',
  cause: 'refusal_unconfirmed',
  refusal,
});

/**
 * Does what a message about a payout asks for: sends it, or finds out what became of it, and writes the outcome down. The claim
 * stands before any call. Whatever may have been sent before is asked about first, always under the claim's own reference; what
 * nobody can tell is asked about later, by the clock. Once its outcome is written down a message is done, whatever it is.
 *
 * @throws for what is our fault only: a payout of another partner, and PayoutUnrecorded for money that is out and in no journal. Such a
 * message ends where a person looks at it.
 */
export function payoutWorker(ports: PayoutPorts) {
  const { partner, client, journal, breaker, pace, now, random } = ports;

  async function work(message: PayoutMessage, deliveries: number): Promise<void> {
    const loadedAt = now();
    const file = await journal.load(message.participantId);
    const payout = file.state.incentives.payouts.get(message.reference);
    if (!payout) return;
    if (payout.partnerCode !== partner.code) throw new Error('payout.partner_differs');
    const round = { message, deliveries, file, payout, loadedAt };
    const { outcome, always } = isOpen(payout) ? await settleOpen(round) : await lookBack(round);
    if (outcome) await record(round, { ...outcome, ...releaseOf(message) }, always);
  }

  async function settleOpen(round: Round): Promise<Found> {
    const { message, deliveries, payout, loadedAt } = round;
    const isAgain = message.step === 'pay' && (message.again || message.relisted === true);
    const isAsked = message.step === 'inquire';
    if (isEarly(payout, loadedAt) && !isAgain && !isAsked) return nothing;
    const permit = await permitOf(round);
    const stop = await stopOf(round, permit);
    const mayBeThere = payout.state !== 'claimed' || deliveries > 1 || isAgain || isAsked;
    const isRemembered = mayResend(payout, permit.approvedAt, partner.memoryDays, loadedAt);
    const asksFirst = mayBeThere || !isRemembered || stop?.kind === 'refuse';
    if (stop && !asksFirst) return unsent(round, stop);

    const report = opensAt(partner, now()) ? null : breaker.enter(now());
    if (!report) return asksFirst ? unasked(round) : deferred(round, 'partner_unavailable');
    const result = asksFirst ? await askFirst(round, stop, isRemembered) : await send(round);
    report(result.call, now());
    return result;
  }

  /** An earlier delivery may have paid and died before it could say so: nothing is sent unless the partner never had it. */
  async function askFirst(round: Round, stop: Stop | null, isRemembered: boolean): Promise<Found> {
    const { payout, message } = round;
    const known = await ask(round);
    if (known.kind !== 'not_found') return told(round, known);
    if (!isRemembered) return pending(round, { kind: 'unknown', cause: 'memory_over' });
    if (payout.refusal) return refusalStands(payout, now()) ? found({ kind: 'refused', ...payout.refusal }) : nothing;
    // It had it before. Asked once more before anything is sent.
    if (payout.state === 'sent') return pending(round, { kind: 'unknown', cause: 'not_found_after_sent' });
    if (stop) return unsent(round, stop);
    // Its own time to be sent has not come: somebody only wanted to know.
    if (message.step === 'inquire' && isEarly(payout, round.loadedAt)) return nothing;
    return send(round);
  }

  async function send(round: Round): Promise<Found> {
    const { message, file, payout, loadedAt } = round;
    const { reference, amountRupiah } = payout;
    const recipient = await ports.recipientOf(message.participantId, file.state, payout);
    await pace();
    // What the journal said must not be old: a refusal that another delivery wrote down counts on it.
    if (now().getTime() - loadedAt.getTime() > sendingMilliseconds)
      return { ...deferred(round, 'partner_slow'), call: 'failed' };
    const answer = await client.pay({ reference, amountRupiah, ...recipient });
    const call = callOf(answer);
    if (answer.kind === 'paid') return certain({ ...answer, by: 'answer' }, call);
    if (answer.kind === 'in_progress') return certain({ kind: 'sent' }, call);
    if (answer.kind === 'stop') ports.onStop(answer.reason);
    // Refused or unclear: another delivery of the same message may have paid meanwhile.
    return { ...afterwards(round, answer, await ask(round)), call };
  }

  /** What a payment that was not answered with success came to, after the inquiry that followed it. */
  function afterwards(
    round: Round,
    answer: Exclude<PayoutResult, { kind: 'paid' | 'in_progress' }>,
    known: InquiryResult,
  ): Found {
    const isNowhere = known.kind === 'not_found' || known.kind === 'unknown';
    if (answer.kind === 'refused') {
      const { reason, fault } = answer;
      if (isNowhere) return found(refusedUnless({ reason, fault }));
      // The partner keeps the reference as failed: the answer says better why.
      return known.kind === 'refused' ? found({ kind: 'refused', reason, fault }) : told(round, known);
    }
    if (known.kind !== 'not_found' && known.kind !== 'unknown') return told(round, known);
    if (answer.kind === 'unknown') return certain({ kind: 'unknown', cause: answer.cause });
    const { reason } = answer;
    const { deferrals, deferred: last } = round.payout;
    const isOverForLong = reason === 'limit_exceeded' && last?.reason === reason && deferrals >= maxLimitDeferrals;
    return isOverForLong ? found(refusedUnless({ reason, fault: 'account' })) : deferred(round, reason);
  }

  /** What an inquiry has told. */
  function told(round: Round, known: Exclude<InquiryResult, { kind: 'not_found' }>): Found {
    switch (known.kind) {
      case 'paid':
      case 'returned':
        return certain({ ...known, by: 'inquiry' });
      case 'refused':
        return found(known);
      case 'in_progress':
        return pending(round, { kind: 'sent' });
      case 'unknown':
        return pending(round, { kind: 'unknown', cause: known.cause }, 'failed');
    }
  }

  /** Not the end. Who asks before the time that the journal has set writes nothing: the next inquiry has its entry already. */
  function pending(round: Round, outcome: Extract<Outcome, { kind: 'sent' | 'unknown' }>, call?: CallResult): Found {
    const { payout, loadedAt } = round;
    const { refusal } = payout;
    if (payout.state !== 'claimed' && isEarly(payout, loadedAt)) return found(null, call);
    return found(outcome.kind === 'unknown' && refusal ? { ...outcome, refusal } : outcome, call);
  }

  /** It may be with the partner, and the partner cannot be asked just now. */
  function unasked(round: Round): Found {
    const cause = opensAt(partner, now()) ? 'partner_closed' : 'partner_unavailable';
    return pending(round, { kind: 'unknown', cause });
  }

  /** It is surely not with the partner, and is not to be sent. */
  function unsent(round: Round, stop: Stop): Found {
    const { state, deferrals } = round.payout;
    const { kind, reason } = stop;
    if (kind === 'refuse') return found(refusedUnless({ reason, fault: 'ours' }));
    if (kind === 'defer') return found({ kind: 'deferred', reason, until: stop.until });
    // A claim waits as it stands. What was unknown is a claim again.
    if (state === 'claimed') return nothing;
    return found({ kind: 'deferred', reason, until: switchedOffUntil(deferrals, random(), now()) });
  }

  function deferred({ payout }: Round, reason: string): Found {
    return found({ kind: 'deferred', reason, until: deferredUntil(payout.deferrals, random(), now()) });
  }

  async function permitOf({ message, payout }: Round): Promise<Permit> {
    const releaseId = message.step === 'pay' ? message.releaseId : payout.releaseId;
    if (releaseId === null) return { allowed: false, approvedAt: null };
    const permit = await ports.permitOf(releaseId);
    // What an earlier release may have sent was with the partner before this one was approved.
    const isRelisted = payout.relisted || (message.step === 'pay' && message.relisted === true);
    return isRelisted ? { ...permit, approvedAt: null } : permit;
  }

  async function stopOf({ file, payout }: Round, { allowed }: Permit): Promise<Stop | null> {
    const obstacle = obstacleOf(file.state);
    if (obstacle === 'forfeited' || obstacle === 'membership_revoked') return { kind: 'refuse', reason: obstacle };
    if (obstacle === 'held') return { kind: 'leave', reason: 'held' };
    if (!allowed) return { kind: 'leave', reason: 'release_stopped' };
    const at = now();
    if (!(await ports.isEnabled())) {
      const until = switchedOffUntil(payout.deferrals, random(), at);
      return { kind: 'defer', reason: 'partner_switched_off', until };
    }
    const opening = opensAt(partner, at);
    return opening && { kind: 'defer', reason: 'partner_closed', until: openingUntil(opening, random()) };
  }

  async function ask({ message, file, payout }: Pick<Round, 'message' | 'file' | 'payout'>): Promise<InquiryResult> {
    const { reference, amountRupiah } = payout;
    const { account } = await ports.recipientOf(message.participantId, file.state, payout);
    await pace();
    return client.inquire({ reference, amountRupiah, account });
  }

  /**
   * A payout that has ended. Paid: a partner may tell that the money came back. Refused, and the message came before: should the
   * partner have paid it all the same, the message must not be let go.
   */
  async function lookBack(round: Round): Promise<Found> {
    const { message, deliveries, payout } = round;
    const isAsked = message.step === 'inquire';
    const isRepeat = deliveries > 1 || (message.step === 'pay' && message.again);
    if (payout.paid ? payout.state !== 'paid' || !isAsked : !isAsked && !isRepeat) return nothing;
    const report = opensAt(partner, now()) ? null : breaker.enter(now());
    const known: InquiryResult = report ? await ask(round) : { kind: 'unknown', cause: 'partner_unavailable' };
    report?.(known.kind === 'unknown' ? 'failed' : 'answered', now());
    if (payout.paid) return known.kind === 'returned' ? told(round, known) : nothing;
    if (known.kind === 'unknown' || known.kind === 'in_progress') throw new ServiceFailed(0);
    return known.kind === 'paid' ? told(round, known) : nothing;
  }

  /** Writes an outcome down at the version that was loaded; only where somebody was faster is it decided again. */
  async function record({ message, file, payout }: Round, outcome: Outcome, always: boolean): Promise<void> {
    const { participantId, reference } = message;
    const decide = (state: Participant, at: Date) => recordOutcome(participantId, state, reference, outcome, at);
    const at = now();
    const decision = decide(file.state, at);
    let after = file.state;
    try {
      if (decision.events.length > 0) after = await journal.append(participantId, file, decision, at);
    } catch (error) {
      if (!(error instanceof VersionConflict)) throw error;
      const holds = (state: Participant) => always || isUnchanged(payout, state.incentives.payouts.get(reference));
      after = await journal.change(
        participantId,
        (state, later) => (holds(state) ? decide(state, later) : { events: [] }),
        now,
      );
    }
    // Money that is out and in no journal is never let go.
    const isRecorded = after.incentives.payouts.get(reference)?.paid;
    if (outcome.kind === 'paid' && !isRecorded) throw new PayoutUnrecorded();
  }

  return work;
}

/** The release of a message, for the journal. */
const releaseOf = (message: PayoutMessage) =>
  message.step === 'pay' ? { releaseId: message.releaseId, relisted: message.relisted === true } : {};

/** Whether no other delivery has written anything down about a payout. */
function isUnchanged(before: Payout, after: Payout | undefined): boolean {
  return after?.state === before.state && after.inquiries === before.inquiries && after.deferrals === before.deferrals;
}

/** What an answer to a payment says of the partner itself. */
function callOf(answer: PayoutResult): CallResult {
  switch (answer.kind) {
    case 'unknown':
      return 'failed';
    case 'stop':
      return 'stopped';
    case 'later':
      // The limit is the account's.
      return answer.reason === 'limit_exceeded' ? 'answered' : 'failed';
    case 'paid':
    case 'refused':
    case 'in_progress':
      return 'answered';
  }
}
