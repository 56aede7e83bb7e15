import '#test/platform/environment.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importStatement } from '#functions/incentive/import-statement.ts';
import { linkAccount } from '#shared/incentive/account.ts';
import { closings } from '#shared/incentive/reconciliation/closing.ts';
import { partnerQuestion } from '#shared/incentive/reconciliation/partner-question.ts';
import { reconciliationFile, statementIdOf } from '#shared/incentive/reconciliation/reconciliation-names.ts';
import {
  ExceptionsPart,
  noTally,
  type RowResult,
  RowsPart,
  rowsPerPart,
  sumOf,
  tallyOf,
} from '#shared/incentive/reconciliation/row-result.ts';
import { receive, statements, submit } from '#shared/incentive/reconciliation/statement.ts';
import type { PartnerQuestion } from '#shared/incentive/reconciliation/statement-import.ts';
import { type StatementFormat, statementFormats } from '#shared/incentive/reconciliation/statement-line.ts';
import { participants } from '#shared/journal/participant.ts';
import { digestOf } from '#shared/platform/digest.ts';
import type { Files } from '#shared/platform/files.ts';
import type { Table } from '#shared/table/table.ts';
import {
  eventsOf,
  outcomes,
  payoutNow,
  payoutsIn,
  record,
  type StoredPayout,
} from '#test/incentive/reconciliation/payouts.ts';
import {
  type Booking,
  csvOf,
  mt940Of,
  referenceOf,
  statementDay,
  writers,
} from '#test/incentive/reconciliation/statements.ts';
import { linkedAccount, minutesAfter, start } from '#test/journal/citizen.ts';
import { failedIds, lambdaContext, queueEvent } from '#test/platform/events.ts';
import { dyingFiles, memoryFiles } from '#test/platform/memory-files.ts';
import { type Death, type Engine, startTable } from '#test/table/engine.ts';

const payouts = payoutsIn('import statement', 700);
const now = () => minutesAfter(start, 24 * 60);
const partnerCode = 'switching';
let engine: Engine;
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());

/** Payouts that the partner says came back; it calls all others paid. */
const cameBack = new Set<string>();
const partnerSays: PartnerQuestion = async ({ reference }) => (cameBack.has(reference) ? 'returned' : 'paid');

type Uploaded = { readonly statementId: string; readonly files: ReturnType<typeof memoryFiles> };

/** A statement that is uploaded and submitted. */
async function uploaded(
  format: StatementFormat,
  text: string,
  announced: { readonly digest?: string; readonly bytes?: number } = {},
  files = memoryFiles(),
): Promise<Uploaded> {
  const { digest = digestOf(text), bytes = Buffer.byteLength(text) } = announced;
  const statementId = statementIdOf(digest);
  const facts = { partnerCode, day: statementDay, format, bytes, digest } as const;
  await statements(engine.table).change(statementId, (before) => receive(before, facts, 'one'), now);
  await files.put(reconciliationFile.source(statementId), text, 'text/plain');
  await statements(engine.table).change(statementId, (before) => submit(before, statementId, 'two'), now);
  return { statementId, files };
}

/** The worker has a quarter of an hour. */
const workerContext = { ...lambdaContext, getRemainingTimeInMillis: () => 900_000 };

type Seen = { readonly table?: Table; readonly files?: Files; readonly ask?: PartnerQuestion };

/** One delivery; whether the queue keeps the message. */
async function deliver({ statementId, files }: Uploaded, seen: Seen = {}): Promise<'done' | 'again'> {
  const table = seen.table ?? engine.table;
  const worker = importStatement({
    statements: statements(table),
    closings: closings(table),
    participants: participants(table),
    files: seen.files ?? files,
    ask: seen.ask ?? partnerSays,
    now,
  });
  return failedIds(await worker(queueEvent([{ step: 'import', statementId }]), workerContext)).length === 0
    ? 'done'
    : 'again';
}

const stateOf = async ({ statementId }: Uploaded) => (await statements(engine.table).load(statementId)).state;

