import '#test/platform/environment.ts';
import { describe, expect, it } from 'vitest';
import type { Outgoing } from '#shared/platform/queues.ts';
import { batches } from '#shared/selection/batch.ts';
import { beginScreening, maxBeaconTries } from '#shared/selection/batch-steps.ts';
import { DrawManifest } from '#shared/selection/draw/manifest.ts';
import { ResultGroup } from '#shared/selection/draw/result-group.ts';
import { familyPlaces } from '#shared/selection/family-places.ts';
import { journeyUntil, keys, minutesAfter, start, store } from '#test/journal/citizen.ts';
import { type Desk, known, type Made, old, useDesk } from '#test/selection/draw-desk.ts';
import { deliver, drawPump } from '#test/selection/draw-pump.ts';
import {
  announced,
  appliedAnyhow,
  applyAgain,
  applyAll,
  at,
  drawn,
  happened,
  households,
  numberIn,
  ordered,
  reconciled,
  verified,
} from '#test/selection/draw-world.ts';

/*
 * What a batch meets at its edges: applicants who are refused, nobody at all, a beacon that is silent, messages that should not be.
 */

let desk: Desk;
useDesk((started) => {
  desk = started;
});

describe('the screening', () => {
  it('says of everybody who is not in the draw why, in the list of the group and in the counts', async () => {
    const made = desk.batchWith({ quotas: { '32': 3 } });
    const { batchId } = made;
    const people = households('screening', [3, ...Array<number>(10).fill(1)], ['32.73']).flat();
    const [one, two, three, pending, refused, revoked, recipient, moved, aged, ...ordinary] = people.map(known);
    await applyAll(desk.table, batchId, [one, two, three, refused, revoked, recipient, moved].map(known));
    await applyAll(desk.table, batchId, ordinary);
    await store(desk.table, journeyUntil('register', { citizen: known(pending) }));
    await appliedAnyhow(desk.table, batchId, known(pending));
    await store(desk.table, journeyUntil('verify', { citizen: old(known(aged)) }));
    await appliedAnyhow(desk.table, batchId, known(aged));
    await happened(desk.table, known(refused), { type: 'IdentityRefused', requestId: '2', reasons: [] });
    await desk.decreedElsewhere(known(recipient));
    await desk.revokedElsewhere(known(revoked));
    await applyAgain(desk.table, '999999', known(moved));
    const places = familyPlaces(desk.table, keys);
    for (const id of ['a', 'b']) await places.claim(known(one).familyTag, id.repeat(32), 2);

    const { screened } = await drawn(made);
    const refusals = {
      ...{ identity_unverified: 1, identity_refused: 1, membership_revoked: 1, already_recipient: 1 },
      ...{ application_moved: 1, age_outside: 1, family_full: 3 },
    };
    expect(screened).toMatchObject({ applicantCount: 13, eligibleCount: 4, refused: refusals });
    const manifest = DrawManifest.parse(made.json('manifest.json'));
    expect(manifest.list).toMatchObject({ count: 4, refused: refusals });
    const published = [...'0123456789abcdef'].flatMap(
      (digit) => ResultGroup.parse(made.json(`result-${digit}.json`)).refused,
    );
    const expected = [
      [pending, 'identity_unverified'],
      [refused, 'identity_refused'],
      [revoked, 'membership_revoked'],
      [recipient, 'already_recipient'],
      [moved, 'application_moved'],
      [aged, 'age_outside'],
      ...[one, two, three].map((citizen) => [citizen, 'family_full'] as const),
    ] as const;
    const plainly = expected.map(([citizen, reason]) => [numberIn(batchId, known(citizen)), reason]);
    expect(published.toSorted()).toEqual(plainly.toSorted());
  });
});

describe('a batch of many applicants', () => {
  // Such cuts as are made of many, made of few.
  it.each([
    { shardDigits: 1, groupDigits: 2 },
    { shardDigits: 2, groupDigits: 2 },
  ])('is what its manifest says: $shardDigits digits of a shard, $groupDigits of a group', async (digits) => {
    const people = households(
      `cut ${digits.shardDigits}`,
      [3, 2, ...Array<number>(15).fill(1)],
      ['32.73', '35.78'],
    ).flat();
    const made = desk.batchWith({ quotas: { '32': 3, '35': 2 }, maxLots: 2 });
    const { batchId, reach } = made;
    await applyAll(desk.table, batchId, people);
    const hand = async (message: Outgoing): Promise<boolean> => {
      if (!('step' in message.body) || message.queue !== 'drawQueueUrl' || message.body.step !== 'screen')
        return deliver(reach, message);
      await batches(desk.table).change(batchId, (batch) => beginScreening(batch, digits));
      return true;
    };
    const life = { ...made.life, pump: drawPump({ reach, batchIds: [batchId], hand }) };
    await drawn(life);
    expect((await verified({ files: made.files.bytes }, batchId)).difference).toBeUndefined();
    const groups = [...made.files.bytes.keys()].filter((key) => key.includes('/result-'));
    expect(groups).toHaveLength(16 ** digits.groupDigits);
    const published = groups.flatMap(
      (key) => ResultGroup.parse(JSON.parse(made.files.contents.get(key) ?? '')).applicants,
    );
    expect(published).toHaveLength(people.length);
    expect(published.filter(([, outcome]) => outcome === 'won')).toHaveLength(5);
    await announced(life);
    await desk.agreementOf(made, people);
  });
});

