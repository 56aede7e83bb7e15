import '#test/platform/environment.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { forfeit, liftHold, placeHold } from '#shared/incentive/hold.ts';
import { waitingSince } from '#shared/incentive/payout-lists.ts';
import { cancel } from '#shared/incentive/release-steps.ts';
import { participants } from '#shared/journal/participant.ts';
import { digestOf } from '#shared/platform/digest.ts';
import type { Files } from '#shared/platform/files.ts';
import { logger } from '#shared/platform/observe.ts';
import { type Claim, claimants, crowd, paid, type ReleaseDesk, releaseDesk } from '#test/incentive/release-desk.ts';
import { minutesAfter, start } from '#test/journal/citizen.ts';
import { dyingFiles } from '#test/platform/memory-files.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
const { claims, claim, settle } = claimants(() => engine, 'prepare release', 220);
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());
beforeEach(() => {
  vi.setSystemTime(minutesAfter(start, 60));
});
afterEach(() => {
  vi.useRealTimers();
});

/** Release ids are the table's, so each test has its own. */
let ids = 0;
const nextId = () => {
  ids += 1;
  return `R${ids}`;
};
const desk = () => releaseDesk(() => engine);
const prepareMessage = (releaseId: string) => ({ step: 'prepare', releaseId }) as const;

async function prepared(releases: ReleaseDesk, releaseId: string, limits = {}) {
  await releases.ask(releaseId, limits);
  expect(await releases.run([prepareMessage(releaseId)])).toEqual([]);
  return releases.load(releaseId);
}

const referencesOf = (made: readonly Claim[]) => made.map(({ waiting }) => waiting.reference).sort();
const waitingOf = (made: readonly Claim[]) => made.map(({ waiting }) => waiting);

/** Count and sum in the journal are those of the files, and the digest is the digest of the files. */
async function expectAgreement(releases: ReleaseDesk, releaseId: string) {
  const { prepared: list } = await releases.load(releaseId);
  const listed = await releases.listed(releaseId);
  expect(list?.count).toBe(listed.length);
  expect(list?.sumRupiah).toBe(listed.reduce((sum, { amountRupiah }) => sum + amountRupiah, 0));
  const texts = [...releases.files.contents].filter(([key]) =>
    key.includes(`/${releaseId}/${list?.listDigest}/chunk-`),
  );
  const digests = texts.sort(([left], [right]) => (left < right ? -1 : 1)).map(([, text]) => digestOf(text));
  expect(digests).toHaveLength(list?.chunkCount ?? -1);
  expect(digestOf(digests.join('\n'))).toBe(list?.listDigest);
  return listed;
}

describe('preparing a release', () => {
  it('declares what stands in its files, in the order of the references, and removes what it took', async () => {
    const releases = desk();
    const made = await claims(4);
    await releases.wait(waitingOf(made));
    const releaseId = nextId();
    const { state, prepared: list } = await prepared(releases, releaseId);
    expect(state).toBe('prepared');
    expect(list).toMatchObject({
      count: 4,
      sumRupiah: 2_400_000,
      byPartner: { switching: { count: 4, sumRupiah: 2_400_000, feesRupiah: 4_000 } },
      chunkCount: 1,
      firstIncentiveCount: 4,
    });
    const listed = await expectAgreement(releases, releaseId);
    expect(listed.map(({ reference }) => reference)).toEqual(referencesOf(made));
    expect(releases.waitingReferences()).toEqual([]);
  });

  it('has a payout once, however often it waits, and is the same for each repeat of the message', async () => {
    const releases = desk();
    const made = await claims(2);
    await releases.wait(waitingOf(made));
    await releases.lists.leaveWaiting(waitingSince.claim, waitingOf(made));
    await releases.lists.leaveWaiting(waitingSince.hold(1), waitingOf(made));
    const releaseId = nextId();
    const { prepared: list } = await prepared(releases, releaseId);
    expect(list?.count).toBe(2);
    for (let delivery = 2; delivery <= 4; delivery += 1)
      expect(await releases.run([prepareMessage(releaseId)], { deliveries: delivery })).toEqual([]);
    expect((await releases.load(releaseId)).prepared).toEqual(list);
    expect(releases.waitingReferences()).toEqual([]);
  });

  it('finds nothing to pay where nothing waits, and can only be cancelled then', async () => {
    const releases = desk();
    const releaseId = nextId();
    const { state, prepared: list } = await prepared(releases, releaseId);
    expect({ state, count: list?.count, chunks: list?.chunkCount }).toEqual({ state: 'prepared', count: 0, chunks: 0 });
    await expect(releases.approveAll(releaseId)).rejects.toMatchObject({ code: 'release_state' });
    await releases.decide(releaseId, (release) => cancel(release, 'two', 'Kosong saja'));
    expect((await releases.load(releaseId)).state).toBe('cancelled');
  });

  it('does nothing for a release that nobody asked for, or that is cancelled', async () => {
    const releases = desk();
    const made = await claims(1);
    await releases.wait(waitingOf(made));
    const releaseId = nextId();
    expect(await releases.run([prepareMessage(releaseId)])).toEqual([]);
    await releases.ask(releaseId);
    await releases.decide(releaseId, (release) => cancel(release, 'two', 'Salah daftar'));
    expect(await releases.run([prepareMessage(releaseId)])).toEqual([]);
    expect((await releases.load(releaseId)).prepared).toBeNull();
    expect(releases.waitingReferences()).toEqual(referencesOf(made));
  });
});

