import '#test/platform/environment.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDays } from '#functions/incentive/close-days.ts';
import { importStatement } from '#functions/incentive/import-statement.ts';
import { bankStatements } from '#functions/incentive/statements.ts';
import { closings } from '#shared/incentive/reconciliation/closing.ts';
import {
  closeDay,
  closingEndpoints,
  explainBreak,
  readClosing,
  runClosing,
} from '#shared/incentive/reconciliation/closings-api.ts';
import { reconciliationFile, statementIdOf } from '#shared/incentive/reconciliation/reconciliation-names.ts';
import { rowsPerPart } from '#shared/incentive/reconciliation/row-result.ts';
import { receive, refuseDayAhead, statements, submit } from '#shared/incentive/reconciliation/statement.ts';
import {
  assignException,
  postStatement,
  readBankStatement,
  receiveStatement,
  resolveException,
} from '#shared/incentive/reconciliation/statements-api.ts';
import { statementsOfDay } from '#shared/incentive/reconciliation/statements-of-day.ts';
import { participants } from '#shared/journal/participant.ts';
import { digestOf } from '#shared/platform/digest.ts';
import type { Endpoint } from '#shared/platform/endpoint.ts';
import { Note } from '#shared/platform/operator.ts';
import {
  type Booking,
  csvHeader,
  csvOf,
  statementDay as day,
  referenceOf,
} from '#test/incentive/reconciliation/statements.ts';
import { minutesAfter, start } from '#test/journal/citizen.ts';
import { citizenClaims, httpEvent, lambdaContext, operatorClaims, queueEvent, read } from '#test/platform/events.ts';
import { memoryFiles } from '#test/platform/memory-files.ts';
import { expectRefusal } from '#test/platform/refused.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

const partnerCode = 'bank-induk';
let engine: Engine;
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());

const files = memoryFiles();
type Fields = Readonly<Record<string, string>>;
type Call = { readonly path?: Fields; readonly body?: object; readonly query?: Fields; readonly by?: string };

async function call(endpoint: Endpoint, { path = {}, body, query, by }: Call, claims?: Fields) {
  const { table } = engine;
  // Who announces a statement does not post it.
  const caller = by ?? (endpoint.operation === postStatement.operation ? 'poster' : 'one');
  const { method, path: route, operation } = endpoint;
  const ofDay = (...of: [string, string]) => statementsOfDay(table, ...of);
  const ofDays = closeDays({ closings: closings(table), files, statementsOfDay: ofDay });
  const ofStatements = bankStatements({ statements: statements(table), files, statementsOfDay: ofDay });
  const group = closingEndpoints.some((one) => one.operation === operation) ? ofDays : ofStatements;
  const event = httpEvent({
    method,
    path: route,
    pathParameters: path,
    claims: claims ?? operatorClaims(caller),
    ...(body && { body }),
    ...(query && { query }),
  });
  return read(await group(event, lambdaContext));
}

/** What the stream would send to the worker. */
async function work(message: object): Promise<void> {
  const { table } = engine;
  const now = () => minutesAfter(start, 3 * 24 * 60);
  const deps = {
    statements: statements(table),
    closings: closings(table),
    participants: participants(table),
    files,
    now,
  };
  await importStatement({ ...deps, ask: async () => null })(queueEvent([message]), lambdaContext);
}

const unknownPayout = (number: number): Booking => ({
  direction: 'debit',
  amountRupiah: 600_000,
  bankReference: `BANK${number}`,
  reference: referenceOf(number),
});
const factsOf = (text: string, onDay = day) => ({
  partnerCode,
  day: onDay,
  format: 'csv',
  bytes: Buffer.byteLength(text),
  digest: digestOf(text),
});

/** A statement as far as its import. */
async function posted(text: string, onDay = day): Promise<string> {
  const facts = factsOf(text, onDay);
  const statementId = statementIdOf(facts.digest);
  expect(await call(receiveStatement, { body: facts })).toMatchObject({ status: 201 });
  await files.put(reconciliationFile.source(statementId), text, 'text/csv');
  const answer = await call(postStatement, { path: { statementId } });
  expect(answer).toMatchObject({ status: 202, body: { state: 'submitted' } });
  await work({ step: 'import', statementId });
  return statementId;
}

