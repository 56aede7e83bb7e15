import { runRelease } from '#functions/incentive/run-release.ts';
import { openPayouts } from '#shared/incentive/incentive.ts';
import { payoutReference } from '#shared/incentive/payout.ts';
import { payoutLists, type WaitingPayout, waitingSince } from '#shared/incentive/payout-lists.ts';
import { type Release, releases } from '#shared/incentive/release.ts';
import { type ReleasedPayout, releaseFiles } from '#shared/incentive/release-files.ts';
import { approve, request } from '#shared/incentive/release-steps.ts';
import { type Outcome, recordOutcome } from '#shared/incentive/settlement.ts';
import { type Participant, type Participants, participants } from '#shared/journal/participant.ts';
import { messagesFor } from '#shared/operations/dispatch.ts';
import type { ReleaseMessage } from '#shared/operations/messages.ts';
import type { Files } from '#shared/platform/files.ts';
import type { Outgoing } from '#shared/platform/queues.ts';
import { type Choices, type Citizen, citizens, journeyUntil, store } from '#test/journal/citizen.ts';
import { failedIds, lambdaContext, queueEvent } from '#test/platform/events.ts';
import { memoryFiles } from '#test/platform/memory-files.ts';
import type { Engine } from '#test/table/engine.ts';

export type Claim = { readonly citizen: Citizen; readonly waiting: WaitingPayout };

/** People with claims that nobody else knows; the table is the test file's. */
export function claimants(engine: () => Engine, seed: string, count: number) {
  const people = citizens(seed, count);
  let served = 0;

  async function claim(choices: Choices = {}): Promise<Claim> {
    const citizen = people[served];
    served += 1;
    if (!citizen) throw new Error('More people are needed');
    const journey = journeyUntil('link', { citizen, ...choices });
    await store(engine().table, journey);
    const [payout] = openPayouts(journey.file.incentives);
    if (!payout) throw new Error('Who links an account claims');
    const { reference, partnerCode, amountRupiah } = payout;
    return { citizen, waiting: { participantId: citizen.participantId, reference, partnerCode, amountRupiah } };
  }

  return {
    claim,
    async claims(number: number): Promise<Claim[]> {
      const made: Claim[] = [];
      while (made.length < number) made.push(await claim());
      return made;
    },
    /** What became of a payout, by the product's own rule. */
    async settle({ waiting: { participantId, reference } }: Claim, outcome: Outcome): Promise<void> {
      await participants(engine().table).change(participantId, (file, at) =>
        recordOutcome(participantId, file, reference, outcome, at),
      );
    },
  };
}

export const paid: Outcome = { kind: 'paid', partnerReference: 'SIM1', by: 'answer' };

/** Participants in memory, each with one claim; counts how often each is loaded. */
export function crowd(count: number) {
  const base = journeyUntil('link').file;
  const [claimed] = openPayouts(base.incentives);
  if (!claimed) throw new Error('Who links an account claims');
  const files = new Map<string, Participant>();
  const waiting: WaitingPayout[] = [];
  for (let index = 1; index <= count; index += 1) {
    const participantId = (BigInt(index) * 0x9e3779b97f4a7c15f39cc0605cedc834n)
      .toString(16)
      .padStart(64, '0')
      .slice(-64);
    const reference = payoutReference({ participantId, kind: 'training', number: 1, attempt: 1 });
    const { partnerCode, amountRupiah } = claimed;
    waiting.push({ participantId, reference, partnerCode, amountRupiah });
    const payouts = new Map([[reference, { ...claimed, reference }]]);
    files.set(participantId, { ...base, incentives: { ...base.incentives, payouts } });
  }
  let loads = 0;
  const store: Pick<Participants, 'load'> = {
    load: async (participantId) => {
      loads += 1;
      const state = files.get(participantId);
      if (!state) throw new Error('Nobody of this crowd');
      return { state, version: 1 };
    },
  };
  return { waiting, store, loads: () => loads };
}

type Seen = {
  readonly files?: Files;
  readonly table?: Engine['table'];
  readonly deliveries?: number;
};

