import '#test/platform/environment.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importStatement } from '#functions/incentive/import-statement.ts';
import { paidPrefix } from '#shared/incentive/payout-lists.ts';
import {
  type Break,
  BreaksFile,
  closeDay,
  closings,
  compared,
  explain,
  requestClosing,
} from '#shared/incentive/reconciliation/closing.ts';
import {
  closingIdOf,
  reconciliationFile,
  statementIdOf,
} from '#shared/incentive/reconciliation/reconciliation-names.ts';
import { assign, receive, resolve, statements, submit } from '#shared/incentive/reconciliation/statement.ts';
import type { StatementFormat } from '#shared/incentive/reconciliation/statement-line.ts';
import { participants } from '#shared/journal/participant.ts';
import { digestOf } from '#shared/platform/digest.ts';
import type { Files } from '#shared/platform/files.ts';
import type { Table } from '#shared/table/table.ts';
import { outcomes, payoutsIn, type StoredPayout } from '#test/incentive/reconciliation/payouts.ts';
import {
  type Booking,
  csvOf,
  statementDay as day,
  referenceOf,
  writers,
} from '#test/incentive/reconciliation/statements.ts';
import { minutesAfter, start } from '#test/journal/citizen.ts';
import { failedIds, lambdaContext, queueEvent } from '#test/platform/events.ts';
import { dyingFiles, memoryFiles } from '#test/platform/memory-files.ts';
import { expectRefusal } from '#test/platform/refused.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

const partnerCode = 'switching';
const [dayBefore, dayAfter, twoAfter] = ['2026-11-01', '2026-11-03', '2026-11-04'] as const;
/** Two days later, in the morning: the day and the one behind it are over. */
const now = () => minutesAfter(start, 2 * 24 * 60);
const payouts = payoutsIn('closing', 120);
let engine: Engine;
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());

/** Each test compares a day of its own partner: the journal of the closing is shared by name only. */
let served = 0;
function scene() {
  served += 1;
  const own = `-${served}`;
  const files = memoryFiles();
  const statementIds: string[] = [];
  const deps = (table: Table = engine.table, seen: Files = files) => {
    const all = closings(table);
    const id = closingIdOf(`${partnerCode}${own}`, day);
    return {
      statements: statements(table),
      closings: {
        ...all,
        load: () => all.load(id),
        change: (_: string, ...rest: [Parameters<typeof all.change>[1], Parameters<typeof all.change>[2]?]) =>
          all.change(id, ...rest),
      },
      participants: participants(table),
      files: seen,
      ask: async () => null,
      now,
    };
  };
  const deliver = async (message: object, seen = deps()) =>
    failedIds(await importStatement(seen)(queueEvent([message]), lambdaContext)).length === 0 ? 'done' : 'again';
  const closing = async () => (await deps().closings.load()).state;
  const on = {
    files,
    deps,
    statementIds,
    closing,

    /** What the payouts' lists leave of payments. */
    async paid(onDay: string, entries: readonly { reference: string; amountRupiah?: number }[]) {
      const part = entries.map(({ reference, amountRupiah = 600_000 }) => {
        return {
          reference,
          amountRupiah,
          partnerReference: `BANK${reference.slice(-3)}`,
          at: `${onDay}T03:00:00.000Z`,
        };
      });
      const text = JSON.stringify(part);
      await files.put(
        `${paidPrefix(partnerCode, onDay)}${digestOf(`${text}${part.length}`)}.json`,
        text,
        'application/json',
      );
    },

    async statement(onDay: string, text: string, posts = true, format: StatementFormat = 'csv'): Promise<string> {
      const digest = digestOf(text);
      const statementId = statementIdOf(digest);
      const facts = { partnerCode, day: onDay, format, bytes: Buffer.byteLength(text), digest } as const;
      const all = statements(engine.table);
      await all.change(statementId, (before) => receive(before, facts, 'one'), now);
      await files.put(reconciliationFile.source(statementId), text, 'text/csv');
      await all.change(statementId, (before) => submit(before, statementId, 'two'), now);
      if (posts) expect(await deliver({ step: 'import', statementId })).toBe('done');
      statementIds.push(statementId);
      return statementId;
    },

    /** A statement of the day that has none of its payouts. */
    emptyStatement: (fees = 0) => {
      const fee = { direction: 'debit', amountRupiah: 1, bankReference: `NONE${served}`, isBanksOwn: true } as const;
      return on.statement(day, csvOf([{ ...fee, direction: 'credit' }, ...Array.from({ length: fees }, () => fee)]));
    },

    async request(by = 'asker') {
      await deps().closings.change(
        '',
        (before, at) => requestClosing(before, { partnerCode, day, statementIds, by }, at),
        now,
      );
    },

    run: (seen = deps()) => deliver({ step: 'close', partnerCode, day }, seen),

    async breaks(): Promise<Break[]> {
      const { digest } = compared(await closing());
      return BreaksFile.parse(
        JSON.parse(files.contents.get(reconciliationFile.breaks(partnerCode, day, digest)) ?? ''),
      );
    },

    async comparison() {
      await this.request();
      expect(await this.run()).toBe('done');
      const { digest: _, ...totals } = compared(await closing());
      return { totals, breaks: await this.breaks() };
    },
  };
  return on;
}

