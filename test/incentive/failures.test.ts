import '#test/platform/environment.ts';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { claimIncentives } from '#functions/incentive/claim-incentives.ts';
import { importStatement } from '#functions/incentive/import-statement.ts';
import { manageReleases } from '#functions/incentive/releases.ts';
import { sanctions } from '#functions/incentive/sanctions.ts';
import { Legs } from '#shared/credit/ledger.ts';
import { claimDue, linkAccount } from '#shared/incentive/account.ts';
import { openPayouts, paidPayouts } from '#shared/incentive/incentive.ts';
import { payoutReference } from '#shared/incentive/payout.ts';
import { closings } from '#shared/incentive/reconciliation/closing.ts';
import { partnerQuestion } from '#shared/incentive/reconciliation/partner-question.ts';
import { reconciliationFile, statementIdOf } from '#shared/incentive/reconciliation/reconciliation-names.ts';
import { RowsPart, tallyOf } from '#shared/incentive/reconciliation/row-result.ts';
import { receive, statements, submit } from '#shared/incentive/reconciliation/statement.ts';
import { releaseFiles } from '#shared/incentive/release-files.ts';
import { releasePermits } from '#shared/incentive/release-permits.ts';
import { assignCase } from '#shared/incentive/release-steps.ts';
import { releaseView } from '#shared/incentive/release-view.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { messagesFor } from '#shared/operations/dispatch.ts';
import { PayoutMessage } from '#shared/operations/messages.ts';
import { digestOf } from '#shared/platform/digest.ts';
import { addWibMonths, wibDay } from '#shared/platform/wib.ts';
import { contributionOf, count, noTotals } from '#shared/report/figures.ts';
import { type Claim, type PayDesk, payDesk, payMessage } from '#test/incentive/pay-desk.ts';
import { referenceOf } from '#test/incentive/reconciliation/statements.ts';
import { type ReleaseDesk, releaseDesk } from '#test/incentive/release-desk.ts';
import { keys, linkedAccount, minutesAfter, type StepName, start } from '#test/journal/citizen.ts';
import { httpEvent, lambdaContext, operatorClaims, queueEvent, read } from '#test/platform/events.ts';
import { memoryFiles } from '#test/platform/memory-files.ts';
import { randomFrom } from '#test/simulation/random.ts';

/*
 * What broke elsewhere and cost money, each as a test that bears its name: on the real engine, by the real workers, with the
 * sandbox's own book as the judge. A file without evidence is also searched for, to the end, in state-space.test.ts.
 */

let desk: PayDesk;
let office: ReleaseDesk;
beforeAll(async () => {
  desk = await payDesk('failures', 90);
  office = releaseDesk(() => desk.engine);
});
afterAll(() => desk.stop());
// Noon of a working day; only the date is set, so that timers go on.
const at = (minutes: number) => vi.setSystemTime(minutesAfter(start, 120 + minutes));
beforeEach(() => at(0));
afterEach(() => {
  vi.useRealTimers();
  desk.calm();
});

const claimed = (scheme: 'NORMAL_2023' | 'SEMI_BANSOS_2020' = 'NORMAL_2023') => desk.citizenAfter('link', { scheme });
const stateOf = async (claim: Claim) => (await desk.payoutOf(claim)).state;
const everyone = async <Value>(claims: readonly Claim[], ask: (claim: Claim) => Promise<Value>) =>
  Promise.all(claims.map(ask));

async function claims(number: number): Promise<Claim[]> {
  const made: Claim[] = [];
  while (made.length < number) made.push(await claimed());
  return made;
}

const waiting = (claim: Claim) => ({
  participantId: claim.citizen.participantId,
  reference: claim.reference,
  partnerCode: 'switching',
  amountRupiah: 600_000,
});

