import { setTimeout as sleep } from 'node:timers/promises';
import { verifyIdentity } from '#functions/registration/verify-identity.ts';
import { participants } from '#shared/journal/participant.ts';
import { ServiceFailed } from '#shared/platform/outside.ts';
import type { Outgoing } from '#shared/platform/queues.ts';
import type { CivilRegistry } from '#shared/registration/civil-registry.ts';
import { registryGates } from '#shared/registration/identity/registry-gate-store.ts';
import type { RegistryAnswer } from '#shared/registration/registration.ts';
import { type Citizen, keys } from '#test/journal/citizen.ts';
import { failedIds, lambdaContext, queueEvent } from '#test/platform/events.ts';
import { type Death, Died, type Engine } from '#test/table/engine.ts';

/*
 * The workers of the identity queue between the real engine, a queue and a registry. Time runs as it does, and jumps ahead when the
 * queue has nothing before a later time: hours of an outage pass in seconds.
 */

type Queued = { readonly body: object; readonly visibleAt: number; readonly receives: number };

/** Of a worker: it dies at its n-th call of the registry or of the queue, or at its n-th write. */
export type WorkerDeath = {
  readonly at: 'call' | 'send' | 'write';
  readonly number: number;
  readonly when: Death['when'];
};

/** A worker has a minute. */
const context = { ...lambdaContext, getRemainingTimeInMillis: () => 60_000 };

const visibilityMilliseconds = 360_000;
const maxReceives = 5;
const jumpMilliseconds = 30_000;

export function checkDesk(engine: Engine, { checksPerSecond }: { readonly checksPerSecond: number }) {
  // As coarse as a turn of the event loop: what is decided and done in one turn has one time.
  let offset = 0;
  let at = Date.now();
  const ticking = setInterval(() => {
    at = Date.now();
  }, 1);
  const now = () => new Date(at + offset);

  let waiting: Queued[] = [];
  const dead: object[] = [];
  const calls: number[] = [];
  const sent: Outgoing[] = [];
  let answerOf: (requestId: string) => RegistryAnswer | number | Promise<RegistryAnswer | number> = () => ({
    outcome: 'match',
    reasons: [],
  });

  const registry: CivilRegistry = {
    async check(requestId) {
      calls.push(now().getTime());
      const answer = await answerOf(requestId);
      if (typeof answer === 'number') throw new ServiceFailed(answer);
      return answer;
    },
  };
  const send = async (messages: readonly Outgoing[]) => {
    sent.push(...messages);
    for (const { body, delaySeconds = 0 } of messages)
      waiting.push({ body, visibleAt: now().getTime() + delaySeconds * 1_000, receives: 0 });
  };

  function mortal<Parameters extends unknown[], Value>(
    work: (...parameters: Parameters) => Promise<Value>,
    death: WorkerDeath | undefined,
    life: { dead: boolean },
  ) {
    let times = 0;
    return async (...parameters: Parameters): Promise<Value> => {
      times += 1;
      if (life.dead) throw new Died();
      const isLast = death?.number === times;
      if (isLast) life.dead = true;
      if (isLast && death.when === 'before') throw new Died();
      const value = await work(...parameters);
      if (life.dead) throw new Died();
      return value;
    };
  }

  /** One batch by one worker. A dead worker acknowledges nothing. */
  async function work(batch: readonly Queued[], death?: WorkerDeath): Promise<void> {
    const life = { dead: false };
    const table = death?.at === 'write' ? engine.dying({ write: death.number, when: death.when }) : engine.table;
    const worker = verifyIdentity({
      participants: participants(table),
      gates: registryGates(table),
      registry: { check: mortal(registry.check, death?.at === 'call' ? death : undefined, life) },
      queues: { send: mortal(send, death?.at === 'send' ? death : undefined, life) },
      keys: async () => keys,
      checksPerSecond,
      now,
      sleep,
      random: Math.random,
    });
    const failed = failedIds(await worker(queueEvent(batch.map(({ body }) => body)), context));
    const kept = batch.filter((_, index) => life.dead || failed.includes(`message-${index}`));
    for (const { body, receives } of kept) {
      if (receives + 1 >= maxReceives) dead.push(body);
      else waiting.push({ body, visibleAt: now().getTime() + visibilityMilliseconds, receives: receives + 1 });
    }
  }

  function receive(): Queued[] {
    const visible = waiting.filter(({ visibleAt }) => visibleAt <= now().getTime()).slice(0, 10);
    waiting = waiting.filter((message) => !visible.includes(message));
    return visible;
  }

  return {
    now,
    dead,
    calls,
    sent,
    gates: registryGates(engine.table),
    advance: (milliseconds: number) => {
      offset += milliseconds;
    },
    registryAnswers: (answer: typeof answerOf) => {
      answerOf = answer;
    },
    waiting: () => waiting.length,
    put: (citizens: readonly Pick<Citizen, 'participantId'>[], facts: object = {}) =>
      send(citizens.map(({ participantId }) => ({ queue: 'identityQueueUrl', body: { participantId, ...facts } }))),

    /** Works until the queue is empty or `until` has come, with so many workers at a time. */
    async run({
      workers = 5,
      until = Number.POSITIVE_INFINITY,
      rounds = Number.POSITIVE_INFINITY,
      deathOf = () => undefined,
    }: {
      readonly workers?: number;
      readonly until?: number;
      /** Batches that each worker does at most. */
      readonly rounds?: number;
      readonly deathOf?: () => WorkerDeath | undefined;
    } = {}): Promise<void> {
      for (let round = 0; waiting.length > 0 && now().getTime() < until && round < rounds; ) {
        const batches = Array.from({ length: workers }, receive).filter(({ length }) => length > 0);
        await Promise.all(batches.map((batch) => work(batch, deathOf())));
        if (batches.length > 0) {
          round += 1;
          continue;
        }
        const next = Math.min(until, ...waiting.map(({ visibleAt }) => visibleAt));
        // Some more, so that those who come at about the same time come together.
        offset += Math.max(1, Math.min(until, next + jumpMilliseconds) - now().getTime());
      }
    },
    /** As SQS does it: each of five workers takes its next batch when it has done one, until the queue is empty. */
    async work(): Promise<void> {
      const worker = async () => {
        while (waiting.length > 0) {
          const batch = receive();
          if (batch.length > 0) await work(batch);
          else await sleep(10);
        }
      };
      await Promise.all(Array.from({ length: 5 }, worker));
    },
    stop: () => clearInterval(ticking),
  };
}
export type CheckDesk = ReturnType<typeof checkDesk>;
