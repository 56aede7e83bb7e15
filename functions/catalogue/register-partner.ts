import { randomBytes } from 'node:crypto';
import { registerPartner } from '#shared/catalogue/catalogue-api.ts';
import { registerPartner as decidePartner, type Partners, partners } from '#shared/catalogue/partner.ts';
import { api } from '#shared/platform/http.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = { readonly partners: Partners; readonly keys: () => Promise<Keys> };

/** POST /v1/partners: registers a partner, and shows its keys this once. */
export function addPartner({ partners, keys }: Deps) {
  return api(registerPartner, async ({ caller, body }) => {
    const opened = await keys();
    const { clientCode } = body;
    const signKey = randomBytes(24).toString('hex');
    const webhookKey = randomBytes(32).toString('base64');
    const sealed = (text: string) => opened.seal('partner-key', Buffer.from(text), clientCode);
    const registered = { ...body, by: caller.username, signKey: sealed(signKey), webhookKey: sealed(webhookKey) };
    await partners.change(clientCode, (before) => decidePartner(before, registered));
    return { clientCode, signKey, webhookSecret: `whsec_${webhookKey}` };
  });
}

export const handler = addPartner({ partners: partners(programTable(), programKeys), keys: programKeys });
