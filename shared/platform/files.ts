import type * as z from 'zod/mini';
import { setting } from '#shared/platform/environment.ts';
import { namedEndpoint, presigned, sendSigned } from '#shared/platform/signed-request.ts';

/** A file as it was read; the tag tells whether somebody wrote in between. */
export type StoredFile = { readonly text: string; readonly tag: string };

type Piece = { readonly body: Uint8Array; readonly bytes: number; readonly tag: string };

/** Somebody wrote a file between its reading and its replacing. */
class FileChanged extends Error {}

/** Names of our keys and files are plain; anything else would need escaping in address and listing. */
const plainKey = /^[\w./=-]+$/;

/** A file that is read in pieces: its size, and one version of its bytes, from the beginning each time. */
export type StoredBytes = { readonly bytes: number; pieces(): AsyncIterable<Uint8Array> };

/** Bytes of a file that are asked for, and held, at a time. */
const pieceBytes = 4 * 1_048_576;
/** Tries of one piece whose bytes stop coming in the middle. */
const maxPieceTries = 3;

/** Files of the program in the one bucket. Folders: `draws/`, `certificates/`, `figures/`, `payouts/`, `feeds/`, `photos/`. */
export function files(bucket: string) {
  const endpoint = namedEndpoint('s3');
  const root = endpoint
    ? `${endpoint}/${bucket}`
    : `https://${bucket}.s3.${process.env['AWS_REGION'] ?? ''}.amazonaws.com`;

  function addressOf(key: string): string {
    if (!plainKey.test(key)) throw new Error('file.key_not_plain');
    return `${root}/${key}`;
  }

  async function write(key: string, body: string | Uint8Array, headers: Readonly<Record<string, string>>) {
    const bytes = typeof body === 'string' ? body : Uint8Array.from(body);
    const answer = await sendSigned('s3', addressOf(key), { method: 'PUT', body: bytes, headers });
    await answer.body?.cancel();
    // 409: another conditional write of the same file is under way.
    if (answer.status === 412 || answer.status === 409) throw new FileChanged(key);
    if (!answer.ok) throw new Error(`file.not_written ${answer.status}`);
  }

  /** One piece, whole; null for a file that is not there. */
  async function piece(key: string, from: number, tag: string | null): Promise<Piece | null> {
    const range = `bytes=${from}-${from + pieceBytes - 1}`;
    for (let tries = 1; ; tries += 1) {
      // Written anew in between, the file would be half the one and half the other: then S3 refuses.
      const answer = await sendSigned('s3', addressOf(key), { headers: { range, ...(tag && { 'if-match': tag }) } });
      const body = answer.ok ? await answer.bytes().catch(() => null) : new Uint8Array();
      if (answer.status === 404) return null;
      // An empty file has no first byte.
      if (answer.status === 416 && from === 0) return { body: new Uint8Array(), bytes: 0, tag: '' };
      if (answer.status === 412) throw new FileChanged(key);
      if (!answer.ok) throw new Error(`file.not_read ${answer.status}`);
      const [, bytes] = /\/(\d+)$/.exec(answer.headers.get('content-range') ?? '') ?? [];
      if (body) return { body, bytes: Number(bytes ?? body.length), tag: answer.headers.get('etag') ?? '' };
      if (tries === maxPieceTries) throw new Error('file.not_read cut');
    }
  }

  return {
    async put(key: string, body: string | Uint8Array, contentType: string): Promise<void> {
      await write(key, body, { 'content-type': contentType });
    },

    /** Writes only if nobody wrote since `tag` was read; without a tag, only if there is no file yet. @throws FileChanged. */
    async replace(key: string, text: string, contentType: string, tag: string | null): Promise<void> {
      const condition = tag === null ? { 'if-none-match': '*' } : { 'if-match': tag };
      await write(key, text, { 'content-type': contentType, ...condition });
    },

    async read(key: string): Promise<StoredFile | null> {
      const answer = await sendSigned('s3', addressOf(key), {});
      const text = await answer.text();
      if (answer.status === 404) return null;
      if (!answer.ok) throw new Error(`file.not_read ${answer.status}`);
      return { text, tag: answer.headers.get('etag') ?? '' };
    },

    /** A file of any size, never held whole; null where there is none. @throws FileChanged while it is read. */
    async stream(key: string): Promise<StoredBytes | null> {
      const first = await piece(key, 0, null);
      if (!first) return null;
      const { body, bytes, tag } = first;
      async function* pieces() {
        yield body;
        for (let from = body.length; from < bytes; from += pieceBytes) {
          const next = await piece(key, from, tag);
          if (!next) throw new FileChanged(key);
          yield next.body;
        }
      }
      return { bytes, pieces };
    },

    /** Keys under a prefix, in order and behind `after`, at most `limit` (1,000 is S3's own). */
    async list(prefix: string, limit: number, after = ''): Promise<string[]> {
      const place = after === '' ? {} : { 'start-after': after };
      const question = new URLSearchParams({ 'list-type': '2', 'max-keys': String(limit), prefix, ...place });
      const answer = await sendSigned('s3', `${root}/?${question}`, {});
      const text = await answer.text();
      if (!answer.ok) throw new Error(`files.not_listed ${answer.status}`);
      return [...text.matchAll(/<Key>([^<]*)<\/Key>/g)].flatMap(([, key]) => (key ? [key] : []));
    },

    async remove(key: string): Promise<void> {
      const answer = await sendSigned('s3', addressOf(key), { method: 'DELETE' });
      await answer.body?.cancel();
      if (!answer.ok && answer.status !== 404) throw new Error(`file.not_removed ${answer.status}`);
    },

    /** An address at which anybody who has it reads the file until it expires. */
    async address(key: string, expiresInSeconds: number): Promise<string> {
      return presigned('s3', addressOf(key), expiresInSeconds);
    },

    /** An address at which anybody who has it writes the file, or overwrites it, until it expires: with these headers alone, where they are given. */
    async uploadAddress(
      key: string,
      expiresInSeconds: number,
      headers?: Readonly<Record<string, string>>,
    ): Promise<string> {
      return presigned('s3', addressOf(key), expiresInSeconds, 'PUT', headers);
    },
  };
}
export type Files = ReturnType<typeof files>;

