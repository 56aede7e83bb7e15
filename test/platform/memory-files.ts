import type { Files } from '#shared/platform/files.ts';

/** What the service answers when somebody wrote in between. */
export class PreconditionFailed extends Error {}

/** Files in memory, under the same conditions as the service: files.test.ts holds both to one contract. Begun with files that others kept. */
export function memoryFiles(begunWith: ReadonlyMap<string, Uint8Array> = new Map()) {
  const kept = new Map<string, { bytes: Buffer; tag: string }>();
  let writes = 0;
  const write = (key: string, body: string | Uint8Array) => {
    writes += 1;
    kept.set(key, { bytes: Buffer.from(body), tag: `"${writes}"` });
  };
  for (const [key, bytes] of begunWith) write(key, bytes);
  const store: Files = {
    put: async (key, body) => write(key, body),
    replace: async (key, text, _contentType, tag) => {
      if ((kept.get(key)?.tag ?? null) !== tag) throw new PreconditionFailed();
      write(key, text);
    },
    read: async (key) => {
      const file = kept.get(key);
      return file ? { text: file.bytes.toString('utf8'), tag: file.tag } : null;
    },
    stream: async (key) => {
      const file = kept.get(key);
      return file ? { bytes: file.bytes.length, pieces: () => piecesOf(file.bytes) } : null;
    },
    list: async (prefix, limit, after = '') =>
      [...kept.keys()]
        .filter((key) => key.startsWith(prefix) && key > after)
        .sort()
        .slice(0, limit),
    remove: async (key) => void kept.delete(key),
    address: async (key, seconds) => `https://files.invalid/${key}?seconds=${seconds}`,
    uploadAddress: async (key, seconds, _headers) => `https://files.invalid/${key}?method=PUT&seconds=${seconds}`,
  };
  return {
    ...store,
    /** All files, as texts and as they are. */
    get contents(): ReadonlyMap<string, string> {
      return new Map(Array.from(kept, ([key, { bytes }]) => [key, bytes.toString('utf8')]));
    },
    get bytes(): ReadonlyMap<string, Buffer> {
      return new Map(Array.from(kept, ([key, { bytes }]) => [key, bytes]));
    },
  };
}

/** Smaller pieces than the service's, so that no reader relies on where they end. */
async function* piecesOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += 1_000) yield bytes.subarray(from, from + 1_000);
}

/** Files of a process that dies at its n-th change (from 1): before it is done, or when only the answer is lost. */
export function dyingFiles(files: Files, { change, when }: { change: number; when: 'before' | 'after' }): Files {
  let changes = 0;
  let dead = false;
  const mortal =
    <Parameters extends unknown[], Value>(act: (...parameters: Parameters) => Promise<Value>, isChange: boolean) =>
    async (...parameters: Parameters): Promise<Value> => {
      if (isChange) changes += 1;
      // Changes may be under way together: each knows which one it is.
      const isLast = isChange && changes === change;
      if (isLast && when === 'before') dead = true;
      if (dead) throw new Error('died');
      const value = await act(...parameters);
      if (isLast) dead = true;
      if (dead) throw new Error('died');
      return value;
    };
  return {
    put: mortal(files.put, true),
    replace: mortal(files.replace, true),
    remove: mortal(files.remove, true),
    read: mortal(files.read, false),
    stream: mortal(files.stream, false),
    list: mortal(files.list, false),
    address: mortal(files.address, false),
    uploadAddress: mortal(files.uploadAddress, false),
  };
}