describe('a batch with little in it reaches its end', () => {
  it.each([
    ['nobody applied', 'drand', { '32': 3 }, { '32': 3 }],
    ['nobody applied', 'two_operators', { '32': 3 }, { '32': 3 }],
    ['the places are elsewhere', 'drand', { '51': 3 }, { '51': 3 }],
    ['everybody is refused', 'two_operators', { '32': 3 }, { '32': 3 }],
  ] as const)('where %s: %s', async (word, randomness, quotas, freePlaces) => {
    const made = desk.batchWith({ randomness, quotas });
    const people = word === 'nobody applied' ? [] : households(`little ${word}`, [2, 1, 1], ['32.73']).flat();
    await applyAll(desk.table, made.batchId, people);
    if (word === 'everybody is refused') for (const citizen of people) await desk.decreedElsewhere(citizen);
    expect((await drawn(made)).state).toBe('drawn');
    expect((await verified({ files: made.files.bytes }, made.batchId)).difference).toBeUndefined();
    expect((await announced(made)).state).toBe('announced');
    await desk.agreementOf(made, people);
    const { state, reconciled: ended } = await reconciled(made);
    expect(state).toBe('reconciled');
    expect(ended).toMatchObject({ keptCount: 0, revokedCount: 0, returnedRupiah: 0, freePlaces });
  });

  it('with nobody but whom operators admit', async () => {
    const people = households('only admitted', [1, 1], ['32.73']).flat();
    const [admitted] = people;
    const overrides = () => [{ kind: 'admit', drawNumber: numberIn(made.batchId, known(admitted)) } as const];
    const made: Made = desk.batchWith({ quotas: { '51': 3 } }, overrides);
    await applyAll(desk.table, made.batchId, people);
    await drawn(made);
    await announced(made);
    const { recipients, byOverride } = await desk.agreementOf(made, people);
    expect(byOverride).toBe(1);
    expect(recipients).toEqual([admitted]);
    expect((await reconciled(made)).reconciled).toMatchObject({ revokedCount: 1, freePlaces: { '51': 3 } });
  });
});

describe('the beacon', () => {
  it('is asked again, later each time, until it has the round; what the chain did not sign is not the round', async () => {
    const made = desk.batchWith({ quotas: { '32': 2 } });
    await applyAll(desk.table, made.batchId, households('beacon', [1, 1, 1], ['32.73']).flat());
    for (const fault of ['late', 'unavailable', 'wrong_signature', 'other_round', 'cut', 'late'] as const)
      desk.beaconFaults.next(fault);
    const { committed, seeded, beaconTries, state } = await drawn(made);
    expect(state).toBe('drawn');
    expect(beaconTries).toBe(6);
    const waited = 1 + 2 + 3 + 4 + 5 + 6;
    expect(seeded?.at).toEqual(minutesAfter(new Date(committed?.round?.roundAt ?? ''), waited));
    const signature = await made.reach.beacon.signatureOf(committed?.round?.round ?? 0);
    expect(seeded?.reveal).toEqual({ kind: 'drand', signature });
    expect((await verified({ files: made.files.bytes }, made.batchId)).difference).toBeUndefined();
  });

  it('is given up after some hours, and found again when somebody sends the message', async () => {
    const made = desk.batchWith({ quotas: { '32': 2 } });
    let asked = 0;
    const silent = {
      ...made.reach.beacon,
      signatureOf: async () => {
        asked += 1;
        return null;
      },
    };
    const pump = drawPump({ reach: { ...made.reach, beacon: silent }, batchIds: [made.batchId] });
    await drawn({ ...made.life, pump });
    await pump.run(minutesAfter(start, 14 * 24 * 60));
    expect(asked).toBe(maxBeaconTries);
    expect(await made.state()).toMatchObject({ state: 'committed', seeded: null, beaconTries: maxBeaconTries });

    const message = { queue: 'drawQueueUrl', body: { step: 'beacon', batchId: made.batchId } };
    expect(await deliver(made.reach, message)).toBe(true);
    expect((await made.state()).seeded?.reveal.kind).toBe('drand');
  });

  it('that fails otherwise than its relays do brings the message again', async () => {
    const made = desk.batchWith({ quotas: { '32': 2 } });
    const broken = {
      ...made.reach.beacon,
      signatureOf: () => Promise.reject(new Error('no chain in the environment')),
    };
    const pump = drawPump({ reach: { ...made.reach, beacon: broken }, batchIds: [made.batchId] });
    await expect(drawn({ ...made.life, pump })).rejects.toThrow('Dead');
    expect((await made.state()).beaconTries).toBe(0);
  });
});

