import type * as z from 'zod/mini';
import { bar, indented, inWib, type Paint, row, some, wibTime, wibTimeBeside, width, wrapped } from '#ops/render.ts';
import { grouped } from '#shared/platform/digits.ts';
import { provinceName, regencyName } from '#shared/registration/region-names.ts';
import { isProvince, isRegency } from '#shared/registration/regions.ts';
import type * as routes from '#shared/selection/batch-api.ts';

/* What an operator sees of a batch. Every line has 80 columns at most. */

export type BatchView = z.output<typeof routes.BatchView>;
export type Objections = z.output<Exclude<typeof routes.readObjections.answer, string>>;
export type Objection = Objections['objections'][number];
type Progress = routes.Progress;
type Override = BatchView['overrides'][number];

const words = (code: string) => code.replaceAll('_', ' ');
const listed = (names: readonly string[]) => (names.length === 0 ? 'nobody yet' : names.join(', '));

/** `Batch 7  approved  NORMAL_2023, regular`. */
export function title(paint: Paint, { batchId, state, scheme, kind }: BatchView): string {
  return `${paint('bold', `Batch ${batchId}`)}  ${paint('cyan', state)}  ${scheme}, ${kind}`;
}

/** Everything that is public of a batch, in the order in which it happens. */
export function batchScreen(paint: Paint, batch: BatchView): string[] {
  return [
    title(paint, batch),
    '',
    ...calendarRows(paint, batch),
    ...placesRows(paint, batch),
    ...listRows(paint, batch),
    ...drawRows(paint, batch),
    ...(batch.overrides.length > 0 ? ['', paint('bold', 'Corrections')] : []),
    ...batch.overrides.flatMap((override) => overrideLines(paint, override, batch.orderedAt !== null)),
    ...decreeRows(paint, batch),
  ];
}

function calendarRows(paint: Paint, { opensAt, closesAt, randomness, sealedBy, revealedBy }: BatchView): string[] {
  const kind = randomness === 'drand' ? 'drand, a public beacon' : 'shares of two operators';
  return [
    ...row(paint, 'Opens', opensAt ? wibTime(opensAt) : 'by an operator'),
    ...row(paint, 'Closes', closesAt ? wibTime(closesAt) : 'by an operator'),
    ...row(paint, 'Randomness', kind),
    ...(randomness === 'drand'
      ? []
      : [...row(paint, 'Sealed by', listed(sealedBy)), ...row(paint, 'Revealed by', listed(revealedBy))]),
  ];
}

const nameOf = (code: string) => {
  if (isRegency(code)) return regencyName(code);
  return isProvince(code) ? provinceName(code) : '';
};

function placesRows(paint: Paint, batch: BatchView): string[] {
  const { placeCount, maxLots, quotas, regencyQuotas, stratumQuotas } = batch;
  const lots = maxLots === 1 ? 'one lot each' : `up to ${maxLots} lots each`;
  const provinces = regionsIn(quotas);
  return [
    '',
    ...row(paint, 'Places', `${grouped(placeCount)}, ${lots}`),
    ...stratumQuotas.map(({ stratum, places }) => `  ${cell(words(stratum), places, wholeColumns)}`),
    ...regionsIn(regencyQuotas).map(([name, places]) => `  ${cell(name, places, wholeColumns)}`),
    ...(provinces.length <= 8
      ? provinces.map(([name, places]) => `  ${cell(name, places, wholeColumns)}`)
      : besideEachOther(provinces.map(([name, places]) => cell(name, places, halfColumns)))),
  ];
}

/** Regions that have places, ascending by code. */
function regionsIn(places: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(places)
    .filter(([, count]) => count > 0)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([code, count]) => [`${code} ${nameOf(code)}`, count]);
}

const wholeColumns = 56;
const halfColumns = 37;

/** A name and a count, in so many columns. */
function cell(name: string, count: number, columns: number): string {
  const right = grouped(count);
  const room = columns - right.length;
  const shown = name.length < room ? name : `${name.slice(0, room - 2)}…`;
  return `${shown.padEnd(room)}${right}`;
}

/** Halves of lines, to be read downwards. */
function besideEachOther(cells: readonly string[]): string[] {
  const rows = Math.ceil(cells.length / 2);
  return cells.slice(0, rows).map((text, at) => `  ${text}    ${cells[rows + at] ?? ''}`.trimEnd());
}

