import { generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

/** Services of SNAP BI that pay: transfer within a bank, between banks, top-up of e-money. */
export type PaymentService = '17' | '18' | '38';

/** What one simulated partner offers. Fees are rupiah per payment, charged to the program's account beside the amount. */
export type PartnerProfile = {
  readonly code: PartnerCode;
  /** Service codes; any other is answered 405XX00. */
  readonly services: ReadonlySet<string>;
  /** Banks reached by an interbank transfer, by their codes on the wire. */
  readonly banks: ReadonlySet<string>;
  readonly providers: ReadonlySet<string>;
  readonly feesRupiah: Readonly<Record<PaymentService, number>>;
  /** First two characters of its own references. */
  readonly referencePrefix: string;
};

const banks = { BNI: '009', BCA: '014', BRI: '002', MANDIRI: '008' } as const;
const common = ['73', '11', '16', '18', '36'];
const feesRupiah = { '17': 0, '18': 2500, '38': 1000 } as const;

export const partnerCodes = ['bank-induk', 'switching'] as const;
export type PartnerCode = (typeof partnerCodes)[number];

/** The program's own bank, and a switching company that also reaches the e-wallets. */
export const partnerProfiles: Readonly<Record<PartnerCode, PartnerProfile>> = {
  'bank-induk': {
    code: 'bank-induk',
    services: new Set([...common, '15', '17']),
    banks: new Set([banks.BCA, banks.BRI, banks.MANDIRI]),
    providers: new Set(),
    feesRupiah,
    referencePrefix: 'BI',
  },
  switching: {
    code: 'switching',
    services: new Set([...common, '37', '38', '39']),
    banks: new Set(Object.values(banks)),
    providers: new Set(['OVO', 'DANA', 'GOPAY', 'LINKAJA']),
    feesRupiah,
    referencePrefix: 'SW',
  },
};

/** What the program is given to call one partner: an entry of the secret `PaymentPartners`. Keys are PEM. */
export type PartnerCredentials = {
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly partnerId: string;
  readonly channelId: string;
  /** The program's: signs the token request. */
  readonly privateKey: string;
  /** The partner's: verifies its notifications. */
  readonly partnerPublicKey: string;
  /** The program's account at the partner. */
  readonly sourceAccountNo: string;
};

/** Both sides of the credentials: what the program holds, and what only the partner does. */
export type PartnerSecrets = {
  /** Where they are served is known later. */
  readonly credentials: Omit<PartnerCredentials, 'baseUrl'>;
  readonly clientPublicKey: KeyObject;
  readonly partnerPrivateKey: KeyObject;
};

const keyPair = () => promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
// One pair for the program and one for the partners, made once in a process: making them takes a while.
let madePairs: ReturnType<typeof makePairs> | undefined;
const makePairs = () => Promise.all([keyPair(), keyPair()]);

/** Fresh credentials of every partner. */
export async function partnerSecrets(): Promise<Readonly<Record<PartnerCode, PartnerSecrets>>> {
  madePairs ??= makePairs();
  const [client, partner] = await madePairs;
  const of = (code: PartnerCode, sourceAccountNo: string): PartnerSecrets => ({
    credentials: {
      clientId: `prakerja-${code}-${randomBytes(6).toString('hex')}`,
      clientSecret: randomBytes(32).toString('base64url'),
      partnerId: `PRAKERJA-${code.toUpperCase()}`,
      channelId: '95221',
      privateKey: client.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      partnerPublicKey: partner.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      sourceAccountNo,
    },
    clientPublicKey: client.publicKey,
    partnerPrivateKey: partner.privateKey,
  });
  return { 'bank-induk': of('bank-induk', '8800000000017'), switching: of('switching', '7700000000038') };
}
