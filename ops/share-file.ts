import { randomBytes } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { NotDone } from '#ops/command.ts';
import { Digest } from '#shared/platform/digest.ts';

/* The share of an operator, in a file that only they can read: until it is revealed, nobody else may know it. */

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'failed');

/** Makes a share and keeps it, before anything of it is sent. @throws NotDone where there is such a file. */
export async function keepNewShare(path: string): Promise<string> {
  const share = randomBytes(32).toString('hex');
  await using file = await newFile(path);
  try {
    await file.writeFile(`${share}\n`);
    await file.sync();
  } catch (error) {
    await unlink(path);
    throw new NotDone(`${path} cannot be written (${codeOf(error)}); nothing was sent.`);
  }
  return share;
}

async function newFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw new NotDone(`${path} cannot be made (${codeOf(error)}); nothing was sent.`);
    const advice = 'Where it holds your share of this batch, --again sends its seal once more.';
    throw new NotDone(`${path} exists: nothing was overwritten, and nothing sent. ${advice}`);
  }
}

/** The share that was kept. @throws NotDone where there is none. */
export async function shareIn(path: string): Promise<string> {
  const share = Digest.safeParse((await beginningOf(path)).trim());
  if (!share.success) throw new NotDone(`${path} does not hold a share: 64 hex digits. Nothing was sent.`);
  return share.data;
}

/** Throws away a share whose seal was refused: it is of no use. */
export async function discardShare(path: string): Promise<void> {
  await unlink(path);
}

/** As much of a file as a share or a token can need. @throws NotDone where it cannot be read. */
export async function beginningOf(path: string): Promise<string> {
  const buffer = Buffer.alloc(16_384);
  try {
    await using file = await open(path, 'r');
    const { bytesRead } = await file.read(buffer);
    return buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    throw new NotDone(`${path} cannot be read (${codeOf(error)}); nothing was sent.`);
  }
}
