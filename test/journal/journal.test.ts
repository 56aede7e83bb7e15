import { BatchWriteCommand, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { type Fold, journal, VersionConflict } from '#shared/journal/journal.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { eventKey } from '#shared/table/keys.ts';
import { expectRefused } from '#test/platform/refused.ts';
import { Died, type Engine, startTable } from '#test/table/engine.ts';

const Added = z.object({ type: z.literal('Added'), what: z.string(), padding: z.string().optional() });
type Added = z.infer<typeof Added>;

const fold: Fold<readonly string[], Added> = {
  empty: [],
  parse: (stored) => Added.parse(stored),
  evolve: (before, { what }) => {
    if (before.includes(what)) throw new Error(`${what} is added once`);
    return [...before, what];
  },
  mark: (state) => ({ count: String(state.length) }),
};
const added = (what: string): Added => ({ type: 'Added', what });
const at = new Date('2026-11-02T03:00:00.000Z');

let engine: Engine;
let ids = 0;
const freshId = () => {
  ids += 1;
  return `file-${ids}`;
};
const journalOf = (table = engine.table) => journal(table, (id) => `T#${id}`, fold);
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());
afterEach(() => vi.restoreAllMocks());

async function itemsOf(id: string): Promise<Record<string, unknown>[]> {
  const { Items = [] } = await engine.table.client.send(
    new QueryCommand({
      TableName: engine.table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': `T#${id}` },
    }),
  );
  return Items;
}

