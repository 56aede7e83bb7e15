import type { IdentityPorts } from '#shared/registration/identity/check-identities.ts';
import { registryGates } from '#shared/registration/identity/registry-gate-store.ts';
import type { Table } from '#shared/table/table.ts';

/** What the identity check needs beside files, keys and a registry, where neither the bound nor an outage is the question. Nobody waits. */
export function identityPorts(table: Table): Omit<IdentityPorts, 'participants' | 'registry' | 'keys'> {
  let slept = 0;
  return {
    gates: registryGates(table),
    queues: { send: async () => {} },
    checksPerSecond: 10_000,
    now: () => new Date(Date.now() + slept),
    sleep: async (milliseconds) => {
      slept += milliseconds;
    },
    random: () => 0,
  };
}
