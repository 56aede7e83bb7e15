import { type Participants, participants } from '#shared/journal/participant.ts';
import { api } from '#shared/platform/http.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { waitingRooms } from '#shared/registration/admission/admission-store.ts';
import { type Gate, gate } from '#shared/registration/admission/gate.ts';
import { checkFamilyCard, checkNik } from '#shared/registration/nik.ts';
import { participantIdOf, sealPerson } from '#shared/registration/person.ts';
import { isRegency, programProvinceOf } from '#shared/registration/regions.ts';
import { register as decideRegistration } from '#shared/registration/registration.ts';
import { register } from '#shared/registration/registration-api.ts';
import { viewOf } from '#shared/registration/registration-view.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = { readonly participants: Participants; readonly keys: () => Promise<Keys>; readonly gate: Gate };

/** POST /v1/registrations: registers the person of the account. A repeat changes nothing. */
export function registerPerson({ participants, keys, gate }: Deps) {
  return api(register, async ({ caller, pass, now, body: { regencyCode, consentVersion, ...person } }) => {
    await gate.enter(pass, caller.username, now);
    const faults = checkNik(person.nik, person);
    if (faults.length > 0) throw new Refusal('nik_invalid', undefined, faults);
    const cardFaults = checkFamilyCard(person.familyCardNumber);
    if (cardFaults.length > 0) throw new Refusal('family_card_invalid', undefined, cardFaults);
    if (!isRegency(regencyCode)) throw new Refusal('regency_unknown');

    const opened = await keys();
    const participantId = participantIdOf(opened, person.nik);
    // The account was opened for one NIK: nobody registers somebody else.
    if (participantId !== caller.username) throw new Refusal('role_missing', 'This account belongs to another NIK');

    const registered = {
      type: 'PersonRegistered',
      ...sealPerson(opened, participantId, person),
      contentTag: opened.tag('data-key', JSON.stringify([participantId, person, regencyCode])).slice(0, 32),
      familyTag: opened.tag('family-tag', person.familyCardNumber),
      regencyCode,
      provinceCode: programProvinceOf(regencyCode),
      consentVersion,
    } as const;
    const { registration } = await participants.change(participantId, (file) =>
      decideRegistration(file.registration, registered),
    );
    return viewOf(participantId, registration);
  });
}

const table = programTable();
export const handler = registerPerson({
  participants: participants(table),
  keys: programKeys,
  gate: gate({ room: waitingRooms(table), keys: programKeys }),
});