/** A release of claims, approved and sent: the messages that its partner's worker gets. */
async function released(releaseId: string, some: readonly Claim[]): Promise<PayoutMessage[]> {
  await office.wait(some.map(waiting));
  await office.ask(releaseId);
  await office.settle(releaseId);
  // Where there is nothing to pay, nobody can approve it.
  if ((await office.load(releaseId)).prepared?.count === 0) return [];
  await office.approveAll(releaseId);
  await office.settle(releaseId);
  return office.taken('switchingQueueUrl').map((body) => PayoutMessage.parse(body));
}

/** One delivery of a message of a release. */
async function deliver(message: PayoutMessage, deliveries = 1): Promise<'done' | 'again'> {
  const permits = releasePermits(office.journal(), () => new Date());
  const releaseId = message.step === 'pay' ? message.releaseId : null;
  return desk.deliver(message, { deliveries, ...(releaseId && { permit: await permits(releaseId) }) });
}

/** The clock brings what is due of a payout, each entry a minute late, until nothing is. */
async function throughTheClock(claim: Claim, limit = 8): Promise<void> {
  const brought = new Set<string>();
  for (let round = 0; round < limit; round += 1) {
    const next = (await desk.due(claim)).find((entry) => !brought.has(entry.at.toISOString()));
    if (!next) return;
    brought.add(next.at.toISOString());
    vi.setSystemTime(Math.max(Date.now(), minutesAfter(next.at, 1).getTime()));
    await desk.deliver(next.message);
  }
}

/** The book has one payment for each, and the journal says so once. */
async function expectPaidOnce(some: readonly Claim[]): Promise<void> {
  for (const claim of some) {
    expect(desk.paymentsOf(claim)).toMatchObject([{ amountRupiah: 600_000 }]);
    expect(await desk.countOf(claim, 'IncentivePaid')).toBe(1);
    const { balances } = await desk.fileOf(claim);
    expect(balances).toMatchObject({ payout_in_flight: 0, paid_to_citizen: 600_000 });
  }
}

describe('1. a redelivered event moves the budget twice', () => {
  it('every message one to five times and shuffled: the ledger is that of one delivery each', async () => {
    const some = await claims(6);
    const random = randomFrom('redelivered');
    const messages = await released('REDELIVERED', some);
    expect(messages).toHaveLength(6);
    const copies = messages.flatMap((message) =>
      Array.from({ length: random.between(1, 5) }, (_, index) => ({ message, deliveries: index + 1 })),
    );
    const shuffled = copies.map((copy) => ({ copy, place: random.between(0, 1_000_000) }));
    shuffled.sort((left, right) => left.place - right.place);
    for (const { copy } of shuffled) expect(await deliver(copy.message, copy.deliveries)).toBe('done');
    expect(copies.length).toBeGreaterThan(10);
    await expectPaidOnce(some);
  });

  it('every record of the stream one to five times and shuffled: figures and messages are those of one delivery each', async () => {
    const some = await claims(3);
    for (const claim of some) await desk.deliver(payMessage(claim));
    const records = await everyone(some, async ({ citizen: { participantId } }) =>
      (await desk.files.entries(participantId)).map(({ version, at: instant, events }) => ({
        kind: 'participant' as const,
        id: participantId,
        version,
        at: instant.toISOString(),
        provinceCode: '32',
        events,
      })),
    );
    const totalsOf = (given: readonly (typeof records)[number][number][]) =>
      count(
        noTotals,
        given.flatMap(({ id, version, events }) => contributionOf(`${id}#${version}`, '32', events) ?? []),
        start,
      ).byProvince;
    const messagesOf = (given: readonly (typeof records)[number][number][]) =>
      [...new Set(given.flatMap(messagesFor).map((message) => JSON.stringify(message)))].sort();
    const all = records.flat();
    const copies = fc
      .array(fc.integer({ min: 1, max: 5 }), { minLength: all.length, maxLength: all.length })
      .map((times) => all.flatMap((record, index) => Array<(typeof all)[number]>(times[index] ?? 1).fill(record)))
      .chain((repeated) => fc.shuffledSubarray(repeated, { minLength: repeated.length }));
    fc.assert(
      fc.property(copies, (repeated) => {
        expect(totalsOf(repeated)).toEqual(totalsOf(all));
        expect(messagesOf(repeated)).toEqual(messagesOf(all));
      }),
      { numRuns: 50 },
    );
  });
});

