import { setTimeout as delay } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { PaymentControl } from '#infra/local/simulators/payment-partner.ts';
import { programProvinceOf } from '#shared/registration/regions.ts';
import type { Answer, Call } from '#test/journeys/http.ts';
import type { Citizen, Journey, Market, OwnFile, Sent, Watch } from '#test/journeys/journey.ts';
import { type Delivery, noLeaks, type Started, startJourneys } from '#test/journeys/started.ts';
import { itemCounts, journalsIn, story, wholeTable } from '#test/journeys/whole-table.ts';
import { type Person, people } from '#test/simulation/people.ts';
import { randomFrom } from '#test/simulation/random.ts';

/* Functions die at work, and services outside fail in every way they can. What is owed comes about all the same, once. */

/** A message whose worker died is hidden for six times the worker's longest life: three minutes for most. */
const hiddenMilliseconds = 181_000;
const deathsOfEach = 2;
/** Requests whose function dies before it answers; the caller sends them again. */
const interrupted = [
  '/v1/registrations',
  '/v1/aptitude-tests',
  '/v1/applications',
  '/authorize',
  '/commit',
  '/v1/webhooks',
  '/v1/ratings',
  '/v1/payout-account',
];

type Around = NonNullable<Watch['around']>;

const random = randomFrom('crashes');
const threads = new Set<Worker>();
const deaths = new Map<string, number>();
const unanswered: string[] = [];
let started: Started;
let market: Market;
let deadly = true;
let delivered = 0;
let passing = hiddenMilliseconds;
let waiting: Promise<void> | undefined;

/** Threads of a function that are alive; ending one is what a crash of its sandbox is. */
const threadsOf = (functionName: string) => [...threads].filter(({ threadName }) => threadName === functionName);

function watchThread(thread: Worker): void {
  threads.add(thread);
  thread.once('exit', () => threads.delete(thread));
}

async function endThreads(functionName: string): Promise<void> {
  await Promise.all(threadsOf(functionName).map((thread) => thread.terminate()));
}

/** The first deliveries to each function end in its death, at any moment of its work. */
function dieAtWork({ functionName }: Delivery): void {
  const died = deaths.get(functionName) ?? 0;
  if (!deadly || died >= deathsOfEach) return;
  deaths.set(functionName, died + 1);
  void delay(random.between(20, 400)).then(() => endThreads(functionName));
}

/** The first attempt of a request loses its function at any moment; a caller that got no answer asks again. */
async function interruptedOnce({ path }: Sent, send: () => Promise<Answer>): Promise<Answer> {
  if (!interrupted.some((part) => path.includes(part))) return send();
  const workers = [...deaths.keys()];
  const first = send();
  await delay(random.between(5, 150));
  await Promise.all(
    [...threads].filter(({ threadName }) => !workers.includes(threadName ?? '')).map((thread) => thread.terminate()),
  );
  const answer = await first;
  if (answer.status < 500) return answer;
  unanswered.push(path);
  return send();
}

/** Whose session ends while time passes signs in again. */
function signingInAgain(steps: Journey, person: Person, around: Around): Around {
  let token: string | undefined;
  const renewed = (options: Call): Call => (token && options.token ? { ...options, token } : options);
  return async (sent, send) => {
    const answer = await around(sent, () => send(renewed(sent.options)));
    if (answer.status !== 401 || !sent.options.token) return answer;
    token = await steps.session(person);
    return around(sent, () => send(renewed(sent.options)));
  };
}

/** Time passes only when nothing else can happen: then a hidden message comes back. Each time in vain passes twice as much. */
async function passTime(): Promise<void> {
  await started.cloud.idle();
  const idle = started.deliveries.length === delivered;
  delivered = started.deliveries.length;
  passing = idle ? passing * 2 : hiddenMilliseconds;
  if (idle) started.cloud.clock.advance(passing / 2);
}

/** Whoever waits, waits for the same. */
function letTimePass(): Promise<void> {
  waiting ??= passTime().finally(() => {
    waiting = undefined;
  });
  return waiting;
}

/** Until no message is left anywhere, and none is about to be sent. */
async function settled(): Promise<void> {
  await started.cloud.idle();
  while ((await started.messagesLeft()) > 0) {
    await letTimePass();
    await started.cloud.idle();
  }
}

/** From the registration to a rated course. */
async function train(steps: Journey, citizen: Citizen): Promise<void> {
  const { cardNumber } = await steps.decreed(citizen);
  const redeemCode = await steps.buy(market, citizen, cardNumber ?? '');
  await steps.redeem(market, citizen, redeemCode, 'commit');
  await steps.complete(market, redeemCode, `msg_${citizen.participantId.slice(0, 12)}`);
  const { purchaseId } = await steps.certified(citizen);
  await steps.rate(citizen, purchaseId);
}

async function decree(steps: Journey, number: number, citizens: readonly Citizen[]): Promise<void> {
  const [token] = await started.operatorTokens();
  const quotas = Object.fromEntries(citizens.map(({ person }) => [programProvinceOf(person.regencyCode), 10]));
  const batchId = await steps.openBatch(token, { number, scheme: 'NORMAL_2023', quotas });
  await Promise.all(citizens.map((citizen) => steps.join(citizen, batchId)));
  await steps.drawAndApprove(batchId, started.operatorTokens, `crashes ${number}`);
}

