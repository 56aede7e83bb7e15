import '#test/platform/environment.ts';
import { gunzipSync, gzipSync } from 'node:zlib';
import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it, vi } from 'vitest';
import { serveApplications } from '#functions/selection/applications.ts';
import { manageObjections } from '#functions/selection/objections.ts';
import { participants } from '#shared/journal/participant.ts';
import { type ReplayedGroup, replayEligibility } from '#shared/registration/eligibility/replay-api.ts';
import { listings } from '#shared/registration/feeds/listings.ts';
import { applicants } from '#shared/selection/applicants.ts';
import { applicationEndpoints } from '#shared/selection/application-api.ts';
import { batches } from '#shared/selection/batch.ts';
import { factsBeside } from '#shared/selection/facts-beside.ts';
import { objections } from '#shared/selection/objection.ts';
import { journalKeys } from '#shared/table/keys.ts';
import { type Citizen, journeyUntil, keys, start, store } from '#test/journal/citizen.ts';
import { openGate } from '#test/registration/admission/open-gate.ts';
import { asking } from '#test/selection/asking.ts';
import { storeBatch } from '#test/selection/batch-fixture.ts';
import { type Desk, known, type Made, useDesk } from '#test/selection/draw-desk.ts';
import { momentOf } from '#test/selection/draw-pump.ts';
import { appliedAnyhow, applyAll, drawn, households, numberIn } from '#test/selection/draw-world.ts';

let desk: Desk;
useDesk((started) => {
  desk = started;
});

type Kept = { drawNumber: string; rules: string; facts: Record<string, unknown>; reasons: string[] };
/** The files of decisions, by their keys. */
const filesOf = ({ files, batchId }: Made) =>
  [...files.bytes].filter(([key]) => key.startsWith(`draws/${batchId}/work/eligibility/`));
const keptIn = (bytes: Buffer): Kept[] => JSON.parse(gunzipSync(bytes).toString());

/** Ten applicants: one is in the army's list, one joined before there were rules, the others stand well. */
async function screenedBatch(name: string) {
  const made = desk.batchWith({ quotas: { '32': 3 } });
  const people = households(name, Array<number>(10).fill(1), ['32.73']).flat();
  const [soldier, early, ...others] = people.map(known);
  await applyAll(desk.table, made.batchId, [known(soldier), ...others.map(known)]);
  await store(desk.table, journeyUntil('verify', { citizen: known(early) }));
  await appliedAnyhow(desk.table, made.batchId, known(early));
  const feed = { feedId: 'a'.repeat(32), source: 'army_police', day: '2026-11-01', submittedAt: start } as const;
  await listings(desk.table).post(feed, known(soldier).participantId, { row: 1 });
  const before = await momentOf(desk.table, made.files);
  const batch = await drawn(made);
  return { made, batch, before, soldier: known(soldier), early: known(early), other: known(others[0]) };
}

function replaying({ files, batchId }: Made) {
  const { table } = desk;
  const stores = { participants: participants(table), batches: batches(table), applicants: applicants(table), files };
  const ask = asking(manageObjections({ ...stores, objections: objections(table) }), [replayEligibility]);
  return {
    one: (query: Record<string, string> = {}, id = batchId) =>
      ask('replayEligibility', { path: { batchId: id }, query }),
    /** All groups together. */
    async all() {
      const groups: ReplayedGroup[] = [];
      for (let group: string | null = '0'; group !== null; group = groups.at(-1)?.next ?? null)
        groups.push((await this.one({ group })).body);
      const sum = (count: (group: ReplayedGroup) => number) => groups.reduce((total, group) => total + count(group), 0);
      return {
        joinings: sum(({ joinings }) => joinings.count),
        screenings: sum(({ screenings }) => screenings.count),
        differing: sum(({ joinings, screenings }) => joinings.differingCount + screenings.differingCount),
        unrecorded: sum(({ unrecordedCount }) => unrecordedCount),
        undecided: sum(({ undecidedCount }) => undecidedCount),
        broken: groups.filter(({ isIntact }) => isIntact === false).map(({ group }) => group),
        isAnchored: groups.map(({ isAnchored }) => isAnchored).filter((anchored) => anchored !== null),
        differences: groups.flatMap(({ differences }) => differences),
      };
    },
  };
}
const fine = {
  joinings: 9,
  screenings: 10,
  differing: 0,
  unrecorded: 1,
  undecided: 0,
  broken: [],
  isAnchored: [true],
  differences: [],
};