describe('a bank statement', () => {
  it('is announced, uploaded, imported and read', async () => {
    const text = csvOf([unknownPayout(1), unknownPayout(2)]);
    const facts = factsOf(text);
    const announced = await call(receiveStatement, { body: facts });
    const { statementId, uploadUrl } = announced.body;
    expect(announced).toMatchObject({
      status: 201,
      body: { statementId: facts.digest.slice(0, 32), state: 'received' },
    });
    expect(uploadUrl).toContain(`payouts/statements/${statementId}/source`);
    const path = { statementId };
    expect(await call(postStatement, { path })).toMatchObject({
      status: 409,
      body: { code: 'statement_missing' },
    });

    await files.put(reconciliationFile.source(statementId), text, 'text/csv');
    expect(await call(postStatement, { path })).toMatchObject({ status: 202, body: { state: 'submitted' } });
    expect((await call(receiveStatement, { body: facts })).body).toMatchObject({
      state: 'submitted',
      uploadUrl: null,
    });
    expect((await call(readBankStatement, { path })).body).toMatchObject({ state: 'submitted', tally: null });
    await work({ step: 'import', statementId });
    const view = await call(readBankStatement, { path });
    expect(view).toMatchObject({
      status: 200,
      body: {
        ...facts,
        state: 'posted',
        rows: 2,
        balance: 'ok',
        tally: { exceptions: { reference_unknown: 2 }, debitRupiah: 1_200_000 },
        exceptions: [{ line: 2, exception: 'reference_unknown', owner: null, resolved: null }, { line: 3 }],
        nextCursor: null,
      },
    });
    expect(await call(postStatement, { path })).toMatchObject({ status: 202, body: { state: 'posted' } });
  });

  it('is not posted by who announced it, also not when it was refused before', async () => {
    const text = csvOf([unknownPayout(50)]);
    const statementId = statementIdOf(digestOf(text));
    const path = { statementId };
    expect(await call(receiveStatement, { body: factsOf(text, '2026-10-15'), by: 'one' })).toMatchObject({
      status: 201,
    });
    const post = (by: string) => call(postStatement, { path, by });
    await files.put(reconciliationFile.source(statementId), 'half of it', 'text/csv');
    const itself = { status: 403, body: { code: 'same_operator' } };
    expect(await post('one')).toMatchObject(itself);
    expect(await post('two')).toMatchObject({ status: 202, body: { state: 'submitted' } });
    await work({ step: 'import', statementId });
    expect((await call(readBankStatement, { path })).body).toMatchObject({ state: 'refused' });
    expect(await post('one')).toMatchObject(itself);
    // Who announces it once more has not announced it.
    await call(receiveStatement, { body: factsOf(text, '2026-10-15'), by: 'two' });
    expect(await post('one')).toMatchObject(itself);
    expect((await post('two')).status).toBe(202);
  });

  it('for a day that lies ahead in WIB is no request', async () => {
    const wibDays = (days: number) =>
      new Date(Date.now() + 7 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);
    const text = csvOf([unknownPayout(51)]);
    const ahead = await call(receiveStatement, { body: factsOf(text, wibDays(1)) });
    expect(ahead).toMatchObject({ status: 400, body: { code: 'request_invalid', fields: ['day'] } });
    expect((await call(receiveStatement, { body: factsOf(text, wibDays(0)) })).status).toBe(201);
    const midnight = new Date('2026-11-02T17:00:00.000Z');
    expectRefusal(() => refuseDayAhead('2026-11-03', new Date(midnight.getTime() - 1)), 'request_invalid');
    expect(() => refuseDayAhead('2026-11-03', midnight)).not.toThrow();
  });

  it('is found by the day that it was received for', async () => {
    const [first, second] = [
      await posted(csvOf([unknownPayout(3)]), '2026-10-05'),
      await posted(csvOf([unknownPayout(4)]), '2026-10-06'),
    ];
    expect(await statementsOfDay(engine.table, partnerCode, '2026-10-05')).toEqual([first]);
    expect(await statementsOfDay(engine.table, partnerCode, '2026-10-06')).toEqual([second]);
    expect(await statementsOfDay(engine.table, 'switching', '2026-10-05')).toEqual([]);
  });

  it.each([
    ['another day', { day: '2026-11-03' }],
    ['another partner', { partnerCode: 'switching' }],
    ['another format', { format: 'mt940' }],
    ['another size', { bytes: 1 }],
  ])('cannot be announced a second time for %s', async (what, changes) => {
    const facts = factsOf(csvOf([unknownPayout(what.length * 100)]));
    expect((await call(receiveStatement, { body: facts })).status).toBe(201);
    expect((await call(receiveStatement, { body: facts })).status).toBe(201);
    const answer = await call(receiveStatement, { body: { ...facts, ...changes } });
    expect(answer).toMatchObject({ status: 409, body: { code: 'statement_state' } });
  });

  it.each([
    ['of nobody', { partnerCode: 'nobody' }],
    ['of no day', { day: '2026-02-30' }],
    ['in no format', { format: 'pdf' }],
    ['of nothing', { bytes: 0 }],
    ['larger than a statement can be', { bytes: 1_073_741_825 }],
    ['without a digest', { digest: 'abc' }],
  ])('%s is no request', async (_, changes) => {
    const answer = await call(receiveStatement, { body: { ...factsOf('x'), ...changes } });
    expect(answer).toMatchObject({ status: 400, body: { code: 'request_invalid', fields: Object.keys(changes) } });
  });

  it('is nothing for citizens', async () => {
    const answer = await call(receiveStatement, { body: factsOf('x') }, citizenClaims('a'.repeat(64)));
    expect(answer).toMatchObject({ status: 403, body: { code: 'role_missing' } });
  });

  it('that nobody announced is unknown', async () => {
    const path = { statementId: '0'.repeat(32) };
    const unknown = { status: 404, body: { code: 'statement_unknown' } };
    await files.put(reconciliationFile.source(path.statementId), 'x', 'text/csv');
    expect(await call(readBankStatement, { path })).toMatchObject(unknown);
    expect(await call(postStatement, { path })).toMatchObject(unknown);
    const owner = { path: { ...path, line: '2' }, body: { owner: 'two' } };
    expect(await call(assignException, owner)).toMatchObject(unknown);
  });

  it('is submitted twenty times at most', async () => {
    const all = statements(engine.table);
    const text = csvOf([unknownPayout(40)]);
    const { digest } = factsOf(text, '2026-10-12');
    await posted(text, '2026-10-12');
    const { state } = await all.load(statementIdOf(digest));
    const tried = (submissions: number) => ({ ...state, state: 'refused' as const, submissions });
    expect(submit(tried(19), digest, 'two')).toEqual({ events: [{ type: 'StatementSubmitted', by: 'two' }] });
    expectRefusal(() => submit(tried(20), digest, 'two'), 'attempts_exceeded');
  });

  it('that was only announced is none of its day, and fifty others of the day are enough', async () => {
    const own = { partnerCode, day: '2026-10-14' };
    const text = (number: number) => csvOf([unknownPayout(number + 6_000)]);
    const announce = (number: number) => call(receiveStatement, { body: factsOf(text(number), own.day) });
    const submitted = async (number: number) => {
      const statementId = statementIdOf(digestOf(text(number)));
      await files.put(reconciliationFile.source(statementId), text(number), 'text/csv');
      return call(postStatement, { path: { statementId } });
    };
    const tooMany = { status: 429, body: { code: 'attempts_exceeded' } };
    for (let number = 0; number < 52; number += 1) expect((await announce(number)).status).toBe(201);
    expect(await statementsOfDay(engine.table, partnerCode, own.day)).toEqual([]);
    for (let number = 0; number < 49; number += 1) expect((await submitted(number)).status).toBe(202);
    expect((await announce(52)).status).toBe(201);
    expect((await submitted(49)).status).toBe(202);
    expect(await submitted(50)).toMatchObject(tooMany);
    expect(await announce(53)).toMatchObject(tooMany);
    // What is there already is answered, and the day is compared.
    expect((await announce(50)).status).toBe(201);
    expect((await submitted(3)).status).toBe(202);
    expect(await statementsOfDay(engine.table, partnerCode, own.day)).toHaveLength(50);
    expect((await call(runClosing, { body: own })).status).toBe(202);
  });

  it('is too many for a comparison where sixty others came past each other', async () => {
    const own = { partnerCode, day: '2026-10-16' };
    const all = statements(engine.table);
    const submitOne = async (number: number) => {
      const statementId = String(number).padStart(32, '0');
      const facts = {
        ...factsOf('x', own.day),
        partnerCode,
        format: 'csv',
        digest: statementId.padEnd(64, '0'),
      } as const;
      await all.change(statementId, (before) => receive(before, facts, 'one'));
      await all.change(statementId, (before) => submit(before, statementId, 'two'));
    };
    for (let number = 1; number <= 60; number += 1) await submitOne(number);
    expect(await statementsOfDay(engine.table, partnerCode, own.day)).toHaveLength(60);
    await submitOne(61);
    expect(await call(runClosing, { body: own })).toMatchObject({ status: 429, body: { code: 'attempts_exceeded' } });
  });

  it('has its exceptions on pages, and each of them once', async () => {
    // The first part has none, the second more than a page.
    const fees = Array.from({ length: rowsPerPart }, () => `${day},${day},D,2500.00,IDR,,FEE,,BIAYA`);
    const bad = Array.from({ length: 250 }, () => `${day},${day},X,1.00,IDR,,A,,B`);
    const statementId = await posted([csvHeader, ...fees, ...bad].join('\n'), '2026-10-07');
    const lines: number[] = [];
    let [cursor, pages]: [string | null, number] = [null, 0];
    do {
      const { body } = await call(readBankStatement, {
        path: { statementId },
        ...(cursor && { query: { cursor } }),
      });
      expect(body.exceptions.length).toBeLessThanOrEqual(100);
      lines.push(...body.exceptions.map(({ line }: { line: number }) => line));
      cursor = body.nextCursor;
      pages += 1;
    } while (cursor);
    expect(pages).toBe(3);
    expect(lines).toEqual(bad.map((_, index) => rowsPerPart + 2 + index));
    const owned = (line: number) =>
      call(assignException, { path: { statementId, line: String(line) }, body: { owner: 'two' } });
    expect((await owned(rowsPerPart + 251)).status).toBe(200);
    for (const line of [1, 2, rowsPerPart + 1, rowsPerPart + 252])
      expect(await owned(line)).toMatchObject({ status: 404, body: { code: 'exception_unknown' } });
  });
});

