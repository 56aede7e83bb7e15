import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  randomBytes,
  sign,
  timingSafeEqual,
} from 'node:crypto';
import * as z from 'zod/mini';
import { setting } from '#shared/platform/environment.ts';
import { namedEndpoint, sendSigned } from '#shared/platform/signed-request.ts';

/** What a derived key is for. A purpose never changes its name: the name is part of the key. */
type Purpose =
  | 'participant-id'
  | 'family-tag'
  | 'draw-number'
  | 'draw-signature'
  | 'one-time-code'
  | 'redeem-code'
  | 'transaction-code'
  | 'certificate-number'
  | 'data-key'
  | 'account-tag'
  | 'answers-tag'
  | 'partner-key'
  | 'ticket'
  | 'waiting-ticket'
  | 'waiting-pass';

/** Keys derived from the program's one secret, one for each purpose. */
export type Keys = {
  /** Keyed hash, hex, 64 characters: the same input gives the same tag, and nobody without the secret can try inputs. */
  tag(purpose: Purpose, text: string): string;
  /** Authenticated encryption (AES-256-GCM); `context` must be the same on opening, so a value cannot be moved elsewhere. */
  seal(purpose: Purpose, plain: Uint8Array, context: string): Uint8Array;
  /** @throws when the bytes were not sealed for this purpose and context. */
  open(purpose: Purpose, sealed: Uint8Array, context: string): Uint8Array;
  /** An Ed25519 signature of these bytes, and the public key (32 bytes) that verifies it. */
  sign(purpose: Purpose, bytes: Uint8Array): { readonly signature: Uint8Array; readonly publicKey: Uint8Array };
};

const nonceBytes = 12;
const tagBytes = 16;

/** Derives the keys from the secret's text. */
export function keysFrom(secret: string): Keys {
  const derived = new Map<Purpose, Buffer>();
  const keyOf = (purpose: Purpose): Buffer => {
    const known = derived.get(purpose) ?? Buffer.from(hkdfSync('sha256', secret, 'prakerja/v1', purpose, 32));
    derived.set(purpose, known);
    return known;
  };
  return {
    tag: (purpose, text) => createHmac('sha256', keyOf(purpose)).update(text).digest('hex'),
    seal: (purpose, plain, context) => sealBytes(keyOf(purpose), plain, context),
    open: (purpose, sealed, context) => openBytes(keyOf(purpose), sealed, context),
    sign: (purpose, bytes) => signBytes(keyOf(purpose), bytes),
  };
}

/** What stands before the 32 bytes of an Ed25519 key in its usual wrapping (RFC 8410). */
const ed25519Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicKeyBytes = 32;

function signBytes(seed: Uint8Array, bytes: Uint8Array) {
  const key = createPrivateKey({ key: Buffer.concat([ed25519Prefix, seed]), format: 'der', type: 'pkcs8' });
  const wrapped = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return { signature: sign(null, bytes, key), publicKey: wrapped.subarray(-publicKeyBytes) };
}

/** nonce ‖ ciphertext ‖ tag. */
export function sealBytes(key: Uint8Array, plain: Uint8Array, context: string): Uint8Array {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Opens what `sealBytes` made. @throws when key, context or bytes differ. */
export function openBytes(key: Uint8Array, sealed: Uint8Array, context: string): Uint8Array {
  const bytes = Buffer.from(sealed);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes))
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(-tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]);
}

/** Compares two texts in a time that does not depend on where they differ. */
export function equalTexts(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const SecretAnswer = z.object({ SecretString: z.string().check(z.minLength(16)) });

async function secretText(arn: string): Promise<string> {
  const endpoint =
    namedEndpoint('secretsmanager') ?? `https://secretsmanager.${process.env['AWS_REGION'] ?? ''}.amazonaws.com`;
  const answer = await sendSigned('secretsmanager', `${endpoint}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' },
    body: JSON.stringify({ SecretId: arn }),
  });
  if (!answer.ok) throw new Error(`secret.not_read ${answer.status}`);
  return SecretAnswer.parse(await answer.json()).SecretString;
}

/** One read per function instance; a failed read is tried again by the next call. */
function once<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let reading: Promise<Value> | undefined;
  return () => {
    reading ??= read().catch((error: unknown) => {
      reading = undefined;
      throw error;
    });
    return reading;
  };
}

/** The program's keys, read from Secrets Manager when first needed. */
export const programKeys: () => Promise<Keys> = once(async () => keysFrom(await secretText(setting('keysSecretArn'))));

/** The bearer key of the outside services, read when first needed. */
export const servicesKey: () => Promise<string> = once(() => secretText(setting('partnersSecretArn')));

/** How to reach the payment partners, as JSON text: see `shared/incentive/snap/credentials.ts`. Read when first needed. */
export const paymentPartnersSecret: () => Promise<string> = once(() => secretText(setting('paymentPartnersSecretArn')));