const reading = ({ files, batchId }: Made, { participantId }: Citizen) => {
  const { table } = desk;
  const stores = {
    beside: factsBeside(table, async () => keys),
    participants: participants(table),
    batches: batches(table),
    files,
  };
  const others = { keys: async () => keys, publicUrl: () => 'https://prakerja.invalid', gate: openGate };
  const ask = asking(serveApplications({ ...stores, ...others }), applicationEndpoints);
  return ask('readApplication', { by: participantId, path: { batchId } });
};

describe('a screening', () => {
  it('keeps each decision in files that nobody publishes, and writes nothing into the table for it', async () => {
    const { made, before, batch, soldier, early } = await screenedBatch('kept decisions');
    const after = await momentOf(desk.table, made.files);
    const added = [...after.items.keys()].filter((key) => !before.items.has(key));
    expect(added.filter((key) => !key.startsWith('B#'))).toEqual([]);
    const kept = filesOf(made).flatMap(([, bytes]) => keptIn(bytes));
    expect(kept).toHaveLength(10);
    const reasonsOf = (citizen: Citizen) =>
      kept.find(({ drawNumber }) => drawNumber === numberIn(made.batchId, citizen));
    expect(reasonsOf(soldier)).toMatchObject({ reasons: ['army_police_listed'], facts: { listed: ['army_police'] } });
    // Who joined before there were rules is not asked for what nobody asked then.
    expect(reasonsOf(early)).toMatchObject({
      rules: 'NORMAL_2023/unversioned',
      reasons: [],
      facts: { declared: null },
    });
    expect(batch.screened).toMatchObject({
      ...{ applicantCount: 10, eligibleCount: 9, refused: { army_police_listed: 1 } },
      decisionsDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const text = JSON.stringify(kept);
    const { nik, birthDate, name } = soldier.person;
    for (const secret of [soldier.participantId, nik, birthDate, name]) expect(text).not.toContain(secret);
  });

  it('is told to each citizen with the result: their own decisions, in two languages, and nobody else', async () => {
    const { made, soldier, other, early } = await screenedBatch('own decisions');
    const joined = { stage: 'joining', eligible: true, rules: 'NORMAL_2023/2023-02-17' };
    const { body } = await reading(made, soldier);
    expect(body).toMatchObject({
      outcome: 'refused',
      reason: { code: 'army_police_listed', remedy: { id: expect.any(String), en: expect.any(String) } },
      decisions: [
        joined,
        {
          stage: 'screening',
          eligible: false,
          reasons: [{ code: 'army_police_listed', id: expect.stringContaining('TNI') }],
        },
      ],
    });
    expect((await reading(made, other)).body.decisions).toMatchObject([
      joined,
      { stage: 'screening', eligible: true, reasons: [] },
    ]);
    expect((await reading(made, early)).body).toMatchObject({ declaration: null, decisions: [{ stage: 'screening' }] });
    // Written over, a file of decisions is shown to nobody.
    for (const [key, bytes] of filesOf(made))
      await made.files.put(key, gzipSync(JSON.stringify(keptIn(bytes).map((one) => ({ ...one, reasons: [] })))), '');
    expect((await reading(made, soldier)).status).toBe(500);
  });
});

describe('a replay', () => {
  it('years later gives the same answers, each group in its turn', async () => {
    const { made, soldier } = await screenedBatch('years later');
    vi.setSystemTime(new Date('2041-05-05T00:00:00.000Z'));
    await listings(desk.table).withdraw(
      {
        feedId: 'b'.repeat(32),
        source: 'army_police',
        day: '2030-01-01',
        submittedAt: new Date('2030-01-01T00:00:00.000Z'),
      },
      soldier.participantId,
    );
    expect(await replaying(made).all()).toEqual(fine);
    expect((await replaying(made).one()).body).toEqual((await replaying(made).one({ group: '0' })).body);
  });

  it.each<[string, (kept: Kept) => Kept, object]>([
    [
      'a fact',
      (kept) => ({ ...kept, facts: { ...kept.facts, ageYears: 17 } }),
      { recomputed: ['age_outside', 'army_police_listed'] },
    ],
    ['the reasons', (kept) => ({ ...kept, reasons: [] }), { recorded: [], recomputed: ['army_police_listed'] }],
    ['the version of the rules', (kept) => ({ ...kept, rules: 'NORMAL_2023/unversioned' }), { recomputed: [] }],
    ['it to rules that nobody knows', (kept) => ({ ...kept, rules: 'NORMAL_2023/1999-01-01' }), { recomputed: null }],
  ])(
    'says whose decision differs when somebody changed %s in a file, and that the file is another',
    async (what, change, difference) => {
      const { made, soldier } = await screenedBatch(`changed ${what}`);
      const drawNumber = numberIn(made.batchId, soldier);
      for (const [key, bytes] of filesOf(made)) {
        const changed = keptIn(bytes).map((kept) => (kept.drawNumber === drawNumber ? change(kept) : kept));
        await made.files.put(key, gzipSync(JSON.stringify(changed)), 'application/gzip');
      }
      const found = await replaying(made).all();
      expect(found).toMatchObject({ differing: 1, broken: [drawNumber[0]] });
      expect(found.differences).toMatchObject([{ drawNumber, stage: 'screening', ...difference }]);
    },
  );

  it('says it when somebody changed a fact in a journal', async () => {
    const { made, other } = await screenedBatch('changed journal');
    const { client, name } = desk.table;
    const Key = ':pk';
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: name,
        KeyConditionExpression: 'pk = :pk and begins_with(sk, :entry)',
        ExpressionAttributeValues: { [Key]: journalKeys.participant(other.participantId), ':entry': 'E#000003' },
      }),
    );
    const [item] = Items;
    const [event] = item?.['events'] ?? [];
    const events = [{ ...event, facts: { ...event.facts, isRecipient: true } }];
    await client.send(new PutCommand({ TableName: name, Item: { ...item, events } }));
    expect((await replaying(made).all()).differences).toEqual([
      {
        ...{ drawNumber: numberIn(made.batchId, other), stage: 'joining', rules: 'NORMAL_2023/2023-02-17' },
        ...{ recorded: [], recomputed: ['already_recipient'] },
      },
    ]);
  });

  it('says which files are gone or no files of decisions, and when marks are not those of the journal', async () => {
    const { made } = await screenedBatch('broken files');
    const [gone, garbled] = filesOf(made).filter(([, bytes]) => keptIn(bytes).length > 0);
    const groupOf = (key = '') => key.split('/').at(-1)?.[0] ?? '';
    await made.files.remove(gone?.[0] ?? '');
    await made.files.put(garbled?.[0] ?? '', 'not compressed', '');
    const { broken, undecided } = await replaying(made).all();
    expect(broken).toEqual([groupOf(gone?.[0]), groupOf(garbled?.[0])].sort());
    expect(undecided).toBeGreaterThan(1);
    const mark = `draws/${made.batchId}/work/screened/f.json`;
    const text = made.files.contents.get(mark) ?? '';
    await made.files.put(mark, text.replace(/("decisions":\[")./, '$10'), '');
    expect((await replaying(made).one()).body.isAnchored).toBe(false);
  });

  it('is of a batch that is screened, and of a group that there is', async () => {
    const { made } = await screenedBatch('no replay');
    const { one } = replaying(made);
    expect((await one({}, '424242')).body.code).toBe('batch_unknown');
    expect((await one({ group: '00' })).body).toMatchObject({ code: 'request_invalid', fields: ['group'] });
    expect((await one({ group: 'xyz' })).body).toMatchObject({ code: 'request_invalid' });
    const early = await storeBatch(desk.table, 'closed', { terms: { number: 424_243 } });
    expect((await one({}, early)).body.code).toBe('batch_state');
  });
});
