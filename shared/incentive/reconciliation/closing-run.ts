import type * as z from 'zod/mini';
import { type PaymentPartnerCode, paymentPartners } from '#shared/incentive/payment-partners.ts';
import { payoutOf } from '#shared/incentive/payout.ts';
import { PaidPart, type PaidPayout, paidPrefix } from '#shared/incentive/payout-lists.ts';
import {
  type Break,
  type Closing,
  type Closings,
  type ClosingTotals,
  maxBreaks,
  recordRun,
} from '#shared/incentive/reconciliation/closing.ts';
import { daysBeside } from '#shared/incentive/reconciliation/days-beside.ts';
import { closingIdOf, reconciliationFile } from '#shared/incentive/reconciliation/reconciliation-names.ts';
import { maxValue, referenceTable } from '#shared/incentive/reconciliation/reference-table.ts';
import { ExceptionsPart, type RowResult, RowsPart } from '#shared/incentive/reconciliation/row-result.ts';
import type { Statement, Statements } from '#shared/incentive/reconciliation/statement.ts';
import type { Participants } from '#shared/journal/participant.ts';
import { digestOf } from '#shared/platform/digest.ts';
import { type Files, json, keysUnder, readJson } from '#shared/platform/files.ts';
import { logger } from '#shared/platform/observe.ts';
import { slices } from '#shared/platform/slices.ts';

/** Parts of what was paid on one day: more is a defect of whoever left them. */
const maxPaidParts = 200_000;
/** Files read at a time. */
const filesAtOnce = 50;
/** Payments of a day without a line on a statement that are looked up in their journals. */
const maxLookups = 10_000;

/** A line on a statement that is in the exception list: seen, and compared there. */
const contested = maxValue;
const largestAmount = maxValue - 1;

type Deps = {
  readonly closings: Closings;
  readonly statements: Pick<Statements, 'load'>;
  readonly participants: Pick<Participants, 'load'>;
  readonly files: Files;
  readonly now: () => Date;
};

/**
 * Compares what the journals paid through a partner on a day with what its statements booked, each with the other's days beside it, and
 * lists what does not agree. Reads files only; journals where a payment is on no statement. A repeat writes the same.
 */
