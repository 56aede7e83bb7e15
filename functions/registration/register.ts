import { type Participants, participants } from '#shared/journal/participant.ts';
import { setting } from '#shared/platform/environment.ts';
import { api } from '#shared/platform/http.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { waitingRooms } from '#shared/registration/admission/admission-store.ts';
import { type Gate, gate } from '#shared/registration/admission/gate.ts';
import { fitsUse, MotherNameUse } from '#shared/registration/identity/mother-name.ts';
import { checkFamilyCard, checkNik } from '#shared/registration/nik.ts';
import { participantIdOf, sealPersonWith } from '#shared/registration/person.ts';
import { checkConsent } from '#shared/registration/privacy/consent.ts';
import { type PersonKeys, personKeys } from '#shared/registration/privacy/person-keys.ts';
import { isRegency, programProvinceOf } from '#shared/registration/regions.ts';
import { register as decideRegistration } from '#shared/registration/registration.ts';
import { register } from '#shared/registration/registration-api.ts';
import { viewOf } from '#shared/registration/registration-view.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly participants: Participants;
  readonly personKeys: PersonKeys;
  readonly keys: () => Promise<Keys>;
  readonly gate: Gate;
  /** Off unless said. */
  readonly motherNameUse?: MotherNameUse;
};

/** POST /v1/registrations: registers the person of the account. A repeat changes nothing. */
export function registerPerson({ participants, personKeys, keys, gate, motherNameUse = 'off' }: Deps) {
  return api(register, async ({ caller, pass, now, body: { regencyCode, consentVersion, ...person } }) => {
    await gate.enter(pass, caller.username, now);
    if (!fitsUse(motherNameUse, person.motherName)) throw new Refusal('request_invalid', undefined, ['motherName']);
    const faults = checkNik(person.nik, person);
    if (faults.length > 0) throw new Refusal('nik_invalid', undefined, faults);
    const cardFaults = checkFamilyCard(person.familyCardNumber);
    if (cardFaults.length > 0) throw new Refusal('family_card_invalid', undefined, cardFaults);
    if (!isRegency(regencyCode)) throw new Refusal('regency_unknown');
    checkConsent(consentVersion, now);

    const opened = await keys();
    const participantId = participantIdOf(opened, person.nik);
    // The account was opened for one NIK: nobody registers somebody else.
    if (participantId !== caller.username) throw new Refusal('role_missing', 'This account belongs to another NIK');

    const facts = {
      type: 'PersonRegistered',
      contentTag: opened.tag('data-key', JSON.stringify([participantId, person, regencyCode])).slice(0, 32),
      familyTag: opened.tag('family-tag', person.familyCardNumber),
      regencyCode,
      provinceCode: programProvinceOf(regencyCode),
      consentVersion,
    } as const;
    const { registration } = await participants.change(participantId, async ({ registration: before }, at) => {
      const decision = decideRegistration(before, { ...facts, person: new Uint8Array() });
      if (decision.events.length === 0) return decision;
      // The key has its place before anything is sealed with it: who dies in between finds it there.
      const embedded = before.erased ? undefined : before.registered?.dataKey;
      const isBack = before.erased !== null;
      const dataKey = await personKeys.take(opened, participantId, { ...(embedded && { embedded }), isBack, at });
      const sealed = sealPersonWith(opened, participantId, dataKey, person);
      return decideRegistration(before, { ...facts, person: sealed });
    });
    return viewOf(participantId, registration);
  });
}

const table = programTable();
export const handler = registerPerson({
  participants: participants(table),
  personKeys: personKeys(table),
  keys: programKeys,
  gate: gate({ room: waitingRooms(table), keys: programKeys }),
  motherNameUse: MotherNameUse.parse(setting('motherNameUse')),
});
