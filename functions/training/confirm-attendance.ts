import { type Participants, participants } from '#shared/journal/participant.ts';
import { api } from '#shared/platform/http.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { programTable } from '#shared/table/table.ts';
import { readAttendanceTicket } from '#shared/training/attendance-ticket.ts';
import { attend } from '#shared/training/training.ts';
import { confirmAttendance } from '#shared/training/training-api.ts';

type Deps = { readonly participants: Participants; readonly keys: () => Promise<Keys> };

/** POST /v1/attendances: records the caller's presence. Only the owner of the code can; a repeat changes nothing. */
export function recordPresence({ participants, keys }: Deps) {
  return api(confirmAttendance, async ({ caller, body, now }) => {
    const { redeemCode, sequence, redirectUri, state } = readAttendanceTicket(await keys(), body.ticket, now);
    await participants.change(caller.username, ({ purchases, training }) => {
      const purchase = purchases.paid.find((paid) => paid.redeemCode === redeemCode);
      if (!purchase) throw new Refusal('ticket_invalid', 'This link belongs to another participant');
      return attend(training, purchase.purchaseId, sequence);
    });
    const redirectUrl = new URL(redirectUri);
    redirectUrl.searchParams.set('state', state);
    return { redirectUrl: redirectUrl.href };
  });
}

export const handler = recordPresence({ participants: participants(programTable()), keys: programKeys });
