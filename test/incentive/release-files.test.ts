import '#test/platform/environment.ts';
import { describe, expect, it } from 'vitest';
import { type ReleasedPayout, releaseFiles } from '#shared/incentive/release-files.ts';
import { slices } from '#shared/platform/slices.ts';
import { crowd } from '#test/incentive/release-desk.ts';
import { memoryFiles } from '#test/platform/memory-files.ts';

const people = crowd(1_002).waiting.map((payout): ReleasedPayout => ({ ...payout, feeRupiah: 1_000 }));
const inOrder = people.toSorted((left, right) => (left.reference < right.reference ? -1 : 1));
const strangers = [inOrder[0], inOrder[601], inOrder[1_001]];
const listed = inOrder.filter((payout) => !strangers.includes(payout));
const nothing = { parts: [], left: [] };

async function written() {
  const files = releaseFiles(memoryFiles());
  const listDigest = await files.writeList('R1', slices(listed, 500), nothing);
  return { files, list: { releaseId: 'R1', listDigest } };
}

describe('the files of a release', () => {
  it('have each payout of the list where its order says, the first and the last of every file too', async () => {
    const { files, list } = await written();
    expect(listed).toHaveLength(999);
    for (const place of [0, 1, 250, 499, 500, 501, 998])
      expect(await files.find(list, listed[place]?.reference ?? '')).toEqual(listed[place]);
  });

  it('have nobody else: neither before the first, nor between two, nor behind the last', async () => {
    const { files, list } = await written();
    for (const stranger of strangers) expect(await files.find(list, stranger?.reference ?? '')).toBeNull();
    expect(strangers).toHaveLength(3);
  });

  it('have a digest that any other payout, amount or order changes', async () => {
    const digestOf = (payouts: readonly ReleasedPayout[]) =>
      releaseFiles(memoryFiles()).writeList('R1', slices(payouts, 500), nothing);
    const [first, second, ...rest] = listed;
    if (!first || !second) throw new Error('There are two');
    const others = [
      [second, first, ...rest],
      [{ ...first, amountRupiah: 600_001 }, second, ...rest],
      [{ ...first, participantId: second.participantId }, second, ...rest],
      [second, ...rest],
    ];
    const digests = await Promise.all([listed, ...others].map(digestOf));
    expect(new Set(digests).size).toBe(5);
    expect(await digestOf(listed)).toBe(digests[0]);
  });

  it('of two lists of one release lie apart', async () => {
    const memory = memoryFiles();
    const files = releaseFiles(memory);
    const first = await files.writeList('R1', slices(listed, 500), nothing);
    const second = await files.writeList('R1', slices(listed.slice(1), 500), nothing);
    expect(await files.chunk({ releaseId: 'R1', listDigest: first }, 0)).toHaveLength(500);
    expect((await files.chunk({ releaseId: 'R1', listDigest: first }, 0))[0]).toEqual(listed[0]);
    expect((await files.chunk({ releaseId: 'R1', listDigest: second }, 0))[0]).toEqual(listed[1]);
  });
});
