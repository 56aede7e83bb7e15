import { provinceName } from '#shared/registration/region-names.ts';
import type { Certificate, ClosedDay, Draw, Evidence, Repeated } from '#test/simulation/demo-run.ts';
import {
  bookedRupiah,
  type Decision,
  differences,
  type Funnel,
  funnelOf,
  type Money,
  moneyColumns,
  moneyOf,
  publishedMoney,
  stages,
} from '#test/simulation/demo-sums.ts';

/** The report as lines of at most 100 characters, and what does not agree. */
export type Report = { readonly lines: readonly string[]; readonly wrong: readonly string[] };

/** Everything in the evidence that should not be so; empty when the demonstration succeeded. */
export function whatIsWrong(evidence: Evidence): string[] {
  const { draw, certificate, repeated, closedDays, book } = evidence;
  const onStatements = closedDays.reduce((sum, { bookedRupiah }) => sum + bookedRupiah, 0);
  return [
    ...differences(evidence),
    ...(draw.verdict.difference ? [`the draw: ${draw.verdict.difference}`] : []),
    ...(isWhatIsStated(certificate) ? [] : ['the certificate: its file is not the one whose digest is stated']),
    ...closedDays.filter((day) => !agrees(day)).map(({ partnerCode, day }) => `${partnerCode}, ${day}: not closed`),
    ...(onStatements === bookedRupiah(book) ? [] : [`the statements hold ${onStatements} rupiah of payouts`]),
    ...(repeated.entries === 1 ? [] : [`${repeated.reference} stands ${repeated.entries} times in the partner's book`]),
  ];
}

/** Whether journals and statement tell a day alike, and it could be closed. */
function agrees({ isClosed, breakCount, paidRupiah, bookedRupiah: booked }: ClosedDay): boolean {
  return isClosed && breakCount === 0 && paidRupiah === booked;
}

/** Whether the downloaded file has the digest that its owner and everybody else are told. */
function isWhatIsStated({ fileDigest, ownerDigest, publicAnswer }: Certificate): boolean {
  return fileDigest === ownerDigest && fileDigest === publicAnswer.fileDigest;
}

/** Writes the report. */
export function report(evidence: Evidence): Report {
  const wrong = whatIsWrong(evidence);
  const lines = [
    ...funnelLines(evidence),
    '',
    ...moneyLines(evidence),
    '',
    ...drawLines(evidence.draw),
    '',
    ...certificateLines(evidence.certificate),
    '',
    ...repeatedLines(evidence.repeated),
    '',
    ...closingLines(evidence.closedDays),
    '',
    ...journalLines(evidence.shown),
  ];
  return { lines, wrong };
}

const rupiah = (amount: number): string => amount.toLocaleString('id-ID');
const people = (count: number): string => `${count} ${count === 1 ? 'person' : 'people'}`;

const placeWidth = 22;
const shortPlace = (code: string): string =>
  provinceName(code)
    .replace('Daerah Khusus Ibukota', 'DKI')
    .replace('Daerah Istimewa', 'DI')
    .replace('Kepulauan', 'Kep.');

function funnelLines({ participants, quotas, draw }: Evidence): string[] {
  const codes = Object.keys(quotas);
  const journalsWhere = (belongs: (code: string) => boolean) =>
    participants.filter(({ provinceCode }) => belongs(provinceCode)).map(({ journal }) => journal);
  const placeCount = Object.values(quotas).reduce((sum, places) => sum + places, 0);
  const others = journalsWhere((code) => !codes.includes(code));
  const otherCount = new Set(
    participants.map(({ provinceCode }) => provinceCode).filter((code) => !codes.includes(code)),
  );
  const provinces = codes.map((code) => ({ code, funnel: funnelOf(journalsWhere((other) => other === code)) }));
  const empty = provinces.flatMap(({ code, funnel }) => {
    const left = (quotas[code] ?? 0) - funnel.decreed;
    return left > 0 ? [`${shortPlace(code)} (${left} empty, ${people(funnel.joined)} joined)`] : [];
  });
  return [
    `${'PEOPLE'.padEnd(placeWidth)}${stages.map((stage) => stage.padStart(stageWidth(stage))).join('')}`,
    funnelLine('Indonesia', funnelOf(journalsWhere(() => true)), placeCount),
    ...provinces.map(({ code, funnel }) => funnelLine(shortPlace(code), funnel, quotas[code] ?? 0)),
    ...(otherCount.size > 0 ? [funnelLine(`${otherCount.size} without a place`, funnelOf(others), 0)] : []),
    `From the journals, compared with the public figures. ${placeCount} places by the recipients of 2020, ${draw.winnerCount} drawn.`,
    ...(empty.length > 0 ? wrapped('Left empty: ', empty) : []),
  ];
}

// A decree is shown with its places, "3/3".
const stageWidth = (stage: string): number => stage.length + 1;

function funnelLine(place: string, funnel: Funnel, places: number): string {
  const cell = (stage: (typeof stages)[number]) => {
    const text = stage === 'decreed' && places > 0 ? `${funnel.decreed}/${places}` : String(funnel[stage]);
    return text.padStart(stageWidth(stage));
  };
  return place.padEnd(placeWidth) + stages.map(cell).join('');
}