describe('appending', () => {
  it('writes one item for a decision, with its index entries and its mark', async () => {
    const id = freshId();
    const index = { lookup: 'L', lookupSort: 'l', due: 'D', dueSort: 'd' };
    const files = journalOf();
    const state = await files.append(id, await files.load(id), { events: [added('a'), added('b')], index }, at);
    expect(state).toEqual(['a', 'b']);
    expect(await itemsOf(id)).toEqual([
      {
        ...{ pk: `T#${id}`, sk: 'E#000001', at: at.toISOString(), events: [added('a'), added('b')] },
        ...{ ...index, count: '2', decisionId: expect.stringMatching(/^[0-9a-f]{8}$/) },
      },
    ]);
  });

  it('is no conflict with itself when the answer was lost and the client puts it again', async () => {
    const id = freshId();
    const { client } = engine.table;
    const twice = {
      async send(command: PutCommand): Promise<void> {
        await client.send(command);
        await client.send(command);
      },
    };
    const forgetful = journalOf({ ...engine.table, client: { ...client, ...twice } as unknown as typeof client });
    const state = await forgetful.append(id, { state: [], version: 0 }, { events: [added('a')] }, at);
    expect(state).toEqual(['a']);
    expect(await itemsOf(id)).toHaveLength(1);
  });

  it('at a version that another has taken is a conflict, and leaves what is there', async () => {
    const id = freshId();
    const files = journalOf();
    const empty = await files.load(id);
    await files.append(id, empty, { events: [added('first')] }, at);
    await expect(files.append(id, empty, { events: [added('second')] }, at)).rejects.toBeInstanceOf(VersionConflict);
    expect(await files.load(id)).toEqual({ state: ['first'], version: 1 });
  });

  it('of what breaks an invariant never reaches the table', async () => {
    const id = freshId();
    const files = journalOf();
    await expect(files.append(id, await files.load(id), { events: [added('a'), added('a')] }, at)).rejects.toThrow(
      'once',
    );
    expect(await itemsOf(id)).toEqual([]);
  });

  it('of nothing is our mistake', async () => {
    const files = journalOf();
    await expect(files.append(freshId(), { state: [], version: 0 }, { events: [] }, at)).rejects.toThrow(
      'has an event',
    );
  });

  it('passes on whatever else fails, and does not take it for a conflict', async () => {
    const files = journalOf({ ...engine.table, name: 'no-such-table' });
    const failure = files.append(freshId(), { state: [], version: 0 }, { events: [added('a')] }, at);
    await expect(failure).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('loading', () => {
  it('of a file that nobody wrote is empty', async () => {
    expect(await journalOf().load(freshId())).toEqual({ state: [], version: 0 });
  });

  it('leaves items beside the decisions alone', async () => {
    const id = freshId();
    const files = journalOf();
    for (const sk of ['A#1', 'F#1', 'OWNER'])
      await engine.table.client.send(new PutCommand({ TableName: engine.table.name, Item: { pk: `T#${id}`, sk } }));
    await files.change(id, () => ({ events: [added('a')] }));
    expect(await files.load(id)).toEqual({ state: ['a'], version: 1 });
  });

  it.each([
    ['a gap', { sk: eventKey(2), at: at.toISOString(), events: [added('a')] }, 'no gap'],
    ['no events', { sk: eventKey(1), at: at.toISOString(), events: [] }, 'events'],
    ['an event nobody knows', { sk: eventKey(1), at: at.toISOString(), events: [{ type: 'Removed' }] }, 'Added'],
    ['no time', { sk: eventKey(1), at: 'yesterday', events: [added('a')] }, 'at'],
  ])('stops at %s: a journal is never repaired by guessing', async (_, item, words) => {
    const id = freshId();
    await engine.table.client.send(new PutCommand({ TableName: engine.table.name, Item: { pk: `T#${id}`, ...item } }));
    await expect(journalOf().load(id)).rejects.toThrow(words);
  });

  /** Writes decisions as the journal would have, 25 a call. */
  async function fill(id: string, count: number, padding: string): Promise<void> {
    const puts = Array.from({ length: count }, (_, index) => ({
      PutRequest: {
        Item: {
          pk: `T#${id}`,
          sk: eventKey(index + 1),
          at: at.toISOString(),
          events: [{ ...added(`${index + 1}`), padding }],
        },
      },
    }));
    for (let from = 0; from < count; from += 25)
      await engine.table.client.send(
        new BatchWriteCommand({ RequestItems: { [engine.table.name]: puts.slice(from, from + 25) } }),
      );
  }

  it('follows a thousand decisions over the pages of one megabyte', async () => {
    const id = freshId();
    await fill(id, 1_000, 'x'.repeat(2_500));
    let pages = 0;
    const { client } = engine.table;
    const send = client.send.bind(client);
    vi.spyOn(client, 'send').mockImplementation((...call: Parameters<typeof send>) => {
      pages += 1;
      return send(...call);
    });
    const { state, version } = await journalOf().load(id);
    expect(version).toBe(1_000);
    expect(state).toEqual(Array.from({ length: 1_000 }, (_, index) => `${index + 1}`));
    expect(pages).toBeGreaterThan(1);
    await journalOf().change(id, () => ({ events: [added('1001')] }));
    expect((await journalOf().load(id)).version).toBe(1_001);
  });

  it('is bounded: two thousand decisions, and not one more', async () => {
    const id = freshId();
    await fill(id, 2_000, '');
    expect((await journalOf().load(id)).version).toBe(2_000);
    await engine.table.client.send(
      new PutCommand({
        TableName: engine.table.name,
        Item: { pk: `T#${id}`, sk: eventKey(2_001), at: at.toISOString(), events: [added('2001')] },
      }),
    );
    await expect(journalOf().load(id)).rejects.toThrow('bounded');
  });
});

describe('changing', () => {
  it('appends nothing when there is nothing to do', async () => {
    const id = freshId();
    expect(await journalOf().change(id, () => ({ events: [] }))).toEqual([]);
    expect(await itemsOf(id)).toEqual([]);
  });

  it('passes a refusal on, and appends nothing', async () => {
    const id = freshId();
    const refusing = () => {
      throw new Refusal('not_recipient');
    };
    await expectRefused(journalOf().change(id, refusing), 'not_recipient');
    expect(await itemsOf(id)).toEqual([]);
  });

  it('decides again on what another wrote meanwhile', async () => {
    const id = freshId();
    const files = journalOf();
    const seen: (readonly string[])[] = [];
    const state = await files.change(id, async (before) => {
      seen.push(before);
      if (seen.length === 1) await journalOf().change(id, () => ({ events: [added('theirs')] }));
      return { events: before.includes('mine') ? [] : [added('mine')] };
    });
    expect(seen).toEqual([[], ['theirs']]);
    expect(state).toEqual(['theirs', 'mine']);
  });

  it('bears the time that the decision was made with, asked anew for each attempt', async () => {
    const id = freshId();
    const times = [at, new Date(at.getTime() + 1_000)];
    const decidedAt: Date[] = [];
    await journalOf().change(
      id,
      async (_before, now) => {
        decidedAt.push(now);
        if (decidedAt.length === 1) await journalOf().change(id, () => ({ events: [added('theirs')] }));
        return { events: [added('mine')] };
      },
      () => times[decidedAt.length] ?? at,
    );
    expect(decidedAt).toEqual(times);
    expect((await journalOf().entries(id))[1]?.at).toEqual(times[1]);
  });

  it('gives up after eight attempts, with a refusal that says to try again', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const id = freshId();
    let attempts = 0;
    const outrun = async () => {
      attempts += 1;
      await journalOf().change(id, () => ({ events: [added(`theirs ${attempts}`)] }));
      return { events: [added('mine')] };
    };
    await expectRefused(journalOf().change(id, outrun), 'conflict_persistent');
    expect(attempts).toBe(8);
    expect((await journalOf().load(id)).state).toEqual(Array.from({ length: 8 }, (_, index) => `theirs ${index + 1}`));
  });

  it('by twenty writers at once applies each once or refuses it, and leaves no gap', async () => {
    vi.spyOn(Math, 'random').mockImplementation(() => 0.2);
    const id = freshId();
    const names = Array.from({ length: 20 }, (_, writer) => `writer ${writer}`);
    const outcomes = await Promise.allSettled(
      names.map((name) => journalOf().change(id, (before) => ({ events: before.includes(name) ? [] : [added(name)] }))),
    );
    const applied = names.filter((_, writer) => outcomes[writer]?.status === 'fulfilled');
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    for (const refusal of refusals) expect(refusal).toMatchObject({ name: 'Refusal', code: 'conflict_persistent' });
    expect(applied.length).toBeGreaterThanOrEqual(8);

    const { state, version } = await journalOf().load(id);
    expect([...state].sort()).toEqual([...applied].sort());
    expect((await itemsOf(id)).map(({ sk }) => sk)).toEqual(
      Array.from({ length: version }, (_, index) => eventKey(index + 1)),
    );
  });

  it.each(['before', 'after'] as const)(
    'by a process that dies %s its write is done once by the next',
    async (when) => {
      const id = freshId();
      const once = (before: readonly string[]) => ({ events: before.includes('mine') ? [] : [added('mine')] });
      await expect(journalOf(engine.dying({ write: 1, when })).change(id, once)).rejects.toBeInstanceOf(Died);
      expect(await journalOf().change(id, once)).toEqual(['mine']);
      expect(await itemsOf(id)).toHaveLength(1);
    },
  );
});

describe('a decision', () => {
  it('is read with strong consistency', async () => {
    const { client } = engine.table;
    const send = vi.spyOn(client, 'send');
    await journalOf().load(freshId());
    const [command] = send.mock.calls[0] ?? [];
    expect(command).toBeInstanceOf(QueryCommand);
    expect(command).toMatchObject({ input: { ConsistentRead: true } });
    expect(command).not.toBeInstanceOf(GetCommand);
  });
});