const paidPayout = () => payouts.add(engine.table, outcomes.paid('BANK1'));
const debit = ({ reference }: { reference: string }, changes: Partial<Booking> = {}): Booking => ({
  direction: 'debit',
  amountRupiah: 600_000,
  bankReference: 'BANK1',
  reference,
  ...changes,
});
const kinds = (breaks: readonly Break[]) => breaks.map(({ kind, exception }) => exception ?? kind);

describe('comparing a day', () => {
  it('finds nothing where lists and statements agree, also when a part was left twice', async () => {
    const on = scene();
    const [one, two] = [await paidPayout(), await paidPayout()];
    await on.paid(day, [one, two]);
    await on.paid(day, [two]);
    await on.statement(day, csvOf([debit(one), debit(two)]));
    const { totals, breaks } = await on.comparison();
    expect(breaks).toEqual([]);
    expect(totals).toMatchObject({
      paidCount: 2,
      paidRupiah: 1_200_000,
      foundCount: 2,
      bookedCount: 2,
      bookedRupiah: 1_200_000,
      breakCount: 0,
      breaksRupiah: 0,
    });
  });

  it.each([
    ['the day before', dayBefore, []],
    ['the same day', day, []],
    ['the day after', dayAfter, []],
    ['two days after', twoAfter, ['paid_not_on_statement']],
  ])('takes a payment for found on the statement of %s', async (_, statementDay, expected) => {
    const on = scene();
    const one = await paidPayout();
    await on.emptyStatement();
    await on.paid(day, [one]);
    await on.statement(statementDay, csvOf([debit(one, { day: statementDay })]));
    const { breaks } = await on.comparison();
    expect(kinds(breaks)).toEqual(expected);
  });

  it.each([
    ['the day before', dayBefore, []],
    ['the same day', day, []],
    ['the day after', dayAfter, []],
    ['two days after', twoAfter, ['on_statement_not_paid']],
    ['no day', null, ['on_statement_not_paid']],
  ])('takes a booking for known that the lists have on %s', async (_, paidDay, expected) => {
    const on = scene();
    const one = await paidPayout();
    if (paidDay) await on.paid(paidDay, [one]);
    await on.statement(day, csvOf([debit(one)]));
    const { breaks, totals } = await on.comparison();
    expect(kinds(breaks)).toEqual(expected);
    expect(totals).toMatchObject({ bookedCount: 1, paidCount: paidDay === day ? 1 : 0 });
  });

  it('lists what was paid and is on no statement, with its owner and its sum', async () => {
    const on = scene();
    const [one, two] = [await paidPayout(), await paidPayout()];
    await on.paid(day, [one, two]);
    await on.statement(day, csvOf([debit(one)]));
    const { totals, breaks } = await on.comparison();
    expect(breaks).toEqual([
      {
        key: `paid_not_on_statement-${two.reference}`,
        kind: 'paid_not_on_statement',
        exception: null,
        reference: two.reference,
        statementId: null,
        line: null,
        amountRupiah: 600_000,
        since: day,
        owner: 'asker',
      },
    ]);
    expect(totals).toMatchObject({ paidCount: 2, foundCount: 1, breakCount: 1, breaksRupiah: 600_000 });
    expect(totals.breaks).toEqual({ paid_not_on_statement: 1 });
  });

  it('does not miss on a statement what a late statement itself has proved', async () => {
    const on = scene();
    const open = await payouts.add(engine.table, outcomes.unknown());
    // Booked three days earlier, imported and listed today.
    await on.statement('2026-10-30', csvOf([debit(open, { day: '2026-10-30' })]));
    const other = await paidPayout();
    await on.statement(day, csvOf([debit(other)]));
    await on.paid(day, [open, other]);
    const { breaks, totals } = await on.comparison();
    expect(breaks).toEqual([]);
    expect(totals).toMatchObject({ paidCount: 2, foundCount: 2 });
  });

  it('does not miss in the lists what the statement has posted', async () => {
    const on = scene();
    const open = await payouts.add(engine.table, outcomes.unknown());
    await on.statement(day, csvOf([debit(open)]));
    expect(await on.comparison()).toMatchObject({ breaks: [], totals: { bookedCount: 1, bookedRupiah: 600_000 } });
  });

  it('lists a list that has another amount than the statement', async () => {
    const on = scene();
    const one = await paidPayout();
    await on.paid(day, [{ reference: one.reference, amountRupiah: 600_001 }]);
    await on.statement(day, csvOf([debit(one)]));
    expect(kinds((await on.comparison()).breaks)).toEqual(['amount_differs']);
  });

  it('lists the exceptions that are not resolved, once each and with the owner that they have', async () => {
    const on = scene();
    const one = await paidPayout();
    await on.paid(day, [one]);
    const statementId = await on.statement(
      day,
      csvOf([
        debit(one, { amountRupiah: 600_001 }),
        debit({ reference: referenceOf(9) }),
        debit(one, { reference: '' }),
      ]),
    );
    const all = statements(engine.table);
    await all.change(statementId, (before) => assign(before, 3, 'owner', 'boss'), now);
    await all.change(statementId, (before) => assign(before, 4, 'owner', 'boss'), now);
    expect(kinds((await on.comparison()).breaks)).toEqual(['amount_differs', 'reference_unknown', 'no_reference']);
    expect((await on.breaks()).map(({ key, owner }) => [key, owner])).toEqual([
      [`exception-${statementId}-2`, 'asker'],
      [`exception-${statementId}-3`, 'owner'],
      [`exception-${statementId}-4`, 'owner'],
    ]);
    await all.change(statementId, (before) => resolve(before, 4, 'a refund of the bank', 'owner'), now);
    expect(kinds((await on.comparison()).breaks)).toEqual(['amount_differs', 'reference_unknown']);
  });

  it('lists a statement whose balances differ, and one that is still being imported', async () => {
    const on = scene();
    const [first = '', second = '', , ...rest] = csvOf([
      debit({ reference: '' }, { isBanksOwn: true, bankReference: `F${served}` }),
      debit({ reference: '' }, { isBanksOwn: true }),
      debit({ reference: '' }, { isBanksOwn: true }),
    ]).split('\n');
    await on.statement(day, [first, second, ...rest].join('\n'));
    await on.statement(day, csvOf([debit({ reference: referenceOf(served) })]), false);
    expect(kinds((await on.comparison()).breaks).toSorted()).toEqual(['balance', 'fees_exceed', 'statement_unposted']);
  });

  it('counts every break, also where it lists no more of them', async () => {
    const on = scene();
    const entries = Array.from({ length: 10_001 }, (_, number) => ({ reference: referenceOf(number + 1_000) }));
    await on.paid(day, entries);
    const { totals, breaks } = await on.comparison();
    expect(breaks).toHaveLength(10_000);
    // Beside the payments, the statement itself is missing.
    expect(totals).toMatchObject({ breakCount: 10_002, breaksRupiah: 10_001 * 600_000 });
  });

  it('reads more parts than one listing has', async () => {
    const on = scene();
    for (let part = 0; part < 1_001; part += 1) await on.paid(day, [{ reference: referenceOf(part + 50_000) }]);
    expect((await on.comparison()).totals).toMatchObject({ paidCount: 1_001, foundCount: 0 });
  });

  it('lists a day on which something was paid or booked, and of which no statement is posted', async () => {
    const [none, onPaid, onBooked, nothing] = [scene(), scene(), scene(), scene()];
    const one = await paidPayout();
    await onPaid.paid(day, [one]);
    await onPaid.statement(dayAfter, csvOf([debit(one)]));
    expect((await onPaid.comparison()).breaks).toMatchObject([
      { key: 'statement_missing-day', kind: 'statement_missing', amountRupiah: 0 },
    ]);
    // Booked on the day by the statement of another one.
    const two = await paidPayout();
    await onBooked.paid(dayBefore, [two]);
    await onBooked.statement(dayAfter, csvOf([debit(two)]));
    expect(kinds((await onBooked.comparison()).breaks)).toEqual(['statement_missing']);
    expect(kinds((await nothing.comparison()).breaks)).toEqual([]);
    await none.paid(day, [one]);
    expect(kinds((await none.comparison()).breaks)).toEqual(['paid_not_on_statement', 'statement_missing']);
  });

  it.each([
    [2, 2_500, 0],
    [2, 2_501, 2],
    [0, 1, 2],
  ])(
    'lists fees beyond the dearest one for each of the payouts: of %i, fees of %i each',
    async (count, fee, excess) => {
      const on = scene();
      const some: StoredPayout[] = [];
      while (some.length < count) some.push(await paidPayout());
      await on.paid(day, some);
      const own = { amountRupiah: fee, isBanksOwn: true, reference: '' };
      const fees = [1, 2].map((number) => debit({ reference: '' }, { ...own, bankReference: `FEE${served}${number}` }));
      await on.statement(day, csvOf([...some.map((one) => debit(one)), ...fees]));
      const { breaks } = await on.comparison();
      const expected = { key: 'fees_exceed-day', kind: 'fees_exceed', amountRupiah: excess };
      expect(breaks).toMatchObject(excess > 0 ? [expected] : []);
    },
  );

  it('takes neither what the bank gives nor another day’s fees for fees', async () => {
    const on = scene();
    const own = debit({ reference: '' }, { isBanksOwn: true, bankReference: `FEE${served}` });
    await on.statement(day, csvOf([{ ...own, direction: 'credit' }]));
    await on.statement(dayAfter, csvOf([{ ...own, day: dayAfter }]));
    expect((await on.comparison()).breaks).toEqual([]);
  });

  it('lists a payout once that was booked on this day and on one beside it, whichever way', async () => {
    for (const [other, format] of [
      [dayBefore, 'csv'],
      [dayAfter, 'csv'],
      [dayAfter, 'mt940'],
    ] as const) {
      const on = scene();
      const long = 'FT2026110200000000000017';
      const [twice, again] = [await payouts.add(engine.table, outcomes.paid(long)), await paidPayout()];
      await on.paid(day, [twice, again]);
      const first = { bankReference: long };
      const cut = { bankReference: format === 'mt940' ? long.slice(0, 16) : long };
      await on.statement(day, csvOf([debit(twice, first), debit(again)]));
      const beside = [debit(twice, { ...cut, day: other }), debit(again, { day: other })];
      await on.statement(other, writers[format](beside), true, format);
      const { breaks, totals } = await on.comparison();
      const keys = [twice, again].map(({ reference }) => `booked_twice-${reference}`).sort();
      expect(breaks.map(({ key }) => key)).toEqual(keys);
      expect(totals).toMatchObject({ bookedCount: 2, breakCount: 2, breaksRupiah: 1_200_000 });
    }
  });

  it('does not take one booking on two statements for two', async () => {
    const on = scene();
    const one = await paidPayout();
    await on.paid(day, [one]);
    await on.statement(day, csvOf([debit(one)]));
    await on.statement(dayAfter, csvOf([debit(one), debit(one, { isBanksOwn: true, amountRupiah: 1_000 })]));
    expect((await on.comparison()).breaks).toEqual([]);
  });

  it('happens once for each request, however often it is delivered', async () => {
    const on = scene();
    await on.request();
    for (const _ of [1, 2, 3]) expect(await on.run()).toBe('done');
    const entries = await closings(engine.table).entries(closingIdOf(`${partnerCode}-${served}`, day));
    expect(entries.flatMap(({ events }) => events.map(({ type }) => type))).toEqual(['ClosingRequested', 'ClosingRun']);
  });

  it.each(['before', 'after'] as const)('comes to the same end when it is killed %s a write', async (when) => {
    const on = scene();
    const one = await paidPayout();
    await on.paid(day, [one]);
    await on.emptyStatement();
    await on.request();
    expect(await on.run(on.deps(engine.table, dyingFiles(on.files, { change: 1, when })))).toBe('again');
    expect(await on.run(on.deps(engine.dying({ write: 1, when })))).toBe('again');
    expect(await on.run()).toBe('done');
    expect(kinds(await on.breaks())).toEqual(['paid_not_on_statement']);
  });
});

