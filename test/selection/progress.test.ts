import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Batch } from '#shared/selection/batch.ts';
import { type Progress, readProgress } from '#shared/selection/batch-api.ts';
import { maxBeaconTries, reachDeadline, reveal } from '#shared/selection/batch-steps.ts';
import { drawFiles, type Stage } from '#shared/selection/draw-files.ts';
import { progressOf, runningOf, waitingOf } from '#shared/selection/progress.ts';
import { minutesAfter } from '#test/journal/citizen.ts';
import { memoryFiles } from '#test/platform/memory-files.ts';
import {
  atOf,
  batchIn,
  correctionOf,
  decided,
  type Moment,
  moments,
  noBatch,
  promotionOf,
  round,
  shareOf,
} from '#test/selection/batch-fixture.ts';

const cut = { digits: { shardDigits: 2, groupDigits: 3 } };
const byTwo = { terms: { randomness: 'two_operators' } } as const;
const promoted = [promotionOf(1, 1, 3, 5)];

describe('what the workers are at', () => {
  it.each<[Moment, ReturnType<typeof runningOf>]>([
    ['screening', { stage: 'screening', marks: 'screened', parts: 16, since: atOf('screening') }],
    ['seeded', { stage: 'drawing', marks: null, parts: 1, since: atOf('seeded') }],
    ['made', { stage: 'publishing', marks: 'published', parts: 16, since: atOf('made') }],
    ['ordered', { stage: 'decreeing', marks: 'decreed', parts: 1, since: atOf('ordered') }],
    ['decreed', { stage: 'documenting', marks: null, parts: 1, since: atOf('decreed') }],
    ['deadline', { stage: 'revoking', marks: 'revoked', parts: 1, since: atOf('deadline') }],
  ])('in a batch that is %s', (moment, running) => {
    expect(runningOf(batchIn(moment))).toEqual(running);
  });

  const still = [
    'unknown',
    'draft',
    'open',
    'closed',
    'screened',
    'committed',
    'drawn',
    'approved',
    'announced',
  ] as const;
  it.each([...still, 'reconciled' as const])('is nothing in a batch that is %s', (moment) => {
    expect(runningOf(batchIn(moment))).toBeNull();
  });

  it('has as many parts as the work was cut into', () => {
    expect(runningOf(batchIn('screening', cut))?.parts).toBe(256);
    expect(runningOf(batchIn('made', cut))?.parts).toBe(256);
    expect(runningOf(batchIn('ordered', { drawn: { chunkCount: 3 } }))?.parts).toBe(3);
    expect(runningOf(batchIn('ordered', { drawn: { chunkCount: 3 }, promoted }))?.parts).toBe(5);
    expect(runningOf(batchIn('ordered', { overrides: [correctionOf({ kind: 'admit' })] }))?.parts).toBe(2);
    const announced = batchIn('announced');
    expect(runningOf(decided(announced, reachDeadline(announced, 4, atOf('deadline')), atOf('deadline')))?.parts).toBe(
      4,
    );
  });
});

