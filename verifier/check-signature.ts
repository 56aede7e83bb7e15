// The program's signature of a manifest, as docs/draw.md has it, for `npm run verify-draw`.
import { createPublicKey, hash, verify } from 'node:crypto';
import { check, type Json } from './check-list.ts';

/** The program's public key, once it is proved that it signed these bytes. One spelling only: another one is another file. */
export function signedBy(manifest: Buffer, file: Buffer): string {
  const { publicKey, signature } = fieldsOf(file);
  const sha256 = hash('sha256', manifest);
  const spelled = `{"algorithm":"Ed25519","publicKey":"${publicKey}","sha256":"${sha256}","signature":"${signature}"}`;
  check(spelled === String(file), 'The file signature.json is not the signature of this manifest.');
  const bytes = Buffer.from(signature, 'base64url');
  const isPlain = bytes.toString('base64url') === signature;
  check(isPlain && isSigned(manifest, publicKey, bytes), 'The signature is not one of this manifest by its key.');
  return publicKey;
}

function fieldsOf(file: Buffer): Json {
  try {
    return JSON.parse(String(file)) ?? {};
  } catch {
    return {};
  }
}

function isSigned(manifest: Buffer, publicKey: string, signature: Buffer): boolean {
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
    return key.export({ format: 'jwk' }).x === publicKey && verify(null, manifest, key, signature);
  } catch {
    return false; // No key at all.
  }
}
