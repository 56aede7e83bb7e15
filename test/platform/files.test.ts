import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { movableClock } from '#infra/local/clock.ts';
import { type Storage, startStorage } from '#infra/local/storage.ts';
import { type Files, files, keysUnder, putJson, readJson } from '#shared/platform/files.ts';
import { memoryFiles } from '#test/platform/memory-files.ts';

const region = 'ap-southeast-3';
let storage: Storage;
let client: S3Client;
beforeAll(async () => {
  storage = await startStorage({ region, clock: movableClock(), authorize: () => undefined });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  // What Lambda sets, and the address of the bucket.
  Object.assign(process.env, { AWS_REGION: region, AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' });
  process.env['AWS_ENDPOINT_URL_S3'] = storage.url;
  client = new S3Client({ endpoint: storage.url, region, credentials, forcePathStyle: true });
});
afterAll(async () => {
  client.destroy();
  await storage.stop();
});

async function bucket(name: string): Promise<Files> {
  await client.send(new CreateBucketCommand({ Bucket: name }));
  return files(name);
}

const kinds: readonly (readonly [string, (name: string) => Promise<Files>])[] = [
  ['in a bucket', bucket],
  ['in memory, as other tests keep them', async () => memoryFiles()],
];

describe.each(kinds)('files %s', (_, make) => {
  const json = 'application/json';

  it('are read as they were put, and again when put again', async () => {
    const store = await make('put');
    expect(await store.read('a')).toBeNull();
    await store.put('a', 'one', json);
    await store.put('a', 'two', json);
    expect((await store.read('a'))?.text).toBe('two');
  });

  it('are replaced only while nobody else wrote', async () => {
    const store = await make('replace');
    await store.replace('a', 'one', json, null);
    await expect(store.replace('a', 'again', json, null)).rejects.toThrow();
    const { tag = null } = (await store.read('a')) ?? {};
    await store.replace('a', 'two', json, tag);
    await expect(store.replace('a', 'three', json, tag)).rejects.toThrow();
    expect((await store.read('a'))?.text).toBe('two');
  });

  it('are not replaced when they are gone', async () => {
    const store = await make('gone');
    await store.put('a', 'one', json);
    const { tag = null } = (await store.read('a')) ?? {};
    await store.remove('a');
    await expect(store.replace('a', 'two', json, tag)).rejects.toThrow();
    expect(await store.read('a')).toBeNull();
  });

  it('are listed by prefix, in order, up to a limit', async () => {
    const store = await make('list');
    for (const key of ['b/2', 'a/1', 'b/1', 'b/3', 'c/1']) await store.put(key, key, json);
    expect(await store.list('b/', 10)).toEqual(['b/1', 'b/2', 'b/3']);
    expect(await store.list('b/', 2)).toEqual(['b/1', 'b/2']);
    expect(await store.list('d/', 2)).toEqual([]);
  });

  it('are listed from behind a key on', async () => {
    const store = await make('after');
    for (const key of ['a/1', 'a/2', 'a/3', 'b/1']) await store.put(key, key, json);
    expect(await store.list('a/', 2)).toEqual(['a/1', 'a/2']);
    expect(await store.list('a/', 2, 'a/2')).toEqual(['a/3']);
    expect(await store.list('a/', 2, 'a/3')).toEqual([]);
  });

  it.each([0, 1, 4 * 1_048_576 - 1, 4 * 1_048_576, 4 * 1_048_576 + 1])(
    'of %i bytes are read in pieces, as often as one likes',
    async (bytes) => {
      const store = await make(`stream-${bytes}`);
      expect(await store.stream('a')).toBeNull();
      await store.put('a', 'x'.repeat(bytes), json);
      const stored = await store.stream('a');
      expect(stored?.bytes).toBe(bytes);
      for (const _ of [1, 2]) {
        const pieces = stored ? await Array.fromAsync(stored.pieces()) : [];
        expect(Buffer.concat(pieces).toString('utf8') === 'x'.repeat(bytes)).toBe(true);
      }
    },
  );

  it('are removed as often as one likes', async () => {
    const store = await make('remove');
    await store.put('a', 'one', json);
    await store.remove('a');
    await store.remove('a');
    expect(await store.read('a')).toBeNull();
  });
});

describe('the address of a file', () => {
  it('lets anybody read it', async () => {
    const store = await bucket('address');
    await store.put('certificates/1.pdf', new Uint8Array([37, 80, 68, 70]), 'application/pdf');
    const answer = await fetch(await store.address('certificates/1.pdf', 60));
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('%PDF');
  });
});

describe('the upload address of a file', () => {
  it('lets anybody write it, and only it', async () => {
    const store = await bucket('upload');
    const address = await store.uploadAddress('payouts/statements/1/source', 60);
    const sent = await fetch(address, { method: 'PUT', body: ':20:STATEMENT' });
    expect(sent.status).toBe(200);
    expect((await store.read('payouts/statements/1/source'))?.text).toBe(':20:STATEMENT');
    expect(new URL(address).searchParams.get('X-Amz-Expires')).toBe('60');
  });
});

describe('a file that is read in pieces', () => {
  it('is one version of it, or none: written anew in between, the reading stops', async () => {
    const store = await bucket('pinned');
    const half = 4 * 1_048_576;
    await store.put('a', 'x'.repeat(half + 10), 'text/csv');
    const stored = await store.stream('a');
    const pieces = stored?.pieces()[Symbol.asyncIterator]();
    await pieces?.next();
    await store.put('a', 'y'.repeat(half + 10), 'text/csv');
    await expect(pieces?.next()).rejects.toThrow('a');
  });
});

describe('JSON in a file', () => {
  const Sizes = z.array(z.int());

  it('is read as it was put, and null where there is none', async () => {
    const store = memoryFiles();
    expect(await readJson(store, 'sizes.json', Sizes)).toBeNull();
    await putJson(store, 'sizes.json', [1, 2]);
    expect(store.contents.get('sizes.json')).toBe('[1,2]');
    expect(await readJson(store, 'sizes.json', Sizes)).toEqual([1, 2]);
  });

  it.each(['["one"]', '[1', ''])('that is %j stops its reader', async (text) => {
    const store = memoryFiles();
    await store.put('sizes.json', text, 'text/plain');
    await expect(readJson(store, 'sizes.json', Sizes)).rejects.toThrow();
  });
});

describe('all keys under a prefix', () => {
  const keyOf = (number: number) => `parts/${String(number).padStart(5, '0')}`;
  const withParts = async (count: number) => {
    const store = memoryFiles();
    for (let number = 0; number < count; number += 1) await store.put(keyOf(number), '', 'text/plain');
    await store.put('other', '', 'text/plain');
    return store;
  };
  const pagesOf = (store: Files, limit: number, after = '') =>
    Array.fromAsync(keysUnder(store, 'parts/', { after, limit }));

  it.each([
    [0, [0]],
    [999, [999]],
    [1_000, [1_000, 0]],
    [2_001, [1_000, 1_000, 1]],
  ])('of %i come in order, in pages of %j', async (count, sizes) => {
    const pages = await pagesOf(await withParts(count), count);
    expect(pages.map(({ length }) => length)).toEqual(sizes);
    expect(pages.flat()).toEqual(Array.from({ length: count }, (_, number) => keyOf(number)));
  });

  it('begin behind a key', async () => {
    expect((await pagesOf(await withParts(3), 10, keyOf(0))).flat()).toEqual([keyOf(1), keyOf(2)]);
  });

  it('are too many above the limit, and not at it', async () => {
    const store = await withParts(1_500);
    expect((await pagesOf(store, 1_500)).flat()).toHaveLength(1_500);
    await expect(pagesOf(store, 1_499)).rejects.toThrow('files.too_many');
  });
});