describe('what a batch waits for', () => {
  const calendar = { terms: { opensAt: '2026-11-03T03:00:00.000Z', closesAt: '2026-11-09T03:00:00.000Z' } };
  const oneRevealed = () => {
    const batch = batchIn('committed', byTwo);
    return decided(batch, reveal(batch, 'one', shareOf('one'), atOf('seeded')), atOf('seeded'));
  };
  const until = atOf('ordered');
  const notApproved = 'nothing: it was not approved within two weeks of its closing, and is given up';
  const notOrdered = 'nothing: it was not ordered within two weeks of the objections, and is given up';

  const settled = minutesAfter(atOf('closed'), 1);
  const justBefore = (at: Date) => new Date(at.getTime() - 1);
  const settling = `the minute after the closing, until ${settled.toISOString()}: then its applicants are screened`;
  const unanswered = { ...batchIn('committed'), beaconTries: maxBeaconTries };

  it.each<[string, Batch, Progress['waitsOn'], string]>([
    ['a draft', batchIn('draft'), 'operator', 'an operator opens it'],
    ['a draft with a calendar', batchIn('draft', calendar), 'clock', 'the clock opens it at 2026-11-03T03:00:00.000Z'],
    ['an open one', batchIn('open'), 'operator', 'an operator closes it'],
    [
      'an open one with a calendar',
      batchIn('open', calendar),
      'clock',
      'the clock closes it at 2026-11-09T03:00:00.000Z',
    ],
    ['a closed one', batchIn('closed'), 'clock', settling],
    ['a screened one', batchIn('screened'), 'worker', 'the worker that commits the list'],
    ['one without seals', batchIn('closed', { ...byTwo, sealedBy: [] }), 'operator', '2 of two operators seal a share'],
    [
      'one with a seal',
      batchIn('closed', { ...byTwo, sealedBy: ['one'] }),
      'operator',
      '1 of two operators seal a share',
    ],
    ['one with both seals', batchIn('closed', byTwo), 'clock', settling],
    ['a screened one with both seals', batchIn('screened', byTwo), 'worker', 'the worker that commits the list'],
    ['a committed one', batchIn('committed'), 'clock', `round ${round.round} of the beacon at ${round.roundAt}`],
    [
      'one whose beacon was asked for the last time but one',
      { ...unanswered, beaconTries: maxBeaconTries - 1 },
      'clock',
      `round ${round.round} of the beacon at ${round.roundAt}`,
    ],
    [
      'one whose beacon did not answer',
      unanswered,
      'operator',
      `somebody asks for round ${round.round} of the beacon: the clock has stopped asking`,
    ],
    ['one without shares', batchIn('committed', byTwo), 'operator', '2 of two operators reveal their share'],
    ['one with a share', oneRevealed(), 'operator', '1 of two operators reveal their share'],
    ['a drawn one', batchIn('drawn'), 'operator', 'an operator who neither drafted nor closed it approves the draw'],
    [
      'an announced one',
      batchIn('announced'),
      'clock',
      'the purchase deadline of its recipients, which the clock keeps at 2026-11-18T17:00:59.999Z',
    ],
  ])('is said of %s, and who moves it on', (_, batch, waitsOn, waitsFor) => {
    expect(waitingOf(batch, justBefore(settled))).toEqual({ waitsFor, waitsOn });
  });

  it('is the end of the minute after the closing, and then the screening', () => {
    expect(waitingOf(batchIn('closed'), settled)).toEqual({
      ...{ waitsFor: 'the worker that begins the screening', waitsOn: 'worker' },
    });
  });

  it('is the end of the time for objections, and then the order', () => {
    const ends = minutesAfter(until, -1).toISOString();
    expect(waitingOf(batchIn('approved'), justBefore(until))).toEqual({
      ...{ waitsFor: `objections until ${ends}; it can be ordered from ${until.toISOString()}`, waitsOn: 'clock' },
    });
    expect(waitingOf(batchIn('approved'), until)).toEqual({
      ...{ waitsFor: 'another operator than the one who approved orders the decree', waitsOn: 'operator' },
    });
  });

  const fourteenDays = 14 * 24 * 60;
  it.each<[string, Batch, Date, string]>([
    ['not sealed', batchIn('closed', { ...byTwo, sealedBy: [] }), atOf('closed'), notApproved],
    ['not committed', batchIn('screened'), atOf('closed'), notApproved],
    ['not revealed', oneRevealed(), atOf('closed'), notApproved],
    ['not approved', batchIn('drawn'), atOf('closed'), notApproved],
    ['not ordered', batchIn('approved'), minutesAfter(until, -1), notOrdered],
  ])('is nothing any more in one that was given up, with the reason: %s', (_, batch, since, sentence) => {
    const last = minutesAfter(since, fourteenDays);
    expect(waitingOf(batch, last).waitsFor).not.toContain('given up');
    expect(waitingOf(batch, new Date(last.getTime() + 1))).toEqual({ waitsFor: sentence, waitsOn: null });
  });

  it.each(['unknown', 'decreed', 'reconciled'] as const)('is nothing when it is %s', (moment) => {
    expect(waitingOf(batchIn(moment), until)).toEqual({ waitsFor: null, waitsOn: null });
  });
});

