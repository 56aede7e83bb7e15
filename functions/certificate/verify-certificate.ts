import { courses } from '#shared/catalogue/course.ts';
import { partners } from '#shared/catalogue/partner.ts';
import { verifyCertificate } from '#shared/certificate/certificate-api.ts';
import { type CertificateStore, certificateStore } from '#shared/certificate/certificate-store.ts';
import { participants } from '#shared/journal/participant.ts';
import { api } from '#shared/platform/http.ts';
import { programKeys } from '#shared/platform/keys.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { programTable } from '#shared/table/table.ts';

/** GET /v1/certificates/{number}: whether a number is genuine, for anybody. */
export function answerVerification({ certificates }: { readonly certificates: CertificateStore }) {
  return api(verifyCertificate, async ({ path: { number } }) => {
    const certificate = await certificates.find(number);
    if (!certificate) throw new Refusal('certificate_unknown');
    return certificate;
  });
}

const table = programTable();
export const handler = answerVerification({
  certificates: certificateStore({
    table,
    participants: participants(table),
    courses: courses(table),
    partners: partners(table, programKeys),
    keys: programKeys,
  }),
});