describe('2. idempotency "proved" on a mock', () => {
  it('eight workers at once on the engine itself: one payment in the book, one in the journal, no write too many', async () => {
    const claim = await claimed();
    const before = (await desk.files.entries(claim.citizen.participantId)).length;
    const answers = await Promise.all(Array.from({ length: 8 }, () => desk.deliver(payMessage(claim))));
    expect(answers.filter((answer) => answer === 'done').length).toBeGreaterThan(0);
    await expectPaidOnce([claim]);
    expect(await desk.files.entries(claim.citizen.participantId)).toHaveLength(before + 1);
  });
});

describe('3. a duplicate reads as "quota exhausted"', () => {
  it('the second message on the last rupiah of the program gets the first result, and no refusal', async () => {
    const claim = await claimed();
    const funds = desk.payments.balanceRupiah('switching');
    desk.payments.setBalance('switching', 601_000);
    try {
      expect(await desk.deliver(payMessage(claim))).toBe('done');
      const first = await desk.payoutOf(claim);
      expect(first.state).toBe('paid');
      expect(desk.payments.balanceRupiah('switching')).toBeLessThan(600_000);
      for (const deliveries of [1, 2, 3]) expect(await desk.deliver(payMessage(claim), { deliveries })).toBe('done');
      expect(await desk.deliver(payMessage(claim, true))).toBe('done');
      expect(await desk.payoutOf(claim)).toEqual(first);
      await expectPaidOnce([claim]);
    } finally {
      desk.payments.setBalance('switching', funds);
    }
  });
});

describe('4. a timeout is treated as not sent, and the batch is sent again', () => {
  it.each(['pay_then_cut', 'pay_then_timeout', 'pay_then_garbage'] as const)(
    'the partner pays and the response is lost (%s): exactly one payment in its book',
    async (fault) => {
      const some = await claims(2);
      const messages = await released(`LOST-${fault.replaceAll('_', '-')}`, some);
      desk.payments.faults.next(fault, 2);
      // Neither the inquiry that follows is answered.
      desk.payments.inquiryFaults.next('cut', 2);
      for (const message of messages) await deliver(message);
      expect(await everyone(some, stateOf)).toEqual(['unknown', 'unknown']);
      for (const message of messages) await deliver({ ...message, ...(message.step === 'pay' && { again: true }) });
      for (const claim of some) await throughTheClock(claim);
      expect(await everyone(some, stateOf)).toEqual(['paid', 'paid']);
      await expectPaidOnce(some);
    },
  );

  it('the request never arrived: it is sent once more under the same reference, and paid once', async () => {
    const claim = await claimed();
    const [message] = await released('NEVER-ARRIVED', [claim]);
    if (!message) throw new Error('One payout is sent');
    desk.payments.faults.next('cut');
    desk.payments.inquiryFaults.next('cut');
    await deliver(message);
    expect(await stateOf(claim)).toBe('unknown');
    expect(desk.paymentsOf(claim)).toEqual([]);
    await throughTheClock(claim);
    await expectPaidOnce([claim]);
    expect(await desk.countOf(claim, 'IncentiveClaimed')).toBe(1);
  });
});

