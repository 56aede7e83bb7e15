import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import * as z from 'zod/mini';
import { PaymentPartnerCode } from '#shared/incentive/payment-partners.ts';
import { paymentPartnersSecret } from '#shared/platform/keys.ts';

const text = (maxLength: number) => z.string().check(z.minLength(1), z.maxLength(maxLength));

const PartnerSecret = z.object({
  /** What stands before the path of every service. In clear only on the same machine. */
  baseUrl: z.string().check(z.regex(/^(https:\/\/[^/\s]+|http:\/\/(127\.0\.0\.1|localhost)(:\d+)?)(\/[^?#\s]*)?$/)),
  clientId: text(64),
  clientSecret: text(256),
  partnerId: text(36),
  channelId: z.string().check(z.regex(/^\d{1,5}$/)),
  /** PEM, ours: signs the request for an access token. */
  privateKey: text(8_192),
  /** PEM, the partner's: verifies its notifications. */
  partnerPublicKey: text(8_192),
  /** The program's account that payouts are taken from. */
  sourceAccountNo: z.string().check(z.regex(/^\d{1,34}$/)),
});
const PaymentPartnersSecret = z.partialRecord(PaymentPartnerCode, PartnerSecret);

/** What it takes to call one partner, and to believe it. */
export type SnapCredentials = Omit<z.infer<typeof PartnerSecret>, 'privateKey' | 'partnerPublicKey'> & {
  readonly privateKey: KeyObject;
  readonly partnerPublicKey: KeyObject;
};
/** By partner; a partner that is not in the secret is not used by this deployment. */
export type PaymentCredentials = Readonly<Partial<Record<PaymentPartnerCode, SnapCredentials>>>;

/** The secret cannot be used as it is: somebody must set it. The message says why, and quotes nothing of it; the log names the class. */
class CredentialsUnusable extends Error {
  override readonly name = 'CredentialsUnusable';
}

/** Reads the secret's text. @throws CredentialsUnusable `payment_partners.malformed`. */
export function parseCredentials(secret: string): PaymentCredentials {
  try {
    const partners = Object.entries(PaymentPartnersSecret.parse(JSON.parse(secret)));
    return Object.fromEntries(partners.map(([code, partner]) => [code, partner && withKeys(partner)]));
  } catch {
    // The cause may hold what could not be read.
    throw new CredentialsUnusable('payment_partners.malformed');
  }
}

function withKeys({ privateKey, partnerPublicKey, baseUrl, ...rest }: z.infer<typeof PartnerSecret>): SnapCredentials {
  return {
    ...rest,
    baseUrl: baseUrl.replace(/\/+$/, ''),
    privateKey: createPrivateKey(privateKey),
    partnerPublicKey: createPublicKey(partnerPublicKey),
  };
}

/** Credentials from a secret that `read` gets: parsed once as long as its text stays the same. */
export function credentialsReader(read: () => Promise<string>) {
  let last: { readonly secret: string; readonly parsed: PaymentCredentials } | null = null;

  async function all(): Promise<PaymentCredentials> {
    const secret = await read();
    if (last?.secret !== secret) last = { secret, parsed: parseCredentials(secret) };
    return last.parsed;
  }

  return {
    /** @throws CredentialsUnusable `payment_partners.malformed`. */
    all,
    /** @throws CredentialsUnusable `payment_partners.malformed`; `payment_partners.unset` when the secret does not have this partner. */
    async of(code: PaymentPartnerCode): Promise<SnapCredentials> {
      const credentials = (await all())[code];
      if (!credentials) throw new CredentialsUnusable(`payment_partners.unset ${code}`);
      return credentials;
    },
  };
}

/** The payment partners' credentials, from Secrets Manager when first needed. */
export const paymentCredentials = credentialsReader(paymentPartnersSecret);
