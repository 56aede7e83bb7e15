import { ok } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { SchemeCode } from '#shared/credit/schemes.ts';
import { payoutOf } from '#shared/incentive/payout.ts';
import { programProvinceOf } from '#shared/registration/regions.ts';
import { batches } from '#shared/selection/batch.ts';
import { BatchTerms } from '#shared/selection/batch-events.ts';
import { create, open } from '#shared/selection/batch-steps.ts';
import { expectStatus } from '#test/journeys/http.ts';
import type { Citizen, Journey, Market } from '#test/journeys/journey.ts';
import { noLeaks, type Started, startJourneys } from '#test/journeys/started.ts';
import {
  type Entry,
  type Item,
  itemCounts,
  journalsIn,
  story,
  wholeTable,
  withTable,
} from '#test/journeys/whole-table.ts';
import { type Person, people } from '#test/simulation/people.ts';

const day = 86_400_000;
const priceRupiah = 950_000;

const provinceOf = ({ regencyCode }: Person) => programProvinceOf(regencyCode);

/** Five people of five families, and places for all but the last, who lives in another province. */
function cast() {
  const byFamily = Map.groupBy(people('whole journey', 60), ({ familyCardNumber }) => familyCardNumber);
  const all = [...byFamily.values()].flatMap(([eldest]) => eldest ?? []);
  const bank = all.find(({ payout }) => payout.kind === 'bank');
  const [one, two, three, ...others] = all.filter(({ payout }) => payout.kind === 'e_wallet');
  ok(bank && one && two && three);
  const lucky = [bank, one, two, three] as const;
  const places = Object.fromEntries(lucky.map((person) => [provinceOf(person), 5]));
  const elsewhere = others.find((person) => !places[provinceOf(person)]);
  ok(elsewhere);
  return { persons: [...lucky, elsewhere] as const, places };
}

const tested = ['AptitudeTestStarted', 'AptitudeTestScored'];
const reached = ['PersonRegistered', 'IdentityVerified', 'PhoneCodeRequested', 'PhoneVerified'];
const applied = [...reached, ...tested, 'BatchJoined'];
const winner = [...applied, 'RecipientDecreed'];
const trained = (redeemed: string) => [
  'PurchaseReserved',
  'CoursePurchased',
  redeemed,
  'CourseCompleted',
  'CertificateIssued',
];

const Verified = z.object({
  status: z.string(),
  maskedName: z.string(),
  fileDigest: z.string(),
  courseTitle: z.string(),
});

let started: Started;
let steps: Journey;
let market: Market;
let byCommit: Citizen;
let byPage: Citizen;
let idle: Citizen;
let monthly: Citizen;
let unlucky: Citizen;
const certificates = new Map<Citizen, string>();
const { persons, places } = cast();

/** From the decree to a claimed incentive. The page's participant links the account first, the other one at last. */
async function train(who: Citizen, by: 'commit' | 'page'): Promise<void> {
  const { cardNumber } = await steps.decreed(who);
  const redeemCode = await steps.buy(market, who, cardNumber ?? '');
  await steps.redeem(market, who, redeemCode, by);
  await steps.complete(market, redeemCode, `msg_${who.participantId.slice(0, 12)}`);
  const { purchaseId, number } = await steps.certified(who);
  certificates.set(who, number);
  if (by === 'page') await steps.linkAccount(who);
  await steps.rate(who, purchaseId);
  if (by === 'commit') await steps.linkAccount(who);
}

/** A batch of the older scheme: opened while there were such, and drawn now. Its recipients are served for as long as they have something to get. */
async function openedThen(number: number, scheme: 'SEMI_BANSOS_2020'): Promise<string> {
  const batchId = String(number);
  const then = () => new Date('2022-12-30T03:00:00.000Z');
  const randomness = 'two_operators';
  const terms = BatchTerms.parse({ number, scheme, quotas: places, randomness, graceHours: 0 });
  await withTable(started.cloud, async (table) => {
    await batches(table).change(batchId, (before, at) => create(before, 'pmo', terms, batchId, at), then);
    await batches(table).change(batchId, (before, at) => open(before, 'pmo', batchId, at), then);
  });
  return batchId;
}