async function jsonOf<Value>(
  { files }: Uploaded,
  key: string,
  schema: { parse(value: unknown): Value },
): Promise<Value> {
  return schema.parse(JSON.parse(files.contents.get(key) ?? 'null'));
}

async function rowsOf(statement: Uploaded): Promise<RowResult[]> {
  const parts = (await stateOf(statement)).posted?.parts ?? 0;
  const keys = Array.from({ length: parts }, (_, part) => reconciliationFile.rows(statement.statementId, part));
  return (await Promise.all(keys.map((key) => jsonOf(statement, key, RowsPart)))).flat();
}

const judged = (rows: readonly RowResult[]) => rows.map(({ result, exception, code }) => code ?? exception ?? result);

/** Failure 8: whatever is stored as a sum is the sum of what is stored line by line. */
async function expectTotals(statement: Uploaded): Promise<void> {
  const { posted } = await stateOf(statement);
  const rows = await rowsOf(statement);
  expect(posted?.tally).toEqual(tallyOf(rows));
  const parts = Array.from({ length: posted?.parts ?? 0 }, (_, part) =>
    jsonOf(statement, reconciliationFile.exceptions(statement.statementId, part), ExceptionsPart),
  );
  const listed = await Promise.all(parts);
  expect(listed.flatMap(({ exceptions }) => exceptions)).toEqual(rows.filter(({ result }) => result === 'exception'));
  expect(listed.reduce((sum, { tally }) => sumOf(sum, tally), noTally)).toEqual(posted?.tally);
  expect(digestOf(statement.files.contents.get(reconciliationFile.result(statement.statementId)) ?? '')).toBe(
    posted?.resultDigest,
  );
  // Counts are of kinds, sums of rupiah: both recomputed by other means than the product's.
  const amount = (direction: string) =>
    rows.filter((row) => row.direction === direction).reduce((sum, { amountRupiah = 0 }) => sum + amountRupiah, 0);
  expect(posted?.tally).toMatchObject({
    rows: rows.length,
    debitRupiah: amount('debit'),
    creditRupiah: amount('credit'),
  });
}

const debit = (
  { reference }: Pick<StoredPayout, 'reference'>,
  bankReference: string,
  changes: Partial<Booking> = {},
): Booking => ({
  direction: 'debit',
  amountRupiah: 600_000,
  bankReference,
  reference,
  about: 'INSENTIF',
  ...changes,
});
const credit = (payout: Pick<StoredPayout, 'reference'>, bankReference: string, changes: Partial<Booking> = {}) =>
  debit(payout, bankReference, { direction: 'credit', ...changes });

/** Every kind of line that there is, with payouts of its own. */
async function everyKind() {
  const { table } = engine;
  const { paid, refused, unknown, deferred } = outcomes;
  const known = await payouts.add(table, paid('PAID1'));
  const claimed = await payouts.add(table, deferred());
  const open = await payouts.add(table, unknown());
  const back = await payouts.add(table, paid('PAID2'));
  const both = await payouts.add(table, unknown());
  const twice = await payouts.add(table, paid('PAID3'));
  const again = await payouts.add(table, paid('PAID4'));
  const dead = await payouts.add(table, refused());
  const other = await payouts.add(table, unknown());
  const never = await payouts.add(table);
  const kept = await payouts.add(table, paid('PAID5'));
  for (const { reference } of [back, both]) cameBack.add(reference);
  const bookings: readonly (readonly [Booking, string])[] = [
    [debit(known, 'PAID1'), 'matched'],
    [debit(claimed, 'BANK1'), 'posted_paid'],
    [debit(open, 'BANK2'), 'posted_paid'],
    [credit(back, 'BACK1', { isReversal: true }), 'posted_returned'],
    [debit(both, 'BANK3'), 'posted_paid'],
    [credit(both, 'BACK2'), 'posted_returned'],
    [debit(twice, 'PAID3'), 'matched'],
    [debit(twice, 'PAID3'), 'duplicate_debit'],
    [debit(again, 'PAIDX'), 'duplicate_debit'],
    [debit(dead, 'BANK4'), 'paid_after_refusal'],
    [debit(other, 'BANK5', { amountRupiah: 600_001 }), 'amount_differs'],
    [credit(never, 'BACK3'), 'reversal_unmatched'],
    [debit(never, 'BANK8'), 'not_sent'],
    [credit(kept, 'BACK4'), 'reversal_unmatched'],
    [debit({ reference: referenceOf(1) }, 'BANK6'), 'reference_unknown'],
    [{ direction: 'debit', amountRupiah: 1_000, bankReference: 'BANK7', about: 'SETORAN' }, 'no_reference'],
    [
      { direction: 'debit', amountRupiah: 2_500, bankReference: 'FEE1', about: 'TRANSFER', isBanksOwn: true },
      'banks_own',
    ],
  ];
  return {
    bookings: bookings.map(([booking]) => booking),
    expected: bookings.map(([, verdict]) => verdict),
    claimed,
    open,
    back,
    both,
    dead,
    never,
  };
}

