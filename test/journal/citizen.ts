import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { CourseDescription } from '#shared/catalogue/course.ts';
import { offerOf } from '#shared/catalogue/course.ts';
import { issue, rate } from '#shared/certificate/certificate.ts';
import type { SchemeCode } from '#shared/credit/schemes.ts';
import { linkAccount } from '#shared/incentive/account.ts';
import { openPayouts } from '#shared/incentive/incentive.ts';
import type { PayoutAccountLinked } from '#shared/incentive/incentive-events.ts';
import { recordOutcome } from '#shared/incentive/settlement.ts';
import { type Decision, type Entry, foldEntries } from '#shared/journal/journal.ts';
import {
  lastCourseIsDone,
  type Participant,
  type ParticipantEvent,
  participantFold,
  participants,
} from '#shared/journal/participant.ts';
import { keysFrom } from '#shared/platform/keys.ts';
import { wibDay } from '#shared/platform/wib.ts';
import { pay, reserve } from '#shared/purchase/purchase.ts';
import { type Declaring, readDeclaration } from '#shared/registration/eligibility/declarations.ts';
import { rulesOn } from '#shared/registration/eligibility/rules.ts';
import { type Person, participantIdOf, sealPerson, sealWithDataKey } from '#shared/registration/person.ts';
import { programProvinceOf } from '#shared/registration/regions.ts';
import { recordIdentity, register, verified } from '#shared/registration/registration.ts';
import { drawNumberOf } from '#shared/selection/draw-number.ts';
import { join } from '#shared/selection/joining.ts';
import { decree } from '#shared/selection/membership.ts';
import { personKey } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';
import { complete, redeem } from '#shared/training/training.ts';
import { people } from '#test/simulation/people.ts';

/** Keys of no stage. */
export const keys = keysFrom('the secret of the tests');

export type Citizen = {
  readonly participantId: string;
  readonly person: Person;
  readonly familyTag: string;
  readonly regencyCode: string;
  readonly provinceCode: string;
};

/** Synthetic citizens, the same for the same seed. */
export function citizens(seed: string, count: number): Citizen[] {
  return people(seed, count).map(({ nik, familyCardNumber, name, birthDate, sex, phone, regencyCode }) => ({
    participantId: participantIdOf(keys, nik),
    person: { nik, familyCardNumber, name, birthDate, sex, phone },
    familyTag: keys.tag('family-tag', familyCardNumber),
    regencyCode,
    provinceCode: programProvinceOf(regencyCode),
  }));
}

/** One synthetic citizen. */
export function citizen(seed = 'citizen'): Citizen {
  const [one] = citizens(seed, 1);
  if (!one) throw new Error('One citizen was asked for');
  return one;
}

/** Monday, 2 November 2026, 10:00 WIB. */
export const start = new Date('2026-11-02T03:00:00.000Z');
export const minutesAfter = (from: Date, minutes: number) => new Date(from.getTime() + minutes * 60_000);

export const platform = { clientCode: 'PLATFORM', commissionBasisPoints: 1_000 };
export const institutionCode = 'INSTITUTION';

/** What most applicants declare: nothing that stands against them. */
export const declaring = (scheme: SchemeCode = 'NORMAL_2023', changes: Declaring['answers'] = {}): Declaring => ({
  version: '2026-11',
  answers: {
    ...{ work: 'job_seeker', education: false, office: 'none', migrant_worker: false, disability: false },
    ...(scheme === 'SEMI_BANSOS_2020' && { social_aid: false }),
    ...{ skill: 'Menjahit', true: true, ...changes },
  },
});

/** What the rule of joining is asked with, of somebody against whom nothing stands. */
export function joiningOf(
  { registration: { registered } }: Participant,
  { participantId, familyTag, person }: Citizen,
  { batchId = '1', scheme = 'NORMAL_2023' as SchemeCode, answers = {} as Declaring['answers'], now = start } = {},
): Parameters<typeof join>[1] {
  const { answers: declared, ...declaration } = readDeclaration(scheme, declaring(scheme, answers));
  const sealed = registered && sealWithDataKey(keys, participantId, registered.dataKey, declared);
  return {
    drawNumber: drawNumberOf(keys, batchId, { familyTag, participantId }),
    declaration: sealed && { ...declaration, answers: sealed },
    batch: { batchId, scheme, isOpen: true, rules: rulesOn(scheme, wibDay(now)) },
    ...{ earlierBatchIsOver: false, birthDate: person.birthDate, listings: [], familyRecipients: 0, now },
  };
}