async function batch(number: number, scheme: SchemeCode, members: readonly Citizen[]): Promise<void> {
  const [token] = await started.operatorTokens();
  const batchId =
    scheme === 'SEMI_BANSOS_2020'
      ? await openedThen(number, scheme)
      : await steps.openBatch(token, { number, scheme, quotas: places });
  await Promise.all(
    members.map(async (member) => {
      await steps.takeTest(member, scheme);
      await steps.join(member, batchId);
    }),
  );
  await steps.drawAndApprove(batchId, started.operatorTokens, `whole journey ${number}`);
}

/** A token lives for an hour of the clock that the tests move. */
const again = async (who: Citizen): Promise<Citizen> => ({ ...who, token: await steps.session(who.person) });
const fileOf = async (who: Citizen) => steps.ownFile(await again(who));

async function wait(milliseconds: number): Promise<void> {
  started.cloud.clock.advance(milliseconds);
  await started.cloud.idle();
}

beforeAll(async () => {
  started = await startJourneys();
  steps = started.steps();
  started.known(persons);
  const [token] = await started.operatorTokens();
  market = await steps.openMarket(token, '1', priceRupiah);
  const [bank, one, two, three, elsewhere] = persons;
  const { signUp } = steps;
  const crew = await Promise.all([signUp(bank), signUp(one), signUp(two), signUp(three), signUp(elsewhere)]);
  await Promise.all(crew.map((member) => steps.register(member)));
  await Promise.all(crew.map((member) => steps.identity(member)));
  await Promise.all(crew.map((member) => steps.provePhone(member)));
  [byCommit, byPage, idle, monthly, unlucky] = crew;
  await batch(1, 'NORMAL_2023', [byCommit, byPage, idle, unlucky]);
  await batch(2, 'SEMI_BANSOS_2020', [monthly]);
  const claiming = [byCommit, byPage, monthly];
  await Promise.all([train(byCommit, 'commit'), train(byPage, 'page'), train(monthly, 'commit')]);
  await started.cloud.idle();
  await steps.release('first', claiming.length, started.operatorTokens);
  await Promise.all(claiming.map((who) => steps.paid(who)));
  await started.simulators.payments.callbacksArrived();
  await started.cloud.idle();
});
afterAll(() => started?.stop());

describe('three who bought, trained and rated', () => {
  it('are paid once each, to the account they linked', () => {
    const paid = started.simulators.payments.book().map(({ accountNo, amountRupiah }) => ({ accountNo, amountRupiah }));
    const expected = [byCommit, byPage, monthly].map(({ person }) => ({
      accountNo: person.payout.number,
      amountRupiah: 600_000,
    }));
    const byAccount = (left: { accountNo: string }, right: { accountNo: string }) =>
      left.accountNo < right.accountNo ? -1 : 1;
    expect(paid.sort(byAccount)).toEqual(expected.sort(byAccount));
  });

  it('have spent the price of the course, and nothing else', async () => {
    expect(await steps.ownFile(byCommit)).toMatchObject({
      creditRupiah: 3_500_000 - priceRupiah,
      incentives: { paidRupiah: 600_000 },
    });
    const statement = await steps.api('GET', '/v1/participants/me/statement', { token: byPage.token });
    expect(expectStatus(statement, 200)).toMatchObject({ creditRupiah: 3_500_000 - priceRupiah });
  });

  it('got each notice once', () => {
    const templates = started.simulators.messages.inbox({ to: byCommit.person.phone }).map(({ template }) => template);
    expect(templates.sort()).toEqual([
      'certificate_issued',
      'decreed',
      'incentive_paid',
      'one_time_code',
      'phone_code',
      'redeem_code',
    ]);
  });

  it('have journals of exactly these decisions', async () => {
    const journals = journalsIn(await wholeTable(started.cloud));
    const storyOf = ({ participantId }: Citizen) => story(journals.get(`P#${participantId}`));
    const linkedLast = ['CourseRated', 'PayoutAccountLinked + IncentiveClaimed', 'IncentivePaid'];
    expect(storyOf(byCommit)).toEqual([...winner, ...trained('CodeRedeemed'), ...linkedLast]);
    const ratedLast = ['PayoutAccountLinked', 'CourseRated + IncentiveClaimed', 'IncentivePaid'];
    expect(storyOf(byPage)).toEqual([...winner, ...trained('AttendanceRecorded'), ...ratedLast]);
    expect(storyOf(unlucky)).toEqual(applied);
    const drawn = [
      'BatchClosed',
      'ShareSealed',
      'ShareSealed',
      'ScreeningBegun',
      'BatchScreened',
      'ListCommitted',
      'ShareRevealed',
      'ShareRevealed + SeedRevealed',
      'DrawMade',
      'ResultsPublished',
      'DrawApproved',
      'DecreeOrdered',
      'BatchDecreed',
      'BatchAnnounced',
    ];
    expect(story(journals.get('B#1'))).toEqual(['BatchCreated', 'BatchOpened', ...drawn]);
  });
});

