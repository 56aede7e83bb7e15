import { ok } from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { circuitBreaker } from '#shared/incentive/breaker.ts';
import type { Payout } from '#shared/incentive/incentive.ts';
import { atMost, pace } from '#shared/incentive/pace.ts';
import { partnerSwitches } from '#shared/incentive/partner-switch.ts';
import { type PayoutPorts, payoutWorker } from '#shared/incentive/pay-payout.ts';
import { PaymentPartnerCode, paymentPartners } from '#shared/incentive/payment-partners.ts';
import { releases } from '#shared/incentive/release.ts';
import { releasePermits } from '#shared/incentive/release-permits.ts';
import { openAccount } from '#shared/incentive/sealed-account.ts';
import { paymentClients } from '#shared/incentive/snap/clients.ts';
import { type Participant, type Participants, participants } from '#shared/journal/participant.ts';
import { PayoutMessage } from '#shared/operations/messages.ts';
import { setting } from '#shared/platform/environment.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { logger } from '#shared/platform/observe.ts';
import { worker } from '#shared/platform/worker.ts';
import { openPerson } from '#shared/registration/person.ts';
import { programTable } from '#shared/table/table.ts';

/** Payouts of one batch that are under way at a time. */
const payoutsAtOnce = 5;

type Deps = Omit<PayoutPorts, 'journal' | 'recipientOf' | 'onStop'> & {
  readonly participants: Participants;
  readonly keys: () => Promise<Keys>;
};

/**
 * Queue of one payment partner: pays what was released, sends again what was deferred, and asks what became of what nobody
 * knows. `payoutWorker` says how.
 */
export function payIncentives({ participants, keys, ...ports }: Deps) {
  const { code } = ports.partner;
  const work = payoutWorker({
    ...ports,
    journal: participants,
    recipientOf: recipients(participants, keys),
    onStop: (reason) => logger.error('partner.stopped', { partnerCode: code, reason }),
  });
  const inTurn = atMost(payoutsAtOnce);
  return worker('payIncentives', PayoutMessage, (message, deliveries) => inTurn(() => work(message, deliveries)));
}

/** Opens the account of a claim. It is not the linked one any more where its owner has changed it since the payment. */
function recipients({ entries }: Pick<Participants, 'entries'>, keys: () => Promise<Keys>) {
  async function sealedAccount(participantId: string, { incentives }: Participant, { accountTag }: Payout) {
    if (incentives.account?.accountTag === accountTag) return incentives.account;
    const events = (await entries(participantId)).flatMap((entry) => entry.events);
    const linked = events.find((event) => event.type === 'PayoutAccountLinked' && event.accountTag === accountTag);
    if (linked?.type !== 'PayoutAccountLinked') throw new Error('payout.account_missing');
    return linked;
  }

  return async (participantId: string, file: Participant, payout: Payout) => {
    const person = file.registration.registered;
    ok(person, 'Who has a claim is registered');
    const [opened, sealed] = [await keys(), await sealedAccount(participantId, file, payout)];
    const { name } = openPerson(opened, participantId, person);
    return { account: openAccount(opened, participantId, person.dataKey, sealed), holderName: name };
  };
}

const now = () => new Date();
const table = programTable();
const partner = paymentPartners[PaymentPartnerCode.parse(setting('paymentPartnerCode'))];
const switches = partnerSwitches(table, now);
const { limits, maxWorkers, code } = partner;

export const handler = payIncentives({
  partner,
  participants: participants(table),
  keys: programKeys,
  client: paymentClients[code],
  permitOf: releasePermits(releases(table), now),
  isEnabled: async () => (await switches.routing()).enabled(code),
  breaker: circuitBreaker(),
  // Every worker has its part of what the partner takes, whether or not the others use theirs.
  pace: pace(limits.payoutsPerSecond / maxWorkers, { now: () => performance.now(), sleep }),
  now,
  random: Math.random,
});
