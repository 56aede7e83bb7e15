import { createHash, createHmac, type KeyObject, sign, timingSafeEqual, verify } from 'node:crypto';

/* The signatures of SNAP BI from the partner's side: written apart from the program's own, so that one judges the other. */

/** JSON text without the white space between its tokens. What stands inside strings stays, escapes included. */
export function minified(text: string): string {
  let kept = '';
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (isInString && character === '\\') {
      kept += character + text.charAt(index + 1);
      index += 1;
      continue;
    }
    if (character === '"') isInString = !isInString;
    if (isInString || !' \t\r\n'.includes(character)) kept += character;
  }
  return kept;
}

const bodyDigest = (body: string) => createHash('sha256').update(minified(body), 'utf8').digest('hex');

/** What a signed call says: `path` without the partner's base path. */
export type Signed = {
  readonly method: string;
  readonly path: string;
  /** As it came over the wire. */
  readonly body: string;
  /** The header X-TIMESTAMP, as it came. */
  readonly timestamp: string;
};

/** Whether a transaction carries the client's signature: base64 of the HMAC-SHA512, and no other writing of it. */
export function isTransactionSigned(
  { method, path, body, timestamp }: Signed,
  { token, clientSecret, signature }: { token: string; clientSecret: string; signature: string },
): boolean {
  const text = [method, path, token, bodyDigest(body), timestamp].join(':');
  const expected = Buffer.from(createHmac('sha512', clientSecret).update(text).digest('base64'));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Whether a token request is signed by the client's private key. */
export function isTokenRequestSigned(clientId: string, timestamp: string, signature: string, key: KeyObject): boolean {
  return verify('sha256', Buffer.from(`${clientId}|${timestamp}`), key, Buffer.from(signature, 'base64'));
}

/** The asymmetric signature of a notification, base64. */
export function notificationSignature({ method, path, body, timestamp }: Signed, key: KeyObject): string {
  const text = [method, path, bodyDigest(body), timestamp].join(':');
  return sign('sha256', Buffer.from(text), key).toString('base64');
}
