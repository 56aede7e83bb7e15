import { ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import type { StatementFormat } from '#shared/incentive/reconciliation/statement-line.ts';
import { digestOf } from '#shared/platform/digest.ts';
import { median, row } from '#test/bench/row.ts';
import type { Suite } from '#test/bench/suite.ts';

const lines = 1_000_000;
/** Of the formats that are measured for information. */
const fewerLines = 100_000;
/** The middle of so many runs of each kind, by turns: a busy machine slows both. */
const runs = 3;
/** Reading, judging and comparing a line against splitting it, in processor time; measured: 5.5 to 6.2. */
const timeTarget = 8;
/** What the worker may hold, in megabytes. */
const memoryLimit = 512;

const day = '2026-11-02';
const digits = (text: string) =>
  BigInt(`0x${digestOf(text)}`)
    .toString(32)
    .toUpperCase()
    .padStart(52, '0');
const referenceAt = (number: number) => `T1A1${digits(String(number))}`;
const bankReferenceOf = (reference: string) => reference.slice(-12);

const amount = 600_000;
const opening = 1_000_000_000_000;
const closing = (count: number) => opening - count * amount;

type Writer = {
  readonly head: string;
  readonly line: (number: number) => string;
  readonly foot: (count: number) => string;
};

/** Statements of payouts, the same for the same number of lines. */
const writers: Readonly<Record<StatementFormat, Writer>> = {
  csv: {
    head: 'booking_date,value_date,type,amount,currency,balance,bank_reference,partner_reference,description\n',
    line(number) {
      const reference = referenceAt(number);
      const balance = closing(number + 1);
      return `${day},${day},D,${amount}.00,IDR,${balance}.00,${bankReferenceOf(reference)},${reference},INSENTIF PRAKERJA\n`;
    },
    foot: () => '',
  },
  mt940: {
    head: `:20:BENCH\n:25:0123456789\n:28C:1/1\n:60F:C261102IDR${opening},00\n`,
    line(number) {
      const reference = referenceAt(number);
      const text = `INSENTIF PRAKERJA ${reference}`;
      return `:61:2611021102D${amount},00NTRFNONREF//${bankReferenceOf(reference)}\n:86:${text.slice(0, 65)}\n${text.slice(65)}\n`;
    },
    foot: (count) => `:62F:C261102IDR${closing(count)},00\n-\n`,
  },
  camt053: {
    head: `<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>
${camtBalance('OPBD', opening)}`,
    line(number) {
      const reference = referenceAt(number);
      return `<Ntry><Amt Ccy="IDR">${amount}.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${day}</Dt></BookgDt><AcctSvcrRef>${bankReferenceOf(reference)}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>${reference}</EndToEndId></Refs><RmtInf><Ustrd>INSENTIF PRAKERJA</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n`;
    },
    foot: (count) => `${camtBalance('CLBD', closing(count))}</Stmt></BkToCstmrStmt></Document>`,
  },
};

function camtBalance(code: string, rupiah: number): string {
  const amountOf = `<Amt Ccy="IDR">${rupiah}.00</Amt>`;
  return `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${amountOf}<CdtDbtInd>CRDT</CdtDbtInd></Bal>\n`;
}

/** Lines written at a time. */
const linesAtOnce = 1_000;

function* pieces({ head, line, foot }: Writer, count: number): Generator<string> {
  yield head;
  for (let from = 0; from < count; from += linesAtOnce)
    yield Array.from({ length: Math.min(linesAtOnce, count - from) }, (_, index) => line(from + index)).join('');
  yield foot(count);
}

const Taken = z.strictObject({ lines: z.int(), seconds: z.number(), megabytes: z.number() });

/** Runs one measure in a process of its own. @throws when it did not see every line. */
function taken(file: string, format: StatementFormat, expected: number, isPlain: boolean): z.infer<typeof Taken> {
  const script = join(import.meta.dirname, 'statement-import-run.ts');
  const args = [script, '--file', file, '--format', format, ...(isPlain ? ['--plain'] : [])];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  ok(status === 0, `The measure fails: ${String(stderr).slice(-400)}`);
  const measured = Taken.parse(JSON.parse(String(stdout)));
  // The plain parse counts the line of columns too.
  ok(measured.lines === expected + (isPlain ? 1 : 0), `${measured.lines} of ${expected} lines`);
  return measured;
}

/** What importing a bank statement of a million lines costs beside its journals: time against a plain parse, and memory. */
export const statementImport: Suite = {
  name: 'statement',
  async measure({ say }) {
    const folder = mkdtempSync(join(tmpdir(), 'statement-'));
    const write = async (format: StatementFormat, count: number) => {
      const file = join(folder, `${format}-${count}`);
      await pipeline(Readable.from(pieces(writers[format], count)), createWriteStream(file));
      return file;
    };
    try {
      const file = await write('csv', lines);
      const rounds = Array.from({ length: runs }, () => ({
        plain: taken(file, 'csv', lines, true),
        ours: taken(file, 'csv', lines, false),
      }));
      const seconds = median(rounds.map(({ ours }) => ours.seconds));
      const plainSeconds = median(rounds.map(({ plain }) => plain.seconds));
      const megabytes = Math.max(...rounds.map(({ ours }) => ours.megabytes));
      say(
        `statement.import: ${Math.round(lines / seconds)} lines of CSV a second, a plain parse ${Math.round(lines / plainSeconds)}; ${Math.round(megabytes)} MB`,
      );
      for (const format of ['mt940', 'camt053'] as const) {
        const { seconds: taking, megabytes: holding } = taken(
          await write(format, fewerLines),
          format,
          fewerLines,
          false,
        );
        say(
          `statement.import: ${Math.round(fewerLines / taking)} lines of ${format} a second; ${Math.round(holding)} MB`,
        );
      }
      const perLine = (each: number) => (each / lines) * 1e6;
      const capability = 'incentive/import-statement';
      return [
        row({
          capability,
          name: 'statement.time_ratio',
          value: perLine(seconds),
          unit: 'µs a line',
          baseline: perLine(plainSeconds),
          target: timeTarget,
        }),
        row({
          capability,
          name: 'statement.memory_ratio',
          value: megabytes,
          unit: 'MB',
          baseline: memoryLimit,
          target: 1,
        }),
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
