import { linkAccount } from '#shared/incentive/incentive.ts';
import { linkPayoutAccount } from '#shared/incentive/incentive-api.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { api } from '#shared/platform/http.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { sealWithDataKey } from '#shared/registration/person.ts';
import { verified } from '#shared/registration/registration.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = { readonly participants: Participants; readonly keys: () => Promise<Keys> };

/** PUT /v1/payout-account: links the account for incentives. Where everything else is there, the incentive is claimed with it. */
export function linkOwnAccount({ participants, keys }: Deps) {
  return api(linkPayoutAccount, async ({ caller, body: { account } }) => {
    const participantId = caller.username;
    const opened = await keys();
    const text = JSON.stringify([account.kind, account.provider, account.number]);
    await participants.change(participantId, (file, at) => {
      const { dataKey } = verified(file.registration);
      const linked = {
        type: 'PayoutAccountLinked',
        kind: account.kind,
        provider: account.provider,
        account: sealWithDataKey(opened, participantId, dataKey, JSON.stringify(account)),
        accountTag: opened.tag('data-key', `${participantId}#${text}`).slice(0, 32),
      } as const;
      return linkAccount(participantId, file, linked, at);
    });
    return { linked: true, kind: account.kind, provider: account.provider };
  });
}

export const handler = linkOwnAccount({ participants: participants(programTable()), keys: programKeys });