describe('a certificate', () => {
  const pathOf = (who: Citizen) => `/v1/certificates/${certificates.get(who)}`;

  it('can be verified by anybody, under a masked name', async () => {
    const { status, maskedName, courseTitle } = Verified.parse(
      expectStatus(await steps.api('GET', pathOf(byCommit)), 200),
    );
    expect({ status, courseTitle }).toEqual({ status: 'valid', courseTitle: market.course.title });
    expect(maskedName).not.toContain(byCommit.person.name);
    const page = await steps.api('GET', `/verify/${certificates.get(byCommit)}`);
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining(market.course.title) });
  });

  it('is the file whose digest is published', async () => {
    const { pdf, fileDigest } = await steps.download(byCommit, certificates.get(byCommit) ?? '');
    expect(createHash('sha256').update(pdf).digest('hex')).toBe(fileDigest);
    expect(Buffer.from(pdf.subarray(0, 5)).toString()).toBe('%PDF-');
    expect(Verified.parse(expectStatus(await steps.api('GET', pathOf(byCommit)), 200)).fileDigest).toBe(fileDigest);
  });

  it('is unknown to another citizen who asks for the file', async () => {
    const answer = await steps.api('GET', `${pathOf(byCommit)}/file`, { token: byPage.token });
    expect(answer).toMatchObject({ status: 404, body: { code: 'certificate_unknown' } });
  });

  it('has an address that works for five minutes', async () => {
    const { token } = await again(byCommit);
    const answer = await steps.api('GET', `${pathOf(byCommit)}/file`, { token });
    const { url } = z.object({ url: z.string() }).parse(expectStatus(answer, 200));
    started.cloud.clock.advance(4 * 60_000);
    expect((await fetch(url)).status).toBe(200);
    started.cloud.clock.advance(2 * 60_000);
    expect((await fetch(url)).status).toBe(403);
  });
});

describe('as days go by', () => {
  it('a winner who has not bought is still a recipient on the fifteenth day', async () => {
    await wait(14 * day);
    expect(await fileOf(idle)).toMatchObject({ membership: 'recipient', creditRupiah: 3_500_000 });
  });

  it('and is revoked for good when it has passed; who has bought is not', async () => {
    await wait(3 * day);
    expect(await fileOf(idle)).toMatchObject({ membership: 'revoked', creditRupiah: 0 });
    expect(await fileOf(byPage)).toMatchObject({ membership: 'recipient', creditRupiah: 3_500_000 - priceRupiah });
    const { token } = await again(idle);
    const joined = await steps.api('POST', '/v1/applications', { token, body: { batchId: '1' } });
    expect(joined).toMatchObject({ status: 409, body: { code: 'membership_revoked' } });
  });

  it('four incentives are paid a month apart, and no fifth', async () => {
    const paidCount = async () => (await fileOf(monthly)).incentives.paidCount;
    await wait(10 * day); // 27 days after the first.
    expect(await paidCount()).toBe(1);
    for (const [days, number] of [
      [5, 2],
      [32, 3],
      [32, 4],
    ] as const) {
      await wait(days * day);
      // A month after the first incentive a survey is open, too.
      if (number === 2) await steps.answerSurvey(await again(byCommit), 1);
      await steps.release(`month-${number}`, number === 2 ? 2 : 1, started.operatorTokens);
      await steps.paid(await again(monthly), number);
    }
    await wait(40 * day);
    expect((await fileOf(monthly)).incentives).toMatchObject({ paidCount: 4, paidRupiah: 2_400_000, open: false });
    const references = started.simulators.payments.book().map(({ partnerReferenceNo }) => partnerReferenceNo);
    expect(references.filter((reference) => payoutOf(reference)?.participantId === monthly.participantId)).toHaveLength(
      4,
    );
  });
});

