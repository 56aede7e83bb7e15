import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programProvinceOf } from '#shared/registration/regions.ts';
import type { Answer } from '#test/journeys/http.ts';
import type { Citizen, Market, Sent } from '#test/journeys/journey.ts';
import { type Delivery, type Figures, noLeaks, type Started, startJourneys } from '#test/journeys/started.ts';
import {
  allChanges,
  type Item,
  itemCounts,
  journalsIn,
  story,
  tableTexts,
  wholeTable,
} from '#test/journeys/whole-table.ts';
import { people } from '#test/simulation/people.ts';
import { randomFrom } from '#test/simulation/random.ts';

/* One journey in which nothing comes once only: requests are repeated, some ten times at once, and deliveries come again. */

const nameOf = ({ method, path }: Sent) =>
  `${method} ${path.replace(/\/v1\/(batches|webhooks|releases)\/[^/]+/, '/v1/$1/…')}`;

/** Sent ten times at once. */
const crowded = [
  'POST /v1/registrations',
  'POST /v1/aptitude-tests',
  'POST /v1/aptitude-tests/1/submission',
  'POST /v1/applications',
  'POST /api/v1/integration/payment/authorize',
  'POST /v1/webhooks/…',
  'POST /v1/ratings',
  'PUT /v1/payout-account',
];
/** A second one means something else: an account that exists, keys that are shown once, another one-time code. */
const single = [
  'POST /v1/accounts',
  'POST /v1/participants/me/phone-codes',
  'POST /v1/partners',
  'POST /api/v1/integration/payment/send-otp',
];
/** What moves on while answers are compared, or is made anew for each. */
const moving: ReadonlySet<string> = new Set([
  'identity',
  'state',
  ...['commitmentDigest', 'applicantCount', 'eligibleCount', 'sealedBy', 'revealedBy'],
  ...['manifestDigest', 'winnerCount', 'waitingCount', 'approvedAt', 'objectionsUntil', 'orderedAt'],
  ...['decreed', 'announcedAt', 'csvDigest', 'documentDigest', 'overridesDigest'],
  'url',
  'accessToken',
  'refreshToken',
  ...['secondsLeft', 'questions', 'result'],
  ...['declared', 'approvals', 'progress', 'nextCheckAt', 'dispatchedAt'],
]);

const random = randomFrom('repeats');
let started: Started;
let citizen: Citizen;
let disturbed = true;
const sent: { readonly name: string; readonly again: () => Promise<Answer>; readonly first: Answer }[] = [];
const crowds = new Map<string, readonly Answer[]>();
const [person] = people('repeats', 1);

const steady = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (name, member: unknown) => (moving.has(name) ? undefined : member));
const told = ({ status, body }: Answer) => ({ status, body: steady(body) });

async function repeatedly(request: Sent, send: () => Promise<Answer>): Promise<Answer> {
  const name = nameOf(request);
  if (request.method === 'GET' || single.includes(name)) {
    const first = await send();
    if (request.method !== 'GET') sent.push({ name, again: send, first });
    return first;
  }
  const times = crowded.includes(name) ? 10 : 2;
  const answers = await Promise.all(Array.from({ length: times }, send));
  crowds.set(name, [...(crowds.get(name) ?? []), ...answers]);
  const [first] = answers;
  if (!first) throw new Error('It was sent');
  sent.push({ name, again: send, first });
  return first;
}

/** What a worker answers of messages that it could not do. */
const failuresOf = (payload: unknown): unknown[] =>
  payload && typeof payload === 'object' && 'batchItemFailures' in payload && Array.isArray(payload.batchItemFailures)
    ? payload.batchItemFailures
    : [];

/** Gives records to their function once more; of a queue's message the service counts the deliveries. */
async function deliverAgain(functionName: string, again: readonly (Delivery & { readonly time: number })[]) {
  const Records = again.map(({ record, time }) => {
    const attributes = record['attributes'];
    const counted = { ...(typeof attributes === 'object' && attributes), ApproximateReceiveCount: String(time) };
    return attributes ? { ...record, attributes: counted } : record;
  });
  return started.cloud.invoke(functionName, { Records });
}

