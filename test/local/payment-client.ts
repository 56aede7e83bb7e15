import { createHash, createHmac, sign } from 'node:crypto';
import * as z from 'zod';
import type { PartnerCredentials } from '#infra/local/simulators/payments/partners.ts';

/* A plain client of SNAP BI for the tests of the sandbox: written apart from both sides, and honest unless told otherwise. */

const Body = z.looseObject({
  responseCode: z.string().optional(),
  responseMessage: z.string().optional(),
  referenceNo: z.string().optional(),
  accessToken: z.string().optional(),
});
export type SnapAnswer = { readonly status: number; readonly body: z.infer<typeof Body> };

/** What a test changes in an honest call. A header of undefined is left out. */
export type Changes = {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Sent instead of what was signed. */
  readonly raw?: string;
  readonly token?: string;
  readonly method?: string;
};

export const timestampOf = (at: Date): string =>
  `${new Date(at.getTime() + 7 * 3_600_000).toISOString().slice(0, 19)}+07:00`;

let externalId = 0;
export const nextExternalId = (): string => {
  externalId += 1;
  return String(externalId).padStart(12, '0');
};

function present(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

export function snapClient(credentials: PartnerCredentials, now: () => Date) {
  let kept = '';

  async function send(
    path: string,
    method: string,
    headers: Record<string, string>,
    body: string,
  ): Promise<SnapAnswer> {
    const answer = await fetch(`${credentials.baseUrl}${path}`, {
      method,
      headers,
      ...(method === 'POST' && { body }),
    });
    return { status: answer.status, body: Body.parse(await answer.json()) };
  }

  /** POST /v1.0/access-token/b2b */
  function askToken(body: unknown = { grantType: 'client_credentials' }, headers: Changes['headers'] = {}) {
    const timestamp = headers['X-TIMESTAMP'] ?? timestampOf(now());
    const text = `${credentials.clientId}|${timestamp}`;
    const signature = sign('sha256', Buffer.from(text), credentials.privateKey).toString('base64');
    const honest = { 'X-TIMESTAMP': timestamp, 'X-CLIENT-KEY': credentials.clientId, 'X-SIGNATURE': signature };
    const all = present({ 'Content-Type': 'application/json', ...honest, ...headers });
    return send('/v1.0/access-token/b2b', 'POST', all, typeof body === 'string' ? body : JSON.stringify(body));
  }

  async function token(): Promise<string> {
    if (kept === '') kept = (await askToken()).body.accessToken ?? '';
    return kept;
  }

  /** A signed transaction. `body` as text is sent as it stands, and signed by its digest without white space. */
  async function call(path: string, body: object | string, changes: Changes = {}): Promise<SnapAnswer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const accessToken = changes.token ?? (await token());
    const timestamp = changes.headers?.['X-TIMESTAMP'] ?? timestampOf(now());
    const digest = createHash('sha256')
      .update(typeof body === 'string' ? compact(body) : text)
      .digest('hex');
    const signed = ['POST', path, accessToken, digest, timestamp].join(':');
    const headers = present({
      'Content-Type': 'application/json',
      Authorization: `Bearer ${accessToken}`,
      'X-TIMESTAMP': timestamp,
      'X-SIGNATURE': createHmac('sha512', credentials.clientSecret).update(signed).digest('base64'),
      'X-PARTNER-ID': credentials.partnerId,
      'X-EXTERNAL-ID': nextExternalId(),
      'CHANNEL-ID': credentials.channelId,
      ...changes.headers,
    });
    return send(path, changes.method ?? 'POST', headers, changes.raw ?? text);
  }

  return {
    askToken,
    call,
    /** The next call asks for a new token. */
    forgetToken: () => {
      kept = '';
    },
  };
}

function compact(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

export const amountOf = (rupiah: number) => ({ value: `${rupiah}.00`, currency: 'IDR' });
export const nikDigestOf = (nik: string, partnerReferenceNo: string): string =>
  createHash('sha256').update(`${nik}|${partnerReferenceNo}`).digest('hex');

/** The bodies of all services, each field as the tests need it unless told. */
export function snapBodies({ sourceAccountNo }: PartnerCredentials, now: () => Date) {
  const paid = () => ({ amount: amountOf(600_000), transactionDate: timestampOf(now()) });
  return {
    intrabank: (partnerReferenceNo: string, more: object = {}) => ({
      partnerReferenceNo,
      ...paid(),
      beneficiaryAccountNo: '1234567890',
      sourceAccountNo,
      remark: 'Insentif',
      ...more,
    }),
    interbank: (partnerReferenceNo: string, more: object = {}) => ({
      partnerReferenceNo,
      ...paid(),
      beneficiaryAccountNo: '1234567890',
      beneficiaryAccountName: 'Siti Contoh',
      beneficiaryBankCode: '014',
      sourceAccountNo,
      remark: 'Insentif',
      ...more,
    }),
    topUp: (partnerReferenceNo: string, more: object = {}) => ({
      partnerReferenceNo,
      customerNumber: '081234567890',
      customerName: 'Siti Contoh',
      ...paid(),
      feeAmount: amountOf(1000),
      notes: 'Insentif',
      additionalInfo: { beneficiaryProvider: 'OVO' },
      ...more,
    }),
    status: (originalPartnerReferenceNo: string, serviceCode: string) => ({ originalPartnerReferenceNo, serviceCode }),
  };
}
