import { ok } from 'node:assert/strict';
import { nextClaim, PayoutAccount, settle } from '#shared/incentive/incentive.ts';
import { type PaymentPartner, type PayoutResult, paymentPartner } from '#shared/incentive/payment-partner.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { IncentiveMessage } from '#shared/operations/messages.ts';
import { setting } from '#shared/platform/environment.ts';
import { type Keys, programKeys, servicesKey } from '#shared/platform/keys.ts';
import { ServiceFailed } from '#shared/platform/outside.ts';
import { worker } from '#shared/platform/worker.ts';
import { openPerson, openWithDataKey } from '#shared/registration/person.ts';
import { verified } from '#shared/registration/registration.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly participants: Participants;
  readonly partner: PaymentPartner;
  readonly keys: () => Promise<Keys>;
};

/**
 * Queue `incentive`: claims an incentive whose month has come, or pays a claim. The claim stands in the journal before
 * any call; whatever is unclear is asked about under the claim's own reference, and never sent under another.
 */
export function disburseIncentive({ participants, partner, keys }: Deps) {
  async function claim(participantId: string): Promise<void> {
    await participants.change(participantId, (file, at) => {
      const next = nextClaim(participantId, file, at);
      return { events: next ? [next] : [] };
    });
  }

  async function pay(participantId: string, reference: string, isRepeat: boolean): Promise<void> {
    const { registration, incentives } = (await participants.load(participantId)).state;
    const { open, account: linked } = incentives;
    if (open?.reference !== reference) return;
    ok(linked, 'A claim has an account');
    const person = verified(registration);
    const opened = await keys();
    const { name } = openPerson(opened, participantId, person);
    const account = PayoutAccount.parse(
      JSON.parse(openWithDataKey(opened, participantId, person.dataKey, linked.account)),
    );
    const payout = { reference, amountRupiah: open.amountRupiah, account, holderName: name };
    const result = await outcomeOf(payout, isRepeat);
    // Not known yet: the message comes again, and in the end lies in the dead-letter queue for a person.
    if (result.kind === 'unknown') throw new ServiceFailed(0);
    const file = await participants.change(participantId, (before, at) =>
      settle(participantId, before, reference, result, at),
    );
    // Money that is out and in no journal is never let go: the message ends where a person looks at it.
    const isRecorded = file.incentives.paid.some((payment) => payment.reference === reference);
    ok(result.kind !== 'paid' || isRecorded, 'What the partner paid is recorded');
  }

  /** Who comes again asks first: an earlier delivery may have paid and died before it could say so. */
  async function outcomeOf(payout: Parameters<PaymentPartner['pay']>[0], isRepeat: boolean): Promise<PayoutResult> {
    if (isRepeat) {
      const known = await partner.inquire(payout);
      if (known.kind !== 'not_found') return known;
    }
    const paid = await partner.pay(payout);
    if (paid.kind === 'paid') return paid;
    // Refused or unclear: another delivery of the same message may have paid meanwhile.
    const known = await partner.inquire(payout);
    return known.kind === 'not_found' ? paid : known;
  }

  return worker('disburseIncentive', IncentiveMessage, (message, deliveries) =>
    message.step === 'claim'
      ? claim(message.participantId)
      : pay(message.participantId, message.reference, deliveries > 1),
  );
}

export const handler = disburseIncentive({
  participants: participants(programTable()),
  partner: paymentPartner(setting('paymentPartnerUrl'), servicesKey),
  keys: programKeys,
});