describe('closing a day', () => {
  const twoBreaks = async () => {
    const on = scene();
    const [one, two] = [await paidPayout(), await paidPayout()];
    await on.paid(day, [one, two]);
    const statementId = await on.emptyStatement();
    await on.comparison();
    const change = on.deps().closings.change;
    return {
      on,
      statementId,
      payouts: [one, two] as readonly [StoredPayout, StoredPayout],
      explain: async ({ reference }: { reference: string }, by: string, note = 'the bank was asked') => {
        const key = `paid_not_on_statement-${reference}`;
        const breaks = await on.breaks();
        await change('', (before) => explain(before, breaks, { key, note }, by), now);
      },
      close: async (by: string, statementIds: readonly string[] = []) => {
        const breaks = await on.breaks();
        return change('', (before) => closeDay(before, breaks, statementIds, by), now);
      },
    };
  };
  const code = (refusal: string) => ({ name: 'Refusal', code: refusal });

  it('is refused while a break is unexplained', async () => {
    const {
      close,
      explain: explainOne,
      payouts: [one],
    } = await twoBreaks();
    await expect(close('closer')).rejects.toMatchObject(code('breaks_unexplained'));
    await explainOne(one, 'explainer');
    await expect(close('closer')).rejects.toMatchObject(code('breaks_unexplained'));
  });

  it('is refused to who has explained one of them', async () => {
    const {
      close,
      explain: explainOne,
      payouts: [one, two],
    } = await twoBreaks();
    await explainOne(one, 'explainer');
    await explainOne(two, 'closer');
    await expect(close('closer')).rejects.toMatchObject(code('same_operator'));
    await explainOne(two, 'explainer');
    expect((await close('closer')).closed).toMatchObject({ by: 'closer' });
  });

  it('is refused with the number of breaks that are left', async () => {
    const {
      on,
      close,
      explain: explainOne,
      payouts: [one],
    } = await twoBreaks();
    const left = (count: number) => ({ ...code('breaks_unexplained'), sentence: expect.stringMatching(` ${count}$`) });
    await expect(close('closer')).rejects.toMatchObject(left(2));
    await explainOne(one, 'explainer');
    await expect(close('closer')).rejects.toMatchObject(left(1));
    const [state, breaks] = [await on.closing(), await on.breaks()];
    const more = state.run && { ...state, run: { ...state.run, breakCount: 10_002 } };
    if (!more) throw new Error('The day is compared');
    expect(() => closeDay(more, breaks, [], 'closer')).toThrow(/ 10001$/);
  });

  it('is refused to who has resolved an exception of the day, and to nobody else', async () => {
    const on = scene();
    const one = await paidPayout();
    await on.paid(day, [one]);
    const statementId = await on.statement(day, csvOf([debit(one), debit(one)]));
    const all = statements(engine.table);
    await all.change(statementId, (before) => assign(before, 3, 'owner', 'boss'), now);
    await all.change(statementId, (before) => resolve(before, 3, 'the bank gives it back', 'resolver'), now);
    expect(await on.comparison()).toMatchObject({ breaks: [], totals: { resolvedBy: ['resolver'] } });
    const state = await on.closing();
    expectRefusal(() => closeDay(state, [], [], 'resolver'), 'same_operator');
    for (const by of ['boss', 'owner']) expect(closeDay(state, [], [], by).events).toHaveLength(1);
  });

  it('happens once, and then nothing changes', async () => {
    const {
      on,
      close,
      explain: explainOne,
      payouts: [one, two],
    } = await twoBreaks();
    for (const payout of [one, two]) await explainOne(payout, 'explainer');
    await close('closer');
    expect((await close('another')).closed).toMatchObject({ by: 'closer' });
    await expect(explainOne(one, 'late', 'another reason')).rejects.toMatchObject(code('closing_state'));
    await expect(on.request()).rejects.toMatchObject(code('closing_state'));
  });

  it('is refused when a statement came after the comparison', async () => {
    const {
      close,
      explain: explainOne,
      payouts: [one, two],
    } = await twoBreaks();
    for (const payout of [one, two]) await explainOne(payout, 'explainer');
    await expect(close('closer', ['a'.repeat(32)])).rejects.toMatchObject(code('closing_state'));
  });

  it('is refused while the day is being compared, and before it ever was', async () => {
    const { on, close } = await twoBreaks();
    await on.request();
    await expect(close('closer')).rejects.toMatchObject(code('closing_state'));
    const { state: fresh } = await closings(engine.table).load(closingIdOf(partnerCode, '2020-01-01'));
    expectRefusal(() => closeDay(fresh, [], [], 'closer'), 'closing_unknown');
  });

  it('of an empty list needs no explanation', async () => {
    const on = scene();
    expect((await on.comparison()).breaks).toEqual([]);
    const { closed } = await on.deps().closings.change('', (before) => closeDay(before, [], [], 'closer'), now);
    expect(closed).toMatchObject({ by: 'closer' });
  });

  it('is refused when there are more breaks than are listed', async () => {
    const { on } = await twoBreaks();
    const state = await on.closing();
    expectRefusal(() => closeDay(state, [], [], 'closer'), 'breaks_unexplained');
  });

  it('asks again for what is explained as another kind of break', async () => {
    const on = scene();
    const one = await paidPayout();
    await on.paid(day, [{ reference: one.reference, amountRupiah: 600_001 }]);
    await on.emptyStatement();
    const { change } = on.deps().closings;
    const explainAll = async () => {
      const breaks = await on.breaks();
      for (const { key } of breaks)
        await change('', (before) => explain(before, breaks, { key, note: 'not there yet' }, 'explainer'), now);
    };
    const close = async () => {
      const breaks = await on.breaks();
      return change('', (before) => closeDay(before, breaks, [], 'closer'), now);
    };
    expect((await on.comparison()).breaks).toMatchObject([{ key: `paid_not_on_statement-${one.reference}` }]);
    await explainAll();
    await on.statement(day, csvOf([debit(one)]));
    expect((await on.comparison()).breaks).toMatchObject([{ key: `amount_differs-${one.reference}` }]);
    await expect(close()).rejects.toMatchObject(code('breaks_unexplained'));
    await explainAll();
    expect((await close()).closed).toMatchObject({ by: 'closer' });
  });

  it('takes 1,500 explanations, changed ones among them', async () => {
    const { on, payouts } = await twoBreaks();
    const key = `paid_not_on_statement-${payouts[0].reference}`;
    const [state, breaks] = [await on.closing(), await on.breaks()];
    const explainAfter = (explained: number) =>
      explain({ ...state, explained }, breaks, { key, note: 'asked' }, 'explainer');
    expect(explainAfter(1_499).events).toHaveLength(1);
    expectRefusal(() => explainAfter(1_500), 'attempts_exceeded');
  });

  it('explains only what is there', async () => {
    const { explain: explainOne } = await twoBreaks();
    await expect(explainOne({ reference: 'UNKNOWN' }, 'explainer')).rejects.toMatchObject(code('break_unknown'));
  });
});

describe('asking for a comparison', () => {
  const request: Parameters<typeof requestClosing>[1] = { partnerCode, day, statementIds: [], by: 'asker' };
  const empty = async () => (await closings(engine.table).load('nobody#2020-01-01')).state;

  it('is refused until the day is over in WIB', async () => {
    const state = await empty();
    const midnight = new Date('2026-11-02T17:00:00.000Z');
    const justBefore = new Date(midnight.getTime() - 1);
    expectRefusal(() => requestClosing(state, request, justBefore), 'closing_state');
    expect(requestClosing(state, request, midnight).events).toHaveLength(1);
  });

  it('is a repeat for twenty minutes, and after that another request', async () => {
    const on = scene();
    await on.request();
    const state = await on.closing();
    const asked = now().getTime();
    expect(requestClosing(state, request, new Date(asked + 20 * 60_000 - 1)).events).toEqual([]);
    expect(requestClosing(state, request, new Date(asked + 20 * 60_000)).events).toHaveLength(1);
  });
});
