import { payoutOf } from '#shared/incentive/payout.ts';
import { payoutView, readPayout } from '#shared/incentive/payout-api.ts';
import { payoutProof } from '#shared/incentive/payout-proof.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { api } from '#shared/platform/http.ts';
import { logger } from '#shared/platform/observe.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { type Accesses, accesses } from '#shared/registration/privacy/accesses.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = { readonly participants: Participants; readonly accesses: Pick<Accesses, 'record'> };

/** GET /v1/payouts/{reference}: from one rupiah to its proof, by one query: the reference leads to the journal. */
export function showPayout({ participants, accesses }: Deps) {
  return api(readPayout, async ({ caller, now, path: { reference } }) => {
    const name = payoutOf(reference);
    if (!name) throw new Refusal('payout_unknown');
    const { participantId } = name;
    const proof = payoutProof(reference, await participants.entries(participantId));
    if (!proof) throw new Refusal('payout_unknown');
    const access = { role: 'operator', by: caller.username, kind: 'payout', reason: reference } as const;
    await accesses.record(participantId, access, now);
    logger.info('payout.read', { by: caller.username, participantId, reference });
    return payoutView(participantId, proof);
  });
}

const table = programTable();
export const handler = showPayout({ participants: participants(table), accesses: accesses(table) });