describe('5. duplicates are found inside one file only', () => {
  it('the same payee and period in two batches: the second has nothing to pay, before and after the payment', async () => {
    const claim = await claimed();
    const [first] = await released('TWO-BATCHES-1', [claim]);
    if (!first) throw new Error('One payout is sent');
    expect(await released('TWO-BATCHES-2', [claim])).toEqual([]);
    expect(await office.listed('TWO-BATCHES-2')).toEqual([]);
    await deliver(first);
    expect(await released('TWO-BATCHES-3', [claim])).toEqual([]);
    await expectPaidOnce([claim]);
  });

  it('the same payout in the messages of two batches is paid by one of them', async () => {
    const claim = await claimed();
    const [message] = await released('TWO-MESSAGES', [claim]);
    if (message?.step !== 'pay') throw new Error('One payout is sent');
    await Promise.all([deliver(message), desk.deliver({ ...message, releaseId: 'ANOTHER' })]);
    await expectPaidOnce([claim]);
  });
});

describe('6. a bulk duplicate gets no answer', () => {
  it('the replay of a batch gets the same result document, and the same list of payouts', async () => {
    const some = await claims(4);
    const { table } = desk.engine;
    const handle = manageReleases({ table, releases: office.journal(), files: releaseFiles(office.files) });
    const call = async (method: string, path: string, body?: object, username = 'one') => {
      const request = { method, path, pathParameters: { releaseId: 'REPLAYED' }, ...(body && { body }) };
      return read(await handle(httpEvent({ ...request, claims: operatorClaims(username) }), lambdaContext));
    };
    await office.wait(some.map(waiting));
    const request = { releaseId: 'REPLAYED', maxPayouts: 100 };
    const first = await call('POST', '/v1/releases', request);
    expect(first.status).toBeLessThan(300);
    expect(await call('POST', '/v1/releases', request)).toEqual(first);
    await office.settle('REPLAYED');
    const declared = { count: 4, sumRupiah: 2_400_000 };
    const path = '/v1/releases/{releaseId}';
    const approved = await call('POST', `${path}/approval`, declared, 'two');
    expect(approved).toMatchObject({ status: 200, body: { state: 'approved' } });
    expect(await call('POST', `${path}/approval`, declared, 'two')).toEqual(approved);
    await office.settle('REPLAYED');
    const messages = office.taken('switchingQueueUrl').map((body) => PayoutMessage.parse(body));
    const document = await call('GET', path);
    expect(document.body).toMatchObject({ state: 'dispatched', declared });
    const list = await office.listed('REPLAYED');

    for (let times = 0; times < 3; times += 1) {
      await office.run([
        { step: 'prepare', releaseId: 'REPLAYED' },
        { step: 'dispatch', releaseId: 'REPLAYED' },
        { step: 'dispatch_chunk', releaseId: 'REPLAYED', chunk: 0, again: false },
      ]);
      expect(office.taken('switchingQueueUrl')).toEqual(messages);
      expect(await call('GET', path)).toEqual(document);
      expect(await office.listed('REPLAYED')).toEqual(list);
      for (const message of messages) expect(await deliver(message)).toBe('done');
    }
    await expectPaidOnce(some);
  });
});

/** A statement as the partner wrote it, with lines of our own below it, imported. */
async function imported(extra: readonly string[], times = 1) {
  const day = wibDay(new Date());
  const text = `${desk.payments.statement('switching', day, 'csv').trimEnd()}\n${extra.map((line) => `${line}\n`).join('')}`;
  const files = memoryFiles();
  const digest = digestOf(text);
  const statementId = statementIdOf(digest);
  const { table } = desk.engine;
  const facts = { partnerCode: 'switching', day, format: 'csv', bytes: Buffer.byteLength(text), digest } as const;
  const journal = statements(table);
  await journal.change(statementId, (before) => receive(before, facts, 'one'));
  await files.put(reconciliationFile.source(statementId), text, 'text/csv');
  await journal.change(statementId, (before) => submit(before, statementId, 'two'));
  const worker = importStatement({
    statements: journal,
    closings: closings(table),
    participants: participants(table),
    files,
    ask: partnerQuestion(desk.clients),
    now: () => new Date(),
  });
  const context = { ...lambdaContext, getRemainingTimeInMillis: () => 900_000 };
  for (let time = 0; time < times; time += 1) {
    const { batchItemFailures } = await worker(queueEvent([{ step: 'import', statementId }]), context);
    expect(batchItemFailures).toEqual([]);
  }
  const { posted } = (await journal.load(statementId)).state;
  const parts = Array.from({ length: posted?.parts ?? 0 }, (_, part) => part);
  const rows = parts.flatMap((part) =>
    RowsPart.parse(JSON.parse(files.contents.get(reconciliationFile.rows(statementId, part)) ?? '[]')),
  );
  return { posted, rows };
}