/** Makes one line unreadable: the day of the fee. */
const spoilt: Readonly<Record<StatementFormat, (text: string) => string>> = {
  csv: (text) => text.replace(/^2026-11-02(.*BIAYA)/m, '2026-13-02$1'),
  mt940: (text) => text.replace(/:61:261102(1102D2500)/, ':61:261302$1'),
  camt053: (text) => text.replace(/<Dt>2026-11-02<\/Dt>(?=(?:(?!<Dt>)[\s\S])*CHRG)/, '<Dt>2026-13-02</Dt>'),
};

describe('failure 7: a statement with unknown, duplicate, reversed and malformed rows', () => {
  it.each(statementFormats)('in %s: the bad rows wait in the exception list, and the others post', async (format) => {
    const { bookings, expected, claimed, open, back, both, dead, never } = await everyKind();
    const statement = await uploaded(format, spoilt[format](writers[format](bookings)));
    expect(await deliver(statement)).toBe('done');

    expect(judged(await rowsOf(statement))).toEqual([...expected.slice(0, -1), 'date_invalid']);
    expect((await stateOf(statement)).posted).toMatchObject({
      parts: 1,
      balance: 'ok',
      tally: {
        results: { matched: 2, posted_paid: 3, posted_returned: 2, banks_own: 0, exception: 10 },
        exceptions: { malformed: 1, duplicate_debit: 2, reference_unknown: 1, no_reference: 1, not_sent: 1 },
      },
    });
    await expectTotals(statement);
    const { table } = engine;
    expect(await payoutNow(table, claimed)).toMatchObject({
      state: 'paid',
      paid: { partnerReference: 'BANK1', by: 'statement' },
    });
    expect(await payoutNow(table, open)).toMatchObject({
      state: 'paid',
      paid: { partnerReference: 'BANK2', by: 'statement' },
    });
    expect(await payoutNow(table, back)).toMatchObject({
      state: 'returned',
      paid: { partnerReference: 'PAID2', by: 'answer' },
    });
    expect(await payoutNow(table, both)).toMatchObject({
      state: 'returned',
      paid: { partnerReference: 'BANK3', by: 'statement' },
    });
    expect(await eventsOf(table, both)).toEqual([
      'IncentiveClaimed',
      'IncentiveUnknown',
      'IncentivePaid',
      'IncentiveReturned',
    ]);
    expect(await payoutNow(table, dead)).toMatchObject({ state: 'refused' });
    expect(await payoutNow(table, never)).toMatchObject({ state: 'claimed' });
  });

  it('of another partner than the payout was given to posts nothing', async () => {
    const payout = await payouts.add(engine.table, outcomes.unknown());
    const text = csvOf([debit(payout, 'BANK1')]);
    const facts = {
      partnerCode: 'bank-induk',
      day: statementDay,
      format: 'csv',
      bytes: Buffer.byteLength(text),
    } as const;
    const digest = digestOf(text);
    const statementId = statementIdOf(digest);
    const all = statements(engine.table);
    await all.change(statementId, (before) => receive(before, { ...facts, digest }, 'one'), now);
    await all.change(statementId, (before) => submit(before, statementId, 'two'), now);
    const files = memoryFiles();
    await files.put(reconciliationFile.source(statementId), text, 'text/csv');
    expect(await deliver({ statementId, files })).toBe('done');
    expect(judged(await rowsOf({ statementId, files }))).toEqual(['partner_differs']);
    expect(await payoutNow(engine.table, payout)).toMatchObject({ state: 'unknown' });
  });

  it('keeps nothing of the bank’s own text', async () => {
    const payout = await payouts.add(engine.table, outcomes.unknown());
    const statement = await uploaded('csv', csvOf([debit(payout, 'BANK1', { about: 'SITI AMINAH 0812345678' })]));
    await deliver(statement);
    const written = [...statement.files.contents].filter(([key]) => !key.endsWith('/source'));
    expect(written.length).toBeGreaterThan(2);
    for (const [, text] of written) expect(text).not.toMatch(/SITI|0812345678/);
  });
});