/** The type of the files that are JSON. */
export const json = 'application/json';

/** What a file holds; null where there is none. @throws when it is not of the schema. */
export async function readJson<Schema extends z.ZodMiniType>(
  files: Pick<Files, 'read'>,
  key: string,
  schema: Schema,
): Promise<z.infer<Schema> | null> {
  const file = await files.read(key);
  return file && schema.parse(JSON.parse(file.text));
}

export async function putJson(files: Pick<Files, 'put'>, key: string, value: unknown): Promise<void> {
  await files.put(key, JSON.stringify(value), json);
}

/** Keys that S3 lists at a time. */
const keysAtOnce = 1_000;

/**
 * All keys under a prefix and behind `after`, in order, page by page.
 * @throws Error `files.too_many` where there are more than `limit`: whoever left them is mistaken, or a reader is behind.
 */
export async function* keysUnder(
  files: Pick<Files, 'list'>,
  prefix: string,
  { after = '', limit }: { readonly after?: string; readonly limit: number },
): AsyncGenerator<string[]> {
  let [last, seen] = [after, 0];
  for (;;) {
    const keys = await files.list(prefix, keysAtOnce, last);
    seen += keys.length;
    if (seen > limit) throw new Error('files.too_many');
    yield keys;
    if (keys.length < keysAtOnce) return;
    last = keys.at(-1) ?? last;
  }
}

/** Writes a file unless it is there, and answers what is there then: runs that meet go on with the same text. */
export async function writeOnce(files: Files, key: string, text: string, contentType: string): Promise<string> {
  const kept = await files.read(key);
  if (kept) return kept.text;
  try {
    await files.replace(key, text, contentType, null);
    return text;
  } catch (error) {
    const written = await files.read(key);
    if (!written) throw error;
    return written.text;
  }
}

/** The files of this deployment. */
export const programFiles = (): Files => files(setting('filesBucket'));