describe('a line of the exception list', () => {
  let count = 100;
  async function line() {
    count += 1;
    const path = { statementId: await posted(csvOf([unknownPayout(count)]), '2026-10-08'), line: '2' };
    return {
      assign: (owner: string, by: string) => call(assignException, { path, body: { owner }, by }),
      resolve: (by: string, note = 'the bank has taken it back') =>
        call(resolveException, { path, body: { note }, by }),
      view: async () => (await call(readBankStatement, { path: { statementId: path.statementId } })).body.exceptions[0],
    };
  }
  const refusal = (code: string) => ({ body: { code } });

  it('has an owner before it is resolved', async () => {
    const { assign, resolve, view } = await line();
    expect(await resolve('two')).toMatchObject(refusal('statement_state'));
    expect(await assign('two', 'one')).toMatchObject({ status: 200, body: { owner: 'two', isResolved: false } });
    expect(await resolve('two')).toMatchObject({ status: 200, body: { owner: 'two', isResolved: true } });
    expect(await view()).toMatchObject({ owner: 'two', resolved: { by: 'two', note: 'the bank has taken it back' } });
  });

  it('is not resolved by who took it for themselves, but by anybody else', async () => {
    const { assign, resolve } = await line();
    await assign('one', 'one');
    expect(await resolve('one')).toMatchObject({ status: 403, ...refusal('same_operator') });
    expect((await resolve('two')).status).toBe(200);
  });

  it('is not resolved by who assigned it, whoever was named as its owner', async () => {
    const { assign, resolve } = await line();
    await assign('nobody-at-all', 'one');
    expect(await resolve('one')).toMatchObject({ status: 403, ...refusal('same_operator') });
    expect((await resolve('two')).status).toBe(200);
  });

  it('goes to another owner until it is resolved, and then stays', async () => {
    const { assign, resolve, view } = await line();
    await assign('one', 'one');
    await assign('one', 'two');
    await assign('three', 'two');
    expect((await resolve('three')).status).toBe(200);
    expect((await resolve('three')).status).toBe(200);
    expect(await resolve('three', 'in other words')).toMatchObject(refusal('statement_state'));
    expect(await assign('one', 'two')).toMatchObject(refusal('statement_state'));
    expect(await view()).toMatchObject({ owner: 'three', resolved: { by: 'three' } });
  });

  it.each([
    ['12345678', false],
    ['paid to 1234567 and 1234567', true],
    ['account 081234567890', false],
    ['two\nlines', false],
    ['no', false],
    ['yes', true],
    ['x'.repeat(300), true],
    ['x'.repeat(301), false],
  ])('takes the note "%s": %s', (note, isTaken) => {
    expect(Note.safeParse(note).success).toBe(isTaken);
  });
});

