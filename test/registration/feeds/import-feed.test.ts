import '#test/platform/environment.ts';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FeedMessage } from '#shared/operations/messages.ts';
import { logger } from '#shared/platform/observe.ts';
import { type FeedFacts, feeds, submit } from '#shared/registration/feeds/feed.ts';
import { feedFile } from '#shared/registration/feeds/feed-names.ts';
import { participantIdOf } from '#shared/registration/person.ts';
import { citizens, keys } from '#test/journal/citizen.ts';
import { dyingFiles, memoryFiles } from '#test/platform/memory-files.ts';
import { csvOf, feedDesk, feedNow } from '#test/registration/feeds/feed-desk.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());

const niks = citizens('import feed', 600).map(({ person }) => person.nik);
let used = 0;
/** Numbers that no other test has. */
const some = (count: number) => {
  const taken = niks.slice(used, used + count);
  used += count;
  if (taken.length < count) throw new Error('More people are needed');
  return taken;
};
const idsOf = (numbers: readonly string[]) => numbers.map((nik) => participantIdOf(keys, nik));
const desk = () => feedDesk(() => engine);

/** An engine of its own, where a test compares whole tables. */
async function ownDesk(files = memoryFiles()) {
  const own = await startTable();
  return { own, ...feedDesk(() => own, files) };
}

/** Every listing of a table, without what differs from run to run. */
async function allListings({ table }: Engine) {
  const { Items = [] } = await table.client.send(new ScanCommand({ TableName: table.name, ConsistentRead: true }));
  return Items.filter(({ sk }) => String(sk).startsWith('X#')).sort((left, right) =>
    String(left['pk']) < String(right['pk']) ? -1 : 1,
  );
}

describe('an import', () => {
  it('lists whom the file names, part by part, and says what it came to', async () => {
    const { posted, stateOf, listed } = desk();
    const numbers = some(11);
    const feedId = await posted(csvOf(numbers));
    const feed = await stateOf(feedId);
    expect(feed).toMatchObject({ state: 'posted', posted: { withdrawn: 0 } });
    expect(feed.read).toMatchObject({ rows: 11, good: 11, bad: {}, parts: 3 });
    expect(feed.rows).toMatchObject({ listed: 11, kept: 0, newer: 0 });
    expect(Object.keys(await listed(idsOf(numbers)))).toHaveLength(11);
  });

  it('posts the rest where lines are bad, and keeps their numbers and codes', async () => {
    const { posted, stateOf, listed, call, files } = desk();
    const [one = '', two = '', three = ''] = some(3);
    const feedId = await posted(csvOf([one, 'x', one, '', two, `${two}9`, `${'9'.repeat(16)}`, three], '\ufeffNIK'));
    const { read, rows } = await stateOf(feedId);
    expect(read).toMatchObject({ rows: 7, good: 3, bad: { nik_format: 2, nik_repeated: 1, nik_implausible: 1 } });
    expect(rows).toMatchObject({ listed: 3 });
    expect(Object.keys(await listed(idsOf([one, two, three])))).toHaveLength(3);
    expect((await call('readFeedErrors', { path: { feedId } })).body).toEqual({
      errors: [
        { row: 3, code: 'nik_format' },
        { row: 4, code: 'nik_repeated' },
        { row: 7, code: 'nik_format' },
        { row: 8, code: 'nik_implausible' },
      ],
      nextCursor: null,
    });
    const kept = [...files.contents].filter(([key]) => key !== feedFile.source(feedId));
    for (const nik of [one, two, three]) expect(JSON.stringify(kept)).not.toContain(nik);
  });

  it('remembers the last day of a listing, and the line', async () => {
    const { posted } = desk();
    const [one = ''] = some(1);
    await posted(csvOf([`2026-12-31;${one}`], 'until;nik'));
    const found = (await allListings(engine)).filter(({ pk }) => idsOf([one]).includes(String(pk).slice(2)));
    expect(found).toMatchObject([{ until: '2026-12-31', row: 2, state: 'listed' }]);
  });

  it('of an addition leaves the others of its source listed', async () => {
    const { posted, listed, stateOf } = desk();
    const [before, after] = [some(3), some(3)];
    await posted(csvOf(before));
    const feedId = await posted(csvOf([...after, ...before.slice(0, 1)]), { day: '2026-11-02' });
    expect((await stateOf(feedId)).rows).toMatchObject({ listed: 3, kept: 1 });
    expect(Object.keys(await listed(idsOf([...before, ...after])))).toHaveLength(6);
  });

  it('of the same people by another source is a list of its own', async () => {
    const { posted, listed } = desk();
    const numbers = some(3);
    const first = await posted(csvOf(numbers));
    const second = await posted(csvOf(numbers), { source: 'civil_service' });
    expect(second).not.toBe(first);
    expect(new Set(Object.values(await listed(idsOf(numbers), 'civil_service')))).toEqual(new Set([second]));
    expect(new Set(Object.values(await listed(idsOf(numbers))))).toEqual(new Set([first]));
  });
});