describe('the same file twice', () => {
  it('changes nothing: no event, no file', async () => {
    const { bookings, both } = await everyKind();
    const text = csvOf(bookings);
    const statement = await uploaded('csv', text);
    await deliver(statement);
    const [files, entries] = [
      new Map(statement.files.contents),
      (await statements(engine.table).entries(statement.statementId)).length,
    ];
    const events = await eventsOf(engine.table, both);

    const again = await uploaded('csv', text, {}, statement.files);
    expect(again.statementId).toBe(statement.statementId);
    for (const _ of [1, 2]) expect(await deliver(again)).toBe('done');
    expect(new Map(statement.files.contents)).toEqual(files);
    expect(await statements(engine.table).entries(statement.statementId)).toHaveLength(entries);
    expect(await eventsOf(engine.table, both)).toEqual(events);
  });

  it('in another format posts nothing again, and what it had posted is matched', async () => {
    const { bookings, expected, both } = await everyKind();
    await deliver(await uploaded('csv', csvOf(bookings)));
    const events = await eventsOf(engine.table, both);
    const second = await uploaded('mt940', mt940Of(bookings));
    await deliver(second);
    const matchedNow = expected.map((verdict) => (verdict.startsWith('posted_') ? 'matched' : verdict));
    expect(judged(await rowsOf(second))).toEqual(matchedNow);
    expect(await eventsOf(engine.table, both)).toEqual(events);
  });

  it('a payout debited again on the next statement, under another reference of the bank, is a duplicate', async () => {
    const payout = await payouts.add(engine.table, outcomes.unknown());
    await deliver(await uploaded('csv', csvOf([debit(payout, 'BANK1')])));
    const next = await uploaded('csv', csvOf([debit(payout, 'BANK2', { day: '2026-11-03' })]));
    await deliver(next);
    expect(judged(await rowsOf(next))).toEqual(['duplicate_debit']);
    expect(await payoutNow(engine.table, payout)).toMatchObject({ paid: { partnerReference: 'BANK1' } });
  });
});

