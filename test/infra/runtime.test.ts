import { createHash, createHmac } from 'node:crypto';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { booleanSelector, loadConfig, resolveRegionConfig } from '#infra/blocks/runtime/environment-config.ts';
import { defaultProvider } from '#infra/blocks/runtime/environment-credentials.ts';
import { Crc32, Md5, readableStreamHasher, Sha256 } from '#infra/blocks/runtime/native-checksums.ts';

describe('credentials', () => {
  const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] as const;
  const before = names.map((name) => [name, process.env[name]] as const);
  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it('are those that Lambda puts into the environment', async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key', AWS_SESSION_TOKEN: 'token' });

    expect(await defaultProvider()()).toEqual({ accessKeyId: 'id', secretAccessKey: 'key', sessionToken: 'token' });
  });

  it('need no session token', async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key' });
    delete process.env['AWS_SESSION_TOKEN'];

    expect(await defaultProvider()()).toEqual({ accessKeyId: 'id', secretAccessKey: 'key' });
  });

  it('are never invented', async () => {
    for (const name of names) delete process.env[name];

    await expect(defaultProvider()()).rejects.toThrow('Lambda gives every function its credentials');
  });
});

describe('settings of the SDK', () => {
  const selecting = (value: string | undefined) => ({
    environmentVariableSelector: () => value,
    default: async () => 'default',
  });

  it('come from the environment, else from their default, and are read once', async () => {
    let reads = 0;
    const counted = loadConfig({ environmentVariableSelector: () => `read ${++reads}`, default: 'default' });

    expect(await loadConfig(selecting('set'))()).toBe('set');
    expect(await loadConfig(selecting(undefined))()).toBe('default');
    expect([await counted(), await counted()]).toEqual(['read 1', 'read 1']);
  });

  it.each([
    ['true', true],
    ['false', false],
    [undefined, undefined],
  ])('understand %s', (value, expected) => {
    expect(booleanSelector({ SWITCH: value }, 'SWITCH', 'env')).toBe(expected);
  });

  it('refuse a switch that is neither on nor off', () => {
    expect(() => booleanSelector({ SWITCH: 'yes' }, 'SWITCH', 'env')).toThrow(/expected "true" or "false"/);
  });

  it('give the region as a function, and none without one', async () => {
    const resolved = resolveRegionConfig({ region: 'ap-southeast-3' });

    expect(await resolved.region()).toBe('ap-southeast-3');
    expect(await resolved.useFipsEndpoint()).toBe(false);
    expect(() => resolveRegionConfig({})).toThrow('Region is missing');
  });
});

describe('checksums', () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 });
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

  it('are those of Node over all that was given to them, and can be read twice', async () => {
    await fc.assert(
      fc.asyncProperty(chunks, fc.uint8Array({ minLength: 1, maxLength: 40 }), async (parts, secret) => {
        const whole = Buffer.concat(parts);
        const crc = Buffer.alloc(4);
        crc.writeUInt32BE(crc32(whole));
        const pairs = [
          [new Sha256(), createHash('sha256').update(whole).digest('hex')],
          [new Sha256(secret), createHmac('sha256', secret).update(whole).digest('hex')],
          [new Md5(), createHash('md5').update(whole).digest('hex')],
          [new Crc32(), crc.toString('hex')],
        ] as const;
        for (const [checksum, expected] of pairs) {
          checksum.update(Buffer.from('forgotten by the reset'));
          checksum.reset();
          for (const part of parts) checksum.update(part);
          expect(hex(await checksum.digest())).toBe(expected);
        }
        const plain = new Sha256();
        plain.update(whole);
        expect(await plain.digest()).toEqual(await plain.digest());
      }),
    );
  });

  it('take a stream too', async () => {
    const digest = await readableStreamHasher(Sha256, Readable.from([Buffer.from('a'), Buffer.from('b')]));

    expect(hex(digest)).toBe(createHash('sha256').update('ab').digest('hex'));
  });
});