describe('same payee and period in two batches', () => {
  it('is refused by the second, and waits again when the first is cancelled', async () => {
    const releases = desk();
    const made = await claims(2);
    const [first, second, third] = [nextId(), nextId(), nextId()];
    await releases.wait(waitingOf(made));
    expect((await prepared(releases, first)).prepared?.count).toBe(2);
    // The message that listed the claims comes a second time.
    await releases.wait(waitingOf(made));
    expect((await prepared(releases, second)).prepared?.count).toBe(0);
    expect(releases.waitingReferences()).toEqual([]);

    await releases.following(first);
    await releases.decide(first, (release) => cancel(release, 'two', 'Salah daftar'));
    await releases.settle(first, 3);
    expect(releases.waitingReferences().sort()).toEqual(referencesOf(made));
    await releases.decide(second, (release) => cancel(release, 'two', 'Kosong saja'));
    expect((await prepared(releases, third)).prepared?.count).toBe(2);
    expect((await expectAgreement(releases, third)).map(({ reference }) => reference)).toEqual(referencesOf(made));
  });

  it('is refused when both are prepared at once: the second waits its turn', async () => {
    const releases = desk();
    const made = await claims(3);
    await releases.wait(waitingOf(made));
    const [first, second] = [nextId(), nextId()];
    await releases.ask(first);
    await releases.ask(second);
    // The second one comes in the middle of the first, before each of its changes.
    const failures: string[][] = [];
    const late =
      <Parameters extends unknown[]>(act: (...parameters: Parameters) => Promise<void>) =>
      async (...parameters: Parameters) => {
        await act(...parameters);
        if (failures.length < 4) failures.push(await releases.run([prepareMessage(second)]));
      };
    const { files } = releases;
    const interrupted: Files = { ...files, put: late(files.put), replace: late(files.replace) };
    expect(await releases.run([prepareMessage(first)], { files: interrupted })).toEqual([]);
    expect(failures).toEqual([['message-0'], ['message-0'], ['message-0'], ['message-0']]);
    expect(await releases.run([prepareMessage(second)])).toEqual([]);
    expect((await releases.load(first)).prepared?.count).toBe(3);
    expect((await releases.load(second)).prepared?.count).toBe(0);
  });

  it('takes the turn of a release that was cancelled before its list was there', async () => {
    const releases = desk();
    const made = await claims(1);
    await releases.wait(waitingOf(made));
    const [first, second] = [nextId(), nextId()];
    await releases.ask(first);
    const dying = dyingFiles(releases.files, { change: 2, when: 'before' });
    expect(await releases.run([prepareMessage(first)], { files: dying })).toEqual(['message-0']);
    await releases.ask(second);
    expect(await releases.run([prepareMessage(second)])).toEqual(['message-0']);
    await releases.decide(first, (release) => cancel(release, 'two', 'Salah daftar'));
    expect(await releases.run([prepareMessage(second)])).toEqual([]);
    expect((await releases.load(second)).prepared?.count).toBe(1);
  });
});