describe('a full list', () => {
  const full = { kind: 'full_list', source: 'social_aid' } as const;

  it('withdraws whom it no longer has, of its own source only', async () => {
    const { own, posted, stateOf, listed } = await ownDesk();
    const numbers = some(12);
    const [gone, kept, fresh] = [numbers.slice(0, 6), numbers.slice(6, 9), numbers.slice(9)];
    await posted(csvOf([...gone, ...kept]), { source: 'social_aid' });
    await posted(csvOf(gone), { source: 'education' });
    const feedId = await posted(csvOf([...kept, ...fresh]), { ...full, day: '2026-11-02' });
    const feed = await stateOf(feedId);
    expect(feed.state).toBe('posted');
    expect(feed.rows).toMatchObject({ listed: 3, kept: 3, newer: 0 });
    expect(feed.posted).toMatchObject({ withdrawn: 6 });
    expect(Object.keys(await listed(idsOf(numbers), 'social_aid')).sort()).toEqual(idsOf([...kept, ...fresh]).sort());
    expect(Object.keys(await listed(idsOf(gone), 'education'))).toHaveLength(6);
    await own.stop();
  });

  it('waits with it until the index shows what feeds before have listed', async () => {
    const { own, submitted, settle, deliver, messagesOf, stateOf } = await ownDesk();
    const feedId = await submitted(csvOf(some(2)), full);
    await deliver({ step: 'read', feedId });
    await deliver({ step: 'post', feedId, part: 0 });
    expect((await stateOf(feedId)).state).toBe('withdrawing');
    const due = (await messagesOf(feedId)).filter(({ step }) => step === 'withdraw');
    expect(due).toHaveLength(16);
    await settle(feedId);
    expect((await stateOf(feedId)).state).toBe('posted');
    await own.stop();
  });

  it('does not withdraw whom a newer addition has named, though it comes later', async () => {
    const { own, posted, listed, stateOf } = await ownDesk();
    const numbers = some(4);
    await posted(csvOf(numbers), { source: 'social_aid', day: '2026-11-05' });
    const feedId = await posted(csvOf(numbers.slice(0, 1)), { ...full, day: '2026-11-02' });
    expect(await stateOf(feedId)).toMatchObject({
      state: 'posted',
      rows: { newer: 1, listed: 0 },
      posted: { withdrawn: 0 },
    });
    expect(Object.keys(await listed(idsOf(numbers), 'social_aid'))).toHaveLength(4);
    await own.stop();
  });

  it('is the last word on its day: a feed of an earlier day is refused then', async () => {
    const { own, posted, stateOf, listed, submitted, deliver } = await ownDesk();
    const numbers = some(3);
    await posted(csvOf(numbers.slice(0, 1)), { ...full, day: '2026-11-05' });
    await posted(csvOf(numbers.slice(0, 1)), { source: 'social_aid', day: '2026-11-06' });
    const late = await submitted(csvOf(numbers.slice(1)), { source: 'social_aid', day: '2026-11-04' });
    expect(await deliver({ step: 'read', feedId: late })).toBe('done');
    expect(await stateOf(late)).toMatchObject({ state: 'refused', refusal: 'feed_superseded' });
    expect(Object.keys(await listed(idsOf(numbers), 'social_aid'))).toHaveLength(1);
    const sameDay = await posted(csvOf(numbers.slice(1)), { source: 'social_aid', day: '2026-11-05' });
    expect(await stateOf(sameDay)).toMatchObject({ state: 'posted' });
    await own.stop();
  });
});

describe('feeds of one source', () => {
  const source = 'state_enterprise' as const;

  it('are posted one at a time; the other one is refused, and can be submitted again', async () => {
    const { own, submitted, settle, deliver, stateOf } = await ownDesk();
    const [first, second] = [await submitted(csvOf(some(5)), { source }), await submitted(csvOf(some(5)), { source })];
    await deliver({ step: 'read', feedId: first });
    await deliver({ step: 'read', feedId: second });
    expect(await stateOf(second)).toMatchObject({ state: 'refused', refusal: 'feed_source_busy' });
    await settle(first);
    await feeds(own.table).change(second, (before) => submit(before, 'two'), feedNow);
    await settle(second);
    expect(await stateOf(second)).toMatchObject({ state: 'posted' });
    await own.stop();
  });

  it('that are asked for at once do not both run', async () => {
    const { own, submitted, deliver, stateOf } = await ownDesk();
    const ids = await Promise.all([1, 2, 3, 4].map(() => submitted(csvOf(some(2)), { source })));
    await Promise.all(ids.map((feedId) => deliver({ step: 'read', feedId })));
    const states = await Promise.all(ids.map(stateOf));
    expect(states.map(({ state }) => state).sort()).toEqual(['read', 'refused', 'refused', 'refused']);
    expect(new Set(states.map(({ refusal }) => refusal))).toEqual(new Set([null, 'feed_source_busy']));
    await own.stop();
  });
});

