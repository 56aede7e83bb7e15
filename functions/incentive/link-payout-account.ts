import { isLinked, linkAccount, mayLink, unlinkAccount } from '#shared/incentive/account.ts';
import { accountRefusal, hasOwnPhone } from '#shared/incentive/account-check.ts';
import { type AccountInquiry, accountInquiry } from '#shared/incentive/account-inquiry.ts';
import type { Incentives } from '#shared/incentive/incentive.ts';
import { linkPayoutAccount, unlinkPayoutAccount } from '#shared/incentive/incentive-api.ts';
import { partnerSwitches } from '#shared/incentive/partner-switch.ts';
import type { PayoutAccount } from '#shared/incentive/payout-account.ts';
import { accountTagOf, sealAccount } from '#shared/incentive/sealed-account.ts';
import { paymentClients } from '#shared/incentive/snap/clients.ts';
import { type Participant, type Participants, participants } from '#shared/journal/participant.ts';
import { api, apiGroup } from '#shared/platform/http.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { currentPhone } from '#shared/registration/account/phone-number.ts';
import { openPerson } from '#shared/registration/person.ts';
import { permit } from '#shared/registration/privacy/processing.ts';
import { recipient } from '#shared/selection/membership.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly participants: Participants;
  readonly keys: () => Promise<Keys>;
  readonly inquire: AccountInquiry;
};

/**
 * PUT /v1/payout-account: links the account for incentives, after the partner that would pay into it was asked whose it is. A
 * repeat asks nobody, a refused account is not written down, and where the partner does not answer the account is linked and
 * asked about later. Where everything else is there, the incentive is claimed with it.
 */
export function linkOwnAccount({ participants, keys, inquire }: Deps) {
  return api(linkPayoutAccount, async ({ caller, now, body: { account } }) => {
    const participantId = caller.username;
    const opened = await keys();
    const { state } = await participants.load(participantId);
    const { registered } = state.registration;
    if (!registered) throw new Refusal('not_registered');
    recipient(state.membership);
    const accountTag = accountTagOf(opened, participantId, account);
    if (isLinked(state.incentives, accountTag)) return linkedAnswer(account, state.incentives.account?.check ?? null);
    mayLink(state);
    permit(state, ['PayoutAccountLinked'], now);
    const person = openPerson(opened, participantId, registered);
    const checkPhone = (file: Participant): void => {
      const isOwn = hasOwnPhone(account, { phone: currentPhone(opened, participantId, file) });
      if (!isOwn) throw new Refusal('payout_account_holder', foreignPhone, ['account.number']);
    };
    checkPhone(state);
    const check = await inquire(account, person);
    const refused = check && accountRefusal(check);
    if (refused) throw new Refusal(refused);
    const sealed = sealAccount(opened, participantId, registered.dataKey, account);
    await participants.change(participantId, (file, at) => {
      // While the partner was asked, another number may have been proven.
      checkPhone(file);
      return linkAccount(participantId, file, { type: 'PayoutAccountLinked', ...sealed, check }, at);
    });
    return linkedAnswer(account, check);
  });
}

const foreignPhone = 'The e-wallet must have your own phone number';

/** DELETE /v1/payout-account: disconnects the account. A repeat changes nothing. */
export function unlinkOwnAccount({ participants }: Pick<Deps, 'participants'>) {
  return api(unlinkPayoutAccount, async ({ caller }) => {
    await participants.change(caller.username, ({ registration, incentives }) => {
      if (!registration.registered) throw new Refusal('not_registered');
      return unlinkAccount(incentives);
    });
    return { linked: false };
  });
}

type Check = NonNullable<Incentives['account']>['check'];

function linkedAnswer({ kind, provider }: PayoutAccount, check: Check) {
  return { linked: true, kind, provider, check: check ? 'matched' : 'pending' } as const;
}

/** The function has ten seconds: what comes before and after the inquiry takes less than four. */
const waitMilliseconds = 6_000;

const table = programTable();
const switches = partnerSwitches(table, () => new Date());

const deps = {
  participants: participants(table),
  keys: programKeys,
  inquire: accountInquiry({ clientOf: (code) => paymentClients[code], routing: switches.routing, waitMilliseconds }),
};
export const handler = apiGroup([
  [linkPayoutAccount, linkOwnAccount(deps)],
  [unlinkPayoutAccount, unlinkOwnAccount(deps)],
]);
