import { ok } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { payoutOf } from '#shared/incentive/payout.ts';
import {
  type DebitsOfFile,
  debitsOfFile,
  inParts,
  type LineInFile,
  linesInFile,
} from '#shared/incentive/reconciliation/lines-in-file.ts';
import {
  afterPosting,
  type KnownPayout,
  knownPayout,
  malformedVerdict,
  matchRow,
  type PartnerStatus,
  sameBankReference,
} from '#shared/incentive/reconciliation/match.ts';
import { readStatement } from '#shared/incentive/reconciliation/read-statement.ts';
import { reconciliationFile } from '#shared/incentive/reconciliation/reconciliation-names.ts';
import {
  ExceptionsPart,
  noTally,
  type RowResult,
  RowsPart,
  rowResult,
  sumOf,
  tallyOf,
} from '#shared/incentive/reconciliation/row-result.ts';
import {
  post,
  progress,
  refuse,
  type StatementFacts,
  type StatementRefusal,
  type Statements,
} from '#shared/incentive/reconciliation/statement.ts';
import type {
  BalanceState,
  MalformedRow,
  StatementFormat,
  StatementRow,
} from '#shared/incentive/reconciliation/statement-line.ts';
import { type Outcome, recordOutcome } from '#shared/incentive/settlement.ts';
import type { Participant, Participants } from '#shared/journal/participant.ts';
import { digestOf } from '#shared/platform/digest.ts';
import { type Files, json, putJson, readJson, type StoredBytes, writeOnce } from '#shared/platform/files.ts';
import { logger } from '#shared/platform/observe.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { slices } from '#shared/platform/slices.ts';

/** Parts of one delivery of the message: well inside a worker's life, also when every line needs its journal. */
const partsPerDelivery = 20;
/** Journals that are read, or written, at a time. */
const journalsAtOnce = 32;
/** Payouts of one part that the partner is asked about: a few are open, and the file is not held up for more. */
const maxQuestions = 200;
/** Questions of one part without an answer, after which no more are asked. */
const maxUnanswered = 5;

/** What a partner says of a payout of its own; null: it cannot be asked. Never throws for what a partner does. */
export type PartnerQuestion = (payout: AskedPayout) => Promise<PartnerStatus | null>;
type AskedPayout = Pick<KnownPayout, 'reference' | 'amountRupiah' | 'partnerCode'> & {
  /** Of the account that it went to; null where another one is linked by now. */
  readonly provider: string | null;
};

type Deps = {
  readonly statements: Statements;
  readonly participants: Pick<Participants, 'load' | 'change'>;
  readonly files: Files;
  readonly ask: PartnerQuestion;
  readonly now: () => Date;
};

/**
 * Imports a submitted statement: checks that it is the announced file and of its format to its end, then compares its lines with the
 * journals, part by part, and posts what only the statement can tell. It may die anywhere and come again: what was decided about a
 * part is written before anything of it is posted, and a part whose exceptions are written is done.
 */