/** A row of the partner's file: as its header names the fields. */
const rowOf = (
  type: 'D' | 'C',
  bankReference: string,
  reference: string,
  changes: { day?: string; amount?: string } = {},
) => {
  const { day = wibDay(new Date()), amount = '600000.00' } = changes;
  return [day, day, type, amount, 'IDR', '0.00', bankReference, reference, 'INSENTIF'].join(',');
};

describe('7. one bad statement line blocks all', () => {
  it('unknown, duplicate, reversed and malformed rows go to the exceptions, and the others post', async () => {
    const [known, lost, back] = [await claimed(), await claimed(), await claimed()];
    for (const claim of [known, back]) await desk.deliver(payMessage(claim));
    desk.payments.faults.next('pay_then_cut');
    desk.payments.inquiryFaults.next('cut');
    await desk.deliver(payMessage(lost));
    expect(await stateOf(lost)).toBe('unknown');
    expect(desk.payments.returnFunds(back.reference)).toBe(true);
    const [payment] = desk.paymentsOf(known);
    if (!payment) throw new Error('It was paid');

    const { rows, posted } = await imported([
      rowOf('D', 'BANK-UNKNOWN', referenceOf(7)),
      rowOf('D', payment.referenceNo, known.reference),
      rowOf('D', 'BANK-MALFORMED', referenceOf(8), { day: '2026-13-02' }),
      rowOf('C', 'BANK-FORGED', known.reference),
      rowOf('C', 'BANK-NOBODY', referenceOf(9)),
    ]);

    expect(await everyone([known, lost, back], stateOf)).toEqual(['paid', 'paid', 'returned']);
    expect((await desk.payoutOf(lost)).paid).toMatchObject({ by: 'statement' });
    const [unknown, duplicate, malformed, forged, nobody] = rows.slice(-5);
    expect(unknown).toMatchObject({ result: 'exception', exception: 'reference_unknown' });
    expect(duplicate).toMatchObject({ result: 'exception', exception: 'duplicate_debit' });
    expect(malformed).toMatchObject({ result: 'exception', code: expect.any(String) });
    expect(forged).toMatchObject({ result: 'exception', exception: 'reversal_unmatched' });
    const ofBack = rows.filter(({ reference }) => reference === back.reference);
    expect(ofBack.map(({ result }) => result)).toEqual(['matched', 'posted_returned']);
    expect(nobody).toMatchObject({ result: 'exception' });
    expect(posted?.tally.results.exception).toBe(rows.filter(({ result }) => result === 'exception').length);
    expect(rows.filter(({ reference }) => reference === lost.reference)).toMatchObject([{ result: 'posted_paid' }]);
  });
});

describe('8. reconciliation figures are wrong or stuck', () => {
  it('after each import the stored totals are the sum of the rows, and of what the journals and the book have', async () => {
    const some = await claims(3);
    for (const claim of some) await desk.deliver(payMessage(claim));
    for (const isReturned of [false, true]) {
      if (isReturned) expect(desk.payments.returnFunds(some[0]?.reference ?? '')).toBe(true);
      const { rows, posted } = await imported([], 2);
      expect(posted?.tally).toEqual(tallyOf(rows));
      const day = wibDay(new Date());
      const booked = desk.payments.book('switching').filter(({ at: instant }) => wibDay(new Date(instant)) === day);
      const paidRows = rows.filter(({ direction, reference }) => direction === 'debit' && reference !== undefined);
      const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);
      expect(sum(paidRows.map(({ amountRupiah = 0 }) => amountRupiah))).toBe(
        sum(booked.map(({ amountRupiah }) => amountRupiah)),
      );
      expect(paidRows).toHaveLength(booked.length);
    }
    expect(await everyone(some, stateOf)).toEqual(['returned', 'paid', 'paid']);
    const [returned] = some;
    expect(returned && (await desk.countOf(returned, 'IncentiveReturned'))).toBe(1);
  });
});