describe('a file', () => {
  const good = () => csvOf(some(3));
  const longer = (text: string) => ({ bytes: Buffer.byteLength(text) + 1 });
  it.each<[string, () => [string, Partial<FeedFacts>?], string]>([
    ['of another length', () => ((text) => [text, longer(text)])(good()), 'feed_digest_differs'],
    ['of other bytes', () => [good(), { digest: 'a'.repeat(64) }], 'feed_digest_differs'],
    ['without the column', () => ['name\nX\n'], 'feed_columns'],
    ['with more columns than are needed', () => [`nik,name\n${some(1)[0]},X\n`], 'feed_columns'],
    ['without a good line', () => ['nik\nx\n'], 'feed_empty'],
    ['with nothing but its head', () => ['nik\n'], 'feed_empty'],
    ['that is a full list of mostly bad lines', () => [`${good()}x\n`, { kind: 'full_list' }], 'feed_too_bad'],
  ])('%s is refused, and lists nobody', async (_, make, refusal) => {
    const { own, submitted, deliver, stateOf } = await ownDesk();
    const [text, announced] = make();
    const feedId = await submitted(text, announced);
    expect(await deliver({ step: 'read', feedId })).toBe('done');
    expect(await stateOf(feedId)).toMatchObject({ state: 'refused', refusal });
    expect(await allListings(own)).toEqual([]);
    await own.stop();
  });

  it('that is not there is refused; once it is there it can be submitted again', async () => {
    const { submitted, deliver, stateOf, files, settle } = desk();
    const text = good();
    const feedId = await submitted(text, { source: 'army_police' });
    const key = feedFile.source(feedId);
    await files.remove(key);
    await deliver({ step: 'read', feedId });
    expect(await stateOf(feedId)).toMatchObject({ state: 'refused', refusal: 'feed_missing' });
    await files.put(key, text, 'text/csv');
    await feeds(engine.table).change(feedId, (before) => submit(before, 'two'), feedNow);
    await deliver({ step: 'read', feedId });
    await settle(feedId);
    expect(await stateOf(feedId)).toMatchObject({ state: 'posted', submissions: 2 });
  });

  it('that is written over after it was read changes nothing', async () => {
    const { own, submitted, deliver, files, settle, stateOf, listed } = await ownDesk();
    const [numbers, others] = [some(5), some(5)];
    const feedId = await submitted(csvOf(numbers));
    await deliver({ step: 'read', feedId });
    await files.put(feedFile.source(feedId), csvOf(others), 'text/csv');
    await deliver({ step: 'read', feedId });
    await settle(feedId);
    expect(await stateOf(feedId)).toMatchObject({ state: 'posted', rows: { listed: 5 } });
    expect(Object.keys(await listed(idsOf([...numbers, ...others])))).toHaveLength(5);
    await own.stop();
  });
});

/** A source with a history, and the full list that comes to it: every kind of line is in it. */
async function scene(files = memoryFiles()) {
  const made = await ownDesk(files);
  const source = 'education';
  const people = citizens('a scene of feeds', 24).map(({ person }) => person.nik);
  await made.posted(csvOf(people.slice(0, 12)), { source });
  await made.posted(csvOf(people.slice(10, 12)), { source, day: '2026-11-09' });
  const lines = [...people.slice(6, 9), 'x', ...people.slice(10, 11), ...people.slice(12, 17), people[6] ?? ''];
  const feedId = await made.submitted(csvOf(lines), { source, kind: 'full_list', day: '2026-11-08' });
  return { ...made, feedId };
}

async function outcomeOf({ own, stateOf, feedId }: Awaited<ReturnType<typeof scene>>) {
  const { state, rows, posted, read } = await stateOf(feedId);
  return {
    counts: {
      state,
      listed: rows?.listed,
      kept: rows?.kept,
      newer: rows?.newer,
      withdrawn: posted?.withdrawn,
      bad: read?.bad,
    },
    listings: await allListings(own),
  };
}

