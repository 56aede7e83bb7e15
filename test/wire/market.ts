import { createHmac } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type CourseDescription, courses, publish } from '#shared/catalogue/course.ts';
import { type Partner, partners } from '#shared/catalogue/partner.ts';
import { seats } from '#shared/catalogue/seats.ts';
import { participants } from '#shared/journal/participant.ts';
import { redeemCodes } from '#shared/purchase/redeem-codes.ts';
import { familyPlaces } from '#shared/selection/family-places.ts';
import type { Table } from '#shared/table/table.ts';
import { partnerOf, storePartner } from '#test/catalogue/partners.ts';
import {
  type Choices,
  type Citizen,
  citizen,
  courseOf,
  institutionCode,
  journeyUntil,
  keys,
  type StepName,
  store,
} from '#test/journal/citizen.ts';
import { httpEvent } from '#test/platform/events.ts';

export const redirectUri = 'https://lp.example/callback';
export const platform = partnerOf({ clientCode: 'PLATFORM', name: 'Tokopedia' });
export const institution = partnerOf({
  clientCode: institutionCode,
  kind: 'institution',
  name: 'LPK Maju',
  redirectUris: [redirectUri],
});

/** What the entry points of the partner API need, on a table. */
export function storesOn(table: Table) {
  return {
    table,
    partners: partners(table, async () => keys),
    courses: courses(table),
    seats: seats(table),
    redeemCodes: redeemCodes(table),
    participants: participants(table),
    keys: async () => keys,
  };
}

/** A platform, an institution, and courses that can be bought. */
export async function openMarket(table: Table, offered: readonly CourseDescription[] = [courseOf()]): Promise<void> {
  await storePartner(table, platform);
  await storePartner(table, institution);
  for (const course of offered)
    await courses(table).change(course.courseCode, (before) => publish(before, 'operator', course));
}

/** A citizen whose journey went as far as a step, with the card that their family place gives. */
export async function citizenAt(
  table: Table,
  last: StepName,
  choices: Choices = {},
): Promise<Citizen & { cardNumber: string }> {
  const self = choices.citizen ?? citizen();
  const cardNumber = (await familyPlaces(table, keys).claim(self.familyTag, self.participantId, 2)) ?? '';
  await store(table, journeyUntil(last, { ...choices, citizen: self }));
  return { ...self, cardNumber };
}

type Signing = {
  readonly partner?: Partner;
  readonly path: string;
  /** Text is sent and signed as it is, an object as compact JSON. */
  readonly body: string | object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly at?: Date;
};

/** A request as a partner sends it: signed by the rules of the developer pages, not by the product's code. */
export function signedEvent({
  partner = platform,
  path,
  body,
  headers = {},
  at = new Date(),
}: Signing): APIGatewayProxyEventV2 {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const signature = createHmac('sha1', partner.signKey)
    .update(`${partner.clientCode}${timestamp}POST${path}${text}`)
    .digest('hex');
  const signed = { 'content-type': 'application/json', client_code: partner.clientCode, timestamp, signature };
  return httpEvent({ path, body: text, headers: { ...signed, ...headers } });
}