const counts = (byName: Readonly<Record<string, number>>) =>
  Object.entries(byName)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${words(name)} ${grouped(count)}`)
    .join(', ');

function listRows(paint: Paint, batch: BatchView): string[] {
  const { applicantCount, eligibleCount, refused, commitmentDigest, round, roundAt } = batch;
  const left = counts(refused);
  return [
    ...(applicantCount === null
      ? []
      : [
          '',
          ...row(paint, 'Applicants', `${grouped(applicantCount)}, of whom ${grouped(eligibleCount ?? 0)} in the list`),
          ...(left === '' ? [] : row(paint, 'Left out', left)),
        ]),
    ...(commitmentDigest === null ? [] : row(paint, 'Commitment', commitmentDigest)),
    ...(round === null || roundAt === null ? [] : row(paint, 'Beacon', `round ${round} at ${wibTime(roundAt)}`)),
  ];
}

function drawRows(paint: Paint, batch: BatchView): string[] {
  const { winnerCount, waitingCount, manifestDigest, approvedAt, objectionsUntil } = batch;
  if (winnerCount === null) return [];
  return [
    '',
    ...row(paint, 'Drawn', `${some(winnerCount, 'winner')}, ${grouped(waitingCount ?? 0)} waiting`),
    ...row(paint, 'Manifest', manifestDigest ?? ''),
    ...(approvedAt === null ? [] : row(paint, 'Approved', wibTime(approvedAt))),
    ...(objectionsUntil === null ? [] : row(paint, 'Objections', `until ${wibTime(objectionsUntil)}`)),
  ];
}

/** A correction of the draw: what, why, and who agreed, or did not in time. */
export function overrideLines(paint: Paint, override: Override, isOrdered: boolean): string[] {
  const { overrideId, kind, drawNumber, note, proposedBy, proposedAt, confirmedBy, confirmedAt } = override;
  const open = isOrdered ? 'No other operator agreed: not applied.' : 'Waits for another operator to agree.';
  const isOpen = confirmedBy === null || confirmedAt === null;
  const agreed = isOpen ? open : `Agreed to by ${confirmedBy}, ${wibTime(confirmedAt)}.`;
  return [
    ...indented(`${kind.padEnd(7)} ${drawNumber}  ${overrideId}`, 2),
    ...indented(note, 4),
    ...indented(`Proposed by ${proposedBy}, ${wibTime(proposedAt)}.`, 4),
    ...indented(agreed, 4).map((line) => (isOpen ? paint('yellow', line) : line)),
  ];
}

function decreeRows(paint: Paint, batch: BatchView): string[] {
  const { orderedAt, decreed, announcedAt, csvDigest, documentDigest, reconciled, recoveredBy } = batch;
  if (orderedAt === null) return [];
  return [
    '',
    ...row(paint, 'Ordered', wibTime(orderedAt)),
    ...(decreed
      ? row(
          paint,
          'Decreed',
          `${grouped(decreed.byDraw)} by the draw, ${grouped(decreed.byPromotion)} from the waiting lists, ${grouped(decreed.byOverride)} by corrections`,
        )
      : []),
    ...(announcedAt === null ? [] : row(paint, 'Announced', wibTime(announcedAt))),
    ...(csvDigest === null ? [] : row(paint, 'decree.csv', csvDigest)),
    ...(documentDigest === null ? [] : row(paint, 'decree.pdf', documentDigest)),
    ...(reconciled
      ? [
          ...row(
            paint,
            'Reconciled',
            `${grouped(reconciled.keptCount)} kept, ${grouped(reconciled.revokedCount)} revoked, Rp ${grouped(reconciled.returnedRupiah)} returned`,
          ),
          ...row(paint, 'Free places', freeIn(reconciled.freePlaces)),
        ]
      : []),
    ...(recoveredBy === null ? [] : row(paint, 'Given away', `by batch ${recoveredBy}`)),
  ];
}

function freeIn(places: Readonly<Record<string, number>>): string {
  const named = Object.entries(places)
    .filter(([, count]) => count > 0)
    .map(([code, count]) => `${nameOf(code) || code} ${grouped(count)}`);
  return named.length === 0 ? 'none' : named.join(', ');
}

/** What an operator has to see before they order the decree. */
export function decreeScreen(paint: Paint, batch: BatchView, openObjections: number): string[] {
  const { winnerCount, waitingCount, manifestDigest, placeCount, overrides, objectionsUntil } = batch;
  const agreed = overrides.filter(({ confirmedBy }) => confirmedBy !== null);
  const of = (kind: Override['kind']) => grouped(agreed.filter((override) => override.kind === kind).length);
  const open = overrides.length - agreed.length;
  return [
    title(paint, batch),
    '',
    ...row(
      paint,
      'To decree',
      `${some(winnerCount ?? 0, 'winner')} of ${some(placeCount, 'place')}; ${grouped(waitingCount ?? 0)} waiting`,
      (line) => paint('bold', line),
    ),
    ...row(paint, 'Manifest', manifestDigest ?? ''),
    ...row(paint, 'Corrections', `${of('exclude')} excluded, ${of('admit')} admitted`),
    ...(open > 0
      ? row(paint, '', `${grouped(open)} without a second operator: not applied`, (line) => paint('yellow', line))
      : []),
    ...row(
      paint,
      'Objections',
      `${openObjections === 0 ? 'none' : grouped(openObjections)} without an answer`,
      (line) => (openObjections === 0 ? line : paint('yellow', line)),
    ),
    ...(objectionsUntil === null ? [] : row(paint, '', `taken until ${wibTime(objectionsUntil)}`)),
    '',
    ...wrapped('Compare the manifest with the published one. A decree cannot be taken back.', width),
  ];
}

/** A page of objections. */
export function objectionsScreen(paint: Paint, { openCount, objections, next }: Objections, isFirst = true): string[] {
  return [
    ...(isFirst ? [paint('bold', `${some(openCount, 'objection')} without an answer`)] : []),
    ...objections.flatMap((objection) => ['', ...objectionLines(paint, objection)]),
    ...(next === null ? [] : ['', `There are more, from ${next} on.`]),
  ];
}

export function objectionLines(paint: Paint, objection: Objection): string[] {
  const { drawNumber, participantId, ground, filedAt, answer, note, answeredBy } = objection;
  return [
    ...indented(`${drawNumber}  ${words(ground)}, ${wibTime(filedAt)}`, 0),
    ...indented(`Participant ${participantId}`, 4),
    ...(answer === null
      ? [paint('yellow', '    Waits for an answer.')]
      : indented(`${answer === 'upheld' ? 'Upheld' : 'Dismissed'} by ${answeredBy}: ${note}`, 4)),
  ];
}

/** The workers' line: stage, bar, percent, parts, rate, expected end. */
export function progressLine({ stage, percent, doneParts, parts, partsPerMinute, startedAt, expectedEndAt }: Progress) {
  const rate = partsPerMinute === null ? '' : `  ${inShort(partsPerMinute)}/min`;
  const since = startedAt === null ? '' : `  since ${wibTime(startedAt)}`;
  const end =
    expectedEndAt === null ? since : `  ends about ${wibTimeBeside(expectedEndAt, startedAt ?? expectedEndAt)}`;
  const left = (stage ?? '').padEnd(11);
  const right = `${String(percent).padStart(3)} %  ${doneParts}/${parts}${rate}${end}`;
  const columns = Math.max(4, Math.min(24, width - 3 - left.length - right.length));
  return `${left} ${bar(percent, columns)} ${right}`;
}

function inShort(rate: number): string {
  return rate < 100 ? String(Math.round(rate * 10) / 10) : grouped(Math.round(rate));
}

/** The line of a stage that is over. */
export function finishedLine({ stage, parts }: Progress): string {
  return `${(stage ?? '').padEnd(11)} ${bar(100, 24)} 100 %  ${parts}/${parts}`;
}

/** Where a batch is: its workers' line, or what it waits for. */
export function progressScreen(paint: Paint, batchId: string, progress: Progress): string[] {
  const { state, stage, waitsFor } = progress;
  const head = `${paint('bold', `Batch ${batchId}`)}  ${paint('cyan', state)}`;
  if (stage !== null) return [head, progressLine(progress)];
  return [head, ...row(paint, 'Waits', waitsFor === null ? 'for nothing: it is at its end' : inWib(waitsFor))];
}