/** A self-paced course; the one interesting value as argument. */
export const courseOf = (changes: Partial<CourseDescription> = {}): CourseDescription => ({
  courseCode: 'COURSE-1',
  title: 'Dasar Pembukuan Usaha Kecil',
  institutionCode,
  learningMethod: 'self_paced',
  hours: 15,
  priceRupiah: 1_000_000,
  schedules: [{ scheduleCode: 'SCHEDULE-1', startsAt: '2026-10-01T00:00:00.000Z', endsAt: '2027-10-01T00:00:00.000Z' }],
  ...changes,
});

/** Purchase ids are UUIDs: seats are chosen by their digits. */
export const purchaseIdOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

export type Choices = {
  readonly citizen?: Citizen;
  readonly scheme?: SchemeCode;
  readonly course?: CourseDescription;
  /** Which purchase of the person: 1 for the first. */
  readonly number?: number;
};

type Step = (file: Participant, at: Date, choices: Required<Choices>) => Decision<ParticipantEvent>;

/** What a payout account looks like in the journal. */
export function linkedAccount(file: Participant, participantId: string, number: string): PayoutAccountLinked {
  const { dataKey } = verified(file.registration);
  const account = { kind: 'e_wallet', provider: 'OVO', number } as const;
  return {
    type: 'PayoutAccountLinked',
    kind: account.kind,
    provider: account.provider,
    account: sealWithDataKey(keys, participantId, dataKey, JSON.stringify(account)),
    accountTag: keys.tag('account-tag', number).slice(0, 32),
    check: { outcome: 'matched', reasons: ['nik_matches'], kyc: 'full', partnerCode: 'switching' },
  };
}

/** The decisions of a whole journey in order; each is made by the product's own rule. */
export const steps = {
  register: (file, _at, { citizen: { participantId, person, familyTag, regencyCode, provinceCode } }) =>
    register(file.registration, {
      type: 'PersonRegistered',
      ...sealPerson(keys, participantId, person),
      contentTag: keys.tag('data-key', JSON.stringify(person)).slice(0, 32),
      familyTag,
      regencyCode,
      provinceCode,
      consentVersion: '2026-11',
    }),
  verify: (file) => recordIdentity(file.registration, 'request-1', { outcome: 'match', reasons: [] }),
  join: (file, now, { scheme, citizen }) => join(file, joiningOf(file, citizen, { scheme, now })),
  decree: (file, announcedAt, { scheme, citizen: { participantId } }) =>
    decree(file.membership, { batchId: '1', scheme, cardNumber: cardNumberOf(participantId), announcedAt }),
  reserve: (file, now, { course, number }) => {
    const buyer = { ...file, lastCourseIsDone: lastCourseIsDone(file) };
    const [schedule] = course.schedules;
    const offer = offerOf(course, schedule?.scheduleCode ?? '');
    const asked = { purchaseId: purchaseIdOf(number), platform, platformUserId: 'user', offer, now };
    return reserve(buyer, { ...asked, amountRupiah: course.priceRupiah });
  },
  pay: (file, now, { number }) => pay(file, paymentOf(number, now)),
  redeem: (file, _at, { number }) => redeem(file.training, purchaseIdOf(number), `signature-${number}`),
  complete: (file, now, { number }) => {
    const purchase = file.purchases.paid.find(({ purchaseId }) => purchaseId === purchaseIdOf(number));
    if (!purchase) throw new Error('A course is bought before it is completed');
    const completion = { webhookId: `webhook-${number}`, completedAt: now.toISOString(), scorePercent: 80 };
    return complete(file.training, purchase, { ...completion, certificateNumber: certificateNumberOf(number) }, now);
  },
  certify: (file, _at, { number }) =>
    issue(file, { purchaseId: purchaseIdOf(number), fileKey: `certificates/${number}.pdf`, fileDigest: 'digest' }),
  rate: (file, _at, { number }) =>
    rate(file.certificates, { purchaseId: purchaseIdOf(number), stars: 5, review: 'Jelas dan berguna sekali' }),
  link: (file, now, { citizen: { participantId } }) =>
    linkAccount(participantId, file, linkedAccount(file, participantId, '081234567890'), now),
  settle: (file, now, { citizen: { participantId } }) => {
    const reference = openPayouts(file.incentives)[0]?.reference ?? '';
    const paid = { kind: 'paid', partnerReference: 'SIM1', by: 'answer' } as const;
    return recordOutcome(participantId, file, reference, paid, now);
  },
} as const satisfies Record<string, Step>;