describe('a partner’s day', () => {
  const path = { partnerCode, day: '2026-10-20' };
  const code = (refusal: string) => ({ body: { code: refusal } });

  it('is compared, explained by one operator and closed by another', async () => {
    const statementId = await posted(csvOf([unknownPayout(900), unknownPayout(901)]), path.day);
    expect(await call(readClosing, { path })).toMatchObject({ status: 404, ...code('closing_unknown') });
    const asked = await call(runClosing, { body: path, by: 'asker' });
    expect(asked).toMatchObject({ status: 202, body: { ...path, state: 'comparing', totals: null, breaks: [] } });
    expect(await call(closeDay, { path })).toMatchObject(code('closing_state'));
    await work({ step: 'close', ...path });

    const { body } = await call(readClosing, { path });
    const ageDays = Math.round(
      (Date.parse(new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10)) - Date.parse(path.day)) / 86_400_000,
    );
    expect(body).toMatchObject({
      state: 'compared',
      totals: { paidCount: 0, breakCount: 2, breaks: { exception: 2 } },
      breaks: [
        {
          key: `exception-${statementId}-2`,
          exception: 'reference_unknown',
          owner: 'asker',
          ageDays,
          explanation: null,
        },
        { key: `exception-${statementId}-3` },
      ],
      nextCursor: null,
    });
    expect(await call(closeDay, { path, by: 'closer' })).toMatchObject(code('breaks_unexplained'));
    for (const { key } of body.breaks) {
      const answer = await call(explainBreak, {
        path: { ...path, breakKey: key },
        body: { note: 'of the pilot' },
        by: 'explainer',
      });
      expect(answer).toMatchObject({ status: 200, body: { key, note: 'of the pilot', by: 'explainer' } });
    }
    const nothing = { path: { ...path, breakKey: 'nothing' }, body: { note: 'of the pilot' } };
    expect(await call(explainBreak, nothing)).toMatchObject({ status: 404, ...code('break_unknown') });
    expect(await call(closeDay, { path, by: 'explainer' })).toMatchObject({
      status: 403,
      ...code('same_operator'),
    });
    expect(await call(closeDay, { path, by: 'closer' })).toMatchObject({
      status: 200,
      body: { state: 'closed', closedBy: 'closer', breaks: [{ explanation: { by: 'explainer' } }, {}] },
    });
    expect(await call(runClosing, { body: path })).toMatchObject({ status: 409, ...code('closing_state') });
  });

  it('is compared again when a statement of a day beside it has come', async () => {
    const own = { ...path, day: '2026-09-10' };
    await call(runClosing, { body: own });
    await work({ step: 'close', ...own });
    for (const [onDay, isNamed] of [
      ['2026-09-08', false],
      ['2026-09-12', false],
      ['2026-09-09', true],
      ['2026-09-11', true],
    ] as const) {
      const before = await closings(engine.table).load(`${partnerCode}#${own.day}`);
      expect(before.state.closed).toBeNull();
      await posted(csvOf([unknownPayout(Number(onDay.slice(-2)) + 2_000)]), onDay);
      const { body } = await call(runClosing, { body: own });
      await work({ step: 'close', ...own });
      expect(body.state).toBe('comparing');
      const { state } = await closings(engine.table).load(`${partnerCode}#${own.day}`);
      expect(state.requested?.statementIds.length).toBe(
        (before.state.requested?.statementIds.length ?? 0) + (isNamed ? 1 : 0),
      );
    }
    await posted(csvOf([unknownPayout(3_000)]), own.day);
    expect(await call(closeDay, { path: own })).toMatchObject({ status: 409, ...code('closing_state') });
  });

  it('that is not over is not compared', async () => {
    const today = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
    expect(await call(runClosing, { body: { partnerCode, day: today } })).toMatchObject(code('closing_state'));
  });

  it('has its breaks on pages', async () => {
    const own = { ...path, day: '2026-09-20' };
    await posted(csvOf(Array.from({ length: 101 }, (_, index) => unknownPayout(index + 4_000))), own.day);
    await call(runClosing, { body: own });
    await work({ step: 'close', ...own });
    const first = (await call(readClosing, { path: own })).body;
    const second = (await call(readClosing, { path: own, query: { cursor: first.nextCursor } })).body;
    expect([first.breaks.length, first.nextCursor]).toEqual([100, '100']);
    expect([second.breaks.length, second.nextCursor]).toEqual([1, null]);
  });
});
