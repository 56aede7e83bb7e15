/*
 * Stands in for `@smithy/core/checksum` in the bundles: the hashes of Node itself, without the fallbacks in JavaScript for runtimes
 * that have none.
 */

import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';

type Bytes = string | Uint8Array | ArrayBuffer;

const bytesOf = (data: Bytes): string | Uint8Array => (data instanceof ArrayBuffer ? new Uint8Array(data) : data);
const plain = (buffer: Buffer) => new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);

/** SHA-256, or HMAC-SHA-256 when a secret is given. */
export class Sha256 {
  readonly digestLength = 32;
  private readonly secret: string | Uint8Array | undefined;
  private hash: Hash | Hmac;

  constructor(secret?: Bytes) {
    this.secret = secret === undefined ? undefined : bytesOf(secret);
    this.hash = this.begin();
  }

  update(data: Bytes): void {
    this.hash.update(bytesOf(data));
  }

  /** An HMAC cannot be read twice; a hash can, and the SDK does. */
  async digest(): Promise<Uint8Array> {
    return plain('copy' in this.hash ? this.hash.copy().digest() : this.hash.digest());
  }

  reset(): void {
    this.hash = this.begin();
  }

  private begin(): Hash | Hmac {
    return this.secret ? createHmac('sha256', this.secret) : createHash('sha256');
  }
}

export class Md5 {
  readonly digestLength = 16;
  private hash = createHash('md5');

  update(data: Bytes): void {
    this.hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return plain(this.hash.copy().digest());
  }

  reset(): void {
    this.hash = createHash('md5');
  }
}

export class Crc32 {
  readonly digestLength = 4;
  private value = 0;

  update(data: Bytes): void {
    this.value = crc32(bytesOf(data), this.value);
  }

  digestSync(): number {
    return this.value >>> 0;
  }

  async digest(): Promise<Uint8Array> {
    const digest = Buffer.alloc(4);
    digest.writeUInt32BE(this.digestSync());
    return plain(digest);
  }

  reset(): void {
    this.value = 0;
  }
}

type Hasher = { update(data: Uint8Array): void; digest(): Promise<Uint8Array> };

/** Hash of a whole stream. */
export async function readableStreamHasher(Checksum: new () => Hasher, stream: Readable): Promise<Uint8Array> {
  const hash = new Checksum();
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest();
}

// The names under which other parts of the SDK pass them on.
export { Crc32 as Crc32Js, Crc32 as Crc32Node, Md5 as Md5Js, Md5 as Md5Node, Sha256 as Sha256Js, Sha256 as Sha256Node };