export function statementImport({ statements, participants, files, ask, now }: Deps) {
  async function importStatement(statementId: string): Promise<void> {
    const { state: statement } = await statements.load(statementId);
    if (statement.state !== 'submitted' || !statement.received) return;
    const { received } = statement;
    try {
      await importFile(statementId, received, await checkedFile(statementId, received));
    } catch (error) {
      const code = error instanceof Refusal ? statementRefusal(error) : null;
      if (!code) throw error;
      logger.warn('statement.refused', { statementId, code });
      await statements.change(statementId, (before) => refuse(before, code), now);
    }
  }

  type CheckedFile = {
    readonly source: StoredBytes;
    readonly balance: BalanceState;
    readonly debits: DebitsOfFile;
  };

  /** The announced file, read once to its end: nothing of a file that breaks off in the middle is posted. */
  async function checkedFile(statementId: string, { bytes, digest, format }: StatementFacts): Promise<CheckedFile> {
    const source = await files.stream(reconciliationFile.source(statementId));
    if (!source) throw new Refusal('statement_missing');
    const hash = createHash('sha256');
    if (source.bytes === bytes) for await (const piece of source.pieces()) hash.update(piece);
    if (hash.digest('hex') !== digest) throw new Refusal('statement_digest_differs');
    const balances = new Set<BalanceState>();
    const debits = debitsOfFile();
    for await (const lines of readStatement(format, source.pieces()))
      for (const line of lines)
        if (line.kind === 'balance') balances.add(line.state);
        else if (line.kind === 'row') debits.note(line);
    const balance: BalanceState = balances.has('differs') ? 'differs' : balances.has('ok') ? 'ok' : 'missing';
    return { source, debits, balance: balances.has('missing') && balance === 'ok' ? 'missing' : balance };
  }

  async function importFile(statementId: string, facts: StatementFacts, { source, balance, debits }: CheckedFile) {
    const parts: Omit<ExceptionsPart, 'exceptions'>[] = [];
    let done = 0;
    for await (const lines of inParts(linesInFile(facts.format, source.pieces(), debits))) {
      if (done === partsPerDelivery) {
        const rows = parts.reduce((sum, { tally }) => sum + tally.rows, 0);
        await statements.change(statementId, (before) => progress(before, parts.length, rows), now);
        return;
      }
      const part = parts.length;
      const kept = await readJson(files, reconciliationFile.exceptions(statementId, part), ExceptionsPart);
      if (!kept) done += 1;
      const { exceptions, ...added } = kept ?? (await importPart(statementId, facts, part, lines, debits));
      for (const { exception, reference } of exceptions)
        if (exception === 'duplicate_debit' && reference !== undefined) debits.noteDoubled(reference);
      parts.push(added);
    }
    const tally = parts.reduce((sum, part) => sumOf(sum, part.tally), noTally);
    const result = JSON.stringify({ ...facts, balance, tally, parts });
    await files.put(reconciliationFile.result(statementId), result, json);
    const posted = { parts: parts.length, tally, balance, resultDigest: digestOf(result) };
    await statements.change(statementId, (before) => post(before, posted), now);
    logger.info('statement.posted', { statementId, balance, ...tally });
  }

  async function importPart(
    statementId: string,
    facts: StatementFacts,
    part: number,
    lines: readonly LineInFile[],
    debits: DebitsOfFile,
  ) {
    const key = reconciliationFile.rows(statementId, part);
    const decided = JSON.stringify(await decidePart(facts, lines, debits));
    const written = await writeOnce(files, key, decided, json);
    const rows = RowsPart.parse(JSON.parse(written));
    const overtaken = await postRows(rows, facts);
    const results = rows.map((row) => (overtaken.has(row.line) ? overtakenRow(row) : row));
    const text = overtaken.size > 0 ? JSON.stringify(results) : written;
    if (overtaken.size > 0) await files.put(key, text, json);
    const [first, last] = [results[0], results.at(-1)];
    ok(first && last, 'A part has lines');
    const summary: ExceptionsPart = {
      firstLine: first.line,
      lastLine: last.line,
      rowsDigest: digestOf(text),
      tally: tallyOf(results),
      exceptions: results.filter(({ result }) => result === 'exception'),
    };
    await putJson(files, reconciliationFile.exceptions(statementId, part), summary);
    return summary;
  }

  /** What each line of a part is, in order: a line knows what those before it post. */
  async function decidePart(
    { partnerCode, format }: StatementFacts,
    lines: readonly LineInFile[],
    debits: DebitsOfFile,
  ): Promise<RowResult[]> {
    const known = await payoutsOf(lines);
    const of = { partnerCode, format, debits };
    for (const { line } of lines) {
      const payout = known.get(comparedReference(line) ?? '');
      if (payout && isDebitBeside(line, payout, format)) debits.noteDoubled(payout.reference);
    }
    const answers = await answersOf(of, lines, known);
    return lines.map(({ line, earlier }) => {
      if (line.kind === 'malformed') return rowResult(line, malformedVerdict(line));
      const payout = known.get(line.partnerReference ?? '') ?? null;
      const status = answers.get(line.partnerReference ?? '') ?? null;
      const verdict = verdictOf(of, line, earlier, payout, status);
      if (payout) known.set(payout.reference, { ...payout, ...afterPosting(payout, line, verdict) });
      return rowResult(line, verdict);
    });
  }

  type Known = KnownPayout & Pick<AskedPayout, 'provider'>;

  /** The payouts that the lines name, from their journals. */
  async function payoutsOf(lines: readonly LineInFile[]): Promise<Map<string, Known>> {
    const references = new Set(lines.flatMap(({ line }) => comparedReference(line) ?? []));
    const byParticipant = Map.groupBy(references, (reference) => payoutOf(reference)?.participantId ?? '');
    byParticipant.delete('');
    const known = new Map<string, Known>();
    for (const group of slices([...byParticipant], journalsAtOnce)) {
      await Promise.all(
        group.map(async ([participantId, named]) => {
          const { incentives } = (await participants.load(participantId)).state;
          for (const reference of named) {
            const payout = incentives.payouts.get(reference);
            const isLinked = payout?.accountTag === incentives.account?.accountTag;
            const provider = isLinked ? (incentives.account?.provider ?? null) : null;
            if (payout) known.set(reference, { ...knownPayout(payout), provider });
          }
        }),
      );
    }
    return known;
  }

  /** What the partner says of payouts that the statement would have paid, or come back, if the partner said so too. */
  async function answersOf(of: Comparing, lines: readonly LineInFile[], known: ReadonlyMap<string, Known>) {
    const answers = new Map<string, PartnerStatus>();
    const open = lines.flatMap(({ line, earlier }) => {
      const payout = known.get(comparedReference(line) ?? '');
      // Without its account nobody can be asked: it takes no question from the others.
      if (line.kind === 'malformed' || !payout || payout.provider === null) return [];
      const { result } = verdictOf(of, line, earlier, payout, 'returned');
      return result === 'posted_paid' || result === 'posted_returned' ? [payout] : [];
    });
    let unanswered = 0;
    for (const payout of open.slice(0, maxQuestions)) {
      const answer = await ask(payout);
      if (answer !== null && answer !== 'unknown') answers.set(payout.reference, answer);
      else unanswered += 1;
      // Not waited for longer: a debit is proof enough of what was sent, and a return waits for a person.
      if (unanswered === maxUnanswered) break;
    }
    return answers;
  }

  /** Posts what is to be posted; answers the lines that the journal did not take, since it was told otherwise meanwhile. */
  async function postRows(rows: readonly RowResult[], { format }: StatementFacts): Promise<ReadonlySet<number>> {
    const overtaken = new Set<number>();
    const postings = rows.flatMap((row) => postingOf(row) ?? []);
    const byParticipant = Map.groupBy(postings, ({ participantId }) => participantId);
    for (const group of slices([...byParticipant.values()], journalsAtOnce)) {
      await Promise.all(
        group.map(async (ofOne) => {
          // In the order of the statement: money comes back after it went out.
          for (const posting of ofOne) if (!(await isPosted(posting, format))) overtaken.add(posting.line);
        }),
      );
    }
    return overtaken;
  }

  async function isPosted({ participantId, reference, outcome }: Posting, format: StatementFormat): Promise<boolean> {
    const file: Participant = await participants.change(
      participantId,
      (before, at) => recordOutcome(participantId, before, reference, outcome, at),
      now,
    );
    const payout = file.incentives.payouts.get(reference);
    if (!payout?.paid) return false;
    return outcome.kind === 'paid'
      ? sameBankReference(payout.paid.partnerReference, outcome.partnerReference, format)
      : payout.failed !== null;
  }

  return importStatement;
}

