import { maskedAccount, openAccount } from '#shared/incentive/sealed-account.ts';
import { type Participant, type Participants, participants } from '#shared/journal/participant.ts';
import { type MessageGateway, messageGateway } from '#shared/operations/message-gateway.ts';
import { NoticeMessage } from '#shared/operations/messages.ts';
import { noticeText } from '#shared/operations/notices.ts';
import { digestOf } from '#shared/platform/digest.ts';
import { setting } from '#shared/platform/environment.ts';
import { type Keys, programKeys, servicesKey } from '#shared/platform/keys.ts';
import { ServiceFailed } from '#shared/platform/outside.ts';
import { worker } from '#shared/platform/worker.ts';
import { oneTimeCodeOf } from '#shared/purchase/payment-token.ts';
import { openPerson } from '#shared/registration/person.ts';
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
      now: new Date(),
    });
    if (text === null) return;
    const { phone } = openPerson(opened, participantId, verified(state.registration));
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

/** The code of a reservation that still waits for it; a late message sends no code that no longer works. */
function codeIfStillOpen(keys: Keys, { purchases }: Participant, notice: NoticeMessage): string | null {
  const open = notice.notice === 'one_time_code' && purchases.open?.purchaseId === notice.purchaseId;
  return open ? oneTimeCodeOf(keys, notice.purchaseId) : null;
}

/** The linked account with its last four digits. */
function maskedIfLinked(keys: Keys, participantId: string, { registration, incentives }: Participant): string | null {
  const { account } = incentives;
  if (!account) return null;
  return maskedAccount(openAccount(keys, participantId, verified(registration).dataKey, account));
}

export const handler = sendMessage({
  participants: participants(programTable()),
  gateway: messageGateway(setting('messageGatewayUrl'), servicesKey),
  keys: programKeys,
});
