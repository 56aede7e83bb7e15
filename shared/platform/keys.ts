import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  hkdfSync,
  KeyObject,
  randomBytes,
  sign,
  timingSafeEqual,
} from 'node:crypto';
import * as z from 'zod/mini';
import { setting } from '#shared/platform/environment.ts';
import { remembered } from '#shared/platform/remembered.ts';
import { keysLiveMinutes, newestAt, readSealingKeys, type SealingKeys } from '#shared/platform/sealing-keys.ts';
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
  | 'account-codes'
  | 'phone-code'
  | 'phone-tag'
  | 'answers-tag'
  | 'aptitude-seed'
  | 'partner-key'
  | 'ticket'
  | 'waiting-ticket'
  | 'document-photo'
  | 'waiting-pass';

/** Keys derived from the program's secrets, one for each purpose: what is hashed and signed from one, what is sealed from another. */
export type Keys = {
  /** Keyed hash, hex, 64 characters: the same input gives the same tag, and nobody without the secret can try inputs. */
  tag(purpose: Purpose, text: string): string;
  /** Authenticated encryption (AES-256-GCM); `context` must be the same on opening, so a value cannot be moved elsewhere. */
  seal(purpose: Purpose, plain: Uint8Array, context: string): Uint8Array;
  /** @throws when the bytes were not sealed for this purpose and context. */
  open(purpose: Purpose, sealed: Uint8Array, context: string): Uint8Array;
  /** Whether bytes say that they were sealed with the version that seals now. */
  isNewest(sealed: Uint8Array): boolean;
  /** An Ed25519 signature of these bytes, and the public key (32 bytes) that verifies it. */
  sign(purpose: Purpose, bytes: Uint8Array): { readonly signature: Uint8Array; readonly publicKey: Uint8Array };
};

const nonceBytes = 12;
const tagBytes = 16;

/** What stands before bytes that were sealed with a version of the sealing keys; behind it stands the version, one byte. */
const versionMark = Buffer.from('PK');
const versionBytes = versionMark.length + 1;

/**
 * Derives the keys: hashes and signatures from the root, seals from the newest of the sealing keys. What was sealed before there were
 * any has no version and opens with the root.
 */
export function keysFrom(root: string, sealing: SealingKeys = [], now: () => Date = () => new Date()): Keys {
  const derived = new Map<string, KeyObject>();
  const keyOf = (purpose: Purpose, secret = root, version = 0): KeyObject => {
    const name = `${version}/${purpose}`;
    const known =
      derived.get(name) ?? createSecretKey(Buffer.from(hkdfSync('sha256', secret, 'prakerja/v1', purpose, 32)));
    derived.set(name, known);
    return known;
  };
  // The version is part of what is authenticated: another version before the same bytes opens nothing.
  const versioned = (version: number, context: string) => `v${version}#${context}`;
  const versionOf = (sealed: Uint8Array): number | null => {
    const mark = Buffer.from(sealed.subarray(0, versionBytes));
    const isMarked = mark.length === versionBytes && mark.subarray(0, versionMark.length).equals(versionMark);
    return isMarked ? (mark.at(-1) ?? null) : null;
  };

  function seal(purpose: Purpose, plain: Uint8Array, context: string): Uint8Array {
    if (sealing.length === 0) return sealBytes(keyOf(purpose), plain, context);
    const { version, secret } = newestAt(sealing, now());
    const bytes = sealBytes(keyOf(purpose, secret, version), plain, versioned(version, context));
    return Buffer.concat([versionMark, Buffer.of(version), bytes]);
  }

  function open(purpose: Purpose, sealed: Uint8Array, context: string): Uint8Array {
    const key = sealing.find(({ version }) => version === versionOf(sealed));
    if (!key) return openBytes(keyOf(purpose), sealed, context);
    try {
      const { version, secret } = key;
      return openBytes(keyOf(purpose, secret, version), sealed.subarray(versionBytes), versioned(version, context));
    } catch {
      // Old bytes begin by chance: one in 65,536 looks as if it had a version.
      return openBytes(keyOf(purpose), sealed, context);
    }
  }

  return {
    tag: (purpose, text) => createHmac('sha256', keyOf(purpose)).update(text).digest('hex'),
    seal,
    open,
    isNewest: (sealed) => sealing.length === 0 || versionOf(sealed) === newestAt(sealing, now()).version,
    sign: (purpose, bytes) => signBytes(keyOf(purpose).export(), bytes),
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

/** A key as the runtime holds it: with bytes instead, each use of them costs several times the cipher or the hash. */
const held = (key: Uint8Array | KeyObject): KeyObject => (key instanceof KeyObject ? key : createSecretKey(key));

const poolBytes = 1_024;
let pool = randomBytes(0);

/** Random bytes that nobody has had. Drawn from the system in larger pieces: each drawing costs as much as a cipher. */
export function freshBytes(count: number): Uint8Array {
  if (pool.length < count) pool = randomBytes(Math.max(poolBytes, count));
  const fresh = pool.subarray(0, count);
  pool = pool.subarray(count);
  return fresh;
}

/** nonce ‖ ciphertext ‖ tag. */
export function sealBytes(key: Uint8Array | KeyObject, plain: Uint8Array, context: string): Uint8Array {
  const nonce = freshBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', held(key), nonce).setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Opens what `sealBytes` made. @throws when key, context or bytes differ. */
export function openBytes(key: Uint8Array | KeyObject, sealed: Uint8Array, context: string): Uint8Array {
  const bytes = Buffer.from(sealed);
  const decipher = createDecipheriv('aes-256-gcm', held(key), bytes.subarray(0, nonceBytes))
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

/** The program's keys, read from Secrets Manager when first needed, and again after a few minutes: versions are added. */
export const programKeys: () => Promise<Keys> = remembered(async () => {
  const [root, sealing] = await Promise.all([secretText(setting('keysSecretArn')), sealingKeys()]);
  return keysFrom(root, sealing);
}, keysLiveMinutes * 60_000);

/** The versions of the sealing keys, read when first needed. */
export const sealingKeys = async (): Promise<SealingKeys> =>
  readSealingKeys(await secretText(setting('sealingKeysSecretArn')));

/** The bearer key of the outside services, read when first needed. */
export const servicesKey: () => Promise<string> = remembered(() => secretText(setting('partnersSecretArn')));

/** How to reach the payment partners, as JSON text: see `shared/incentive/snap/credentials.ts`. Read when first needed. */
export const paymentPartnersSecret: () => Promise<string> = remembered(() =>
  secretText(setting('paymentPartnersSecretArn')),
);