describe('an import that is killed', () => {
  /** Two that post, one that posts twice, one of each other kind. */
  async function small() {
    const { table } = engine;
    const open = await payouts.add(table, outcomes.unknown());
    const both = await payouts.add(table, outcomes.unknown());
    cameBack.add(both.reference);
    const known = await payouts.add(table, outcomes.paid('PAID1'));
    const text = csvOf([
      debit(open, 'BANK1'),
      debit(both, 'BANK2'),
      debit(known, 'PAID1'),
      credit(both, 'BACK1'),
      debit(known, 'PAID1'),
      debit({ reference: referenceOf(2) }, 'BANK3'),
    ]);
    return { statement: await uploaded('csv', text), open, both };
  }
  type Small = Awaited<ReturnType<typeof small>>;

  async function expectEnd({ statement, open, both }: Small): Promise<void> {
    const verdicts = [
      'posted_paid',
      'posted_paid',
      'matched',
      'posted_returned',
      'duplicate_debit',
      'reference_unknown',
    ];
    expect(judged(await rowsOf(statement))).toEqual(verdicts);
    await expectTotals(statement);
    expect(await eventsOf(engine.table, open)).toEqual(['IncentiveClaimed', 'IncentiveUnknown', 'IncentivePaid']);
    expect(await eventsOf(engine.table, both)).toEqual([
      'IncentiveClaimed',
      'IncentiveUnknown',
      'IncentivePaid',
      'IncentiveReturned',
    ]);
    const events = (await statements(engine.table).entries(statement.statementId)).flatMap((entry) => entry.events);
    expect(events.map(({ type }) => type)).toEqual(['StatementReceived', 'StatementSubmitted', 'StatementPosted']);
  }

  const moments = ['before', 'after'] as const;
  // Three postings and the statement's own event.
  const writes = [1, 2, 3, 4].flatMap((write) => moments.map((when): Death => ({ write, when })));
  it.each(writes)('$when write $write comes to the same end when it is delivered again', async (death) => {
    const run = await small();
    expect(await deliver(run.statement, { table: engine.dying(death) })).toBe('again');
    expect(await deliver(run.statement)).toBe('done');
    await expectEnd(run);
    expect(await deliver(run.statement)).toBe('done');
    await expectEnd(run);
  });

  // What was decided, the exceptions, the result.
  const changes = [1, 2, 3].flatMap((change) => moments.map((when) => ({ change, when })));
  it.each(changes)('$when file $change comes to the same end when it is delivered again', async (death) => {
    const run = await small();
    expect(await deliver(run.statement, { files: dyingFiles(run.statement.files, death) })).toBe('again');
    expect(await deliver(run.statement)).toBe('done');
    await expectEnd(run);
  });

  it('makes these writes and no more', async () => {
    const run = await small();
    const seen = {
      table: engine.dying({ write: 5, when: 'before' }),
      files: dyingFiles(run.statement.files, { change: 4, when: 'before' }),
    };
    expect(await deliver(run.statement, seen)).toBe('done');
    await expectEnd(run);
  });

  it('and overtaken by another delivery comes to the same end', async () => {
    const run = await small();
    let isOvertaken = false;
    const files: Files = {
      ...run.statement.files,
      replace: async (...written) => {
        if (!isOvertaken) {
          isOvertaken = true;
          expect(await deliver(run.statement)).toBe('done');
        }
        await run.statement.files.replace(...written);
      },
    };
    expect(await deliver(run.statement, { files })).toBe('done');
    await expectEnd(run);
  });
});

describe('a payout that is settled while its line is posted', () => {
  it.each([
    ['refused', outcomes.refused()],
    ['paid under another reference', outcomes.paid('OTHER')],
  ])('and is %s meanwhile is an exception, and keeps what it was told', async (_, told) => {
    const payout = await payouts.add(engine.table, outcomes.unknown());
    const statement = await uploaded('csv', csvOf([debit(payout, 'BANK1')]));
    const files: Files = {
      ...statement.files,
      // What is decided is written here, before it is posted.
      replace: async (...written) => {
        await record(engine.table, payout, told);
        await statement.files.replace(...written);
      },
    };
    expect(await deliver(statement, { files })).toBe('done');
    expect(judged(await rowsOf(statement))).toEqual(['posting_overtaken']);
    await expectTotals(statement);
    expect((await payoutNow(engine.table, payout))?.state).toBe(told.kind === 'paid' ? 'paid' : 'refused');
  });
});