describe('progress', () => {
  async function progress(batch: Batch, done: readonly (readonly [Stage, number])[], now: Date) {
    const files = memoryFiles();
    for (const [stage, count] of done)
      for (let part = 0; part < count; part += 1) await files.put(`draws/7/work/${stage}/${part}.json`, '{}', 'json');
    const said = await progressOf(batch, drawFiles(files, '7'), now);
    // Nothing that its form does not know, and nothing missing.
    const { answer } = readProgress;
    return typeof answer === 'string' ? said : answer.parse(said);
  }
  const screening = batchIn('screening');
  const since = atOf('screening');

  it.each([
    ['nothing yet', 0, 0, null, null],
    ['a part', 1, 6, 0.25, minutesAfter(since, 64).toISOString()],
    ['a half', 8, 50, 2, minutesAfter(since, 8).toISOString()],
    ['all but one', 15, 93, 3.75, minutesAfter(since, 4 + 1 / 3.75).toISOString()],
    ['all', 16, 100, 4, minutesAfter(since, 4).toISOString()],
    ['more than all', 20, 100, 4, minutesAfter(since, 4).toISOString()],
  ])('of a screening with %s done after four minutes', async (_, count, percent, partsPerMinute, expectedEndAt) => {
    expect(await progress(screening, [['screened', count]], minutesAfter(since, 4))).toEqual({
      ...{
        state: 'closed',
        stage: 'screening',
        waitsFor: null,
        waitsOn: null,
        doneParts: Math.min(count, 16),
        parts: 16,
      },
      ...{ percent, startedAt: since.toISOString(), partsPerMinute, expectedEndAt },
    });
  });

  it.each([
    ['in the instant of its beginning', 0],
    ['by a clock that is behind', -1],
  ])('has no rate %s', async (_, minutes) => {
    expect(await progress(screening, [['screened', 4]], minutesAfter(since, minutes))).toMatchObject({
      ...{ percent: 25, partsPerMinute: null, expectedEndAt: null },
    });
  });

  it('counts the marks of its own stage', async () => {
    const marks = [
      ['screened', 16],
      ['published', 2],
    ] as const;
    expect(await progress(batchIn('made'), marks, minutesAfter(atOf('made'), 1))).toMatchObject({
      ...{ state: 'committed', stage: 'publishing', doneParts: 2, parts: 16, percent: 12 },
    });
  });

  it.each(['seeded', 'decreed'] as const)('of work in one piece is none until it is done: %s', async (moment) => {
    expect(await progress(batchIn(moment), [], minutesAfter(atOf(moment), 9))).toMatchObject({
      ...{ doneParts: 0, parts: 1, percent: 0, partsPerMinute: null, expectedEndAt: null },
    });
  });

  it('of a decree of nobody is at its end', async () => {
    const nobody = batchIn('ordered', { drawn: { winnerCount: 0, chunkCount: 0 } });
    expect(await progress(nobody, [], minutesAfter(atOf('ordered'), 1))).toMatchObject({
      ...{ stage: 'decreeing', doneParts: 0, parts: 0, percent: 100, partsPerMinute: null, expectedEndAt: null },
    });
  });

  it('of a batch that stands still says what it waits for', async () => {
    expect(await progress(batchIn('draft'), [], since)).toEqual({
      ...{ state: 'draft', stage: null, waitsFor: 'an operator opens it', waitsOn: 'operator', doneParts: 0, parts: 0 },
      ...{ percent: 100, startedAt: null, partsPerMinute: null, expectedEndAt: null },
    });
  });

  it('of no batch is our mistake', async () => {
    await expect(progressOf(noBatch, drawFiles(memoryFiles(), '7'), since)).rejects.toMatchObject({
      code: 'ERR_ASSERTION',
    });
  });

  it('is between nothing and all, at any moment and with any marks', async () => {
    const moment = fc.constantFrom(...moments.filter((one) => one !== 'unknown'));
    const check = async (at: Moment, count: number, minutes: number) => {
      const marks = (['screened', 'published', 'decreed', 'revoked'] as const).map((stage) => [stage, count] as const);
      const said = await progress(batchIn(at, cut), marks, minutesAfter(atOf(at), minutes));
      expect(said.percent).toBeGreaterThanOrEqual(0);
      expect(said.percent).toBeLessThanOrEqual(100);
      expect(said.doneParts).toBeLessThanOrEqual(said.parts);
      if (said.expectedEndAt) expect(Number.isNaN(Date.parse(said.expectedEndAt))).toBe(false);
      expect(said.partsPerMinute === null).toBe(said.expectedEndAt === null);
    };
    await fc.assert(
      fc.asyncProperty(moment, fc.integer({ min: 0, max: 300 }), fc.integer({ min: -5, max: 10_000 }), check),
      { numRuns: 60 },
    );
  });
});
