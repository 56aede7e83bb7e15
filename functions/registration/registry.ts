import { setting } from '#shared/platform/environment.ts';
import { api, apiGroup } from '#shared/platform/http.ts';
import { logger } from '#shared/platform/observe.ts';
import { type QueueDepth, queueDepth } from '#shared/platform/queue-depth.ts';
import { closeRegistry, openRegistry, readRegistry, registryView } from '#shared/registration/identity/registry-api.ts';
import { setByHand } from '#shared/registration/identity/registry-gate.ts';
import { type RegistryGates, registryGates } from '#shared/registration/identity/registry-gate-store.ts';
import {
  civilRegistryId,
  type RegistryPosition,
  type RegistrySwitches,
  registrySwitches,
  switchRegistry,
} from '#shared/registration/identity/registry-switch.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly gates: RegistryGates;
  readonly switches: RegistrySwitches;
  readonly checksPerSecond: number;
  readonly pending: () => Promise<QueueDepth>;
};

/** What operators see of the civil registry, and the breaker that they open and close by hand. */
export function registryDesk({ gates, switches, checksPerSecond, pending }: Deps) {
  async function view(now: Date) {
    const [gate, { state }, depth] = await Promise.all([gates.read(), switches.load(civilRegistryId), pending()]);
    return registryView({ gate, checksPerSecond, pending: depth, last: state.last }, now);
  }

  /** Written down first, then done: a repeat does what a death in between has left. */
  async function move(position: RegistryPosition, reason: string, by: string, now: Date) {
    const { openedAt } = await gates.read();
    await switches.change(
      civilRegistryId,
      (before) => switchRegistry(before, { position, reason, by, isClosed: openedAt === null }),
      () => now,
    );
    await gates.change((gate) => ({ gate: setByHand(gate, position, now) }));
    logger.info('registry.switched', { by, position });
    return view(now);
  }

  return apiGroup([
    [readRegistry, api(readRegistry, ({ now }) => view(now))],
    [
      openRegistry,
      api(openRegistry, ({ caller: { username: by }, body: { reason }, now }) => move('open', reason, by, now)),
    ],
    [
      closeRegistry,
      api(closeRegistry, ({ caller: { username: by }, body: { reason }, now }) => move('closed', reason, by, now)),
    ],
  ]);
}

const table = programTable();

export const handler = registryDesk({
  gates: registryGates(table),
  switches: registrySwitches(table),
  checksPerSecond: Number(setting('registryChecksPerSecond')),
  pending: () => queueDepth('identityQueueUrl'),
});