describe('what waits but may not be paid', () => {
  const change = (
    { citizen: { participantId } }: Claim,
    rule: Parameters<ReturnType<typeof participants>['change']>[1],
  ) => participants(engine.table).change(participantId, rule);
  const hold = (held: Claim) =>
    change(held, (file) => placeHold(file, { holdId: 'H', reason: 'blacklisted', by: 'one' }));

  it('is left out: paid by now, held, or not as the journal has it', async () => {
    const releases = desk();
    const [good, settled, held, dear, elsewhere] = await claims(5);
    if (!good || !settled || !held || !dear || !elsewhere) throw new Error('Five were asked for');
    await settle(settled, paid);
    await hold(held);
    await releases.wait(waitingOf([good, settled, held]));
    await releases.wait([
      { ...dear.waiting, amountRupiah: 600_001 },
      { ...elsewhere.waiting, partnerCode: 'bank-induk' },
    ]);
    const logged = vi.spyOn(logger, 'error').mockImplementation(() => {});
    const { prepared: list } = await prepared(releases, nextId());
    expect(list).toMatchObject({ count: 1, sumRupiah: 600_000 });
    expect(logged.mock.calls.map(([code]) => code)).toEqual(['payout.differs', 'payout.differs']);
    logged.mockRestore();
    expect(releases.waitingReferences()).toEqual([]);
  });

  it('waits again when its hold is gone, also where the hold goes while the list is made', async () => {
    const releases = desk();
    const [held] = await claims(1);
    if (!held) throw new Error('One was asked for');
    await hold(held);
    await releases.wait(waitingOf([held]));
    const [first, second] = [nextId(), nextId()];
    await releases.ask(first);
    // The hold goes, and its end is listed, after the list was made and before the parts are removed.
    let lifted = false;
    const removing: Files = {
      ...releases.files,
      remove: async (key) => {
        if (!lifted) {
          lifted = true;
          await change(held, ({ incentives }) => liftHold(incentives, { holdId: 'H', by: 'two' }));
          await releases.lists.leaveWaiting(waitingSince.hold(1), waitingOf([held]));
        }
        await releases.files.remove(key);
      },
    };
    expect(await releases.run([prepareMessage(first)], { files: removing })).toEqual([]);
    expect((await releases.load(first)).prepared?.count).toBe(0);
    expect(lifted).toBe(true);
    expect(releases.waitingReferences()).toEqual(referencesOf([held]));
    expect((await prepared(releases, second)).prepared?.count).toBe(1);
  });

  it('goes to its partner to be refused where its owner has no right to it any more', async () => {
    const releases = desk();
    const lost = await claim();
    await hold(lost);
    await change(lost, (file) => forfeit(file, { holdId: 'H', by: 'two' }));
    await change(lost, ({ incentives }) => liftHold(incentives, { holdId: 'H', by: 'two' }));
    await releases.wait(waitingOf([lost]));
    expect((await prepared(releases, nextId())).prepared?.count).toBe(0);
    const { participantId, reference } = lost.waiting;
    expect(releases.taken('switchingQueueUrl')).toEqual([{ step: 'inquire', participantId, reference }]);
  });
});