describe('a survey', () => {
  const told = ({ person }: Citizen) =>
    started.simulators.messages.inbox({ to: person.phone }).filter(({ template }) => template === 'survey_open');

  it('is announced once when it opens, also to who does not answer', () => {
    expect(told(byCommit).length).toBeGreaterThan(0);
    expect(
      told(byPage)
        .map(({ text }) => text)
        .filter((text, index, all) => all.indexOf(text) !== index),
    ).toEqual([]);
    expect(told(idle)).toEqual([]);
  });

  it('is paid when it is answered, and not to who did not', async () => {
    expect((await fileOf(byCommit)).incentives).toMatchObject({ paidCount: 2, paidRupiah: 650_000 });
    expect((await fileOf(byPage)).incentives).toMatchObject({ paidCount: 1, paidRupiah: 600_000 });
  });

  it('cannot be answered once its days are over', async () => {
    const { token } = await again(byPage);
    const answer = await steps.api('GET', '/v1/surveys/1', { token });
    expect(answer).toMatchObject({ status: 409, body: { code: 'survey_not_open' } });
  });
});

describe('what the banks say', () => {
  it.each([
    ['bank-induk', 'csv'],
    ['switching', 'mt940'],
    ['switching', 'camt.053'],
  ] as const)('of each day of %s is what the journals say, told as %s', async (partnerCode, format) => {
    const wib = (at: string) => new Date(Date.parse(at) + 7 * 3_600_000).toISOString().slice(0, 10);
    const days = [...new Set(started.simulators.payments.book(partnerCode).map(({ at }) => wib(at)))].sort();
    expect(days.length).toBeGreaterThan(0);
    for (const date of days) {
      const operators = await started.operatorTokens();
      const { state, balance, exceptions } = await steps.importStatement(operators, partnerCode, date, format);
      expect({ state, balance, exceptions }).toEqual({ state: 'posted', balance: 'ok', exceptions: [] });
    }
    const [one, two] = await started.operatorTokens();
    const last = days.at(-1) ?? '';
    const isClosedBefore = format === 'camt.053';
    if (isClosedBefore) return;
    for (const date of days) {
      const { isClosed, breakCount, paidRupiah, bookedRupiah } = await steps.closeDay(
        date === last ? one : two,
        partnerCode,
        date,
      );
      expect({ date, isClosed, breakCount }).toEqual({ date, isClosed: true, breakCount: 0 });
      expect(paidRupiah).toBe(bookedRupiah);
    }
  });
});