/** What happened to a citizen, but for the waiting: that an outcome was open, or put off, moves nothing. */
const openEnds = ['IncentiveUnknown', 'IncentiveSent', 'IncentiveDeferred'];
const storyOf = async ({ participantId }: Citizen) =>
  story(journalsIn(await wholeTable(started.cloud)).get(`P#${participantId}`)).filter(
    (name) => !openEnds.includes(name),
  );
const paymentsTo = ({ person }: Citizen) =>
  started.simulators.payments.book().filter(({ accountNo }) => accountNo === person.payout.number);
const noticesTo = ({ person }: Citizen) =>
  started.simulators.messages
    .inbox({ to: person.phone })
    .map(({ template }) => template)
    .sort();

const untilRated = [
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
  'CourseRated',
];
/** Where the course is rated, linking the account claims the incentive. */
const paidAtOnce = ['PayoutAccountLinked + IncentiveClaimed', 'IncentivePaid'] as const;
const once = ['certificate_issued', 'decreed', 'incentive_paid', 'one_time_code', 'phone_code', 'redeem_code'];

/** One person of each family, so that all can win. */
const families = [...Map.groupBy(people('crashes', 30), ({ familyCardNumber }) => familyCardNumber).values()];
const [victim, ...others] = families.flatMap(([eldest]) => eldest ?? []);

beforeAll(async () => {
  process.on('worker', watchThread);
  started = await startJourneys({ onDelivery: dieAtWork });
  started.known(victim ? [victim, ...others] : []);
  const [token] = await started.operatorTokens();
  market = await started.steps().openMarket(token);
});
afterAll(async () => {
  process.off('worker', watchThread);
  await started?.stop();
});

describe('a journey in which every function dies at work', () => {
  let citizen: Citizen;

  beforeAll(async () => {
    if (!victim) throw new Error('Thirty people were asked for');
    const around = signingInAgain(started.steps(), victim, interruptedOnce);
    const steps = started.steps({ around, whileWaiting: letTimePass });
    citizen = await steps.signUp(victim);
    await steps.register(citizen);
    await steps.identity(citizen);
    await steps.provePhone(citizen);
    await steps.takeTest(citizen);
    await decree(steps, 1, [citizen]); // Operators do not sign in again: they are asked for new sessions.
    await train(steps, citizen);
    await steps.linkAccount(citizen);
    // A release that finds nothing is itself at work: while one is asked for again and again, no hidden message comes back.
    await settled();
    // Operators do not sign in again here either.
    await started.steps({ whileWaiting: letTimePass }).release('crashes', 1, started.operatorTokens);
    await steps.paid(citizen);
    await settled();
    deadly = false;
  });

  it('really loses functions and answers', () => {
    expect([...deaths.values()].filter((count) => count === deathsOfEach).length).toBeGreaterThan(3);
    expect(unanswered.length).toBeGreaterThan(2);
    expect(started.logs.filter((line) => line.includes('Runtime.ExitError')).length).toBeGreaterThan(5);
  });

  it('has the same decisions as one in which none does', async () => {
    expect(await storyOf(citizen)).toEqual([...untilRated, ...paidAtOnce]);
    const { L: _ofReleases, P: ofCitizen = 0, ...others } = itemCounts(await wholeTable(started.cloud));
    expect(others).toEqual({ B: 16, C: 1, K: 1, O: 2, R: 1, REGISTRY: 1, U: 2 });
    expect(ofCitizen).toBeGreaterThanOrEqual(14);
  });

  it('pays once, tells each thing once, and counts it once', async () => {
    expect(paymentsTo(citizen)).toHaveLength(1);
    expect(noticesTo(citizen)).toEqual(once);
    const { people } = (await started.figures()).national;
    expect(people).toEqual({ registered: 1, verified: 1, decreed: 1, purchased: 1, completed: 1, paid: 1, revoked: 0 });
  });
});

