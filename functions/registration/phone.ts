import { ok } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type Participant, type Participants, participants } from '#shared/journal/participant.ts';
import { api, apiGroup } from '#shared/platform/http.ts';
import { equalTexts, type Keys, programKeys } from '#shared/platform/keys.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { askPhoneCode as decideCode, confirmPhone as decideConfirmation } from '#shared/registration/account/phone.ts';
import { askPhoneCode, confirmPhone } from '#shared/registration/account/phone-api.ts';
import {
  currentPhone,
  maskedPhone,
  openPhone,
  phoneCodeOf,
  phoneTagOf,
  sealPhone,
} from '#shared/registration/account/phone-number.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = { readonly participants: Participants; readonly keys: () => Promise<Keys> };

const ownerOf = ({ phone, incentives }: Participant) => ({ phone, hasPayoutAccount: incentives.account !== null });

/** POST /v1/participants/me/phone-codes: the SMS follows from the journal's stream. Asking again is another code. */
function askCode({ participants, keys }: Deps) {
  return api(askPhoneCode, async ({ caller, body }) => {
    const participantId = caller.username;
    const opened = await keys();
    const codeId = randomUUID();
    const file = await participants.change(participantId, (before, now) => {
      const current = currentPhone(opened, participantId, before);
      const sealed = sealPhone(opened, participantId, before, body.phone ?? current);
      return decideCode(ownerOf(before), { codeId, ...sealed, currentTag: phoneTagOf(opened, current), now });
    });
    const { asked } = file.phone;
    ok(asked, 'A code was asked for');
    const phone = openPhone(opened, participantId, file, asked);
    return { codeSentBy: 'sms', maskedPhone: maskedPhone(phone), expiresAt: asked.expiresAt };
  });
}

/** POST /v1/participants/me/phone-confirmation: a wrong code is written down before it is refused. */
function confirm({ participants, keys }: Deps) {
  return api(confirmPhone, async ({ caller, body: { code } }) => {
    const participantId = caller.username;
    const opened = await keys();
    const isRight = (codeId: string) => equalTexts(code, phoneCodeOf(opened, codeId));
    const file = await participants.change(participantId, (before, now) => {
      const currentTag = phoneTagOf(opened, currentPhone(opened, participantId, before));
      return decideConfirmation(ownerOf(before), { isRight, currentTag, now });
    });
    const { proven } = file.phone;
    if (!proven || !isRight(proven.codeId)) throw new Refusal('confirmation_code_wrong');
    const phone = openPhone(opened, participantId, file, proven);
    return { maskedPhone: maskedPhone(phone), verifiedAt: proven.at.toISOString() };
  });
}

/** What a citizen does with their phone number. */
export function phoneNumber(deps: Deps) {
  return apiGroup([
    [askPhoneCode, askCode(deps)],
    [confirmPhone, confirm(deps)],
  ]);
}

export const handler = phoneNumber({ participants: participants(programTable()), keys: programKeys });
