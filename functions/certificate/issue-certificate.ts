import { type Courses, courses } from '#shared/catalogue/course.ts';
import { type Partners, partners } from '#shared/catalogue/partner.ts';
import { issue } from '#shared/certificate/certificate.ts';
import { certificateDocument } from '#shared/certificate/certificate-document.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { CertificateMessage } from '#shared/operations/messages.ts';
import { digestOf } from '#shared/platform/digest.ts';
import { setting } from '#shared/platform/environment.ts';
import { type Files, programFiles } from '#shared/platform/files.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { worker } from '#shared/platform/worker.ts';
import { openPerson } from '#shared/registration/person.ts';
import { verified } from '#shared/registration/registration.ts';
import { programTable } from '#shared/table/table.ts';
import { courseOf } from '#shared/training/training.ts';

type Deps = {
  readonly participants: Participants;
  readonly courses: Courses;
  readonly partners: Partners;
  readonly files: Files;
  readonly keys: () => Promise<Keys>;
  readonly publicUrl: string;
};

/** Queue `certificate`: renders and stores the PDF, then records it. The same facts give the same bytes: a repeat is harmless. */
export function issueCertificate({ participants, courses, partners, files, keys, publicUrl }: Deps) {
  return worker('issueCertificate', CertificateMessage, async ({ participantId, purchaseId }) => {
    const { state } = await participants.load(participantId);
    const purchase = state.purchases.paid.find((paid) => paid.purchaseId === purchaseId);
    const { completed } = courseOf(state.training, purchaseId);
    if (!purchase || !completed || state.certificates.issued.has(purchaseId)) return;

    const course = await courses.course(purchase.courseCode);
    const institution = await partners.load(purchase.institutionCode);
    const { certificateNumber: number, completedAt, scorePercent } = completed;
    const pdf = await certificateDocument({
      number,
      participantName: openPerson(await keys(), participantId, verified(state.registration)).name,
      courseTitle: course.title,
      institutionName: institution.state?.name ?? purchase.institutionCode,
      learningMethod: course.learningMethod,
      hours: course.hours,
      completedAt,
      ...(scorePercent !== undefined && { score: scorePercent }),
      verificationUrl: `${publicUrl}/verify/${number}`,
    });
    const fileKey = `certificates/${number}.pdf`;
    await files.put(fileKey, pdf, 'application/pdf');
    const issued = { purchaseId, fileKey, fileDigest: digestOf(pdf) };
    await participants.change(participantId, (file) => issue(file, issued));
  });
}

const table = programTable();
export const handler = issueCertificate({
  participants: participants(table),
  courses: courses(table),
  partners: partners(table, programKeys),
  files: programFiles(),
  keys: programKeys,
  publicUrl: setting('publicUrl'),
});