describe('the third word: what the partner says of a payout whose end is open', () => {
  const answers = {
    paid: 'posted_paid',
    failed: 'status_differs',
    not_found: 'not_sent',
    unknown: 'posted_paid',
  } as const;
  it.each(['paid', 'failed', 'not_found', 'unknown'] as const)('"%s" is heard', async (status) => {
    const [open, known] = [
      await payouts.add(engine.table, outcomes.unknown()),
      await payouts.add(engine.table, outcomes.paid('PAID1')),
    ];
    const statement = await uploaded('csv', csvOf([debit(open, 'BANK1'), debit(known, 'PAID1')]));
    const asked: unknown[] = [];
    const ask: PartnerQuestion = async (payout) => {
      asked.push(payout);
      return status;
    };
    expect(await deliver(statement, { ask })).toBe('done');
    expect(judged(await rowsOf(statement))).toEqual([answers[status], 'matched']);
    expect(asked).toMatchObject([{ reference: open.reference, amountRupiah: 600_000, partnerCode, provider: 'OVO' }]);
  });

  it('is not waited for again when there was none five times', async () => {
    const open: StoredPayout[] = [];
    while (open.length < 6) open.push(await payouts.add(engine.table, outcomes.unknown()));
    const statement = await uploaded('csv', csvOf(open.map((payout, index) => debit(payout, `BANK${index}`))));
    let asked = 0;
    const ask: PartnerQuestion = async () => {
      asked += 1;
      return null;
    };
    await deliver(statement, { ask });
    expect(asked).toBe(5);
    expect(judged(await rowsOf(statement))).toEqual(open.map(() => 'posted_paid'));
  });

  const asked = { reference: referenceOf(1), amountRupiah: 600_000, partnerCode, provider: 'OVO' };
  const client = (kind: 'paid' | 'returned' | 'refused' | 'in_progress' | 'not_found' | 'unknown') => ({
    inquire: async () => {
      if (kind === 'paid' || kind === 'returned') return { kind, partnerReference: 'BANK1' };
      if (kind === 'refused') return { kind, reason: 'failed', fault: 'account' } as const;
      return kind === 'unknown' ? { kind, cause: 'timeout' } : { kind };
    },
  });
  it.each([
    ['paid', 'paid'],
    ['returned', 'returned'],
    ['refused', 'failed'],
    ['in_progress', 'unknown'],
    ['not_found', 'not_found'],
    ['unknown', 'unknown'],
  ] as const)('is %s in the words of its client, and "%s" in ours', async (kind, status) => {
    const question = partnerQuestion({ 'bank-induk': client('unknown'), switching: client(kind) });
    expect(await question(asked)).toBe(status);
  });

  it('is not there without credentials, without the account, and of nobody', async () => {
    const inquire = async () => {
      throw new Error('payment_partners.unset');
    };
    const question = partnerQuestion({ 'bank-induk': client('paid'), switching: { inquire } });
    expect(await question(asked)).toBeNull();
    expect(await question({ ...asked, partnerCode: 'bank-induk', provider: null })).toBeNull();
    expect(await question({ ...asked, partnerCode: 'nobody' })).toBeNull();
  });
});