let undisturbed: Promise<Awaited<ReturnType<typeof outcomeOf>>> | undefined;
/** What the scene comes to where nothing disturbs it. */
const asFirst = () => (undisturbed ??= playedOnce());
const playedOnce = async () => {
  const made = await scene();
  await made.settle(made.feedId);
  const outcome = await outcomeOf(made);
  await made.own.stop();
  return outcome;
};

describe('an import that is disturbed', () => {
  it('has every kind of line in its scene', async () => {
    const { counts } = await asFirst();
    expect(counts).toEqual({
      state: 'posted',
      listed: 5,
      kept: 3,
      newer: 1,
      withdrawn: 7,
      bad: { nik_format: 1, nik_repeated: 1 },
    });
  });

  it.each<[string, (messages: readonly FeedMessage[]) => readonly FeedMessage[]]>([
    ['each message comes twice', (messages) => messages.flatMap((message) => [message, message])],
    ['messages come in the other order', (messages) => [...messages].reverse()],
    ['all come again after all', (messages) => [...messages, ...messages]],
    [
      'parts come before and after, shuffled',
      (messages) => [...messages.slice(1), ...messages, ...messages.slice(0, 1)],
    ],
  ])('is the same where %s', async (_, order) => {
    const made = await scene();
    await made.settle(made.feedId, order);
    expect(await outcomeOf(made)).toEqual(await asFirst());
    await made.own.stop();
  });

  it('is the same where messages of the same kind meet', async () => {
    const made = await scene();
    const { feedId, deliver, messagesOf } = made;
    for (const step of ['read', 'post', 'withdraw']) {
      const messages = (await messagesOf(feedId)).filter((message) => message.step === step);
      await Promise.all([...messages, ...messages].map((message) => deliver(message)));
    }
    expect(await outcomeOf(made)).toEqual(await asFirst());
    await made.own.stop();
  });

  it('is the same where messages come late, when all is over', async () => {
    const made = await scene();
    await made.settle(made.feedId);
    for (const message of await made.messagesOf(made.feedId)) expect(await made.deliver(message)).toBe('done');
    expect(await outcomeOf(made)).toEqual(await asFirst());
    await made.own.stop();
  });

  /** Plays the scene with deaths at the n-th change of a kind until no more death comes: each delivery that dies comes again. */
  async function killedEverywhere(when: 'before' | 'after', of: 'table' | 'files'): Promise<number> {
    const expected = await asFirst();
    const made = await scene();
    const { feedId, deliver, messagesOf, own, files } = made;
    let deaths = 0;
    const done = new Set<string>();
    for (;;) {
      const next = (await messagesOf(feedId)).find((message) => !done.has(JSON.stringify(message)));
      if (!next) break;
      // Dies at its first change, then at its second, and so on: each time the queue brings the message again.
      for (let nth = 1; ; nth += 1) {
        const seen =
          of === 'table'
            ? { table: own.dying({ write: nth, when }) }
            : { files: dyingFiles(files, { change: nth, when }) };
        if ((await deliver(next, seen)) === 'done') break;
        deaths += 1;
      }
      done.add(JSON.stringify(next));
    }
    expect(await outcomeOf(made)).toEqual(expected);
    await own.stop();
    return deaths;
  }

  it.each([
    ['before a write to the table', 'before', 'table', 20],
    ['after a write to the table', 'after', 'table', 20],
    ['before a write of a file', 'before', 'files', 40],
    ['after a write of a file', 'after', 'files', 30],
  ] as const)('is the same where the worker dies %s, at each of them', async (_, when, of, least) => {
    expect(await killedEverywhere(when, of)).toBeGreaterThanOrEqual(least);
  });
});

describe('what an import says aloud', () => {
  it('holds no number of a person', async () => {
    const lines: string[] = [];
    const spies = (['info', 'warn', 'error'] as const).map((level) =>
      vi.spyOn(logger, level).mockImplementation((...said) => void lines.push(JSON.stringify(said))),
    );
    const { own, posted, submitted, deliver, messagesOf, files } = await ownDesk();
    const numbers = some(6);
    const feedId = await posted(csvOf([...numbers, `${numbers[0]}x`]), { kind: 'full_list' });
    const bad = await submitted(csvOf(numbers, 'nik,name'));
    await deliver({ step: 'read', feedId: bad });
    const told = JSON.stringify([lines, await messagesOf(feedId), [...files.contents.keys()], await allListings(own)]);
    for (const nik of numbers) expect(told).not.toContain(nik);
    expect(lines.some((line) => line.includes('feed.refused'))).toBe(true);
    for (const spy of spies) spy.mockRestore();
    await own.stop();
  });
});