describe('9. a household is paid twice across plans', () => {
  it('one person, one incentive, one period is one key: of eight writers at once, one claims', async () => {
    const person = await desk.citizenAfter('rate');
    const { participantId } = person.citizen;
    const file = await desk.fileOf(person);
    const account = linkedAccount(file, participantId, '081234567890');
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        desk.files.change(participantId, (state, now) =>
          index % 2 === 0 ? linkAccount(participantId, state, account, now) : claimDue(participantId, state, now),
        ),
      ),
    );
    expect(await desk.countOf(person, 'IncentiveClaimed')).toBe(1);
    const { incentives } = await desk.fileOf(person);
    const reference = payoutReference({ participantId, kind: 'training', number: 1, attempt: 1 });
    expect([...incentives.payouts.keys()]).toEqual([reference]);
  });

  it('the claim of another plan for the same incentive never reaches the journal', async () => {
    const claim = await claimed();
    const { participantId } = claim.citizen;
    const events = (await desk.eventsOf(claim)).filter(({ type }) => type === 'IncentiveClaimed');
    for (const state of ['claimed', 'paid'] as const) {
      expect(await stateOf(claim)).toBe(state);
      await expect(desk.files.change(participantId, () => ({ events }))).rejects.toThrow();
      await desk.deliver(payMessage(claim));
    }
    await expectPaidOnce([claim]);
  });
});

describe('10. 95 % counts as done', () => {
  it('a batch with 19 of 20 paid stays open, and closes when the last one has an owner', async () => {
    const some = await claims(20);
    const [last, ...others] = some;
    if (!last) throw new Error('There are twenty');
    const messages = await released('NINETEEN', some);
    desk.payments.faults.next('cut');
    desk.payments.inquiryFaults.next('cut');
    const lastFirst = messages.toSorted(({ reference }) => (reference === last.reference ? -1 : 1));
    for (const message of lastFirst) await deliver(message);
    expect(await everyone(others, stateOf)).toEqual(others.map(() => 'paid'));
    expect(await stateOf(last)).toBe('unknown');

    at(11);
    await office.run([{ step: 'check', releaseId: 'NINETEEN' }]);
    await office.settle('NINETEEN');
    const checked = await office.load('NINETEEN');
    expect(checked.state).toBe('dispatched');
    expect(releaseView('NINETEEN', checked).progress).toMatchObject({ percent: 95 });
    expect(checked.checked).toMatchObject({
      unassignedCount: 1,
      byStanding: { paid: { count: 19 }, open: { count: 1 } },
    });

    await office.decide('NINETEEN', (release) =>
      assignCase(release, 'three', { reference: last.reference, owner: 'finance', note: 'Ditanyakan ke bank' }),
    );
    await office.run([{ step: 'check', releaseId: 'NINETEEN' }]);
    await office.settle('NINETEEN');
    expect((await office.load('NINETEEN')).state).toBe('closed');
    // Whoever has it in care: it is still paid, once.
    await throughTheClock(last);
    await expectPaidOnce(some);
  });
});