describe('a credit under a payout that was paid', () => {
  const paidOne = () => payouts.add(engine.table, outcomes.paid('BANK1'));
  const afterwards = async (statement: Uploaded, payout: StoredPayout) => ({
    lines: judged(await rowsOf(statement)),
    state: (await payoutNow(engine.table, payout))?.state,
  });

  it.each(['paid', 'failed', 'not_found', 'unknown', null] as const)(
    'is no return when the partner, asked, answers %s',
    async (status) => {
      const payout = await paidOne();
      const statement = await uploaded('csv', csvOf([debit(payout, 'BANK1'), credit(payout, 'BACK1')]));
      await deliver(statement, { ask: async () => status });
      const lines = ['matched', 'reversal_unmatched'];
      expect(await afterwards(statement, payout)).toEqual({ lines, state: 'paid' });
    },
  );

  const corrected = (payout: StoredPayout) => [
    debit(payout, 'BANK1'),
    debit(payout, 'BANK2'),
    credit(payout, 'BACK1', { isReversal: true, about: 'KOREKSI BANK2' }),
  ];
  it('is no return where the bank corrects its own double debit, whatever the partner says', async () => {
    for (const status of ['paid', 'returned'] as const) {
      const payout = await paidOne();
      const statement = await uploaded('csv', csvOf(corrected(payout)));
      await deliver(statement, { ask: async () => status });
      const lines = ['matched', 'duplicate_debit', 'reversal_unmatched'];
      expect(await afterwards(statement, payout)).toEqual({ lines, state: 'paid' });
    }
  });

  it('is no return where the double debit stands behind it, or beside the debit of another day', async () => {
    const [behind, beside] = [await paidOne(), await paidOne()];
    const statement = await uploaded(
      'csv',
      csvOf([
        debit(behind, 'BANK1'),
        credit(behind, 'BACK1'),
        debit(behind, 'BANK2'),
        credit(beside, 'BACK2'),
        debit(beside, 'BANK2'),
      ]),
    );
    await deliver(statement, { ask: async () => 'returned' });
    const lines = ['matched', 'reversal_unmatched', 'duplicate_debit', 'reversal_unmatched', 'duplicate_debit'];
    for (const payout of [behind, beside])
      expect(await afterwards(statement, payout)).toEqual({ lines, state: 'paid' });
  });

  it('is no return where the double debit stands in another part, also when that one is done already', async () => {
    const [far, beside] = [await paidOne(), await paidOne()];
    const fee: Booking = { direction: 'debit', amountRupiah: 1, bankReference: 'FEE', isBanksOwn: true };
    const fees = Array.from({ length: rowsPerPart }, () => fee);
    const text = csvOf([
      credit(far, 'BACK1'),
      debit(beside, 'BANK2'),
      ...fees,
      credit(beside, 'BACK2'),
      debit(far, 'BANK1'),
      debit(far, 'BANK2'),
    ]);
    const statement = await uploaded('csv', text);
    const ask: PartnerQuestion = async () => 'returned';
    // The first part is done, and the second one not begun.
    const files = dyingFiles(statement.files, { change: 3, when: 'before' });
    expect(await deliver(statement, { files, ask })).toBe('again');
    expect(await deliver(statement, { ask })).toBe('done');
    const lines = (await rowsOf(statement)).filter(({ result }) => result !== 'banks_own');
    expect(judged(lines)).toEqual([
      'reversal_unmatched',
      'duplicate_debit',
      'reversal_unmatched',
      'matched',
      'duplicate_debit',
    ]);
    for (const payout of [far, beside]) expect(await payoutNow(engine.table, payout)).toMatchObject({ state: 'paid' });
  });

  it('that is not asked about is an exception: two hundred are asked, and the next is not posted', async () => {
    const some: StoredPayout[] = [];
    while (some.length < 201) some.push(await paidOne());
    const statement = await uploaded('csv', csvOf(some.map((payout, index) => credit(payout, `BACK${index}`))));
    let asked = 0;
    const ask: PartnerQuestion = async () => {
      asked += 1;
      return 'returned';
    };
    await deliver(statement, { ask });
    expect(asked).toBe(200);
    expect(judged(await rowsOf(statement))).toEqual([
      ...some.slice(1).map(() => 'posted_returned'),
      'reversal_unmatched',
    ]);
  });
});

it('payouts whose citizens have linked another account take no question from the others', async () => {
  const { table } = engine;
  const some: StoredPayout[] = [];
  while (some.length < 6) some.push(await payouts.add(table, outcomes.paid('BANK1')));
  const last = some.at(-1);
  for (const { citizen } of some.slice(0, -1))
    await participants(table).change(
      citizen.participantId,
      (file, at) => {
        const account = linkedAccount(file, citizen.participantId, '081234567899');
        return linkAccount(citizen.participantId, file, account, at);
      },
      now,
    );
  const statement = await uploaded('csv', csvOf(some.map((payout, index) => credit(payout, `BACK${index}`))));
  const asked: string[] = [];
  const ask: PartnerQuestion = async ({ reference }) => {
    asked.push(reference);
    return 'returned';
  };
  await deliver(statement, { ask });
  expect(asked).toEqual([last?.reference]);
  expect(judged(await rowsOf(statement)).at(-1)).toBe('posted_returned');
  expect(judged(await rowsOf(statement)).slice(0, -1)).toEqual(Array(5).fill('reversal_unmatched'));
});

