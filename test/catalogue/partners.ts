import { type Partner, partners, registerPartner } from '#shared/catalogue/partner.ts';
import type { Table } from '#shared/table/table.ts';
import { keys } from '#test/journal/citizen.ts';

/** A partner with its keys; the one interesting value as argument. */
export const partnerOf = (changes: Partial<Partner>): Partner => ({
  clientCode: 'PLATFORM',
  kind: 'platform',
  name: 'Pasar Pelatihan',
  commissionBasisPoints: 1_000,
  redirectUris: [],
  signKey: 'my_sign_key',
  webhookKey: Buffer.from('a webhook key of the tests').toString('base64'),
  ...changes,
});

/** Registers a partner with the keys it has. */
export async function storePartner(table: Table, { signKey, webhookKey, ...description }: Partner): Promise<void> {
  const sealed = (key: string) => keys.seal('partner-key', Buffer.from(key), description.clientCode);
  const registered = { ...description, by: 'operator', signKey: sealed(signKey), webhookKey: sealed(webhookKey) };
  await partners(table, async () => keys).change(description.clientCode, (before) =>
    registerPartner(before, registered),
  );
}
