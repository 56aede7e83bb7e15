import { ok } from 'node:assert/strict';
import { type PayoutLists, paidDay, payoutLists, waitingSince } from '#shared/incentive/payout-lists.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { PayoutListMessage } from '#shared/operations/messages.ts';
import { programFiles } from '#shared/platform/files.ts';
import { batchWorker } from '#shared/platform/worker.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = { readonly participants: Participants; readonly lists: PayoutLists };
type Listed<List extends PayoutListMessage['list']> = Extract<PayoutListMessage, { list: List }>;

/** Queue `payoutList`: lists what waits for a release, and what was paid on a day; one part for all that a batch has of each. */
export function listPayouts({ participants, lists }: Deps) {
  function listClaimed(messages: readonly Listed<'claimed'>[]): Promise<void> {
    const payouts = messages.map(({ list: _, ...payout }) => payout);
    return lists.leaveWaiting(waitingSince.claim, payouts);
  }

  /** Payouts of one partner and day. */
  function listPaid(messages: readonly Listed<'paid'>[]): Promise<void> {
    const [first] = messages;
    ok(first, 'A group has a member');
    const payouts = messages.map(({ list: _, partnerCode: __, ...payout }) => payout);
    return lists.leavePaid(first.partnerCode, paidDay(first), payouts);
  }

  /**
   * What somebody had claimed before a hold. While another hold stands, its end brings the participant here again; what is forfeited waits
   * for no end, and the next release finds that nobody is entitled to it.
   */
  async function listAgain({ participantId }: Listed<'reclaimed'>): Promise<void> {
    const { payouts, holds, liftedHolds, forfeited } = (await participants.load(participantId)).state.incentives;
    if (holds.size > 0 && !forfeited) return;
    const claims = [...payouts.values()].filter(({ state }) => state === 'claimed');
    await lists.leaveWaiting(
      waitingSince.hold(liftedHolds.size),
      claims.map(({ reference, partnerCode, amountRupiah }) => ({
        participantId,
        reference,
        partnerCode,
        amountRupiah,
      })),
    );
  }

  return batchWorker('listPayouts', PayoutListMessage, (messages) => {
    const groups = Map.groupBy(messages, groupOf);
    const listed = new Map<string, Promise<void>>();
    for (const [group, members] of groups) {
      const claimed = members.filter((message) => message.list === 'claimed');
      const paid = members.filter((message) => message.list === 'paid');
      if (claimed.length > 0) listed.set(group, listClaimed(claimed));
      if (paid.length > 0) listed.set(group, listPaid(paid));
    }
    return messages.map(async (message) =>
      message.list === 'reclaimed' ? listAgain(message) : listed.get(groupOf(message)),
    );
  });
}

/** Messages with the same group share a part. */
function groupOf(message: PayoutListMessage): string {
  return message.list === 'paid' ? `paid#${message.partnerCode}#${paidDay(message)}` : message.list;
}

export const handler = listPayouts({ participants: participants(programTable()), lists: payoutLists(programFiles()) });
