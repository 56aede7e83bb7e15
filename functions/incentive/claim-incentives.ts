import { claimDue, recordCheck } from '#shared/incentive/account.ts';
import { type AccountInquiry, accountInquiry } from '#shared/incentive/account-inquiry.ts';
import { receivableDue } from '#shared/incentive/clawback.ts';
import type { AccountCheck } from '#shared/incentive/incentive-events.ts';
import { partnerSwitches, type Routing } from '#shared/incentive/partner-switch.ts';
import { PaymentPartnerCode } from '#shared/incentive/payment-partners.ts';
import { openAccount } from '#shared/incentive/sealed-account.ts';
import { paymentClients } from '#shared/incentive/snap/clients.ts';
import { type Participant, type Participants, participants } from '#shared/journal/participant.ts';
import { IncentiveMessage } from '#shared/operations/messages.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { ServiceFailed } from '#shared/platform/outside.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { worker } from '#shared/platform/worker.ts';
import { openPerson } from '#shared/registration/person.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly participants: Participants;
  readonly keys: () => Promise<Keys>;
  readonly inquire: AccountInquiry;
  /** What operators have switched by now. */
  readonly routing: () => Promise<Pick<Routing, 'enabled'>>;
};

/**
 * Queue `incentive`: claims what can be claimed by now, asks about an account that nobody could be asked about when it was
 * linked, and does what the clock owes a debtor. Whatever comes again changes nothing. A partner that does not answer about an
 * account is asked again by redelivery, five times over half an hour; then the message waits in the dead-letter queue for a person.
 */
export function claimIncentives({ participants, keys, inquire, routing }: Deps) {
  /** What the partner that would pay into the linked account says of it; null where nobody can tell just now. */
  async function checked(participantId: string, { registration, incentives }: Participant) {
    const { registered } = registration;
    if (!incentives.account || !registered || registration.erased) return null;
    const opened = await keys();
    const account = openAccount(opened, participantId, registered.dataKey, incentives.account);
    return inquire(account, openPerson(opened, participantId, registered)).catch(nobodyReachesIt);
  }

  async function record(participantId: string, accountTag: string, check: AccountCheck): Promise<void> {
    await participants.change(participantId, (file, at) => recordCheck(participantId, file, accountTag, check, at));
  }

  async function check(participantId: string, accountTag: string): Promise<void> {
    const { state } = await participants.load(participantId);
    const { account } = state.incentives;
    if (account?.accountTag !== accountTag || account.check || state.registration.erased) return;
    const answer = await checked(participantId, state);
    if (!answer) throw new ServiceFailed(0);
    await record(participantId, accountTag, answer);
  }

  /** Where the partner that knows the account is switched off, another one that knows it too gets what is claimed from now on. */
  async function moveAccount(participantId: string): Promise<void> {
    const { state } = await participants.load(participantId);
    const { account } = state.incentives;
    if (account?.check?.outcome !== 'matched') return;
    const { enabled } = await routing();
    if (enabled(PaymentPartnerCode.parse(account.check.partnerCode))) return;
    const answer = await checked(participantId, state);
    // What only the other partner refuses stays as it is, and waits for the one that knows it.
    if (answer?.outcome === 'matched') await record(participantId, account.accountTag, answer);
  }

  return worker('claimIncentives', IncentiveMessage, async (message) => {
    const { participantId } = message;
    switch (message.step) {
      case 'check':
        return check(participantId, message.accountTag);
      case 'claim':
        await moveAccount(participantId);
        await participants.change(participantId, (file, at) => claimDue(participantId, file, at));
        return;
      case 'receivable':
        await participants.change(participantId, (file, at) => receivableDue(participantId, file, at));
        return;
    }
  });
}

/** No partner that is switched on reaches the account: as if it did not answer. */
function nobodyReachesIt(error: unknown): null {
  if (error instanceof Refusal && error.code === 'payout_route_missing') return null;
  throw error;
}

/** Ten messages at a time within a minute: one that takes longer comes again. */
const waitMilliseconds = 20_000;

const table = programTable();
const switches = partnerSwitches(table, () => new Date());

export const handler = claimIncentives({
  participants: participants(table),
  keys: programKeys,
  inquire: accountInquiry({ clientOf: (code) => paymentClients[code], routing: switches.routing, waitMilliseconds }),
  routing: switches.routing,
});
