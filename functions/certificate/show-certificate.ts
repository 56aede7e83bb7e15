import { showCertificate } from '#shared/certificate/certificate-api.ts';
import { type CertificateStore, programCertificates } from '#shared/certificate/certificate-store.ts';
import { verificationPage } from '#shared/certificate/verification-page.ts';
import { apiPage } from '#shared/platform/http.ts';
import { htmlHeaders } from '#shared/platform/page.ts';

/** GET /verify/{number}: the page behind a certificate's QR code. */
export function verificationPageFor({ certificates }: { readonly certificates: CertificateStore }) {
  return apiPage(showCertificate, async ({ path: { number } }) => {
    const certificate = await certificates.find(number);
    const body = verificationPage(certificate ? { found: true, ...certificate } : { found: false, number });
    return { statusCode: certificate ? showCertificate.status : 404, headers: { ...htmlHeaders }, body };
  });
}

export const handler = verificationPageFor({ certificates: programCertificates() });