/** What every line of a file is compared with. */
type Comparing = Pick<StatementFacts, 'partnerCode' | 'format'> & { readonly debits: DebitsOfFile };

function verdictOf(
  { partnerCode, format, debits }: Comparing,
  row: StatementRow,
  earlier: LineInFile['earlier'],
  payout: KnownPayout | null,
  status: PartnerStatus | null,
) {
  const isDoubled = payout !== null && debits.isDoubled(payout.reference);
  return matchRow({ row, payout, partnerCode, format, earlier, status, isDoubled });
}

/** Whether a line debits a payout that was paid by another debit. */
function isDebitBeside(line: StatementRow | MalformedRow, { paid }: KnownPayout, format: StatementFormat): boolean {
  if (line.kind === 'malformed' || line.direction === 'credit' || line.isReversal || !paid) return false;
  return !sameBankReference(paid.partnerReference, line.bankReference, format);
}

type Posting = {
  readonly line: number;
  readonly participantId: string;
  readonly reference: string;
  readonly outcome: Extract<Outcome, { kind: 'paid' | 'returned' }>;
};

function postingOf({ line, result, reference, bankReference = '' }: RowResult): Posting | null {
  if (result !== 'posted_paid' && result !== 'posted_returned') return null;
  const participantId = reference === undefined ? undefined : payoutOf(reference)?.participantId;
  ok(reference !== undefined && participantId !== undefined, 'What is posted has a payout');
  const kind = result === 'posted_paid' ? 'paid' : 'returned';
  return { line, participantId, reference, outcome: { kind, partnerReference: bankReference, by: 'statement' } };
}

const overtakenRow = (row: RowResult): RowResult => ({ ...row, result: 'exception', exception: 'posting_overtaken' });

/** The reference under which a line is compared with a journal. */
function comparedReference(line: StatementRow | MalformedRow): string | null {
  return line.kind === 'row' && !line.isBanksOwn ? line.partnerReference : null;
}

function statementRefusal({ code }: Refusal): StatementRefusal | null {
  return code === 'statement_missing' || code === 'statement_digest_differs' || code === 'statement_format'
    ? code
    : null;
}