describe('in the end', () => {
  let items: readonly Item[];
  let journals: ReadonlyMap<string, readonly Entry[]>;

  beforeAll(async () => {
    items = await wholeTable(started.cloud);
    journals = journalsIn(items);
  });

  it('the table holds the decisions, one place for each winner, one pointer for each code, one count for each sign-up, and no more', () => {
    const dataKeys = 5;
    const aptitude = 5 * 3; // A test has two decisions, and one sheet of saved answers.
    const { L: ofReleases, Q: _ofDays, T: _ofStatements, ...others } = itemCounts(items);
    expect(others).toEqual({
      B: 2 * 18,
      C: 1,
      K: 4,
      O: 2,
      P: 16 + 14 + 7 + 20 + 5 + dataKeys + aptitude,
      R: 3,
      REGISTRY: 1,
      U: 5 + 1, // Sign-ups by address; the program opens with a citizen of its own.
    });
    expect(ofReleases).toBeGreaterThan(4 * 4);
  });

  it('every event moves as much money as it takes', () => {
    const moving = [...journals.values()].flat().flatMap(({ events }) => events.filter(({ legs }) => legs.length > 0));
    expect(moving.length).toBeGreaterThan(20);
    expect(moving.filter(({ legs }) => legs.reduce((sum, { rupiah }) => sum + rupiah, 0) !== 0)).toEqual([]);
  });

  it('the figures of each province are the sums of its journals, and the payments are those of the partner', async () => {
    const { national, provinces } = await started.figures();
    const rows = new Map(provinces.map(({ provinceCode, people, money }) => [provinceCode, { people, money }]));
    const expected = new Map(provinces.map(({ provinceCode }) => [provinceCode, sums(provinceCode, journals)]));
    expect(rows).toEqual(expected);
    const booked = started.simulators.payments.book().reduce((sum, { amountRupiah }) => sum + amountRupiah, 0);
    expect(national.money['paidRupiah']).toBe(booked);
    expect(national.people).toEqual({
      registered: 5,
      verified: 5,
      decreed: 4,
      purchased: 3,
      completed: 3,
      paid: 3,
      revoked: 1,
    });
    const { grantedRupiah = 0, ...where } = national.money;
    expect(Object.values(where).reduce((sum, rupiah) => sum + rupiah, 0)).toBe(grantedRupiah);
  });

  it('provinces of the figures are those where the people live', async () => {
    const { provinces } = await started.figures();
    const registered = provinces
      .filter(({ people }) => (people['registered'] ?? 0) > 0)
      .map(({ provinceCode }) => provinceCode);
    expect(registered.sort()).toEqual([...new Set(persons.map(provinceOf))].sort());
  });

  it('an operator reads a journal without what identifies the person', async () => {
    const [token] = await started.operatorTokens();
    const answer = await steps.api('GET', `/v1/participants/${byCommit.participantId}/journal?reason=Pemeriksaan`, {
      token,
    });
    const text = JSON.stringify(expectStatus(answer, 200));
    expect(text).toContain('CoursePurchased');
    expect(started.words.foundIn([text])).toEqual([]);
  });

  it('nothing is left in a queue', async () => {
    await started.cloud.idle();
    expect(await started.messagesLeft()).toBe(0);
  });

  it('logs, messages, keys and refusals name nobody and hold no secret', async () => {
    expect(await started.leaks()).toEqual(noLeaks);
    expect(started.logs.length).toBeGreaterThan(50);
    expect(started.queueMessages().length).toBeGreaterThan(20);
    for (const kind of ['nik', 'name', 'one-time code', 'redeem code', 'token', 'key'] as const)
      expect(started.words.count(kind)).toBeGreaterThanOrEqual(3);
  });
});

/** What the public figures of a province must say, from its journals alone. */
function sums(provinceCode: string, journals: ReadonlyMap<string, readonly Entry[]>) {
  const own = [...journals].flatMap(([key, entries]) =>
    key.startsWith('P#')
      ? [entries.filter((entry) => entry.provinceCode === provinceCode).flatMap(({ events }) => events)]
      : [],
  );
  const having = (type: string) => own.filter((events) => events.some((event) => event.type === type)).length;
  const rupiah = (...accounts: readonly string[]) =>
    own
      .flat()
      .flatMap(({ legs }) => legs)
      .reduce((sum, leg) => (accounts.includes(leg.account) ? sum + leg.rupiah : sum), 0);
  return {
    people: {
      registered: having('PersonRegistered'),
      verified: having('IdentityVerified'),
      decreed: having('RecipientDecreed'),
      purchased: having('CoursePurchased'),
      completed: having('CourseCompleted'),
      paid: having('IncentivePaid'),
      revoked: having('MembershipRevoked'),
    },
    money: {
      grantedRupiah: 0 - rupiah('treasury'),
      spentRupiah: rupiah('institution_payable', 'platform_commission'),
      paidRupiah: rupiah('paid_to_citizen'),
      forfeitedRupiah: rupiah('returned'),
      openRupiah: rupiah('training_credit', 'reserved', 'incentive_entitlement', 'payout_in_flight'),
    },
  };
}