describe('11. money is a float', () => {
  it('no part of a rupiah reaches the journal', async () => {
    const rupiah = fc.double({ min: 0.01, max: 1_000_000, noNaN: true }).filter((value) => !Number.isInteger(value));
    fc.assert(
      fc.property(rupiah, (part) => {
        const legs = [
          { account: 'payout_in_flight', rupiah: -part },
          { account: 'paid_to_citizen', rupiah: part },
        ];
        expect(Legs.safeParse(legs).success).toBe(false);
      }),
    );
    const claim = await claimed();
    const [first] = (await desk.eventsOf(claim)).filter((event) => event.type === 'IncentiveClaimed');
    if (first?.type !== 'IncentiveClaimed') throw new Error('It is claimed');
    const before = (await desk.files.entries(claim.citizen.participantId)).length;
    const events = [{ ...first, kind: 'survey' as const, amountRupiah: 50_000.5 }];
    await expect(desk.files.change(claim.citizen.participantId, () => ({ events }))).rejects.toThrow();
    expect(await desk.files.entries(claim.citizen.participantId)).toHaveLength(before);
  });

  it('what went over the wire with two decimals is whole in the book, and a row with cents posts nothing', async () => {
    const claim = await claimed();
    desk.payments.faults.next('cut');
    desk.payments.inquiryFaults.next('cut');
    await desk.deliver(payMessage(claim));
    const { rows } = await imported([rowOf('D', 'BANK-CENTS', claim.reference, { amount: '600000.50' })]);
    expect(rows.at(-1)).toMatchObject({ result: 'exception' });
    expect(await stateOf(claim)).toBe('unknown');
    await throughTheClock(claim);
    await expectPaidOnce([claim]);
    expect(desk.payments.book().every(({ amountRupiah }) => Number.isSafeInteger(amountRupiah))).toBe(true);
  });
});

describe('15. a recipient becomes ineligible later', () => {
  async function sanctioned(path: string, request: object, username: string) {
    const event = httpEvent({ path, ...request, claims: operatorClaims(username) });
    return read(
      await sanctions({ participants: desk.files, repayments: { claim: async () => {} } })(event, lambdaContext),
    );
  }
  const feed = ({ citizen: { participantId } }: Claim, holdId: string) =>
    sanctioned('/v1/holds', { body: { holdId, reason: 'eligibility_lost', participantIds: [participantId] } }, 'one');

  /** The clock of the claims worker stands a month later. */
  async function nextMonth({ citizen: { participantId } }: Claim): Promise<void> {
    const later = addWibMonths(new Date(), 1);
    const inAMonth: Participants = {
      ...desk.files,
      change: (id, decide) => desk.files.change(id, decide, () => later),
    };
    const worker = claimIncentives({
      participants: inAMonth,
      keys: async () => keys,
      inquire: async () => null,
      routing: async () => ({ enabled: () => true }),
    });
    const { batchItemFailures } = await worker(queueEvent([{ step: 'claim', participantId }]), lambdaContext);
    expect(batchItemFailures).toEqual([]);
  }

  it('between two incentives: the hold of the daily feed stands before the next claim, and the first stays paid', async () => {
    const claim = await claimed('SEMI_BANSOS_2020');
    await desk.deliver(payMessage(claim));
    expect(await feed(claim, 'feed-2026-11-03')).toMatchObject({
      status: 200,
      body: { results: [{ result: 'held' }] },
    });
    expect(await feed(claim, 'feed-2026-11-03')).toMatchObject({ body: { results: [{ result: 'held' }] } });
    await nextMonth(claim);
    expect(await desk.countOf(claim, 'IncentiveClaimed')).toBe(1);
    expect(await desk.countOf(claim, 'PayoutHoldPlaced')).toBe(1);
    await expectPaidOnce([claim]);

    const pathParameters = { participantId: claim.citizen.participantId, holdId: 'feed-2026-11-03' };
    const path = '/v1/participants/{participantId}/holds/{holdId}/release';
    const lifted = await sanctioned(path, { pathParameters }, 'two');
    expect(lifted).toMatchObject({ status: 200, body: { holds: [] } });
    await nextMonth(claim);
    expect(await desk.countOf(claim, 'IncentiveClaimed')).toBe(2);
  });

  it('between the claim and its payment: nothing is sent', async () => {
    const claim = await claimed();
    const [message] = await released('INELIGIBLE', [claim]);
    if (!message) throw new Error('One payout is sent');
    await feed(claim, 'feed-2026-11-04');
    for (const deliveries of [1, 2]) expect(await deliver(message, deliveries)).toBe('done');
    expect(desk.paymentsOf(claim)).toEqual([]);
    expect(await stateOf(claim)).toBe('claimed');
  });
});

