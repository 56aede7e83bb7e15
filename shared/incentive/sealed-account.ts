import { PayoutAccount } from '#shared/incentive/payout-account.ts';
import type { Keys } from '#shared/platform/keys.ts';
import { openWithDataKey, sealWithDataKey } from '#shared/registration/person.ts';

/** An account as the journal has it: sealed with the person's own key, and a keyed hash that tells a repeat from a change. */
export function sealAccount(keys: Keys, participantId: string, dataKey: Uint8Array, account: PayoutAccount) {
  const text = JSON.stringify(account);
  const { kind, provider } = account;
  return {
    kind,
    provider,
    account: sealWithDataKey(keys, participantId, dataKey, text),
    accountTag: accountTagOf(keys, participantId, account),
  };
}

/** The keyed hash of a participant's account. */
export function accountTagOf(keys: Keys, participantId: string, { kind, provider, number }: PayoutAccount): string {
  return keys.tag('account-tag', `${participantId}#${JSON.stringify([kind, provider, number])}`).slice(0, 32);
}

/** Opens what `sealAccount` made. @throws when the key was destroyed or the bytes belong to somebody else. */
export function openAccount(
  keys: Keys,
  participantId: string,
  dataKey: Uint8Array,
  { account }: { readonly account: Uint8Array },
): PayoutAccount {
  return PayoutAccount.parse(JSON.parse(openWithDataKey(keys, participantId, dataKey, account)));
}

/** An account as its owner sees it: `BNI ****1234`. */
export function maskedAccount({ provider, number }: PayoutAccount): string {
  return `${provider} ****${number.slice(-4)}`;
}