describe('a message that nobody should have sent', () => {
  const queues = ['screeningQueueUrl', 'drawQueueUrl', 'decreeQueueUrl', 'deadlineQueueUrl'] as const;
  it.each(
    queues.flatMap((queue) =>
      ['', '{', '[]', '{"step":"nothing","batchId":"1"}'].map((body) => [queue, body] as const),
    ),
  )('to %s comes again, and ends among the dead: %j', async (queue, body) => {
    expect(await deliver(desk.batchWith({}).reach, { queue, body })).toBe(false);
  });

  it('about a batch that is not there does nothing', async () => {
    const { reach, files, batchId } = desk.batchWith({});
    const steps = ['open', 'close', 'commit', 'beacon', 'draw', 'deadline'];
    const asked = [
      ...steps.map((step) => ({ queue: 'drawQueueUrl', body: { step, batchId } })),
      { queue: 'drawQueueUrl', body: { step: 'screen', batchId } },
      ...['screen', 'publish'].map((step) => ({ queue: 'screeningQueueUrl', body: { step, batchId, shard: '0' } })),
      { queue: 'decreeQueueUrl', body: { step: 'decree', batchId, chunk: 0 } },
      { queue: 'decreeQueueUrl', body: { step: 'document', batchId } },
      { queue: 'deadlineQueueUrl', body: { batchId, chunk: 0 } },
    ];
    for (const message of asked) await deliver(reach, message);
    expect(files.bytes.size).toBe(0);
    expect(await batches(desk.table).entries(batchId)).toEqual([]);
  });

  it('about a shard or a chunk that is none leaves nothing, and the batch goes its way', async () => {
    const people = households('none', Array<number>(6).fill(1), ['32.73']).flat();
    const made = desk.batchWith({ quotas: { '32': 2 } });
    const { batchId, reach } = made;
    await applyAll(desk.table, batchId, people);
    const stray = (): { queue: string; body: object }[] => [
      ...['screen', 'publish'].flatMap((step) =>
        ['00', 'ff'].map((shard) => ({ queue: 'screeningQueueUrl', body: { step, batchId, shard } })),
      ),
      { queue: 'decreeQueueUrl', body: { step: 'decree', batchId, chunk: 1 } },
      { queue: 'decreeQueueUrl', body: { step: 'decree', batchId, chunk: 99_999 } },
      { queue: 'deadlineQueueUrl', body: { batchId, chunk: 99_999 } },
    ];
    // Strays before each message and after it.
    const pump = drawPump({
      reach,
      batchIds: [batchId],
      hand: async (message) => {
        for (const one of stray()) await deliver(reach, one);
        const isDone = await deliver(reach, message);
        for (const one of stray()) await deliver(reach, one);
        return isDone;
      },
    });
    const life = { ...made.life, pump };
    await drawn(life);
    await announced(life);
    await desk.agreementOf(made, people);
    expect((await reconciled(life)).reconciled).toMatchObject({ keptCount: 0, revokedCount: 2 });
    const parts = [...made.files.bytes.keys()].filter((key) =>
      /work\/(screened|published|decreed|revoked)\//.test(key),
    );
    expect(
      parts.map((key) => key.split('/').at(-1)).filter((name) => /^(00|ff|99999)\.json$/.test(name ?? '')),
    ).toEqual([]);
    expect(parts).toHaveLength(16 + 16 + 1 + 1);
  });

  it('fails where the winners of a chunk are missing, so that it comes again', async () => {
    const people = households('missing', Array<number>(3).fill(1), ['32.73']).flat();
    const made = desk.batchWith({ quotas: { '32': 2 } });
    await applyAll(desk.table, made.batchId, people);
    await drawn(made);
    await ordered(made);
    const key = `draws/${made.batchId}/winners.bin`;
    const winners = made.files.bytes.get(key) ?? Buffer.alloc(0);
    await made.files.remove(key);
    const message = { queue: 'decreeQueueUrl', body: { step: 'decree', batchId: made.batchId, chunk: 0 } };
    expect(await deliver(made.reach, message)).toBe(false);
    await made.files.put(key, winners, 'application/octet-stream');
    await made.pump.run(at('announced'));
    await desk.agreementOf(made, people);
  });
});
