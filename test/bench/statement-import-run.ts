import { createReadStream } from 'node:fs';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { debitsOfFile, linesInFile } from '#shared/incentive/reconciliation/lines-in-file.ts';
import { type KnownPayout, malformedVerdict, matchRow } from '#shared/incentive/reconciliation/match.ts';
import {
  noTally,
  type RowResult,
  rowResult,
  rowsPerPart,
  sumOf,
  tallyOf,
} from '#shared/incentive/reconciliation/row-result.ts';
import { statementFormats } from '#shared/incentive/reconciliation/statement-line.ts';

/*
 * One process for one measure, so that its memory is its own: reads a statement's file and prints what it took, as JSON.
 * `--plain` splits lines and commas and does nothing else.
 */

const partnerCode = 'bank-induk';

/** The journal's answer, made up from the question: all that a payout needs to agree with its line. */
function answered(reference: string): KnownPayout {
  const paid = { partnerReference: reference.slice(-12), by: 'answer' } as const;
  return { reference, amountRupiah: 600_000, state: 'paid', partnerCode, paid, isReturned: false, isReleased: true };
}

async function plain(file: string): Promise<number> {
  let [rest, lines] = ['', 0];
  for await (const piece of createReadStream(file, 'utf8')) {
    const parts = `${rest}${piece}`.split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) if (line.split(',').length > 1) lines += 1;
  }
  return lines;
}

async function matched(file: string, format: (typeof statementFormats)[number]): Promise<number> {
  let tally = noTally;
  let part: RowResult[] = [];
  const take = () => {
    tally = sumOf(tally, tallyOf(part));
    part = [];
  };
  for await (const lines of linesInFile(format, createReadStream(file), debitsOfFile()))
    for (const { line, earlier } of lines) {
      if (line.kind === 'malformed') part.push(rowResult(line, malformedVerdict(line)));
      else {
        const payout = answered(line.partnerReference ?? '');
        part.push(
          rowResult(
            line,
            matchRow({ row: line, payout, partnerCode, format, earlier, isDoubled: false, status: null }),
          ),
        );
      }
      if (part.length === rowsPerPart) take();
    }
  take();
  return tally.results.matched;
}

const { values } = parseArgs({
  options: { file: { type: 'string' }, format: { type: 'string' }, plain: { type: 'boolean', default: false } },
});
const { file, format } = z.object({ file: z.string(), format: z.enum(statementFormats) }).parse(values);
const started = process.cpuUsage();
const lines = values.plain ? await plain(file) : await matched(file, format);
// Of the processor: what else the machine does meanwhile is not counted.
const { user, system } = process.cpuUsage(started);
const seconds = (user + system) / 1e6;
const megabytes = process.resourceUsage().maxRSS / 1_024;
process.stdout.write(JSON.stringify({ lines, seconds, megabytes }));