export function closingRun({ closings, statements, participants, files, now }: Deps) {
  async function runClosing(partnerCode: string, day: string): Promise<void> {
    const id = closingIdOf(partnerCode, day);
    const { state: closing } = await closings.load(id);
    if (!closing.isPending || !closing.requested) return;
    const { list, ...run } = await compare(partnerCode, day, closing.requested);
    const text = JSON.stringify(list);
    const digest = digestOf(text);
    await files.put(reconciliationFile.breaks(partnerCode, day, digest), text, json);
    await closings.change(id, (before) => recordRun(before, { ...run, digest }), now);
    const { resolvedBy: _, ...totals } = run;
    logger.info('closing.run', { partnerCode, day, ...totals });
  }

  async function compare(partnerCode: string, day: string, request: NonNullable<Closing['requested']>) {
    const list = breakList(day, request.by);
    const beside = daysBeside(day);
    const paid = referenceTable();
    for (const each of beside)
      for await (const { reference, amountRupiah } of paidOn(partnerCode, each))
        paid.set(reference, Math.min(amountRupiah, largestAmount));

    const onStatements = referenceTable();
    const booked = referenceTable();
    let [bookedCount, bookedRupiah, postedStatements, postedOfDay, payoutsOfDay, feesRupiah] = [0, 0, 0, 0, 0, 0];
    const resolvers = new Set<string>();
    for (const statementId of request.statementIds) {
      const { state: statement } = await statements.load(statementId);
      if (!beside.includes(statement.received?.day ?? '')) continue;
      if (statement.posted) postedStatements += 1;
      const isOfDay = statement.received?.day === day;
      if (isOfDay) {
        await listStatement(list, statementId, statement);
        for (const { resolved } of statement.exceptions.values()) if (resolved) resolvers.add(resolved.by);
        if (statement.posted) postedOfDay += 1;
      }
      for await (const row of rowsOf(statementId, statement)) {
        const { reference = '', amountRupiah = 0, line } = row;
        noteRow(onStatements, row);
        if (isOfDay && isBanksDebit(row)) feesRupiah += amountRupiah;
        if (!isPayment(row)) continue;
        if (isOfDay && isNew(booked, reference, onStatementBit)) payoutsOfDay += 1;
        const isFirst = isNew(booked, reference, row.bookedOn === day ? bookedBit : bookedBesideBit);
        const found = { ...nothing, reference, statementId, line, amountRupiah };
        if (isBookedTwice(booked.get(reference)) && isNew(booked, reference, listedBit))
          list.add({ ...found, kind: 'booked_twice' });
        if (row.bookedOn !== day || !isFirst) continue;
        bookedCount += 1;
        bookedRupiah += amountRupiah;
        // What the statement itself has posted is in the list of the day of its import.
        if (row.result === 'matched' && paid.get(reference) === 0)
          list.add({ ...found, kind: 'on_statement_not_paid' });
      }
    }

    const counted = referenceTable();
    let [paidCount, paidRupiah, foundCount, lookups] = [0, 0, 0, 0];
    for await (const { reference, amountRupiah } of paidOn(partnerCode, day)) {
      if (counted.get(reference) > 0) continue;
      counted.set(reference, 1);
      paidCount += 1;
      paidRupiah += amountRupiah;
      const found = onStatements.get(reference);
      if (found > 0) foundCount += 1;
      const facts = { ...nothing, reference, amountRupiah };
      if (found === 0) {
        lookups += 1;
        const isAsked = postedStatements > 0 && lookups <= maxLookups;
        const isPosted = isAsked && (await isFromStatement(reference));
        if (isPosted) foundCount += 1;
        else list.add({ ...facts, kind: 'paid_not_on_statement' });
      } else if (found !== contested && found !== Math.min(amountRupiah, largestAmount))
        list.add({ ...facts, kind: 'amount_differs' });
    }
    const excessRupiah = feesRupiah - payoutsOfDay * dearestFeeRupiah(request.partnerCode);
    if (excessRupiah > 0) list.add({ ...nothing, kind: 'fees_exceed', amountRupiah: excessRupiah });
    if (postedOfDay === 0 && paidCount + bookedCount > 0) list.add({ ...nothing, kind: 'statement_missing' });
    const totals = { paidCount, paidRupiah, foundCount, bookedCount, bookedRupiah };
    return { ...totals, ...list.all(), resolvedBy: [...resolvers].sort() };
  }

  /** Exceptions, balances and unfinished work of a statement of the day. */
  async function listStatement(list: BreakList, statementId: string, statement: Statement): Promise<void> {
    if (statement.state === 'submitted') list.add({ ...nothing, kind: 'statement_unposted', statementId });
    if (statement.posted && statement.posted.balance !== 'ok') list.add({ ...nothing, kind: 'balance', statementId });
    for (let part = 0; part < (statement.posted?.parts ?? 0); part += 1) {
      const { exceptions } = await partOf(reconciliationFile.exceptions(statementId, part), ExceptionsPart);
      for (const { line, exception = null, reference = null, amountRupiah = 0 } of exceptions) {
        const touched = statement.exceptions.get(line);
        if (touched?.resolved) continue;
        const facts = { exception, reference, statementId, line, amountRupiah };
        list.add({ ...nothing, ...facts, kind: 'exception', ...(touched && { owner: touched.owner }) });
      }
    }
  }

  async function* rowsOf(statementId: string, { posted }: Statement): AsyncGenerator<RowResult> {
    for (let part = 0; part < (posted?.parts ?? 0); part += 1)
      yield* await partOf(reconciliationFile.rows(statementId, part), RowsPart);
  }

  async function* paidOn(partnerCode: string, day: string): AsyncGenerator<PaidPayout> {
    for await (const keys of keysUnder(files, paidPrefix(partnerCode, day), { limit: maxPaidParts }))
      for (const group of slices(keys, filesAtOnce))
        yield* (await Promise.all(group.map((key) => partOf(key, PaidPart)))).flat();
  }

  /** What a late statement proved is paid on the day of its import, and on the statement of another day. */
  async function isFromStatement(reference: string): Promise<boolean> {
    const participantId = payoutOf(reference)?.participantId;
    if (participantId === undefined) return false;
    const { incentives } = (await participants.load(participantId)).state;
    return incentives.payouts.get(reference)?.paid?.by === 'statement';
  }

  async function partOf<Schema extends z.ZodMiniType>(key: string, schema: Schema): Promise<z.infer<Schema>> {
    const part = await readJson(files, key, schema);
    if (part === null) throw new Error('closing.file_missing');
    return part;
  }

  return runClosing;
}

