import * as z from 'zod/mini';
import { endpoint } from '#shared/platform/endpoint.ts';
import { Note } from '#shared/platform/operator.ts';
import type { QueueDepth } from '#shared/platform/queue-depth.ts';
import { breakerState, type RegistryGate } from '#shared/registration/identity/registry-gate.ts';
import type { RegistrySwitch } from '#shared/registration/identity/registry-switch.ts';

const capability = 'registration';

const Instant = z.nullable(z.iso.datetime());
const Count = z.int().check(z.gte(0));

export const RegistryView = z.strictObject({
  breaker: z.strictObject({
    /** Half open: the next call tries. Held open: an operator has opened it, and only an operator closes it. */
    state: z.enum(['closed', 'open', 'half_open', 'held_open']),
    openedAt: Instant,
    /** When the next call tries; null while closed or held open. */
    retryAt: Instant,
    /** Calls in a row that failed or were slow; none while open. */
    failuresInRow: Count,
  }),
  /** The bound over all workers. */
  checksPerSecond: z.number(),
  /** Messages of the queue, as many as SQS knows of: in the queue, put back for later, with a worker. */
  pending: z.strictObject({ waiting: Count, delayed: Count, withWorker: Count }),
  /** When who has waited longest registered, of those whom the workers met in the last minutes, and when it was seen. */
  oldest: z.nullable(z.strictObject({ registeredAt: z.iso.datetime(), seenAt: z.iso.datetime() })),
  /** Who opened or closed the breaker last, and why; null where nobody has. */
  lastSwitch: z.nullable(
    z.strictObject({
      position: z.enum(['open', 'closed']),
      reason: z.string(),
      by: z.string(),
      at: z.iso.datetime(),
    }),
  ),
});

const instantOf = (milliseconds: number | null) =>
  milliseconds === null ? null : new Date(milliseconds).toISOString();

type Seen = {
  readonly gate: RegistryGate;
  readonly checksPerSecond: number;
  readonly pending: QueueDepth;
  readonly last: RegistrySwitch['last'];
};

/** The civil registry as operators see it. */
export function registryView({ gate, checksPerSecond, pending, last }: Seen, now: Date): z.input<typeof RegistryView> {
  const { openedAt, retryAt, failuresInRow, oldest } = gate;
  return {
    breaker: {
      state: breakerState(gate, now),
      openedAt: instantOf(openedAt),
      retryAt: instantOf(retryAt),
      failuresInRow,
    },
    checksPerSecond,
    pending,
    oldest: oldest && {
      registeredAt: new Date(oldest.registeredAt).toISOString(),
      seenAt: new Date(oldest.seenAt).toISOString(),
    },
    lastSwitch: last && { ...last, at: last.at.toISOString() },
  };
}

export const readRegistry = endpoint({
  operation: 'readRegistry',
  capability,
  method: 'GET',
  path: '/v1/registry',
  access: 'operator',
  summary: 'The civil registry: whether it is asked, how fast, and who waits for it.',
  status: 200,
  answer: RegistryView,
  refusals: [],
});

const switching = {
  capability,
  method: 'POST',
  access: 'operator',
  body: z.strictObject({ reason: Note }),
  status: 200,
  answer: RegistryView,
  refusals: ['conflict_persistent'],
} as const;

export const openRegistry = endpoint({
  ...switching,
  operation: 'openRegistry',
  path: '/v1/registry/opening',
  summary: 'Opens the breaker: the civil registry is not asked until an operator closes it. A repeat changes nothing.',
});

export const closeRegistry = endpoint({
  ...switching,
  operation: 'closeRegistry',
  path: '/v1/registry/closing',
  summary: 'Closes the breaker: the civil registry is asked again at once. A repeat changes nothing.',
});

export const registryEndpoints = [readRegistry, openRegistry, closeRegistry] as const;
