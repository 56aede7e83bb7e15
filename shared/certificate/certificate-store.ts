import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { type Courses, courses } from '#shared/catalogue/course.ts';
import { type Partners, partners } from '#shared/catalogue/partner.ts';
import type { VerifiedCertificate } from '#shared/certificate/certificate-api.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { wibDay } from '#shared/platform/wib.ts';
import { maskedName, openPerson } from '#shared/registration/person.ts';
import { verified } from '#shared/registration/registration.ts';
import { lookups, participantOf } from '#shared/table/keys.ts';
import { programTable, type Table } from '#shared/table/table.ts';
import { courseOf } from '#shared/training/training.ts';

const Entry = z.object({ pk: z.string(), lookupSort: z.string() });

type Stores = {
  readonly table: Table;
  readonly participants: Participants;
  readonly courses: Courses;
  readonly partners: Partners;
  readonly keys: () => Promise<Keys>;
};

/** Finds and describes certificates for anybody who has the number. The journal decides; the index only leads there. */
export function certificateStore({ table, participants, courses, partners, keys }: Stores) {
  return {
    /** The certificate with this number, or null. */
    async find(number: string): Promise<z.input<typeof VerifiedCertificate> | null> {
      const { Items = [] } = await table.client.send(
        new QueryCommand({
          TableName: table.name,
          IndexName: 'byLookup',
          KeyConditionExpression: 'lookup = :number',
          ExpressionAttributeValues: { ':number': lookups.certificate(number) },
          Limit: 1,
        }),
      );
      const [item] = Items;
      if (!item) return null;
      const { pk, lookupSort: purchaseId } = Entry.parse(item);
      const participantId = participantOf(pk);
      const { state } = await participants.load(participantId);
      const issued = state.certificates.issued.get(purchaseId);
      const { completed } = courseOf(state.training, purchaseId);
      const purchase = state.purchases.paid.find((paid) => paid.purchaseId === purchaseId);
      if (issued?.number !== number || !completed || !purchase) return null;
      const { title } = await courses.course(purchase.courseCode);
      const institution = (await partners.load(purchase.institutionCode)).state;
      // Erased, the person has no name any more; what was learnt stays true.
      const person = state.registration.erased
        ? null
        : openPerson(await keys(), participantId, verified(state.registration));
      return {
        number,
        status: 'valid',
        maskedName: person && maskedName(person.name),
        courseTitle: title,
        institutionName: institution?.name ?? purchase.institutionCode,
        completedOn: wibDay(new Date(completed.completedAt)),
        issuedAt: issued.issuedAt.toISOString(),
        fileDigest: issued.fileDigest,
      };
    },
  };
}
export type CertificateStore = ReturnType<typeof certificateStore>;

/** The certificates of this deployment. */
export function programCertificates(): CertificateStore {
  const table = programTable();
  return certificateStore({
    table,
    participants: participants(table),
    courses: courses(table),
    partners: partners(table, programKeys),
    keys: programKeys,
  });
}