const isPayment = ({ result, direction }: RowResult): boolean =>
  direction === 'debit' && (result === 'matched' || result === 'posted_paid');

/** A fee, a tax, or whatever else the bank takes for itself. */
const isBanksDebit = ({ result, direction }: RowResult): boolean => result === 'banks_own' && direction === 'debit';

/** What the dearest payout of a partner costs. */
const dearestFeeRupiah = (partnerCode: PaymentPartnerCode): number =>
  Math.max(...Object.values(paymentPartners[partnerCode].feeRupiah));

/* Bits of a payout that the statements have booked: on the day, on another, on a statement of the day, and listed for it. */
const bookedBit = 1;
const bookedBesideBit = 2;
const onStatementBit = 4;
const listedBit = 8;
const isBookedTwice = (bits: number): boolean => (bits & bookedBit) !== 0 && (bits & bookedBesideBit) !== 0;

/** Gives a payout a bit; whether it had not had it. */
const isNew = (booked: ReturnType<typeof referenceTable>, reference: string, bit: number): boolean =>
  (booked.mark(reference, bit) & bit) === 0;

/** Notes that a payout is on a statement; the line that agrees stands before any that does not. */
function noteRow(onStatements: ReturnType<typeof referenceTable>, row: RowResult): void {
  const { reference, direction, amountRupiah = 0 } = row;
  if (reference === undefined || direction !== 'debit' || row.result === 'banks_own') return;
  if (isPayment(row)) onStatements.set(reference, Math.min(amountRupiah, largestAmount));
  else if (onStatements.get(reference) === 0) onStatements.set(reference, contested);
}

const nothing = { exception: null, reference: null, statementId: null, line: null, amountRupiah: 0 } as const;

type Found = Omit<Break, 'key' | 'since' | 'owner'> & { readonly owner?: string };

/** The kind is in it: what was explained as the one is not explained as the other. */
function keyOf({ kind, reference, statementId, line }: Found): string {
  return `${kind}-${kind === 'exception' ? `${statementId}-${line}` : (reference ?? statementId ?? 'day')}`;
}

/** Collects breaks of a day; those that nobody has taken are in the care of who asked for the comparison. */
function breakList(since: string, owner: string) {
  const breaks: Break[] = [];
  const counts: ClosingTotals['breaks'] = {};
  let [breakCount, breaksRupiah] = [0, 0];
  return {
    add(found: Found): void {
      if (breaks.length < maxBreaks) breaks.push({ since, ...found, key: keyOf(found), owner: found.owner ?? owner });
      counts[found.kind] = (counts[found.kind] ?? 0) + 1;
      breakCount += 1;
      breaksRupiah += found.amountRupiah;
    },
    all() {
      const sorted = breaks.toSorted((left, right) => (left.key < right.key ? -1 : 1));
      return { list: sorted, breaks: counts, breakCount, breaksRupiah };
    },
  };
}
type BreakList = ReturnType<typeof breakList>;