describe('a release that cannot take all', () => {
  it('takes as many as were asked for; the rest waits for the next one', async () => {
    const releases = desk();
    const made = await claims(5);
    // Two parts of two, one of one: the limit lies within a part.
    await releases.lists.leaveWaiting(waitingSince.claim, waitingOf(made.slice(0, 2)));
    await releases.lists.leaveWaiting(waitingSince.claim, waitingOf(made.slice(2, 4)));
    await releases.lists.leaveWaiting(waitingSince.claim, waitingOf(made.slice(4)));
    const [first, second] = [nextId(), nextId()];
    expect((await prepared(releases, first, { maxPayouts: 3 })).prepared?.count).toBe(3);
    const taken = (await releases.listed(first)).map(({ reference }) => reference);
    expect([...taken, ...releases.waitingReferences()].sort()).toEqual(referencesOf(made));
    expect((await prepared(releases, second, { maxPayouts: 3 })).prepared?.count).toBe(2);
    expect(releases.waitingReferences()).toEqual([]);
  });

  it('leaves parts alone that it has no room for, and what it has left itself', async () => {
    const releases = desk();
    const made = await claims(4);
    const [first, second] = [nextId(), nextId()];
    await releases.lists.leaveWaiting(waitingSince.claim, waitingOf(made.slice(0, 2)));
    await releases.lists.leaveWaiting(waitingSince.claim, waitingOf(made.slice(2)));
    const before = [...releases.files.contents.keys()];
    expect((await prepared(releases, first, { maxPayouts: 2 })).prepared?.count).toBe(2);
    const after = [...releases.files.contents.keys()].filter((key) => key.startsWith('payouts/waiting/'));
    expect(after).toHaveLength(1);
    expect(before).toContain(after[0]);

    const other = desk();
    await other.lists.leaveWaiting(waitingSince.release(second), waitingOf(made.slice(2)));
    expect((await prepared(other, second)).prepared?.count).toBe(0);
    expect(other.waitingReferences().sort()).toEqual(referencesOf(made.slice(2)));
  });

  it('takes those of the partners that were asked for', async () => {
    const releases = desk();
    const made = await claims(2);
    await releases.lists.leaveWaiting(waitingSince.claim, waitingOf(made));
    expect((await prepared(releases, nextId(), { partnerCodes: ['bank-induk'] })).prepared?.count).toBe(0);
    expect(releases.waitingReferences().sort()).toEqual(referencesOf(made));
    expect((await prepared(releases, nextId(), { partnerCodes: ['switching', 'bank-induk'] })).prepared?.count).toBe(2);
  });

  it('stops at a part that nobody can read rather than leave somebody out', async () => {
    const releases = desk();
    await releases.files.put('payouts/waiting/broken.json', '{}', 'application/json');
    const releaseId = nextId();
    await releases.ask(releaseId);
    expect(await releases.run([prepareMessage(releaseId)])).toEqual(['message-0']);
    expect((await releases.load(releaseId)).state).toBe('requested');
  });
});

describe('preparing by a process that dies', () => {
  // Turn, one file, manifest, what it was taken from; the rest as a part, two parts removed.
  const fileDeaths = [1, 2, 3, 4, 5, 6, 7].flatMap((change) => [
    { change, when: 'before' as const },
    { change, when: 'after' as const },
  ]);

  async function waitingFive() {
    const releases = desk();
    const made = await claims(5);
    await releases.lists.leaveWaiting(waitingSince.claim, waitingOf(made.slice(0, 2)));
    await releases.lists.leaveWaiting(waitingSince.claim, waitingOf(made.slice(2, 5)));
    const releaseId = nextId();
    await releases.ask(releaseId, { maxPayouts: 4 });
    return { releases, made, releaseId };
  }

  /** Everybody is in the list or waits, and nobody is lost; whoever is in the list is there once. */
  async function expectNobodyLost({ releases, made, releaseId }: Awaited<ReturnType<typeof waitingFive>>) {
    const listed = (await expectAgreement(releases, releaseId)).map(({ reference }) => reference);
    const waiting = releases.waitingReferences();
    expect(listed).toHaveLength(4);
    expect(new Set(listed).size).toBe(4);
    expect([...listed, ...waiting].sort()).toEqual(referencesOf(made));
  }

  it.each(fileDeaths)('$when change $change of the files ends as ever with the next delivery', async (death) => {
    const waiting = await waitingFive();
    const { releases, releaseId } = waiting;
    expect(await releases.run([prepareMessage(releaseId)], { files: dyingFiles(releases.files, death) })).toEqual([
      'message-0',
    ]);
    expect(await releases.run([prepareMessage(releaseId)], { deliveries: 2 })).toEqual([]);
    await expectNobodyLost(waiting);
  });

  it('makes these seven changes and no more', async () => {
    const waiting = await waitingFive();
    const { releases, releaseId } = waiting;
    const alive = dyingFiles(releases.files, { change: 8, when: 'before' });
    expect(await releases.run([prepareMessage(releaseId)], { files: alive })).toEqual([]);
    await expectNobodyLost(waiting);
  });

  it.each(['before', 'after'] as const)('%s its event is written ends as ever with the next delivery', async (when) => {
    const waiting = await waitingFive();
    const { releases, releaseId } = waiting;
    const table = engine.dying({ write: 1, when });
    expect(await releases.run([prepareMessage(releaseId)], { table })).toEqual(['message-0']);
    expect(await releases.run([prepareMessage(releaseId)], { deliveries: 2 })).toEqual([]);
    await expectNobodyLost(waiting);
  });

  it.each([1, 2, 3, 4, 5, 6, 7])('agrees with a run that overtakes it before change %i', async (change) => {
    const waiting = await waitingFive();
    const { releases, releaseId } = waiting;
    const { files } = releases;
    let changes = 0;
    const late =
      <Parameters extends unknown[]>(act: (...parameters: Parameters) => Promise<void>) =>
      async (...parameters: Parameters) => {
        changes += 1;
        if (changes === change) expect(await releases.run([prepareMessage(releaseId)])).toEqual([]);
        await act(...parameters);
      };
    const slow: Files = { ...files, put: late(files.put), replace: late(files.replace), remove: late(files.remove) };
    const failed = await releases.run([prepareMessage(releaseId)], { files: slow });
    // Whoever finds the turn changed comes again, and finds all done.
    if (failed.length > 0) expect(await releases.run([prepareMessage(releaseId)], { deliveries: 2 })).toEqual([]);
    const listed = (await expectAgreement(releases, releaseId)).map(({ reference }) => reference);
    expect(new Set(listed).size).toBe(4);
    expect(new Set([...listed, ...releases.waitingReferences()])).toEqual(new Set(referencesOf(waiting.made)));
  });
});

