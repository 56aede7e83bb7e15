import { ok } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { commitApplicants, seal } from '#shared/selection/draw.ts';
import {
  commitDraw,
  commitmentDigest,
  concludeDraw,
  type DrawManifest,
  writeApplicants,
  writeManifest,
} from '#shared/selection/manifest.ts';
import { verifyDraw } from '#test/verify-draw.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const program = join(import.meta.dirname, '../verify-draw.ts');
const place = await mkdtemp(join(tmpdir(), 'verify-draw-'));
afterAll(() => rm(place, { recursive: true }));

type Files = { manifest: DrawManifest; applicants: string; winners: string };

/** A small drawn batch; another name is another list, other families and other shares. */
function drawnBatch(name = 'one', size = 40): Files {
  const number = (text: string, below: number) => Number.parseInt(sha256(`${name} ${text}`).slice(0, 8), 16) % below;
  const people = Array.from({ length: size }, (_, position) => ({
    participantId: sha256(`${name} participant ${position}`),
    province: ['31', '32', '73'][number(`province ${position}`, 3)] ?? '31',
    familyTag: sha256(`family ${number(`family ${position}`, 20)}`),
  }));
  const list = commitApplicants(people);
  const shares = { first: sha256(`${name} first`), second: sha256(`${name} second`) };
  const seals = {
    first: { operator: 'operator-1', seal: seal(shares.first) },
    second: { operator: 'operator-2', seal: seal(shares.second) },
  };
  const quotas = { '31': number('31', 12), '32': 1 + number('32', 6), '73': 100 };
  const batch = { batchId: `batch-${name}`, batchNumber: 1, scheme: 'NORMAL_2023', quotas, maxPerFamily: 2, seals };
  const placesAlreadyTaken = { [people[0]?.familyTag ?? 'aa']: 1 };
  const commitment = commitDraw({ ...batch, list, placesAlreadyTaken, committedAt: '2026-03-02T05:00:00.000Z' });
  const files = { applicants: `draws/${name}/applicants.csv`, winners: `draws/${name}/winners.csv` };
  const drawn = concludeDraw({ commitment, list, shares, files, drawnAt: '2026-03-02T06:00:00.000Z' });
  return { manifest: drawn.manifest, applicants: writeApplicants(list), winners: drawn.winnersFile };
}

let folders = 0;
/** Writes the files as a bucket holds them, under their keys; gives the bucket's folder and the manifest in it. */
async function published({ manifest, applicants, winners }: Files) {
  folders += 1;
  const base = join(place, String(folders));
  const file = join(base, dirname(manifest.files.applicants), 'manifest.json');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, writeManifest(manifest));
  await writeFile(join(base, manifest.files.applicants), applicants);
  await writeFile(join(base, manifest.files.winners), winners);
  return { base, file };
}
const verdictOn = async (files: Files, commitment?: string) =>
  verifyDraw((await published(files)).file, { commitment });

/** The text with one bit turned of the hex digit at `at`. */
const turnBit = (text: string, at: number) => {
  return `${text.slice(0, at)}${(Number.parseInt(text.charAt(at), 16) ^ 1).toString(16)}${text.slice(at + 1)}`;
};
const withManifest = (change: Partial<DrawManifest>): Files => {
  const drawn = drawnBatch();
  return { ...drawn, manifest: { ...drawn.manifest, ...change } };
};
/** A forger who changes the terms after the draw, and mends the digest that would show it. */
const mended = (files: Files): Files => {
  return { ...files, manifest: { ...files.manifest, commitmentDigest: commitmentDigest(files.manifest) } };
};
/** A forger who changes the list, and mends its digest. */
const withList = (list: string): Files => ({ ...withManifest({ listDigest: sha256(list) }), applicants: list });
/** A forger who changes the winners, and mends their digest and count. */
const withWinners = (winners: string): Files => {
  const winnerCount = winners.split('\n').length - 1;
  return { ...withManifest({ winnersDigest: sha256(winners), winnerCount }), winners };
};

const { manifest, applicants, winners } = drawnBatch();
const moreIn31 = { ...manifest.quotas, '31': (manifest.quotas['31'] ?? 0) + 1 };