/** While the journey runs: after each delivery some earlier one comes again, at the same time as whatever goes on. */
function disturb(): void {
  if (!disturbed || !started) return;
  const earlier = random.pick(started.deliveries);
  void delay(random.between(0, 30)).then(() => deliverAgain(earlier.functionName, [{ ...earlier, time: 2 }]));
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  const left = [...items];
  return items.map(() => {
    const [taken] = left.splice(random.between(0, left.length - 1), 1);
    if (taken === undefined) throw new Error('As many are taken as there were');
    return taken;
  });
}

type Facts = {
  readonly table: readonly string[];
  readonly figures: Figures;
  readonly book: unknown;
  readonly inbox: unknown;
};

/** How often a sign-up was asked for is counted each time, refused or not: that bounds it. */
const isNoCount = ({ sk }: Item) => sk !== 'CODES';

async function facts(): Promise<Facts> {
  const figures = await started.figures();
  const { payments, messages } = started.simulators;
  const table = await tableTexts(started.cloud, isNoCount);
  return { table, figures, book: payments.book(), inbox: messages.inbox() };
}

beforeAll(async () => {
  if (!person) throw new Error('One person was asked for');
  started = await startJourneys({ onDelivery: disturb });
  started.known([person]);
  const steps = started.steps({ around: repeatedly });
  const [token] = await started.operatorTokens();
  const market: Market = await steps.openMarket(token);
  citizen = await steps.signUp(person);
  await steps.register(citizen);
  await steps.identity(citizen);
  await steps.provePhone(citizen);
  await steps.takeTest(citizen);
  const quotas = { [programProvinceOf(person.regencyCode)]: 1 };
  const batchId = await steps.openBatch(token, { number: 1, scheme: 'NORMAL_2023', quotas });
  await steps.join(citizen, batchId);
  // Signed once: a repeat is by the same operators.
  const operators = await started.operatorTokens();
  await steps.drawAndApprove(batchId, async () => operators, 'repeats');
  const { cardNumber } = await steps.decreed(citizen);
  const redeemCode = await steps.buy(market, citizen, cardNumber ?? '');
  await steps.redeem(market, citizen, redeemCode, 'commit');
  await steps.complete(market, redeemCode, 'msg_repeats');
  const { purchaseId } = await steps.certified(citizen);
  // Both are decided on the same version of the journal: whoever comes second decides again.
  await Promise.all([steps.rate(citizen, purchaseId), steps.linkAccount(citizen)]);
  await steps.release('repeats', 1, async () => operators);
  await steps.paid(citizen);
  await started.simulators.payments.callbacksArrived();
  await started.cloud.idle();
  disturbed = false;
  await delay(50);
  await started.cloud.idle();
});
afterAll(() => started?.stop());

