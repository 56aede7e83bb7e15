import { type Participants, participants } from '#shared/journal/participant.ts';
import { IdentityMessage } from '#shared/operations/messages.ts';
import { setting } from '#shared/platform/environment.ts';
import { type Keys, programKeys, servicesKey } from '#shared/platform/keys.ts';
import { worker } from '#shared/platform/worker.ts';
import { type CivilRegistry, civilRegistry } from '#shared/registration/civil-registry.ts';
import { openPerson } from '#shared/registration/person.ts';
import { recordIdentity } from '#shared/registration/registration.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly participants: Participants;
  readonly registry: CivilRegistry;
  readonly keys: () => Promise<Keys>;
};

/** Queue `identity`: asks the civil registry about a registered person, and records the first answer. */
export function verifyIdentity({ participants, registry, keys }: Deps) {
  return worker('verifyIdentity', IdentityMessage, async ({ participantId }) => {
    const { registration } = (await participants.load(participantId)).state;
    if (!registration.registered || registration.identity !== 'pending') return;
    const person = openPerson(await keys(), participantId, registration.registered);
    // One id per registration: the registry knows a repeated question by it.
    const requestId = `${participantId.slice(0, 32)}-${registration.registered.attempt}`;
    const answer = await registry.check(requestId, person);
    await participants.change(participantId, (file) => {
      // An answer to an earlier registration says nothing of this one.
      const isOfThis = file.registration.registered?.attempt === registration.registered?.attempt;
      return isOfThis ? recordIdentity(file.registration, requestId, answer) : { events: [] };
    });
  });
}

export const handler = verifyIdentity({
  participants: participants(programTable()),
  registry: civilRegistry(setting('civilRegistryUrl'), servicesKey),
  keys: programKeys,
});