/** Everything around the worker of the releases: its files, its queues, and what the partners hold. */
export function releaseDesk(engine: () => Engine, people?: Pick<Participants, 'load'>) {
  const files = memoryFiles();
  const lists = payoutLists(files);
  const sent: Outgoing[] = [];
  const balances = new Map<string, number | null>([
    ['switching', 1_000_000_000_000],
    ['bank-induk', 1_000_000_000_000],
  ]);
  const followed = new Map<string, number>();
  const journal = () => releases(engine().table);

  /** Delivers messages to the worker, one by one; ids of those that come again. */
  async function run(messages: readonly ReleaseMessage[], { files: seen = files, table, deliveries = 1 }: Seen = {}) {
    const worker = runRelease({
      releases: releases(table ?? engine().table),
      participants: people ?? participants(table ?? engine().table),
      files: seen,
      queues: { send: async (messages) => void sent.push(...messages) },
      balances: async (partnerCode) => balances.get(partnerCode) ?? null,
      now: () => new Date(),
    });
    return failedIds(await worker(queueEvent(messages, deliveries), lambdaContext));
  }

  /** Takes what was sent to a queue since the last time. */
  function taken(queue: Outgoing['queue']): object[] {
    const bodies = sent.flatMap((message) => (message.queue === queue ? [message.body] : []));
    sent.splice(0, sent.length, ...sent.filter((message) => message.queue !== queue));
    return bodies;
  }

  /** Messages that the dispatcher makes of what was decided about a release since the last time. */
  async function following(releaseId: string): Promise<Outgoing[]> {
    const entries = await journal().entries(releaseId);
    const fresh = entries.slice(followed.get(releaseId) ?? 0);
    followed.set(releaseId, entries.length);
    return fresh.flatMap(({ version, at, events }) =>
      messagesFor({ kind: 'release', id: releaseId, version, at: at.toISOString(), provinceCode: '', events }),
    );
  }

  /** Runs all that follows, until nothing does; each message is delivered so often. */
  async function settle(releaseId: string, times = 1): Promise<void> {
    for (;;) {
      sent.push(...(await following(releaseId)));
      const messages = taken('releaseQueueUrl') as ReleaseMessage[];
      if (messages.length === 0) return;
      for (let delivery = 1; delivery <= times; delivery += 1) {
        const failed = await run(messages, { deliveries: delivery });
        if (failed.length > 0) throw new Error(`Not done: ${failed.join()}`);
      }
    }
  }

  const load = async (releaseId: string): Promise<Release> => (await journal().load(releaseId)).state;

  return {
    files,
    lists,
    sent,
    balances,
    run,
    taken,
    following,
    settle,
    load,
    journal,
    decide: (releaseId: string, rule: Parameters<ReturnType<typeof releases>['change']>[1]) =>
      journal().change(releaseId, rule),

    /** Lets claims wait, one part for each. */
    async wait(claims: readonly WaitingPayout[]): Promise<void> {
      for (const payout of claims) await lists.leaveWaiting(waitingSince.claim, [payout]);
    },

    async ask(releaseId: string, limits: { maxPayouts?: number; partnerCodes?: ('switching' | 'bank-induk')[] } = {}) {
      await journal().change(releaseId, (release) =>
        request(release, releaseId, 'one', { limits: { maxPayouts: 200_000, ...limits } }),
      );
    },

    async approveAll(releaseId: string): Promise<void> {
      for (const by of ['two', 'three'])
        await journal().change(releaseId, (release) => {
          if (release.state !== 'prepared' || !release.prepared) return { events: [] };
          const { count, sumRupiah } = release.prepared;
          return approve(release, by, { count, sumRupiah });
        });
    },

    /** What stands in the files of a release's list, in their order. */
    async listed(releaseId: string): Promise<ReleasedPayout[]> {
      const { prepared } = await load(releaseId);
      if (!prepared) return [];
      const list = { releaseId, listDigest: prepared.listDigest };
      const chunks: ReleasedPayout[] = [];
      for (let chunk = 0; chunk < prepared.chunkCount; chunk += 1)
        chunks.push(...(await releaseFiles(files).chunk(list, chunk)));
      return chunks;
    },

    /** References that wait for a release, each as often as it does. */
    waitingReferences(): string[] {
      const parts = [...files.contents].filter(([key]) => key.startsWith('payouts/waiting/'));
      return parts.flatMap(([, text]) =>
        (JSON.parse(text) as { payouts: WaitingPayout[] }).payouts.map(({ reference }) => reference),
      );
    },
  };
}
export type ReleaseDesk = ReturnType<typeof releaseDesk>;
