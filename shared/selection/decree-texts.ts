import { ok } from 'node:assert/strict';
import { incentivesRupiah, schemes } from '#shared/credit/schemes.ts';
import { canonicalJson } from '#shared/platform/canonical-json.ts';
import { addTo } from '#shared/platform/counts.ts';
import { digestOf } from '#shared/platform/digest.ts';
import type { Keys } from '#shared/platform/keys.ts';
import { programProvinceOf } from '#shared/registration/regions.ts';
import { agreedOverrides, type Batch, decreeChunks } from '#shared/selection/batch.ts';
import type { EventOf } from '#shared/selection/batch-events.ts';
import { placesOf } from '#shared/selection/batch-steps.ts';
import { decreeCsvHeader, decreeCsvLine } from '#shared/selection/decree-csv.ts';
import { type DecreeFacts, decreeDocument } from '#shared/selection/decree-document.ts';
import { type DrawFiles, drawFile } from '#shared/selection/draw-files.ts';
import { signatureText } from '#shared/selection/draw-texts.ts';
import { decreedChunks } from '#shared/selection/promotion.ts';

type With = { readonly keys: Keys; readonly publicUrl: string };

/** The decree as it is published: the list of recipients, the document over it, and what operators corrected, signed. */
export async function decreeTexts(batch: Batch, files: DrawFiles, { keys, publicUrl }: With) {
  const { created, closed, approved, ordered, drawn, screened, decreed, committed } = batch;
  ok(created && closed && approved && ordered && drawn && screened && decreed && committed, 'A decree has its batch');
  const batchId = String(created.number);
  const scheme = schemes[created.scheme];
  const chunks = await decreedChunks(batch, files, decreeChunks(batch));
  const csv = csvOf();
  const csvDigest = digestOf(csv);
  const manifest = await files.manifest(drawn.manifestDigest);

  function csvOf(): string {
    const lines = [decreeCsvHeader];
    for (const { decreed: recipients, round, isAdmitted } of chunks) {
      const by = round > 0 ? 'promotion' : isAdmitted ? 'override' : 'draw';
      for (const { drawNumber, provinceCode, regencyCode } of recipients) {
        const amounts = {
          trainingCreditRupiah: scheme.trainingCreditRupiah,
          incentivesRupiah: incentivesRupiah(scheme),
        };
        lines.push(decreeCsvLine({ number: lines.length, drawNumber, provinceCode, regencyCode, ...amounts, by }));
      }
    }
    return lines.join('');
  }

  function facts(): DecreeFacts {
    ok(created && closed && approved && ordered && drawn && screened && decreed && committed, 'A decree has its batch');
    const recipients: Record<string, number> = {};
    for (const chunk of chunks) for (const { provinceCode } of chunk.decreed) addTo(recipients, provinceCode);
    const places: Record<string, number> = { ...created.quotas };
    for (const [code, count] of Object.entries(created.regencyQuotas)) addTo(places, programProvinceOf(code), count);
    const codes = [...new Set([...Object.keys(places), ...Object.keys(recipients)])].sort();
    const { randomness } = manifest;
    const step = ({ by, at }: { readonly by: string; readonly at: Date }) => ({ by, at: at.toISOString() });
    return {
      batchNumber: created.number,
      scheme: created.scheme,
      kind: created.recovers.length > 0 ? 'recovery' : 'regular',
      applicants: { refused: screened.applicantCount - screened.eligibleCount, inDraw: screened.eligibleCount },
      recipients: { byDraw: decreed.byDraw, byPromotion: decreed.byPromotion, byOverride: decreed.byOverride },
      emptyPlaces: placesOf(created) - decreed.byDraw - decreed.byPromotion,
      provinces: codes.map((provinceCode) => ({
        provinceCode,
        places: places[provinceCode] ?? 0,
        recipients: recipients[provinceCode] ?? 0,
      })),
      strata: [...created.stratumQuotas],
      perRecipient: {
        trainingCreditRupiah: scheme.trainingCreditRupiah,
        trainingIncentivesRupiah: scheme.incentive.amountRupiah * scheme.incentive.count,
        surveyIncentivesRupiah: scheme.survey.amountRupiah * scheme.survey.count,
      },
      randomness:
        randomness.kind === 'drand'
          ? { kind: 'drand', round: randomness.round, roundAt: randomness.roundAt }
          : { kind: 'two_operators' },
      seed: manifest.seed,
      commitmentDigest: committed.commitmentDigest,
      manifestDigest: drawn.manifestDigest,
      csvDigest,
      drafted: step(created),
      closed: step(closed),
      approved: step(approved),
      ordered: step(ordered),
      batchUrl: `${publicUrl}/v1/batches/${batchId}/check`,
    };
  }

  /** What operators corrected, and who agreed. */
  function overridesText(): string {
    const overrides = agreedOverrides(batch).map(({ overrideId, kind, drawNumber, note, by, at, confirmed }) => {
      ok(confirmed, 'An agreed correction was confirmed');
      const proposed = { by, at: at.toISOString() };
      return {
        overrideId,
        kind,
        drawNumber,
        note,
        proposed,
        confirmed: { by: confirmed.by, at: confirmed.at.toISOString() },
      };
    });
    return canonicalJson({ batchId, overrides });
  }

  return {
    /** Writes all files; the same decree gives the same bytes. Answers their digests. */
    async publish(): Promise<Omit<EventOf<'BatchAnnounced'>, 'type'>> {
      const document = await decreeDocument(facts());
      const overrides = overridesText();
      await files.put(drawFile.overrides, overrides, 'application/json');
      await files.put(drawFile.overridesSignature, signatureText(keys, overrides), 'application/json');
      await files.put(drawFile.decreeList, csv, 'text/csv');
      await files.put(drawFile.decree, document, 'application/pdf');
      return { csvDigest, documentDigest: digestOf(document), overridesDigest: digestOf(overrides) };
    },
  };
}
