import { setTimeout as sleep } from 'node:timers/promises';
import { participants } from '#shared/journal/participant.ts';
import { IdentityMessage } from '#shared/operations/messages.ts';
import { setting } from '#shared/platform/environment.ts';
import { programKeys, servicesKey } from '#shared/platform/keys.ts';
import { queues } from '#shared/platform/queues.ts';
import { batchWorker } from '#shared/platform/worker.ts';
import { civilRegistry } from '#shared/registration/civil-registry.ts';
import { type IdentityPorts, identityChecks } from '#shared/registration/identity/check-identities.ts';
import { registryGates } from '#shared/registration/identity/registry-gate-store.ts';
import { programTable } from '#shared/table/table.ts';

/** Queue `identity`: asks the civil registry about registered persons, and records the first answer. */
export function verifyIdentity(ports: IdentityPorts) {
  return batchWorker('verifyIdentity', IdentityMessage, identityChecks(ports));
}

const table = programTable();

export const handler = verifyIdentity({
  participants: participants(table),
  registry: civilRegistry(setting('civilRegistryUrl'), servicesKey),
  gates: registryGates(table),
  queues: queues(),
  keys: programKeys,
  checksPerSecond: Number(setting('registryChecksPerSecond')),
  now: () => new Date(),
  sleep,
  random: Math.random,
});