describe('when services outside fail', () => {
  let steps: Journey;
  let citizens: readonly Citizen[];

  let releases = 0;

  /** Releases what was claimed, and lets time pass until its outcome is known. */
  async function payOut(citizen: Citizen, ended: (file: OwnFile) => boolean): Promise<void> {
    releases += 1;
    await started.cloud.idle();
    await steps.release(`outside-${releases}`, 1, started.operatorTokens);
    await steps.until('the outcome of a payment', async () => {
      const token = await steps.session(citizen.person);
      return ended(await steps.ownFile({ token }));
    });
    await settled();
  }
  const isPaid = ({ incentives }: OwnFile) => incentives.paidCount > 0;

  /** Links the account, which claims the incentive. */
  async function claim(citizen: Citizen, payout = citizen.person.payout): Promise<void> {
    started.words.add('account number', payout.number);
    const token = await steps.session(citizen.person);
    await steps.linkAccount({ ...citizen, token, person: { ...citizen.person, payout } });
  }

  const one = (index: number): Citizen => {
    const citizen = citizens[index];
    if (!citizen) throw new Error('Seven people take part');
    return citizen;
  };

  beforeAll(async () => {
    steps = started.steps({ whileWaiting: letTimePass });
    const { civilRegistry, messages } = started.simulators;
    citizens = await Promise.all(others.slice(0, 7).map((person) => steps.signUp(person)));
    civilRegistry.faults.next('unavailable', 3);
    civilRegistry.faults.next('cut', 3);
    await Promise.all(citizens.map((citizen) => steps.register(citizen)));
    await settled();
    await Promise.all(citizens.map((citizen) => steps.provePhone(citizen)));
    messages.faults.next('unavailable', 4);
    messages.faults.next('cut', 4);
    await Promise.all(citizens.map((citizen) => steps.takeTest(citizen)));
    await decree(steps, 2, citizens);
    await settled();
    const trained = started.steps(); // Nothing fails now: time need not pass.
    await Promise.all(citizens.map((citizen) => train(trained, citizen)));
    await settled();
  });

  it('every identity is verified all the same, once', async () => {
    const stories = await Promise.all(citizens.map(storyOf));
    expect(stories).toEqual(citizens.map(() => untilRated));
  });

  it('every notice arrives all the same, once', () => {
    const expected = once.filter((template) => template !== 'incentive_paid');
    expect(citizens.map(noticesTo)).toEqual(citizens.map(() => expected));
  });

  it.each<[number, string, (payments: PaymentControl) => void]>([
    [0, 'it is made but the answer is lost', ({ faults }) => faults.next('pay_then_cut')],
    [
      1,
      'it is made, the partner says timeout and cannot be asked',
      ({ faults, inquiryFaults }) => {
        faults.next('pay_then_timeout');
        inquiryFaults.next('unavailable');
      },
    ],
    [2, 'the connection is lost before it is made', ({ faults }) => faults.next('cut')],
    [3, 'the partner is out of order three times', ({ faults }) => faults.next('unavailable', 3)],
    [4, 'our account at the partner is empty for a while', ({ faults }) => faults.next('funds_insufficient', 2)],
  ])('the payment to person %i is made exactly once when %s', async (index, _, order) => {
    await claim(one(index));
    order(started.simulators.payments);
    await payOut(one(index), isPaid);
    expect(paymentsTo(one(index))).toHaveLength(1);
    expect(await storyOf(one(index))).toEqual([...untilRated, ...paidAtOnce]);
    expect(noticesTo(one(index))).toEqual(once);
  });

  it('the payment is made exactly once when the worker dies after it, before it can write it down', async () => {
    const { payments } = started.simulators;
    await claim(one(5));
    payments.faults.next('pay_then_cut');
    payments.inquiryFaults.setLatency(1_000); // The worker asks what became of the payment, and dies over the question.
    await started.cloud.idle();
    releases += 1;
    payments.loseCallbacks(1); // Nobody else asks about it.
    const released = started.steps().release(`outside-${releases}`, 1, started.operatorTokens);
    const worker = started.functionOf(one(5).person.payout.provider === 'BNI' ? 'PayByBankInduk' : 'PayBySwitching');
    await vi.waitUntil(() => paymentsTo(one(5)).length > 0, { timeout: 10_000, interval: 5 });
    await endThreads(worker);
    payments.inquiryFaults.clear();
    await released;
    expect(await storyOf(one(5))).toEqual([...untilRated, paidAtOnce[0]]);
    await steps.until('the outcome of a payment', async () => {
      return isPaid(await steps.ownFile({ token: await steps.session(one(5).person) }));
    });
    await settled();
    expect(paymentsTo(one(5))).toHaveLength(1);
    expect(await storyOf(one(5))).toEqual([...untilRated, ...paidAtOnce]);
  });

  it('an account that the partner refuses is not paid, and another one is', async () => {
    const { payments } = started.simulators;
    await claim(one(6));
    payments.faults.next('account_refused');
    await payOut(one(6), ({ incentives }) => !incentives.open);
    expect(paymentsTo(one(6))).toEqual([]);
    await claim(one(6), { ...one(6).person.payout, kind: 'bank', provider: 'BCA', number: '081234567891' });
    await payOut(one(6), isPaid);
    const booked = payments.book().filter(({ accountNo }) => accountNo === '081234567891');
    expect(booked).toHaveLength(1);
    const [claimed, paid] = paidAtOnce;
    expect(await storyOf(one(6))).toEqual([...untilRated, claimed, 'IncentiveRefused', claimed, paid]);
  });

  it('in the end the partner has paid what the figures say, and no message is dead', async () => {
    const { national } = await started.figures();
    const booked = started.simulators.payments.book().reduce((sum, { amountRupiah }) => sum + amountRupiah, 0);
    expect(national.money['paidRupiah']).toBe(booked);
    expect(booked).toBe(8 * 600_000);
    expect(await started.messagesLeft()).toBe(0);
  });

  it('logs, messages, keys and refusals name nobody and hold no secret', async () => {
    expect(await started.leaks()).toEqual(noLeaks);
  });
});
