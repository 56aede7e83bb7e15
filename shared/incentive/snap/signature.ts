import { createHmac, hash, type KeyObject, randomInt, sign, verify } from 'node:crypto';
import { compactJson } from '#shared/platform/partner-signature.ts';

/** What a signature covers. `path` is the service's own, without what the partner has before it. */
export type SignedMessage = {
  readonly method: string;
  readonly path: string;
  /** The JSON text as it goes, or came, over the wire. */
  readonly body: string;
  /** X-TIMESTAMP, exactly as the header has it. */
  readonly timestamp: string;
};

const wibMilliseconds = 7 * 3_600_000;

/** An instant as X-TIMESTAMP and the dates in bodies have it: WIB, 25 characters. */
export function snapTimestamp(at: Date): string {
  return `${new Date(at.getTime() + wibMilliseconds).toISOString().slice(0, 19)}+07:00`;
}

const randomDigits = 14;

/**
 * X-EXTERNAL-ID, 27 digits: the millisecond, and a random number that tells apart what all workers send in it. The same one twice
 * would cost an inquiry and no money.
 */
export function externalId(at: Date): string {
  const random = randomInt(10 ** randomDigits);
  return `${String(at.getTime()).padStart(13, '0')}${String(random).padStart(randomDigits, '0')}`;
}

/** Signature of the request for an access token: base64 RSA (PKCS #1, SHA-256) over the client's id and the time. */
export function tokenSignature(privateKey: KeyObject, clientId: string, timestamp: string): string {
  return sign('sha256', Buffer.from(`${clientId}|${timestamp}`), privateKey).toString('base64');
}

/** Hex SHA-256 of a body without its insignificant white space: white space within strings is part of what is signed. */
export function bodyDigest(body: string): string {
  return hash('sha256', compactJson(body), 'hex');
}

/** Signature of every other request: base64 HMAC-SHA512, keyed with the client's secret. */
export function transactionSignature(clientSecret: string, accessToken: string, message: SignedMessage): string {
  const { method, path, body, timestamp } = message;
  return createHmac('sha512', clientSecret)
    .update(`${method}:${path}:${accessToken}:${bodyDigest(body)}:${timestamp}`)
    .digest('base64');
}

/** What a partner signs with its private key when it calls us. */
export function notificationText({ method, path, body, timestamp }: SignedMessage): string {
  return `${method}:${path}:${bodyDigest(body)}:${timestamp}`;
}

/** Whether a notification is signed (base64, RSA PKCS #1 with SHA-256) by the owner of a key. */
export function notificationSignatureMatches(publicKey: KeyObject, message: SignedMessage, signature: string): boolean {
  return verify('sha256', Buffer.from(notificationText(message)), publicKey, Buffer.from(signature, 'base64'));
}