describe('a large release', () => {
  it('of 20,000 claims loads each participant once, reads each part once, and writes 40 files', async () => {
    const people = crowd(20_000);
    const releases = releaseDesk(() => engine, people.store);
    for (let from = 0; from < people.waiting.length; from += 10)
      await releases.lists.leaveWaiting(waitingSince.claim, people.waiting.slice(from, from + 10));
    const counts = { read: 0, put: 0, remove: 0, list: 0 };
    const counted: Files = {
      ...releases.files,
      read: (key) => {
        counts.read += 1;
        return releases.files.read(key);
      },
      put: (...written) => {
        counts.put += 1;
        return releases.files.put(...written);
      },
      remove: (key) => {
        counts.remove += 1;
        return releases.files.remove(key);
      },
      list: (...asked) => {
        counts.list += 1;
        return releases.files.list(...asked);
      },
    };
    const releaseId = nextId();
    await releases.ask(releaseId);
    expect(await releases.run([prepareMessage(releaseId)], { files: counted })).toEqual([]);
    const { prepared: list } = await releases.load(releaseId);
    expect(list).toMatchObject({ count: 20_000, sumRupiah: 12_000_000_000, chunkCount: 40 });
    expect(people.loads()).toBe(20_000);
    // 2,000 parts, and a handful of files about the release itself.
    expect(counts.read).toBeLessThan(2_010);
    expect(counts).toMatchObject({ put: 42, remove: 2_000 });
    expect(counts.list).toBeLessThan(8);
    expect(await expectAgreement(releases, releaseId)).toHaveLength(20_000);
    expect(releases.waitingReferences()).toEqual([]);
  });

  it('has files of at most 500 payouts', async () => {
    const people = crowd(1_001);
    const releases = releaseDesk(() => engine, people.store);
    await releases.lists.leaveWaiting(waitingSince.claim, people.waiting);
    const releaseId = nextId();
    await releases.ask(releaseId);
    expect(await releases.run([prepareMessage(releaseId)])).toEqual([]);
    const sizes = [...releases.files.contents].flatMap(([key, text]) =>
      key.includes('/chunk-') ? [JSON.parse(text).length] : [],
    );
    expect(sizes.sort((left, right) => left - right)).toEqual([1, 500, 500]);
  });
});
