import '#test/platform/environment.ts';
import { carryOutPrivacy } from '#functions/registration/carry-out-privacy.ts';
import { exportOwnData } from '#functions/registration/export-data.ts';
import { servePrivacy } from '#functions/registration/privacy.ts';
import { servePrivacyDesk } from '#functions/registration/privacy-desk.ts';
import { registerPerson } from '#functions/registration/register.ts';
import { participants } from '#shared/journal/participant.ts';
import type { Endpoint } from '#shared/platform/endpoint.ts';
import { accesses } from '#shared/registration/privacy/accesses.ts';
import { personKeys } from '#shared/registration/privacy/person-keys.ts';
import {
  exportData,
  giveConsent,
  liftRestriction,
  listPrivacyRequests,
  readAccesses,
  readPrivacy,
  requestPrivacy,
  takeBackRequest,
} from '#shared/registration/privacy/privacy-api.ts';
import { requestLists } from '#shared/registration/privacy/request-lists.ts';
import { register } from '#shared/registration/registration-api.ts';
import { batches } from '#shared/selection/batch.ts';
import type { Table } from '#shared/table/table.ts';
import {
  type Choices,
  type Citizen,
  citizens,
  journeyUntil,
  keys,
  type StepName,
  store,
} from '#test/journal/citizen.ts';
import {
  citizenClaims,
  failedIds,
  httpEvent,
  lambdaContext,
  operatorClaims,
  queueEvent,
  read,
} from '#test/platform/events.ts';
import { memoryFiles } from '#test/platform/memory-files.ts';
import { openGate } from '#test/registration/admission/open-gate.ts';

type Ask = {
  readonly body?: object;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
};

/** Citizens and operators before the handlers of privacy, on a real table. `table`: that of a process that may die. */
export function privacyDesk(seed: string, tableOf: () => Table) {
  const people = citizens(seed, 60);
  let served = 0;
  const files = memoryFiles();
  const removed: string[] = [];

  const handlersOn = (table: Table) => {
    const stores = {
      table,
      participants: participants(table),
      batches: batches(table),
      accesses: accesses(table),
      personKeys: personKeys(table),
      lists: requestLists(table),
      gate: openGate,
      keys: async () => keys,
      sealing: async () => [{ version: 1, secret: 's'.repeat(32), from: '2026-01-01T00:00:00.000Z' }],
    };
    return {
      own: servePrivacy(stores),
      exporting: exportOwnData(stores),
      desk: servePrivacyDesk(stores),
      registering: registerPerson(stores),
    };
  };

  function as(username: string, claims: Readonly<Record<string, string>>, table = tableOf()) {
    const handlers = handlersOn(table);
    const ask = async (
      handler: (typeof handlers)[keyof typeof handlers],
      { method, path }: Pick<Endpoint, 'method' | 'path'>,
      { body, path: pathParameters = {}, query }: Ask = {},
    ) =>
      read(
        await handler(
          httpEvent({ method, path, pathParameters, claims, ...(body && { body }), ...(query && { query }) }),
          lambdaContext,
        ),
      );
    return {
      username,
      privacy: () => ask(handlers.own, readPrivacy),
      consent: (consentVersion: string) => ask(handlers.own, giveConsent, { body: { consentVersion } }),
      request: (kind: string, requestId: string) => ask(handlers.own, requestPrivacy, { body: { requestId, kind } }),
      takeBack: (requestId: string) => ask(handlers.own, takeBackRequest, { path: { requestId } }),
      accesses: (before?: string) => ask(handlers.own, readAccesses, { ...(before && { query: { before } }) }),
      export: () => ask(handlers.exporting, exportData),
      register: (body: object) => ask(handlers.registering, register, { body }),
      list: (query: Readonly<Record<string, string>> = {}) => ask(handlers.desk, listPrivacyRequests, { query }),
      lift: (participantId: string, requestId: string, note = 'Atas permintaan di loket') =>
        ask(handlers.desk, liftRestriction, { path: { participantId, requestId }, body: { note } }),
      ask: (endpoint: Endpoint, sent: Ask = {}) => ask(handlers.desk, endpoint, sent),
    };
  }

  return {
    files,
    /** Accounts that were removed, in order. */
    removed,
    fresh(): Citizen {
      const citizen = people[served];
      served += 1;
      if (!citizen) throw new Error('More people are needed');
      return citizen;
    },
    async after(step: StepName, choices: Choices = {}): Promise<Citizen> {
      const citizen = this.fresh();
      await store(tableOf(), journeyUntil(step, { ...choices, citizen }));
      return citizen;
    },
    citizen: ({ participantId }: Pick<Citizen, 'participantId'>, table?: Table) =>
      as(participantId, citizenClaims(participantId), table),
    operator: (name: string) => as(name, operatorClaims(name)),
    load: async ({ participantId }: Pick<Citizen, 'participantId'>) =>
      (await participants(tableOf()).load(participantId)).state,
    types: async ({ participantId }: Pick<Citizen, 'participantId'>) =>
      (await participants(tableOf()).entries(participantId)).flatMap(({ events }) => events.map(({ type }) => type)),
    /** One delivery of a message about an erasure; the ids that failed. */
    async deliver(
      step: 'due' | 'erase',
      { participantId }: Pick<Citizen, 'participantId'>,
      requestId: string,
      table = tableOf(),
      accounts = { remove: async (id: string) => void removed.push(id) },
    ): Promise<string[]> {
      const worker = carryOutPrivacy({
        participants: participants(table),
        personKeys: personKeys(table),
        keys: async () => keys,
        files,
        accounts,
      });
      return failedIds(await worker(queueEvent([{ step, participantId, requestId }]), lambdaContext));
    },
  };
}