describe('a journey in which nothing comes only once', () => {
  it.each(crowded)('answers ten of %s at once alike', (name) => {
    const answers = crowds.get(name) ?? [];
    expect(answers.length).toBeGreaterThanOrEqual(10);
    expect(new Set(answers.map((answer) => JSON.stringify(told(answer)))).size).toBe(1);
    expect(answers[0]?.status).toBeLessThan(300);
  });

  it('answers every other repeat as the first time', () => {
    expect(crowds.size).toBeGreaterThan(12);
    const different = [...crowds].filter(
      ([name, answers]) =>
        !name.includes('quota') &&
        answers.some((answer, index) => index % 2 === 1 && !sameAs(answers[index - 1], answer)),
    );
    expect(different.map(([name]) => name)).toEqual([]);
  });

  it('has the same decisions as one in which everything does', async () => {
    const items = await wholeTable(started.cloud);
    const inOrder = story(journalsIn(items).get(`P#${citizen.participantId}`));
    const linkedLast = ['CourseRated', 'PayoutAccountLinked + IncentiveClaimed'];
    const ratedLast = ['PayoutAccountLinked', 'CourseRated + IncentiveClaimed'];
    expect(inOrder).toEqual([
      'PersonRegistered',
      'IdentityVerified',
      'PhoneCodeRequested',
      'PhoneVerified',
      'AptitudeTestStarted',
      'AptitudeTestScored',
      'BatchJoined',
      'RecipientDecreed',
      'PurchaseReserved',
      'CoursePurchased',
      'CodeRedeemed',
      'CourseCompleted',
      'CertificateIssued',
      ...(inOrder.includes('CourseRated') ? linkedLast : ratedLast),
      'IncentivePaid',
    ]);
    const { L: _ofReleases, ...others } = itemCounts(items);
    expect(others).toEqual({ B: 16, C: 1, K: 1, O: 2, P: 18, R: 1, REGISTRY: 1, U: 2 });
  });

  it('never changes or removes a decision', async () => {
    const changes = await allChanges(started.cloud);
    const ofDecisions = changes.filter(({ dynamodb }) => dynamodb.Keys.sk.S.startsWith('E#'));
    expect(ofDecisions.length).toBeGreaterThan(20);
    expect(ofDecisions.filter(({ eventName }) => eventName !== 'INSERT')).toEqual([]);
  });

  it('pays once, tells each thing once, and counts it once', async () => {
    expect(started.simulators.payments.book()).toHaveLength(1);
    const notices = started.simulators.messages.inbox({ to: citizen.person.phone }).map(({ template }) => template);
    expect(notices.sort()).toEqual([
      'certificate_issued',
      'decreed',
      'incentive_paid',
      'one_time_code',
      'phone_code',
      'redeem_code',
    ]);
    const once = { registered: 1, verified: 1, decreed: 1, purchased: 1, completed: 1, paid: 1, revoked: 0 };
    expect((await started.figures()).national.people).toEqual(once);
  });
});

describe('when it is over', () => {
  it('every stream record and queue message three times more, in any order, changes nothing', async () => {
    const before = await facts();
    const again = shuffled(started.deliveries.flatMap((delivery) => [1, 2, 3].map((time) => ({ ...delivery, time }))));
    expect(again.length).toBeGreaterThan(150);
    const failed: unknown[] = [];
    while (again.length > 0) {
      const [next] = again;
      const size = random.between(1, 5);
      const together = again.filter(({ functionName }) => functionName === next?.functionName).slice(0, size);
      for (const one of together) again.splice(again.indexOf(one), 1);
      const invocation = await deliverAgain(next?.functionName ?? '', together);
      failed.push(...(invocation.ok ? failuresOf(invocation.payload) : [invocation.failure]));
    }
    expect(failed).toEqual([]);
    await started.cloud.idle();
    expect(await facts()).toEqual(before);
    expect(await started.messagesLeft()).toBe(0);
  });

  it('every request once more changes nothing', async () => {
    const before = await facts();
    const different: string[] = [];
    for (const { name, again, first } of sent) {
      const answer = await again();
      if (!sameAs(first, answer)) different.push(`${name} ${answer.status} ${codeOf(answer)}`);
    }
    await started.cloud.idle();
    expect(await facts()).toEqual(before);
    // Of these the moment has passed, or a second one means something else.
    expect(different.sort()).toEqual([
      'POST /api/v1/integration/payment/redeem-code/status 200 ',
      'POST /api/v1/integration/payment/send-otp 400 ERRPLT40048',
      'POST /v1/accounts 409 account_exists',
      'POST /v1/applications 409 already_recipient',
      'POST /v1/batches/…/opening 409 batch_state',
      'POST /v1/participants/me/phone-codes 409 phone_verified',
      'POST /v1/partners 409 partner_exists',
      'POST /v1/partners 409 partner_exists',
      'PUT /v1/aptitude-tests/1/answers 409 aptitude_test_submitted',
    ]);
  });

  it('logs, messages, keys and refusals name nobody and hold no secret', async () => {
    expect(await started.leaks()).toEqual(noLeaks);
  });
});

const sameAs = (left: Answer | undefined, right: Answer) =>
  left !== undefined && JSON.stringify(told(left)) === JSON.stringify(told(right));

function codeOf({ body }: Answer): string {
  return body && typeof body === 'object' && 'code' in body ? String(body.code) : '';
}
