import { randomBytes } from 'node:crypto';
import type { Answer, Call } from '#infra/local/simulators/exchange.ts';
import type { PartnerSecrets } from '#infra/local/simulators/payments/partners.ts';
import { snap } from '#infra/local/simulators/payments/snap-answers.ts';
import { AccessTokenRequest, read } from '#infra/local/simulators/payments/snap-requests.ts';
import { isTokenRequestSigned, isTransactionSigned } from '#infra/local/simulators/payments/snap-signatures.ts';
import { wibDay } from '#shared/platform/wib.ts';

const tokenSeconds = 900;
const freshMilliseconds = 5 * 60_000;
const maximumTokens = 1000;

const timestampForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00$/;

function headerOf({ headers }: Call, name: string): string {
  const value = headers[name.toLowerCase()];
  return typeof value === 'string' ? value : '';
}

/** The refusal of the first header that is missing (400XX02) or has another form than it must (400XX01). */
function headerFault(call: Call, serviceCode: string, forms: Readonly<Record<string, RegExp>>): Answer | undefined {
  for (const [name, form] of Object.entries(forms)) {
    const value = headerOf(call, name);
    if (value === '') return snap(serviceCode, '400:02', {}, `{${name}}`);
    if (!form.test(value)) return snap(serviceCode, '400:01', {}, `{${name}}`);
  }
  return undefined;
}

const tokenHeaders = { 'X-TIMESTAMP': timestampForm, 'X-CLIENT-KEY': /^.{1,64}$/, 'X-SIGNATURE': /^.+$/ };
const transactionHeaders = {
  'X-TIMESTAMP': timestampForm,
  'X-SIGNATURE': /^.+$/,
  'X-PARTNER-ID': /^.{1,36}$/,
  'X-EXTERNAL-ID': /^\d{1,36}$/,
  'CHANNEL-ID': /^.{1,5}$/,
};

/** Lets the program's calls in: tokens, signatures, times, and external ids of the day. */
export function doorkeeper({ credentials, clientPublicKey }: PartnerSecrets, now: () => Date) {
  const tokens = new Map<string, number>(); // When each ends, in the order they were given out.
  let externalIds: { day: string; readonly used: Set<string> } = { day: '', used: new Set() };

  const isFresh = (timestamp: string) => Math.abs(now().getTime() - Date.parse(timestamp)) <= freshMilliseconds;

  function issue(): string {
    for (const [token, endsAt] of tokens)
      if (endsAt <= now().getTime() || tokens.size >= maximumTokens) tokens.delete(token);
    const token = randomBytes(24).toString('base64url');
    tokens.set(token, now().getTime() + tokenSeconds * 1000);
    return token;
  }

  return {
    /** POST /v1.0/access-token/b2b */
    accessToken(call: Call): Answer {
      const fault = headerFault(call, '73', tokenHeaders);
      if (fault) return fault;
      const [timestamp, clientKey, signature] = Object.keys(tokenHeaders).map((name) => headerOf(call, name));
      if (timestamp === undefined || clientKey === undefined || signature === undefined) return snap('73', '401:00');
      if (!isFresh(timestamp)) return snap('73', '401:00', {}, '[Timestamp]');
      if (clientKey !== credentials.clientId) return snap('73', '401:00', {}, '[Unknown client]');
      if (!isTokenRequestSigned(clientKey, timestamp, signature, clientPublicKey))
        return snap('73', '401:00', {}, '[Signature]');
      const body = read('73', AccessTokenRequest, call.body);
      if ('refusal' in body) return body.refusal;
      return snap('73', '200:00', { accessToken: issue(), tokenType: 'Bearer', expiresIn: String(tokenSeconds) });
    },

    /** The refusal of a transaction that may not come in; undefined for one that may. */
    refusal(call: Call, serviceCode: string): Answer | undefined {
      const fault = headerFault(call, serviceCode, transactionHeaders);
      if (fault) return fault;
      const [, token] = /^Bearer (\S+)$/.exec(headerOf(call, 'Authorization')) ?? [];
      if (token === undefined) return snap(serviceCode, '401:00', {}, '[Authorization]');
      if ((tokens.get(token) ?? 0) <= now().getTime()) return snap(serviceCode, '401:01');
      const timestamp = headerOf(call, 'X-TIMESTAMP');
      const signature = headerOf(call, 'X-SIGNATURE');
      const { clientSecret, partnerId, channelId } = credentials;
      if (headerOf(call, 'X-PARTNER-ID') !== partnerId) return snap(serviceCode, '401:00', {}, '[Unknown client]');
      if (headerOf(call, 'CHANNEL-ID') !== channelId) return snap(serviceCode, '401:00', {}, '[Unknown channel]');
      if (!isFresh(timestamp)) return snap(serviceCode, '401:00', {}, '[Timestamp]');
      const signed = { method: call.method, path: call.path, body: call.raw, timestamp };
      if (!isTransactionSigned(signed, { token, clientSecret, signature }))
        return snap(serviceCode, '401:00', {}, '[Signature]');
      return undefined;
    },

    /** Notes the external id of a call; false when it was used before on the same day of WIB. */
    noteExternalId(call: Call): boolean {
      const day = wibDay(now());
      if (externalIds.day !== day) externalIds = { day, used: new Set() };
      const id = headerOf(call, 'X-EXTERNAL-ID');
      if (externalIds.used.has(id)) return false;
      externalIds.used.add(id);
      return true;
    },

    /** The token of a call is of no more use. */
    revokeToken(call: Call): void {
      tokens.delete(headerOf(call, 'Authorization').replace(/^Bearer /, ''));
    },
  };
}

export type Doorkeeper = ReturnType<typeof doorkeeper>;