describe('16. paid without completing', () => {
  it.each<StepName>(['decree', 'pay', 'redeem', 'complete', 'certify'])(
    'who has come as far as %s has no claim, and a forged message pays nothing',
    async (step) => {
      const person = await desk.citizenAfter(step);
      const { participantId } = person.citizen;
      const account = linkedAccount(await desk.fileOf(person), participantId, '081234567890');
      await desk.files.change(participantId, (file, now) => linkAccount(participantId, file, account, now));
      await desk.files.change(participantId, (file, now) => claimDue(participantId, file, now));
      expect(await desk.countOf(person, 'IncentiveClaimed')).toBe(0);
      const reference = payoutReference({ participantId, kind: 'training', number: 1, attempt: 1 });
      for (const again of [false, true]) await desk.deliver(payMessage({ ...person, reference }, again));
      expect(desk.paymentsOf({ ...person, reference })).toEqual([]);
    },
  );
});

describe('paid after completing', () => {
  it('who has rated the certified course has a claim with the account, and it is paid', async () => {
    const person = await desk.citizenAfter('rate');
    const { participantId } = person.citizen;
    const account = linkedAccount(await desk.fileOf(person), participantId, '081234567890');
    await desk.files.change(participantId, (file, now) => linkAccount(participantId, file, account, now));
    const reference = payoutReference({ participantId, kind: 'training', number: 1, attempt: 1 });
    await desk.deliver(payMessage({ ...person, reference }));
    await expectPaidOnce([{ ...person, reference }]);
  });
});

describe('18. an account cannot be changed, and the money is stuck', () => {
  it('a failed payout, another account: the remedial payment is linked to it, and made once', async () => {
    const claim = await claimed();
    const { participantId } = claim.citizen;
    desk.payments.faults.next('account_closed');
    await desk.deliver(payMessage(claim));
    await throughTheClock(claim);
    expect(await stateOf(claim)).toBe('refused');
    expect((await desk.fileOf(claim)).balances).toMatchObject({ payout_in_flight: 0, incentive_entitlement: 700_000 });

    const another = linkedAccount(await desk.fileOf(claim), participantId, '081298765432');
    await Promise.all(
      Array.from({ length: 5 }, () =>
        desk.files.change(participantId, (file, now) => linkAccount(participantId, file, another, now)),
      ),
    );
    const [remedial, ...others] = openPayouts((await desk.fileOf(claim)).incentives);
    expect(others).toEqual([]);
    expect(remedial).toMatchObject({ attempt: 2, remedialOf: claim.reference, accountTag: another.accountTag });
    const second = { ...claim, reference: remedial?.reference ?? '' };
    const [message] = await released('REMEDIAL', [second]);
    if (!message) throw new Error('One payout is sent');
    for (const deliveries of [1, 2, 3]) await deliver(message, deliveries);
    // The failed one may come again too: it is over.
    for (const deliveries of [1, 2]) await desk.deliver(payMessage(claim), { deliveries });

    expect(await stateOf(claim)).toBe('remedied');
    expect(desk.paymentsOf(claim)).toEqual([]);
    await expectPaidOnce([second]);
    const { incentives } = await desk.fileOf(claim);
    expect(paidPayouts(incentives)).toMatchObject([{ reference: second.reference, attempt: 2 }]);
    expect(desk.paymentsOf(second)).toMatchObject([{ accountNo: '081298765432' }]);
  });
});
