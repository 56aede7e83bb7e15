import { verifyCertificate } from '#shared/certificate/certificate-api.ts';
import { type CertificateStore, programCertificates } from '#shared/certificate/certificate-store.ts';
import { api } from '#shared/platform/http.ts';
import { Refusal } from '#shared/platform/refusal.ts';

/** GET /v1/certificates/{number}: whether a number is genuine, for anybody. */
export function answerVerification({ certificates }: { readonly certificates: CertificateStore }) {
  return api(verifyCertificate, async ({ path: { number } }) => {
    const certificate = await certificates.find(number);
    if (!certificate) throw new Refusal('certificate_unknown');
    return certificate;
  });
}

export const handler = answerVerification({ certificates: programCertificates() });