describe('the independent verifier', () => {
  it('agrees with a draw as it was made', async () => {
    const { agreed, difference } = await verdictOn(drawnBatch(), manifest.commitmentDigest);

    expect(difference).toBeUndefined();
    expect(agreed.map((line) => line.split(':')[0])).toEqual(['list', 'seals', 'seed', 'terms', 'winners']);
  });

  it('agrees with 200 random draws, from nobody to 60 applicants', async () => {
    for (let number = 0; number < 200; number += 1) {
      const { difference } = await verdictOn(drawnBatch(`random ${number}`.replace(' ', '-'), number % 61));
      expect(difference, `draw ${number}`).toBeUndefined();
    }
  });

  it.each<[string, Files, RegExp]>([
    ['one bit of the list', { ...drawnBatch(), applicants: turnBit(applicants, 5) }, /list of applicants.*listDigest/],
    ['the last applicant', { ...drawnBatch(), applicants: applicants.replace(/.*\n$/, '') }, /list of applicants/],
    ['the list, one applicant twice', withList(applicants.replace(/.*\n/, '$&$&')), /repeats an id.*line 2/],
    ['one bit of listDigest', withManifest({ listDigest: turnBit(manifest.listDigest, 0) }), /listDigest/],
    ['a count by province', withManifest({ byProvince: { ...manifest.byProvince, '31': 1 } }), /byProvince/],
    [
      'one bit of the first share',
      withManifest({ shares: { ...manifest.shares, first: turnBit(manifest.shares.first, 63) } }),
      /share of the first operator/,
    ],
    [
      'one bit of the second share',
      withManifest({ shares: { ...manifest.shares, second: turnBit(manifest.shares.second, 0) } }),
      /share of the second operator/,
    ],
    ['one bit of the seed', withManifest({ seed: turnBit(manifest.seed, 9) }), /seed does not come from/],
    ['one place of a quota', withManifest({ quotas: moreIn31 }), /terms \(quotas/],
    ['a place taken before', withManifest({ placesAlreadyTaken: {} }), /terms \(quotas/],
    ['a quota with its digest mended', mended(withManifest({ quotas: moreIn31 })), /quota of province 31 gives/],
    ['one bit of the result', { ...drawnBatch(), winners: turnBit(winners, 4) }, /winners.*winnersDigest/],
    ['the last winner', { ...drawnBatch(), winners: winners.replace(/.*\n$/, '') }, /winners.*winnersDigest/],
    ['a score with its digest mended', withWinners(turnBit(winners, winners.indexOf('\n') - 1)), /differs at rank 1/],
    [
      'the last winner with digest and count mended',
      withWinners(winners.replace(/.*\n$/, '')),
      /quota of province \d\d gives/,
    ],
    ['the time of the commitment', mended(withManifest({ committedAt: '2026-03-02T07:00:00Z' })), /dated before/],
  ])('finds a change of %s', async (_, files, difference) => {
    expect((await verdictOn(files)).difference).toMatch(difference);
  });

  it('finds terms that were changed after they were published', async () => {
    const quotas = { ...manifest.quotas, '73': 101 }; // More places than applicants: the winners stay the same.
    const forged = mended(withManifest({ quotas }));

    expect((await verdictOn(forged)).difference).toBeUndefined();
    expect((await verdictOn(forged, manifest.commitmentDigest)).difference).toMatch(/commitment you gave/);
  });

  it('reads over HTTP, beside the manifest or under a base', async () => {
    const { base } = await published(drawnBatch());
    const server = createServer(async (request, response) => {
      const file = await readFile(join(base, request.url ?? '')).catch(() => undefined);
      response.writeHead(file ? 200 : 404).end(file);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const address = server.address();
    ok(address && typeof address === 'object');
    const origin = `http://127.0.0.1:${address.port}`;

    try {
      expect((await verifyDraw(`${origin}/draws/one/manifest.json`)).difference).toBeUndefined();
      expect((await verifyDraw(join(base, 'draws/one/manifest.json'), { base: origin })).difference).toBeUndefined();
      await expect(verifyDraw(`${origin}/draws/two/manifest.json`)).rejects.toThrow('404');
    } finally {
      await new Promise((closed) => server.close(closed));
    }
  });
});

describe('npm run verify-draw', () => {
  const run = (...words: string[]) => promisify(execFile)(process.execPath, [program, ...words]);

  it('ends with 0 and says what agrees', async () => {
    const { base, file } = await published(drawnBatch());

    const { stdout } = await run(file, '--base', base, '--commitment', manifest.commitmentDigest);

    expect(stdout).toMatch(/^agrees {3}list: 40 applicants/);
    expect(stdout).toMatch(/The draw is what its manifest says\.\n$/);
  });

  it('ends with 1 and names the first difference', async () => {
    const { file } = await published(withManifest({ seed: turnBit(manifest.seed, 0) }));

    await expect(run(file)).rejects.toMatchObject({ code: 1, stdout: expect.stringMatching(/DIFFERS {2}The seed/) });
  });

  it('ends with 1 and one line when there is nothing to read', async () => {
    await expect(run(join(place, 'nothing.json'))).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Not verified: .*\n$/),
    });
    await expect(run()).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/Name the manifest/) });
  });

  it('stays a separate program of under 150 lines', async () => {
    const source = await readFile(program, 'utf8');

    expect(source.split('\n').length - 1).toBeLessThan(150);
    for (const [, from] of source.matchAll(/from '(.*)'/g)) expect(from).toMatch(/^node:/);
  });
});
