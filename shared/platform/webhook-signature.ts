import { createHmac } from 'node:crypto';
import { equalTexts } from '#shared/platform/keys.ts';

export type SignedMessage = {
  readonly id: string;
  /** Unix seconds. */
  readonly timestamp: string;
  /** The body as it came over the wire. */
  readonly body: string;
};

/** A Standard Webhooks signature, version 1: base64 HMAC-SHA256 over `id.timestamp.body`, keyed with the base64 key's bytes. */
export function webhookSignature(webhookKey: string, { id, timestamp, body }: SignedMessage): string {
  const key = Buffer.from(webhookKey.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/** More signatures than a sender needs while it changes keys; the rest of a longer header is not looked at. */
const maxSignatures = 10;

/** Whether one of the space-separated signatures is right. */
export function webhookSignatureMatches(webhookKey: string, message: SignedMessage, signatures: string): boolean {
  const expected = webhookSignature(webhookKey, message);
  const given = signatures.split(' ').slice(0, maxSignatures);
  return given.reduce((found, signature) => equalTexts(signature, expected) || found, false);
}