describe('a debit for a claim that was never sent', () => {
  it('is an exception, and nobody is asked', async () => {
    const payout = await payouts.add(engine.table);
    const statement = await uploaded('csv', csvOf([debit(payout, 'FORGED')]));
    const ask: PartnerQuestion = () => expect.fail('Nobody is asked');
    expect(await deliver(statement, { ask })).toBe('done');
    expect(judged(await rowsOf(statement))).toEqual(['not_sent']);
    expect(await payoutNow(engine.table, payout)).toMatchObject({ state: 'claimed', paid: null });
  });
});

describe('a file that cannot be imported', () => {
  const refusedWith = async (statement: Uploaded) => {
    expect(await deliver(statement)).toBe('done');
    const { state, refusal } = await stateOf(statement);
    expect(state).toBe('refused');
    return refusal;
  };

  it('is refused when it is not there', async () => {
    const statement = await uploaded('csv', csvOf([debit({ reference: referenceOf(3) }, 'A')]));
    await statement.files.remove(reconciliationFile.source(statement.statementId));
    expect(await refusedWith(statement)).toBe('statement_missing');
  });

  it.each([
    ['another size', { bytes: 1 }],
    ['another digest', { digest: digestOf('another file') }],
  ])('is refused when it was announced with %s', async (_, announced) => {
    const text = csvOf([debit({ reference: referenceOf(4) }, 'A')]);
    expect(await refusedWith(await uploaded('csv', `${text}\n${Object.keys(announced)}`, announced))).toBe(
      'statement_digest_differs',
    );
  });

  it('posts nothing when it breaks off in the middle', async () => {
    const payout = await payouts.add(engine.table);
    const whole = writers.camt053([debit(payout, 'BANK1')]);
    const statement = await uploaded('camt053', whole.slice(0, whole.lastIndexOf('</Stmt>')));
    expect(await refusedWith(statement)).toBe('statement_format');
    expect(await payoutNow(engine.table, payout)).toMatchObject({ state: 'claimed' });
    expect([...statement.files.contents.keys()]).toEqual([reconciliationFile.source(statement.statementId)]);
  });

  it('is imported when it is uploaded again as announced', async () => {
    const text = csvOf([debit({ reference: referenceOf(5) }, 'A')]);
    const statement = await uploaded('csv', text);
    const key = reconciliationFile.source(statement.statementId);
    await statement.files.put(key, 'half of it', 'text/csv');
    expect(await refusedWith(statement)).toBe('statement_digest_differs');
    await statement.files.put(key, text, 'text/csv');
    await statements(engine.table).change(
      statement.statementId,
      (before) => submit(before, statement.statementId, 'two'),
      now,
    );
    expect(await deliver(statement)).toBe('done');
    expect((await stateOf(statement)).state).toBe('posted');
  });
});

describe('a long file', () => {
  it('is imported by several deliveries, each with its share', async () => {
    const fee = (number: number): Booking => ({
      direction: 'debit',
      amountRupiah: 2_500,
      bankReference: `FEE${number}`,
      isBanksOwn: true,
    });
    const count = 200_001;
    const statement = await uploaded('csv', csvOf(Array.from({ length: count }, (_, number) => fee(number))));
    expect(await deliver(statement)).toBe('done');
    expect(await stateOf(statement)).toMatchObject({ state: 'submitted', progress: { parts: 20, rows: 200_000 } });
    expect(await deliver(statement)).toBe('done');
    const { posted } = await stateOf(statement);
    expect(posted).toMatchObject({ parts: 21, balance: 'ok', tally: { rows: count, debitRupiah: count * 2_500 } });
    await expectTotals(statement);
  });
});
