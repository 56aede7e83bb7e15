import { maskedAccount, openAccount } from '#shared/incentive/sealed-account.ts';
import { type Participant, type Participants, participants } from '#shared/journal/participant.ts';
import { type MessageGateway, messageGateway } from '#shared/operations/message-gateway.ts';
import { NoticeMessage } from '#shared/operations/messages.ts';
import { noticeText } from '#shared/operations/notices.ts';
import { bySns, snsGateway } from '#shared/operations/sns-gateway.ts';
import { digestOf } from '#shared/platform/digest.ts';
import { setting } from '#shared/platform/environment.ts';
import { type Keys, programKeys, servicesKey } from '#shared/platform/keys.ts';
import { ServiceFailed } from '#shared/platform/outside.ts';
import { worker } from '#shared/platform/worker.ts';
import { oneTimeCodeOf } from '#shared/purchase/payment-token.ts';
import { currentPhone, maskedPhone, openPhone, phoneCodeOf } from '#shared/registration/account/phone-number.ts';
import { isRestricted, mayBeTold } from '#shared/registration/privacy/processing.ts';
import { verified } from '#shared/registration/registration.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly participants: Participants;
  readonly gateway: MessageGateway;
  readonly keys: () => Promise<Keys>;
};

/** Queue `message`: sends a citizen a short message. The gateway knows a repeat by the notice's id. */
export function sendMessage({ participants, gateway, keys }: Deps) {
  return worker('sendMessage', NoticeMessage, async (notice) => {
    const { participantId } = notice;
    const { state } = await participants.load(participantId);
    // Nobody is there any more to be told.
    if (state.registration.erased || !mayTell(state, notice)) return;
    const opened = await keys();
    const text = noticeText(notice, {
      ...state,
      oneTimeCode: codeIfStillOpen(opened, state, notice),
      maskedAccount: maskedIfLinked(opened, participantId, state),
      maskedPhone: maskedIfReplaced(opened, participantId, state, notice),
      now: new Date(),
    });
    if (text === null) return;
    const phone = phoneFor(opened, participantId, state, notice);
    const id = digestOf(JSON.stringify(notice)).slice(0, 32);
    try {
      await gateway.send({ id, phone, template: notice.notice, text });
    } catch (error) {
      // The gateway has this notice already; since then an account was changed or something was paid back, and its text with it.
      const isSent = error instanceof ServiceFailed && error.answered === 409;
      if (!isSent) throw error;
    }
  });
}

/** Under a restriction only what the law or somebody's money makes necessary is said. */
function mayTell({ privacy }: Participant, { notice }: NoticeMessage): boolean {
  return !isRestricted(privacy) || mayBeTold(notice);
}

/** The code of what still waits for it; a late message sends no code that no longer works. */
function codeIfStillOpen(keys: Keys, { purchases, phone }: Participant, notice: NoticeMessage): string | null {
  if (notice.notice === 'one_time_code')
    return purchases.open?.purchaseId === notice.purchaseId ? oneTimeCodeOf(keys, notice.purchaseId) : null;
  if (notice.notice !== 'phone_code' || phone.asked?.codeId !== notice.codeId) return null;
  return new Date().toISOString() <= phone.asked.expiresAt ? phoneCodeOf(keys, notice.codeId) : null;
}

/** The number that a notice is about took the place of another one, and is still the proven one. */
function isReplaced({ phone }: Participant, notice: NoticeMessage): boolean {
  return notice.notice === 'phone_changed' && phone.proven?.codeId === notice.codeId && phone.former !== null;
}

function maskedIfReplaced(keys: Keys, participantId: string, file: Participant, notice: NoticeMessage): string | null {
  return isReplaced(file, notice) ? maskedPhone(currentPhone(keys, participantId, file)) : null;
}

/** Where a notice goes: a code to the number that it is to prove, the news of another number to the one before, the rest to the current one. */
function phoneFor(keys: Keys, participantId: string, file: Participant, { notice }: NoticeMessage): string {
  const { asked, former } = file.phone;
  const other = { phone_code: asked, phone_changed: former };
  const place = notice === 'phone_code' || notice === 'phone_changed' ? other[notice] : null;
  return place ? openPhone(keys, participantId, file, place) : currentPhone(keys, participantId, file);
}

/** The linked account with its last four digits. */
function maskedIfLinked(keys: Keys, participantId: string, { registration, incentives }: Participant): string | null {
  const { account } = incentives;
  if (!account) return null;
  return maskedAccount(openAccount(keys, participantId, verified(registration).dataKey, account));
}

const address = setting('messageGatewayUrl');
export const handler = sendMessage({
  participants: participants(programTable()),
  gateway: address === bySns ? snsGateway() : messageGateway(address, servicesKey),
  keys: programKeys,
});
