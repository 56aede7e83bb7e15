import { downloadCertificate } from '#shared/certificate/certificate-api.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { type Files, programFiles } from '#shared/platform/files.ts';
import { api } from '#shared/platform/http.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = { readonly participants: Participants; readonly files: Files };

const expiresInSeconds = 300;

/** GET /v1/certificates/{number}/file: a short-lived address of the caller's own certificate. */
export function addressOfCertificate({ participants, files }: Deps) {
  return api(downloadCertificate, async ({ caller, path: { number } }) => {
    const { certificates } = (await participants.load(caller.username)).state;
    const issued = [...certificates.issued.values()].find((certificate) => certificate.number === number);
    // Somebody else's certificate is as unknown as none.
    if (!issued) throw new Refusal('certificate_unknown');
    const url = await files.address(issued.fileKey, expiresInSeconds);
    return { url, expiresInSeconds, fileDigest: issued.fileDigest };
  });
}

export const handler = addressOfCertificate({ participants: participants(programTable()), files: programFiles() });
