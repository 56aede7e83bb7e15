import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { courses, publish } from '#shared/catalogue/course.ts';
import { partners } from '#shared/catalogue/partner.ts';
import { certificateStore } from '#shared/certificate/certificate-store.ts';
import { participants } from '#shared/journal/participant.ts';
import { maskedName } from '#shared/registration/person.ts';
import { partnerOf, storePartner } from '#test/catalogue/partners.ts';
import {
  certificateNumberOf,
  citizen,
  courseOf,
  institutionCode,
  journeyUntil,
  keys,
  minutesAfter,
  purchaseIdOf,
  start,
  store,
} from '#test/journal/citizen.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

let engine: Engine;
const number = certificateNumberOf(1);
const { participantId, person } = citizen();
beforeAll(async () => {
  engine = await startTable();
  await store(engine.table, journeyUntil('certify'));
  await courses(engine.table).change('COURSE-1', (before) => publish(before, 'operator', courseOf()));
  await storePartner(engine.table, partnerOf({ clientCode: institutionCode, kind: 'institution', name: 'LPK Maju' }));
});
afterAll(() => engine.stop());

const certificates = () =>
  certificateStore({
    table: engine.table,
    participants: participants(engine.table),
    courses: courses(engine.table),
    partners: partners(engine.table, async () => keys),
    keys: async () => keys,
  });

describe('a certificate', () => {
  it('is found by its number, with a name that only its owner recognises', async () => {
    expect(await certificates().find(number)).toEqual({
      number,
      status: 'valid',
      maskedName: maskedName(person.name),
      courseTitle: 'Dasar Pembukuan Usaha Kecil',
      institutionName: 'LPK Maju',
      completedOn: '2026-11-02',
      issuedAt: minutesAfter(start, 8).toISOString(),
      fileDigest: 'digest',
    });
  });

  it.each(['', 'UNKNOWN', `${number}0`, number.toLowerCase()])('is not found by %j', async (other) => {
    expect(await certificates().find(other)).toBeNull();
  });

  it('is vouched for by the journal: an index entry alone is no certificate', async () => {
    for (const [pk, lookupSort] of [
      [`P#${participantId}`, purchaseIdOf(1)],
      [`P#${participantId}`, purchaseIdOf(2)],
      [`P#${'f'.repeat(64)}`, purchaseIdOf(1)],
    ] as const) {
      const forged = `FORGED${lookupSort.at(-1)}${pk.at(-1)}`;
      const Item = { pk, sk: `X#${forged}`, lookup: `CERT#${forged}`, lookupSort };
      await engine.table.client.send(new PutCommand({ TableName: engine.table.name, Item }));
      expect(await certificates().find(forged)).toBeNull();
    }
  });
});
