import { describe, expect, it } from 'vitest';
import type { ReplayedGroup } from '#shared/registration/eligibility/replay-api.ts';
import { drawNumber } from './batch-samples.ts';
import { Refusing, run } from './fake-api.ts';

const groupOf = (group: string, next: string | null, changes: Partial<ReplayedGroup> = {}): ReplayedGroup => ({
  ...{ group, next, joinings: { count: 600, differingCount: 0 }, screenings: { count: 600, differingCount: 0 } },
  ...{
    unrecordedCount: 0,
    undecidedCount: 0,
    isIntact: true,
    isAnchored: group === '0' ? true : null,
    differences: [],
  },
  ...changes,
});
const differing = (recomputed: string[] | null): ReplayedGroup['differences'] => [
  { drawNumber, stage: 'screening', rules: 'NORMAL_2023/2023-02-17', recorded: [], recomputed },
];
const replay = (answers: unknown, ...more: string[]) =>
  run(['eligibility', 'replay', '--batch', '7', ...more], { replayEligibility: answers });

describe('a replay', () => {
  it('goes through all groups, and tells what they come to together', async () => {
    const { code, out, err, received } = await replay([groupOf('0', '1'), groupOf('1', null, { unrecordedCount: 1 })]);
    expect([code, err]).toEqual([0, '']);
    expect(received.map(({ path }) => path)).toEqual([
      ...['/v1/batches/7/eligibility-replay', '/v1/batches/7/eligibility-replay?group=1'],
    ]);
    expect(out).toMatch(/Joining +1\.200 decisions, all the same; 1 joining of before decisions were\n? *kept/);
    expect(out).toMatch(/Screening +1\.200 decisions, all the same\n/);
    expect(out).toMatch(/Files +as their digests say\n/);
    expect(out).toMatch(/Digests +as the journal says\n/);
  });

  it('shows where a decision differs, and ends as not done', async () => {
    const tally = { screenings: { count: 600, differingCount: 1 } };
    const { code, out, err } = await replay(
      groupOf('0', null, {
        ...tally,
        differences: differing(['age_outside', 'family_full']),
      }),
    );
    expect(code).toBe(1);
    expect(err).toContain('Not every decision comes to what was recorded.');
    expect(out).toContain('600 decisions, 1 differ');
    expect(out).toContain(
      `${drawNumber}  screening  NORMAL_2023/2023-02-17\n  recorded    eligible\n  made again  age_outside, family_full`,
    );
  });

  it.each<[string, Partial<ReplayedGroup>, RegExp]>([
    ['a file is another', { isIntact: false }, /Files +not what their digests say: 0\n/],
    ['the marks are not those of the journal', { isAnchored: false }, /Digests +not as the journal says\n/],
    ['somebody has no decision', { undecidedCount: 2 }, /2 applicants without a decision\n/],
    [
      'nobody knows the rules any more',
      { joinings: { count: 1, differingCount: 1 }, differences: differing(null) },
      /made again {2}these rules are not known any more\n/,
    ],
  ])('ends as not done where %s', async (_, changes, shown) => {
    const { code, out } = await replay(groupOf('0', null, changes));
    expect(code).toBe(1);
    expect(out).toMatch(shown);
  });

  it('of a batch of before decisions were kept says so', async () => {
    const old = {
      joinings: { count: 0, differingCount: 0 },
      screenings: { count: 0, differingCount: 0 },
      unrecordedCount: 9,
    };
    const { code, out } = await replay(groupOf('0', null, { ...old, isIntact: null, isAnchored: null }));
    expect(code).toBe(0);
    expect(out).toMatch(/Screening +of before decisions were kept\n/);
  });

  it('prints each answer as it came, with --json', async () => {
    const { out } = await replay([groupOf('0', '1'), groupOf('1', null)], '--json');
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).group),
    ).toEqual(['0', '1']);
  });

  it.each([
    ['another than a number', ['eligibility', 'replay', '--batch', 'x'], 64],
    ['nothing', ['eligibility', 'replay'], 64],
  ])('of %s is not understood', async (_, args, expected) => {
    expect((await run(args, {})).code).toBe(expected);
  });

  it('tells why the API refused', async () => {
    const { code, err } = await replay(new Refusing('batch_state'));
    expect(code).toBe(2);
    expect(err).toContain('batch_state');
  });
});
