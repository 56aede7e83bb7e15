import '#test/platform/environment.ts';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { sweepDue } from '#functions/operations/sweep-due.ts';
import { dueStore } from '#shared/operations/due-store.ts';
import { AptitudeMessage, DrawMessage, FeedMessage, IncentiveMessage } from '#shared/operations/messages.ts';
import { daysPerRun, messagesDue, span } from '#shared/operations/sweep.ts';
import type { Outgoing } from '#shared/platform/queues.ts';
import { wibDay } from '#shared/platform/wib.ts';
import { allShards, dueEntry, dueKinds, dues } from '#shared/table/keys.ts';
import { lambdaContext } from '#test/platform/events.ts';
import { Died, type Engine, startTable } from '#test/table/engine.ts';

const dayMilliseconds = 86_400_000;
const instant = fc.date({ min: new Date('2026-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });

/** The days of a run, and the instant up to which all is swept after it. */
function spanOf(from: Date, now: Date): { days: string[]; until: Date | undefined } {
  const days = span(from, now);
  return { days: days.map(({ day }) => day), until: days.at(-1)?.until };
}

describe('the span of a run', () => {
  it('has the day of every instant since the last run', () => {
    const check = (from: Date, minutes: number, share: number) => {
      const now = new Date(from.getTime() + minutes * 60_000);
      const { days, until } = spanOf(from, now);
      const between = new Date(from.getTime() + Math.floor(((until?.getTime() ?? 0) - from.getTime()) * share));
      expect(days).toContain(wibDay(from));
      expect(days).toContain(wibDay(between));
      expect(days).toContain(wibDay(until ?? from));
      expect(days).toEqual([...new Set(days)].sort());
    };
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(fc.property(instant, fc.nat({ max: 60 * 24 * 60 }), share, check));
  });

  it('ends now, or forty days after its beginning', () => {
    const from = new Date('2026-11-02T03:00:00.000Z');
    const later = (milliseconds: number) => new Date(from.getTime() + milliseconds);
    const limit = daysPerRun * dayMilliseconds;
    expect(spanOf(from, later(limit - 1)).until).toEqual(later(limit - 1));
    expect(spanOf(from, later(limit)).until).toEqual(later(limit));
    expect(spanOf(from, later(limit + 1)).until).toEqual(later(limit));
    expect(spanOf(from, later(10 * limit)).days).toHaveLength(daysPerRun + 1);
  });

  it('of an outage of a year is swept in ten runs, without a gap', () => {
    const began = new Date('2026-11-02T03:00:00.000Z');
    const now = new Date(began.getTime() + 365 * dayMilliseconds);
    const swept = new Set<string>();
    let until = began;
    let runs = 0;
    while (until < now) {
      const run = spanOf(until, now);
      for (const day of run.days) swept.add(day);
      expect(run.until?.getTime()).toBeGreaterThan(until.getTime());
      until = run.until ?? now;
      runs += 1;
    }
    expect(runs).toBe(10);
    const all = Array.from({ length: 366 }, (_, day) => wibDay(new Date(began.getTime() + day * dayMilliseconds)));
    expect([...swept].sort()).toEqual(all);
  });

  it('of no time at all is today', () => {
    const now = new Date('2026-11-02T17:00:00.000Z');
    expect(spanOf(now, now)).toEqual({ days: ['2026-11-03'], until: now });
  });

  it('looks at both days around midnight in Jakarta', () => {
    const before = new Date('2026-11-02T16:59:59.999Z');
    expect(spanOf(before, new Date(before.getTime() + 1)).days).toEqual(['2026-11-02', '2026-11-03']);
  });
});

describe('an entry of the due index', () => {
  const at = '2026-11-02T03:00:00.000Z';
  const participantId = 'a'.repeat(64);
  const feedId = 'fe'.repeat(16);

  it.each([
    ...(['open', 'close', 'screen', 'beacon', 'deadline'] as const).map(
      (step) => ['B#7', `${step}#7`, [{ queue: 'drawQueueUrl', body: { step, batchId: '7' } }]] as const,
    ),
    [
      `P#${participantId}`,
      'incentive',
      [{ queue: 'incentiveQueueUrl', body: { step: 'claim', participantId } }],
    ] as const,
    [`P#${participantId}`, 'aptitude#2', [{ queue: 'aptitudeQueueUrl', body: { participantId, attempt: 2 } }]] as const,
    [
      `F#${feedId}`,
      `withdraw#${feedId}`,
      allShards.map((shard) => ({ queue: 'feedQueueUrl', body: { step: 'withdraw', feedId, shard } }) as const),
    ] as const,
  ])('of %s for %s stands for its messages', (pk, kind, messages) => {
    expect(messagesDue(pk, dues.instant(at, kind))).toEqual(messages);
    const schemas = {
      aptitudeQueueUrl: AptitudeMessage,
      drawQueueUrl: DrawMessage,
      incentiveQueueUrl: IncentiveMessage,
      feedQueueUrl: FeedMessage,
    };
    for (const [queue, schema] of Object.entries(schemas))
      for (const message of messages)
        if (message.queue === queue) expect(schema.parse(message.body)).toEqual(message.body);
  });

  it('of a kind nobody knows stops the sweep: nothing due is passed over', () => {
    expect(() => messagesDue('P#1', dues.instant(at, 'nobody-knows'))).toThrow('due.kind_unknown');
  });
});

describe('a sweep', () => {
  const unhurried = { ...lambdaContext, getRemainingTimeInMillis: () => 300_000 };
  let engine: Engine;
  const began = new Date('2026-11-02T03:00:00.000Z');
  const ids = ['0', '7', 'f'].map((digit) => digit.repeat(64));
  const dueAt = (days: number) => new Date(began.getTime() + days * dayMilliseconds);
  beforeAll(async () => {
    engine = await startTable();
    const entries = [
      [ids[0], 0.5],
      [ids[1], 39.5],
      [ids[2], 41],
    ] as const;
    for (const [id = '', days] of entries) {
      const Item = { pk: `P#${id}`, sk: 'E#000001', ...dueEntry(id.slice(0, 1), dueAt(days), dueKinds.claim) };
      await engine.table.client.send(new PutCommand({ TableName: engine.table.name, Item }));
    }
    await dueStore(engine.table).advance(began);
  });
  afterAll(() => engine.stop());

  async function sweep(now: Date, send: (messages: readonly Outgoing[]) => void) {
    const queues = { send: async (messages: readonly Outgoing[]) => send(messages) };
    await sweepDue({ due: dueStore(engine.table), queues, now: () => now })({}, unhurried);
  }

  it('that cannot send leaves the cursor where it was', async () => {
    const failing = sweep(dueAt(1), (messages) => {
      if (messages.length > 0) throw new Died();
    });
    await expect(failing).rejects.toThrow('sweepDue failed');
    expect(await dueStore(engine.table).sweptUntil()).toEqual(began);
  });

  it('after an outage sends everything that was due, run by run, and each once', async () => {
    const claimed: string[] = [];
    const ends: (Date | null)[] = [];
    for (let run = 0; run < 3; run += 1) {
      await sweep(dueAt(42), (messages) => {
        for (const { body } of messages) claimed.push('participantId' in body ? String(body.participantId) : '');
      });
      ends.push(await dueStore(engine.table).sweptUntil());
    }
    expect(claimed).toEqual(ids);
    expect(ends).toEqual([dueAt(40), dueAt(42), dueAt(42)]);
  });

  it('with little time left does one day, and leaves the others to the next run', async () => {
    const fresh = await startTable();
    onTestFinished(() => fresh.stop());
    const due = dueStore(fresh.table);
    await due.advance(began);
    const hurried = { ...lambdaContext, getRemainingTimeInMillis: () => 1_000 };
    await sweepDue({ due, queues: { send: async () => {} }, now: () => dueAt(3) })({}, hurried);
    expect(await due.sweptUntil()).toEqual(new Date('2026-11-02T16:59:59.999Z'));
  });

  it('of the first day looks a week back', async () => {
    const fresh = await startTable();
    onTestFinished(() => fresh.stop());
    const now = dueAt(0);
    const looked: string[] = [];
    const due = dueStore(fresh.table);
    const watched = {
      ...due,
      entries: (day: string, from: Date, until: Date) => {
        looked.push(day);
        return due.entries(day, from, until);
      },
    };
    await sweepDue({ due: watched, queues: { send: async () => {} }, now: () => now })({}, unhurried);
    expect(looked[0]).toBe('2026-10-26');
    expect(looked.at(-1)).toBe('2026-11-02');
    expect(await due.sweptUntil()).toEqual(now);
  });
});
