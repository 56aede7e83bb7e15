import type * as z from 'zod/mini';
import type { Batch } from '#shared/selection/batch.ts';
import type { BatchView } from '#shared/selection/batch-api.ts';
import { placesOf } from '#shared/selection/batch-steps.ts';

const when = (step: { readonly at: Date } | null) => step?.at.toISOString() ?? null;

/** A batch as anybody may see it. */
export function viewOf(batchId: string, batch: Batch): z.input<typeof BatchView> {
  const { created, state, screened, committed, drawn, approved, ordered, decreed, announced, reconciled } = batch;
  if (!created || state === 'unknown') throw new Error('batch.view_of_nothing');
  const { number, scheme, quotas, regencyQuotas, stratumQuotas, maxLots, randomness, opensAt, closesAt } = created;
  return {
    ...{ batchId, number, scheme, state, opensAt, closesAt, quotas, regencyQuotas, maxLots, randomness },
    kind: created.recovers.length > 0 ? 'recovery' : 'regular',
    stratumQuotas: [...stratumQuotas],
    placeCount: placesOf(created),
    sealedBy: batch.seals.map(({ by }) => by),
    applicantCount: screened?.applicantCount ?? null,
    eligibleCount: screened?.eligibleCount ?? null,
    refused: screened?.refused ?? {},
    commitmentDigest: committed?.commitmentDigest ?? null,
    round: committed?.round?.round ?? null,
    roundAt: committed?.round?.roundAt ?? null,
    revealedBy: [...batch.revealedBy.keys()],
    // What is drawn is said when everybody can look it up.
    manifestDigest: batch.published ? (drawn?.manifestDigest ?? null) : null,
    winnerCount: batch.published ? (drawn?.winnerCount ?? null) : null,
    waitingCount: batch.published ? (drawn?.waitingCount ?? null) : null,
    approvedAt: when(approved),
    objectionsUntil: approved?.objectionsUntil ?? null,
    overrides: [...batch.overrides.values()].map(({ overrideId, kind, drawNumber, note, by, at, confirmed }) => ({
      ...{ overrideId, kind, drawNumber, note },
      proposedBy: by,
      proposedAt: at.toISOString(),
      confirmedBy: confirmed?.by ?? null,
      confirmedAt: when(confirmed),
    })),
    orderedAt: when(ordered),
    decreed: decreed && {
      byDraw: decreed.byDraw,
      byPromotion: decreed.byPromotion,
      byOverride: decreed.byOverride,
    },
    announcedAt: when(announced),
    csvDigest: announced?.csvDigest ?? null,
    documentDigest: announced?.documentDigest ?? null,
    overridesDigest: announced?.overridesDigest ?? null,
    reconciled: reconciled && {
      keptCount: reconciled.keptCount,
      revokedCount: reconciled.revokedCount,
      returnedRupiah: reconciled.returnedRupiah,
      freePlaces: reconciled.freePlaces,
    },
    recoveredBy: batch.recoveredBy,
  };
}