/** Texts in lines of at most 100 characters, the following ones indented. */
function wrapped(start: string, texts: readonly string[]): string[] {
  const lines = [start];
  for (const [index, text] of texts.entries()) {
    const piece = index < texts.length - 1 ? `${text}, ` : `${text}.`;
    const last = lines.at(-1) ?? '';
    if (last.length + piece.trimEnd().length <= 100) lines[lines.length - 1] = last + piece;
    else lines.push(' '.repeat(start.length) + piece);
  }
  return lines.map((line) => line.trimEnd());
}

const moneyWidth = 15;
const sourceWidth = 24;

function moneyLines({ figures, participants, book, closedDays }: Evidence): string[] {
  const isAgreed = differences({ figures, participants, book }).length === 0;
  const journals = participants.map(({ journal }) => journal);
  const published = publishedMoney(figures.national);
  const line = (source: string, cell: (column: keyof Money) => string) =>
    source.padEnd(sourceWidth) + moneyColumns.map((column) => cell(column).padStart(moneyWidth)).join('');
  const counted = moneyOf(journals);
  const onStatements = closedDays.reduce((sum, { bookedRupiah: booked }) => sum + booked, 0);
  return [
    line('RUPIAH', (column) => column),
    line('Public figures', (column) => rupiah(published[column])),
    line(`${journals.length} journals, all legs`, (column) => rupiah(counted[column])),
    line("Payment partners' books", (column) => (column === 'paid' ? rupiah(bookedRupiah(book)) : '·')),
    line('Their bank statements', (column) => (column === 'paid' ? rupiah(onStatements) : '·')),
    isAgreed
      ? `granted = spent + paid + forfeited + open; ${book.length} payments, each once in a journal and once in the book.`
      : 'THE SUMS DIFFER: see the end.',
  ];
}

function drawLines({ seed, listRoot, commitmentDigest, manifestPath, applicantCount, verdict }: Draw): string[] {
  const found = verdict.difference ? `DIFFERS: ${verdict.difference}` : `${verdict.agreed.length} checks agree`;
  return [
    `LOTTERY     ${applicantCount} applicants, drawn again from the published files alone: ${found}`,
    `List        ${listRoot}`,
    `Seed        ${seed}`,
    `By hand     npm run verify-draw -- ${manifestPath} \\`,
    `              --commitment ${commitmentDigest}`,
  ];
}

function certificateLines(certificate: Certificate): string[] {
  const { number, path, pagePath, fileDigest, publicAnswer } = certificate;
  const { status, maskedName, completedOn, courseTitle } = publicAnswer;
  return [
    `CERTIFICATE ${path}`,
    `Its page    ${pagePath} (where the QR code leads)`,
    `SHA-256     ${fileDigest} (${isWhatIsStated(certificate) ? 'as stated' : 'NOT AS STATED'})`,
    `Anybody     GET /v1/certificates/${number}: ${status}, ${maskedName}, ${completedOn},`,
    `            ${courseTitle}`,
  ];
}

function repeatedLines({ reference, deliveries, entries }: Repeated): string[] {
  return [
    `PAID ONCE   ${reference}`,
    '            The partner paid, and the line was cut before it could say so: the worker asked it.',
    `            Its message was delivered ${deliveries} times. Entries in the partner's own book: ${entries}.`,
  ];
}

function closingLines(days: readonly ClosedDay[]): string[] {
  return days.map((day, index) => {
    const { partnerCode, format, paidCount, bookedCount, breakCount } = day;
    const found = `${paidCount} paid by the journals, ${bookedCount} on its statement (${format}), ${breakCount} breaks`;
    return `${(index === 0 ? 'CLOSED' : '').padEnd(12)}${partnerCode.padEnd(11)}${day.day}: ${found}${agrees(day) ? '' : ': OPEN'}`;
  });
}

const accountNames: Readonly<Record<string, string>> = {
  training_credit: 'credit',
  institution_payable: 'institution',
  platform_commission: 'fee',
  incentive_entitlement: 'incentive',
  payout_in_flight: 'in flight',
  paid_to_citizen: 'citizen',
};

/** Where money goes in a decision: "4.200.000 treasury → credit, incentive"; nothing where none moves. */
export function movement({ events }: Decision): string {
  const legs = events.flatMap((event) => event.legs ?? []);
  const named = (moves: typeof legs) => moves.map(({ account }) => accountNames[account] ?? account).join(', ');
  const arriving = legs.filter((leg) => leg.rupiah > 0);
  if (arriving.length === 0) return '';
  const total = arriving.reduce((sum, leg) => sum + leg.rupiah, 0);
  return `${rupiah(total).padStart(9)} ${named(legs.filter((leg) => leg.rupiah < 0))} → ${named(arriving)}`;
}

const wib = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Jakarta',
  day: '2-digit',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

function journalLines({ name, cardNumber, journal }: Evidence['shown']): string[] {
  return [
    `JOURNAL     ${name}, card ${cardNumber} (times in WIB)`,
    ...journal.decisions.map((decision) => {
      const { version, at, events } = decision;
      const time = wib.format(new Date(at)).replace(',', '');
      const types = events.map(({ type }) => type).join(', ');
      return `${String(version).padStart(2)}  ${time}  ${types.padEnd(38)}${movement(decision)}`.trimEnd();
    }),
  ];
}
