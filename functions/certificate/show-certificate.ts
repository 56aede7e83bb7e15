import { courses } from '#shared/catalogue/course.ts';
import { partners } from '#shared/catalogue/partner.ts';
import { showCertificate } from '#shared/certificate/certificate-api.ts';
import { type CertificateStore, certificateStore } from '#shared/certificate/certificate-store.ts';
import { verificationPage } from '#shared/certificate/verification-page.ts';
import { participants } from '#shared/journal/participant.ts';
import { apiPage } from '#shared/platform/http.ts';
import { programKeys } from '#shared/platform/keys.ts';
import { htmlHeaders } from '#shared/platform/page.ts';
import { programTable } from '#shared/table/table.ts';

/** GET /verify/{number}: the page behind a certificate's QR code. */
export function verificationPageFor({ certificates }: { readonly certificates: CertificateStore }) {
  return apiPage(showCertificate, async ({ path: { number } }) => {
    const certificate = await certificates.find(number);
    const body = verificationPage(certificate ? { found: true, ...certificate } : { found: false, number });
    return { statusCode: certificate ? showCertificate.status : 404, headers: { ...htmlHeaders }, body };
  });
}

const table = programTable();
export const handler = verificationPageFor({
  certificates: certificateStore({
    table,
    participants: participants(table),
    courses: courses(table),
    partners: partners(table, programKeys),
    keys: programKeys,
  }),
});
