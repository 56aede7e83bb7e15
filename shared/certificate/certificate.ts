import * as z from 'zod/mini';
import type { Decision } from '#shared/journal/journal.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { lookups } from '#shared/table/keys.ts';
import { courseOf, type Training } from '#shared/training/training.ts';

export const CertificateIssued = z.object({
  type: z.literal('CertificateIssued'),
  purchaseId: z.string(),
  number: z.string(),
  /** Key of the PDF in the files bucket. */
  fileKey: z.string(),
  /** SHA-256 of the PDF, hex. */
  fileDigest: z.string(),
});
export type CertificateIssued = z.infer<typeof CertificateIssued>;

export const CourseRated = z.object({
  type: z.literal('CourseRated'),
  purchaseId: z.string(),
  stars: z.int().check(z.gte(1), z.lte(5)),
  review: z.string(),
});
export type CourseRated = z.infer<typeof CourseRated>;

export const CertificateEvent = z.discriminatedUnion('type', [CertificateIssued, CourseRated]);
export type CertificateEvent = z.infer<typeof CertificateEvent>;

/** By purchase. */
export type Certificates = {
  readonly issued: ReadonlyMap<string, CertificateIssued & { readonly issuedAt: Date }>;
  readonly rated: ReadonlyMap<string, CourseRated>;
};

export const noCertificates: Certificates = { issued: new Map(), rated: new Map() };

export function evolveCertificates(before: Certificates, event: CertificateEvent, at: Date): Certificates {
  switch (event.type) {
    case 'CertificateIssued':
      return { ...before, issued: new Map(before.issued).set(event.purchaseId, { ...event, issuedAt: at }) };
    case 'CourseRated':
      return { ...before, rated: new Map(before.rated).set(event.purchaseId, event) };
  }
}

/** Records an issued certificate, once. The first file stands. @throws Refusal `certificate_missing` before completion. */
export function issue(
  file: { training: Training; certificates: Certificates },
  { purchaseId, fileKey, fileDigest }: Pick<CertificateIssued, 'purchaseId' | 'fileKey' | 'fileDigest'>,
): Decision<CertificateEvent> {
  const { completed } = courseOf(file.training, purchaseId);
  if (!completed) throw new Refusal('certificate_missing');
  if (file.certificates.issued.has(purchaseId)) return { events: [] };
  const number = completed.certificateNumber;
  return {
    events: [{ type: 'CertificateIssued', purchaseId, number, fileKey, fileDigest }],
    index: { lookup: lookups.certificate(number), lookupSort: purchaseId },
  };
}

/** Rates and reviews a course that is certified, once. @throws Refusal `certificate_missing`, `rating_differs`. */
export function rate({ issued, rated }: Certificates, rating: Omit<CourseRated, 'type'>): Decision<CertificateEvent> {
  if (!issued.has(rating.purchaseId)) throw new Refusal('certificate_missing');
  const earlier = rated.get(rating.purchaseId);
  if (earlier && (earlier.stars !== rating.stars || earlier.review !== rating.review))
    throw new Refusal('rating_differs');
  return earlier ? { events: [] } : { events: [{ type: 'CourseRated', ...rating }] };
}
