import * as z from 'zod/mini';
import { endpoint } from '#shared/platform/endpoint.ts';

const capability = 'certificate';
const pathParameters = z.strictObject({ number: z.string().check(z.regex(/^[0-9A-Z-]{4,40}$/)) });

export const rateCourse = endpoint({
  operation: 'rateCourse',
  capability,
  method: 'POST',
  path: '/v1/ratings',
  access: 'citizen',
  summary: 'Rates and reviews a finished course. Needed before the next course and the incentive.',
  body: z.strictObject({
    purchaseId: z.string().check(z.maxLength(40)),
    stars: z.int().check(z.gte(1), z.lte(5)),
    review: z.string().check(z.trim(), z.minLength(10), z.maxLength(400)),
  }),
  status: 201,
  answer: z.strictObject({ rated: z.literal(true) }),
  refusals: ['certificate_missing', 'rating_differs', 'conflict_persistent'],
});

export const downloadCertificate = endpoint({
  operation: 'downloadCertificate',
  capability,
  method: 'GET',
  path: '/v1/certificates/{number}/file',
  access: 'citizen',
  summary: "A short-lived address of the caller's own certificate as PDF.",
  pathParameters,
  status: 200,
  answer: z.strictObject({ url: z.url(), expiresInSeconds: z.int(), fileDigest: z.string() }),
  refusals: ['certificate_unknown'],
});

export const VerifiedCertificate = z.strictObject({
  number: z.string(),
  status: z.literal('valid'),
  /** Null where the person was erased: the certificate is valid, and names nobody. */
  maskedName: z.nullable(z.string()),
  courseTitle: z.string(),
  institutionName: z.string(),
  completedOn: z.iso.date(),
  issuedAt: z.iso.datetime(),
  fileDigest: z.string(),
});

export const verifyCertificate = endpoint({
  operation: 'verifyCertificate',
  capability,
  method: 'GET',
  path: '/v1/certificates/{number}',
  access: 'public',
  summary: 'Whether a certificate number is genuine, and for which course.',
  pathParameters,
  status: 200,
  answer: VerifiedCertificate,
  refusals: ['certificate_unknown'],
});

export const showCertificate = endpoint({
  operation: 'showCertificate',
  capability,
  method: 'GET',
  path: '/verify/{number}',
  access: 'public',
  summary: 'The same as a page: where the QR code of a certificate leads.',
  pathParameters,
  status: 200,
  answer: 'text/html',
  refusals: [],
});