export type StepName = keyof typeof steps;
export const stepNames = Object.keys(steps).filter((name): name is StepName => name in steps);

const cardNumberOf = (participantId: string) => BigInt(`0x${participantId}`).toString().slice(0, 16);
export const certificateNumberOf = (number: number) => `CERTIFICATE${number}`;

export const paymentOf = (number: number, now: Date) => ({
  purchaseId: purchaseIdOf(number),
  codeIsRight: true,
  invoiceCode: `INVOICE-${number}`,
  invoiceUrl: `https://platform.example/invoices/${number}`,
  transactionCode: `TRANSACTION-${number}`,
  redeemCode: `REDEEM-${number}`,
  now,
});

/** A journal in memory: its decisions, and the file they fold into. */
export type Journal = {
  readonly citizen: Citizen;
  readonly file: Participant;
  readonly entries: readonly Entry<ParticipantEvent>[];
  readonly decisions: readonly { readonly decision: Decision<ParticipantEvent>; readonly at: Date }[];
};

/** What a decision makes of a file, read back as the journal would. */
export function decided(file: Participant, { events }: Decision<ParticipantEvent>, at: Date): Participant {
  return events.reduce((before, event) => participantFold.evolve(before, participantFold.parse(event), at), file);
}

/** A journey up to and with a step, a minute from one to the next. */
export function journeyUntil(last: StepName, choices: Choices = {}): Journal {
  const chosen = {
    citizen: citizen(),
    scheme: 'NORMAL_2023',
    course: courseOf(),
    number: 1,
    ...choices,
  } as const;
  let file = participantFold.empty;
  const decisions: { decision: Decision<ParticipantEvent>; at: Date }[] = [];
  for (const [index, name] of stepNames.slice(0, stepNames.indexOf(last) + 1).entries()) {
    const at = minutesAfter(start, index);
    const decision = steps[name](file, at, chosen);
    file = decided(file, decision, at);
    decisions.push({ decision, at });
  }
  const entries = decisions.map(({ decision: { events }, at }, index) => ({ version: index + 1, at, events }));
  return { citizen: chosen.citizen, file, entries, decisions };
}

/** The file of a journey up to a step. */
export const fileAfter = (last: StepName, choices: Choices = {}): Participant => journeyUntil(last, choices).file;

/** Writes a journal as the program would have: the data key stands beside it, and in no event. */
export async function store(table: Table, { citizen: { participantId }, decisions }: Journal): Promise<void> {
  const files = participants(table);
  const entries: Entry<ParticipantEvent>[] = [];
  for (const { decision, at } of decisions) {
    const before = foldEntries(entries, participantFold);
    const events: ParticipantEvent[] = [];
    for (const event of decision.events) {
      const { dataKey, ...rest } = { dataKey: undefined, ...event };
      if (dataKey) {
        const Item = { ...personKey(participantId), dataKey, madeAt: at.toISOString() };
        await table.client.send(new PutCommand({ TableName: table.name, Item }));
      }
      events.push(rest);
    }
    await files.append(participantId, before, { ...decision, events }, at);
    entries.push({ version: entries.length + 1, at, events: decision.events });
  }
}
