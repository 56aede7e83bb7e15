import { ok } from 'node:assert/strict';
import { PDFDocument, type PDFPage, StandardFonts } from 'pdf-lib';
import * as z from 'zod/mini';
import {
  bronze,
  cloth,
  gold,
  indigo,
  kawungPath,
  kawungSeedPath,
  rectanglePath,
  soga,
} from '#shared/certificate/certificate-ornament.ts';
import { printable, shrinkToFit, wrap } from '#shared/certificate/certificate-text.ts';
import { dayInWords } from '#shared/certificate/day-in-words.ts';
import { qrCode } from '#shared/certificate/qr-code.ts';
import { SchemeCode } from '#shared/credit/schemes.ts';
import { rupiahText } from '#shared/incentive/reason-texts.ts';
import { sumOf, totalOf } from '#shared/platform/counts.ts';
import { Digest } from '#shared/platform/digest.ts';
import { grouped } from '#shared/platform/digits.ts';
import { Operator } from '#shared/platform/operator.ts';
import {
  describeDocument,
  embedFonts,
  fillPath,
  program,
  type Style,
  strokePath,
  writeLine,
} from '#shared/platform/pdf.ts';
import { wibClock, wibDay } from '#shared/platform/wib.ts';
import { provinceName } from '#shared/registration/region-names.ts';
import { programProvinceCodes } from '#shared/registration/regions.ts';
import { Stratum } from '#shared/selection/draw/record.ts';

// Three hundred million recipients by three ways, at thirty million rupiah: still an exact number.
const Count = z.int().check(z.gte(0), z.lte(100_000_000));
const Rupiah = z.int().check(z.gte(0), z.lte(10_000_000));
const Step = z.strictObject({ by: Operator, at: z.iso.datetime() });

const Province = z.strictObject({
  provinceCode: z.string().check(z.refine((code) => programProvinceCodes.includes(code))),
  /** Of the province and of its regencies together. */
  places: Count,
  /** By any way, of those who live there. */
  recipients: Count,
});

const distinct = (values: readonly string[]) => new Set(values).size === values.length;

/** What the decree of a batch states. */
export const DecreeFacts = z
  .strictObject({
    batchNumber: z.int().check(z.positive(), z.lte(999_999)),
    scheme: SchemeCode,
    kind: z.enum(['regular', 'recovery']),
    /** Applicants whom the screening refused, and those whom it let into the draw: together all applicants. */
    applicants: z.strictObject({ refused: Count, inDraw: Count }),
    recipients: z.strictObject({ byDraw: Count, byPromotion: Count, byOverride: Count }),
    emptyPlaces: Count,
    /** The program's provinces; those with neither places nor recipients are left out of the document. */
    provinces: z.array(Province).check(z.refine((rows) => distinct(rows.map(({ provinceCode }) => provinceCode)))),
    /** Places for a stratum in the whole country; who holds one is counted in the province. */
    strata: z
      .array(z.strictObject({ stratum: Stratum, places: Count }))
      .check(z.refine((rows) => distinct(rows.map(({ stratum }) => stratum)))),
    perRecipient: z.strictObject({
      trainingCreditRupiah: Rupiah,
      trainingIncentivesRupiah: Rupiah,
      surveyIncentivesRupiah: Rupiah,
    }),
    randomness: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('two_operators') }),
      z.object({ kind: z.literal('drand'), round: z.int().check(z.positive()), roundAt: z.iso.datetime() }),
    ]),
    seed: Digest,
    commitmentDigest: Digest,
    manifestDigest: Digest,
    /** SHA-256 of the whole list of recipients: decree-csv.ts. */
    csvDigest: Digest,
    /** The decree bears the day on which it was ordered. */
    drafted: Step,
    closed: Step,
    approved: Step,
    ordered: Step,
    /** The batch's public page. */
    batchUrl: z.url({ protocol: /^https?$/ }).check(z.maxLength(160)),
  })
  .check(
    z.refine((facts) => sumOf(facts.provinces.map(({ recipients }) => recipients)) === recipientsOf(facts), {
      path: ['recipients'],
      error: 'Every recipient lives in one of the provinces',
    }),
    // A promotion takes a place that fell free; an override may take one, or add to them.
    z.refine(
      (facts) => {
        const { byDraw, byPromotion } = facts.recipients;
        const unfilled = placesOf(facts) - byDraw - byPromotion;
        return facts.emptyPlaces <= unfilled && facts.emptyPlaces >= placesOf(facts) - recipientsOf(facts);
      },
      { path: ['emptyPlaces'], error: 'A place is taken or empty' },
    ),
    z.refine(
      ({ drafted, closed, approved, ordered }) => {
        const times = [drafted, closed, approved, ordered].map(({ at }) => Date.parse(at));
        return times.every((time, index) => index === 0 || time >= (times[index - 1] ?? time));
      },
      { path: ['ordered'], error: 'A batch is drafted, closed, approved, and then decreed' },
    ),
  );
export type DecreeFacts = z.infer<typeof DecreeFacts>;

type Tally = Pick<DecreeFacts, 'recipients' | 'provinces' | 'strata'>;
const recipientsOf = ({ recipients }: Pick<Tally, 'recipients'>) => totalOf(recipients);
const placesOf = ({ provinces, strata }: Pick<Tally, 'provinces' | 'strata'>) =>
  sumOf([...provinces, ...strata].map(({ places }) => places));
const rupiahEach = ({ perRecipient }: Pick<DecreeFacts, 'perRecipient'>) => totalOf(perRecipient);

/** `SK-PKP/0067/2026`: the batch, and the year, in WIB, in which its decree was ordered. A batch has one decree. */
export function decreeNumber(batchNumber: number, orderedAt: Date): string {
  return `SK-PKP/${String(batchNumber).padStart(4, '0')}/${wibDay(orderedAt).slice(0, 4)}`;
}

type Both = { readonly id: string; readonly en: string };

const schemeNames: Readonly<Record<SchemeCode, Both>> = {
  SEMI_BANSOS_2020: { id: 'Semi-bansos', en: 'Part social assistance' },
  NORMAL_2023: { id: 'Normal', en: 'Normal' },
};
const kindNames = {
  regular: { id: 'Reguler', en: 'Regular' },
  recovery: { id: 'Pemulihan', en: 'Recovery' },
} as const;
const stratumNames: Readonly<Record<Stratum, Both>> = {
  extreme_poverty: { id: 'kemiskinan ekstrem', en: 'extreme poverty' },
  migrant_worker: { id: 'calon pekerja migran', en: 'prospective migrant workers' },
  disability: { id: 'penyandang disabilitas', en: 'persons with disabilities' },
};

// Titles of regulations are given only where their text was seen.
const presidential =
  'Peraturan Presiden Nomor 36 Tahun 2020 tentang Pengembangan Kompetensi Kerja melalui Program Kartu Prakerja';
const funds =
  'Peraturan Menteri Keuangan Nomor 25/PMK.05/2020 tentang Tata Cara Pengalokasian, Penganggaran, Pencairan, dan Pertanggungjawaban Dana Kartu Prakerja;';
const legalBasis: Readonly<Record<SchemeCode, { readonly id: readonly string[]; readonly en: string }>> = {
  SEMI_BANSOS_2020: {
    id: [
      `${presidential}, sebagaimana telah diubah dengan Peraturan Presiden Nomor 76 Tahun 2020;`,
      funds,
      'Peraturan Menteri Koordinator Bidang Perekonomian Nomor 11 Tahun 2020.',
    ],
    en: 'Presidential Regulation 36/2020 as amended by 76/2020; Minister of Finance Regulation 25/PMK.05/2020; Coordinating Minister for Economic Affairs Regulation 11/2020.',
  },
  NORMAL_2023: {
    id: [
      `${presidential}, sebagaimana telah diubah terakhir dengan Peraturan Presiden Nomor 113 Tahun 2022;`,
      funds,
      'Peraturan Menteri Koordinator Bidang Perekonomian Nomor 17 Tahun 2022;',
      'Undang-Undang Nomor 27 Tahun 2022 tentang Pelindungan Data Pribadi.',
    ],
    en: 'Presidential Regulation 36/2020 as last amended by 113/2022; Minister of Finance Regulation 25/PMK.05/2020; Coordinating Minister for Economic Affairs Regulation 17/2022; Law 27/2022 on personal data protection.',
  },
};

const groupedInEnglish = (count: number) => grouped(count, ',');

/** `28 November 2026, 21.05 WIB`. */
function wibTime(at: Date): string {
  return `${dayInWords(at).id}, ${wibClock(at).slice(11, 16).replace(':', '.')} WIB`;
}

// A4 upright, in points, measured from the upper left corner.
const page = { width: 595.28, height: 841.89 };
const left = 56;
const right = page.width - left;
const width = right - left;
const bottom = 792;
const footer = 812;
/** Where the text of a paragraph begins beside its label. */
const text = { left: 142, width: right - 142 };

const standardFonts = {
  serif: StandardFonts.TimesRoman,
  serifBold: StandardFonts.TimesRomanBold,
  serifItalic: StandardFonts.TimesRomanItalic,
  plain: StandardFonts.Helvetica,
  plainBold: StandardFonts.HelveticaBold,
  mono: StandardFonts.Courier,
} as const;
type Fonts = Awaited<ReturnType<typeof embedFonts<keyof typeof standardFonts>>>;
type Pen = { readonly sheet: PDFPage; readonly fonts: Fonts };
type Side = 'left' | 'centre' | 'right';

/**
 * Draws the decree: two A4 pages of at most 60 KB, the same bytes for the same facts.
 * Fails with a ZodError when facts are missing, or contradict each other.
 */
export async function decreeDocument(facts: DecreeFacts): Promise<Uint8Array> {
  const stated = DecreeFacts.parse(facts);
  const document = await PDFDocument.create({ updateMetadata: false });
  const number = decreeNumber(stated.batchNumber, new Date(stated.ordered.at));
  describeDocument(document, {
    title: `Surat Keputusan ${number}`,
    subject: `Penerima Kartu Prakerja Gelombang ${stated.batchNumber}`,
    at: new Date(stated.ordered.at),
  });
  const fonts = await embedFonts(document, standardFonts);
  const pens = [0, 1].map((): Pen => ({ sheet: document.addPage([page.width, page.height]), fonts }));
  const [decree, annex] = pens;
  ok(decree && annex, 'A decree has two pages');
  drawDecree(decree, number, stated);
  drawAnnex(annex, number, stated);
  for (const [index, pen] of pens.entries()) drawFooter(pen, number, index + 1, pens.length);
  return document.save({ addDefaultPage: false, updateFieldAppearances: false });
}

function rule({ sheet }: Pen, y: number, { from = left, to = right, color = gold, thickness = 0.6 } = {}) {
  strokePath(sheet, `M${from} ${y}H${to}`, color, thickness);
}

/** Letter by letter: the font measures pairs of letters closer than the page sets them. */
function lengthOf(words: string, { font, size, tracking = 0 }: Style): number {
  return sumOf([...words].map((letter) => font.widthOfTextAtSize(letter, size) + tracking)) - tracking;
}

/** One line of text that begins, is centred, or ends at `x`. */
function put({ sheet }: Pen, words: string, style: Style, x: number, baseline: number, side: Side = 'left') {
  const long = lengthOf(words, style);
  writeLine(sheet, words, style, { left: x, centre: x - long / 2, right: x - long }[side], baseline);
}

/** Lines as wide as the measure, from `y` down. Returns where they end. */
function paragraph(pen: Pen, words: string, style: Style, y: number, measure = text): number {
  const leading = style.size * 1.2;
  const lines = wrap(words, style.font, style.size, measure.width);
  for (const [index, line] of lines.entries())
    put(pen, line, style, measure.left, y + leading * index + style.size * 0.9);
  return y + leading * lines.length;
}

const styles = ({ serif, serifBold, serifItalic, plain, plainBold, mono }: Fonts) => ({
  body: { font: serif, size: 9.6, color: indigo },
  strong: { font: serifBold, size: 9.6, color: indigo },
  english: { font: serifItalic, size: 7.8, color: soga },
  label: { font: plain, size: 6.3, color: soga, tracking: 0.8 },
  cell: { font: plain, size: 8, color: indigo },
  total: { font: plainBold, size: 8, color: indigo },
  hex: { font: mono, size: 7.8, color: indigo },
});

/** A paragraph in Indonesian, and below it the same in English. */
function both(pen: Pen, { id, en }: Both, y: number, measure = text): number {
  const { body, english } = styles(pen.fonts);
  return paragraph(pen, en, english, paragraph(pen, id, body, y, measure), measure);
}

/** A band of kawung flowers between the margins. */
function drawBand(pen: Pen, top: number) {
  const size = 14;
  const flowers = Math.floor(width / size);
  fillPath(pen.sheet, rectanglePath({ left, top, width, height: size }), indigo);
  for (let index = 0; index < flowers; index += 1) {
    const place = { x: left + (width * (index + 0.5)) / flowers, y: top + size / 2 };
    fillPath(pen.sheet, kawungPath(size), gold, place);
    fillPath(pen.sheet, kawungSeedPath(size), indigo, place);
  }
}

function drawFooter(pen: Pen, number: string, at: number, of: number) {
  const style = { font: pen.fonts.plain, size: 6.8, color: soga };
  rule(pen, footer - 11);
  put(pen, `${number} · ${program}`, style, left, footer);
  put(pen, `Halaman ${at} dari ${of} / Page ${at} of ${of}`, style, right, footer, 'right');
}

function drawDecree(pen: Pen, number: string, facts: DecreeFacts) {
  drawTitle(pen, number, facts);
  let y = drawGrounds(pen, facts, 197);
  put(pen, 'MEMUTUSKAN', { ...styles(pen.fonts).strong, size: 10.5, tracking: 2 }, page.width / 2, y + 14, 'centre');
  put(pen, 'decides', styles(pen.fonts).english, page.width / 2, y + 23, 'centre');
  y = drawDecisions(pen, facts, y + 30);
  y = drawTallies(pen, facts, y + 4);
  ok(y <= proof.top, 'The longest facts still fit above the QR code');
  drawProof(pen, facts);
}

function drawTitle(pen: Pen, number: string, { batchNumber, scheme, kind, ordered }: DecreeFacts) {
  const { serif, serifBold, serifItalic, plain, plainBold } = pen.fonts;
  const middle = page.width / 2;
  drawBand(pen, 32);
  const centred = (words: string, style: Style, baseline: number) => put(pen, words, style, middle, baseline, 'centre');
  centred(program.toUpperCase(), { font: plainBold, size: 8.5, color: bronze, tracking: 3 }, 66);
  centred('SURAT KEPUTUSAN', { font: serifBold, size: 23, color: indigo, tracking: 2.5 }, 91);
  centred('Penerima Kartu Prakerja (SK-PKP)', { font: serif, size: 13, color: indigo }, 108);
  centred('Decree on the recipients of the Kartu Prakerja', { font: serifItalic, size: 9, color: bronze }, 120);
  centred(`Nomor ${number}`, { font: plainBold, size: 10.5, color: indigo }, 138);
  const stated: readonly (Both & { readonly label: string })[] = [
    { label: 'SELEKSI / SELECTION', id: `Gelombang ${batchNumber}`, en: `Batch ${batchNumber}` },
    { label: 'SKEMA / SCHEME', ...schemeNames[scheme] },
    { label: 'JENIS / KIND', ...kindNames[kind] },
    { label: 'DITETAPKAN / DECREED', ...dayInWords(new Date(ordered.at)) },
  ];
  rule(pen, 148);
  rule(pen, 187);
  for (const [index, { label, id, en }] of stated.entries()) {
    const x = left + (width / stated.length) * (index + 0.5);
    put(pen, label, { font: plain, size: 6, color: soga, tracking: 0.8 }, x, 158, 'centre');
    put(pen, id, { font: serifBold, size: 12, color: indigo }, x, 171, 'centre');
    put(pen, en, { font: serifItalic, size: 8, color: soga }, x, 181, 'centre');
  }
}

function drawLabel(pen: Pen, { id, en }: Both, y: number) {
  const { strong, english } = styles(pen.fonts);
  put(pen, id, strong, left, y + strong.size * 0.9);
  put(pen, en, english, left, y + strong.size * 1.2 + english.size * 0.9);
}

const between = 4;

function drawGrounds(pen: Pen, { batchNumber, scheme, approved }: DecreeFacts, top: number): number {
  const { body, english } = styles(pen.fonts);
  const item = { left: text.left + 14, width: text.width - 14 };
  const day = dayInWords(new Date(approved.at));
  const reasons: readonly Both[] = [
    {
      id: `bahwa undian Gelombang ${batchNumber} telah disetujui pada ${day.id}, dan siapa pun dapat mengulanginya dari berkas yang diumumkan;`,
      en: `that the draw of Batch ${batchNumber} was approved on ${day.en}, and that anybody can repeat it from the published files;`,
    },
    {
      id: 'bahwa penerima Kartu Prakerja dan besaran manfaatnya perlu ditetapkan dengan surat keputusan;',
      en: 'that the recipients of the Kartu Prakerja and the amounts of their benefits are to be fixed by decree;',
    },
  ];
  let y = top;
  drawLabel(pen, { id: 'Menimbang', en: 'Considering' }, y);
  for (const [index, reason] of reasons.entries()) {
    put(pen, `${'ab'[index]}.`, body, text.left, y + body.size * 0.9);
    y = both(pen, reason, y, item) + between / 2;
  }
  y += between;
  drawLabel(pen, { id: 'Mengingat', en: 'In view of' }, y);
  for (const [index, law] of legalBasis[scheme].id.entries()) {
    put(pen, `${index + 1}.`, body, text.left, y + body.size * 0.9);
    y = paragraph(pen, law, body, y, item) + between / 4;
  }
  return paragraph(pen, legalBasis[scheme].en, english, y, item) + between;
}

function drawDecisions(pen: Pen, facts: DecreeFacts, top: number): number {
  const { batchNumber, csvDigest, recipients } = facts;
  const { byDraw, byPromotion, byOverride } = recipients;
  const all = recipientsOf(facts);
  const each = rupiahEach(facts);
  const together = each * all;
  const decisions: readonly { readonly label: Both; readonly words: Both; readonly hex?: string }[] = [
    {
      label: { id: 'KESATU', en: 'First' },
      words: {
        id: `Menetapkan ${grouped(all)} orang sebagai penerima Kartu Prakerja Gelombang ${batchNumber}: ${grouped(byDraw)} dari undian, ${grouped(byPromotion)} dari daftar tunggu, dan ${grouped(byOverride)} dengan penetapan khusus.`,
        en: `${groupedInEnglish(all)} persons are recipients in Batch ${batchNumber}: ${groupedInEnglish(byDraw)} by the draw, ${groupedInEnglish(byPromotion)} from the waiting list, and ${groupedInEnglish(byOverride)} by override.`,
      },
    },
    {
      label: { id: 'KEDUA', en: 'Second' },
      words: {
        id: `Setiap penerima memperoleh manfaat ${rupiahText(each)}. Untuk seluruh penerima disediakan ${rupiahText(together)} dari Bagian Anggaran 999.08.`,
        en: `Each recipient is granted IDR ${groupedInEnglish(each)}; IDR ${groupedInEnglish(together)} is set aside for all of them, from budget section 999.08.`,
      },
    },
    {
      label: { id: 'KETIGA', en: 'Third' },
      words: {
        id: 'Daftar penerima menurut nomor undian adalah berkas CSV dengan sidik SHA-256 di bawah ini dan merupakan bagian tak terpisahkan dari Keputusan ini. Berkas itu tanpa nama, NIK, atau nomor kartu.',
        en: 'The list of recipients, by draw number, is the CSV file with this SHA-256. It is part of this decree, and names no person.',
      },
      hex: csvDigest,
    },
    {
      label: { id: 'KEEMPAT', en: 'Fourth' },
      words: {
        id: 'Manfaat penerima yang kepesertaannya dicabut dikembalikan ke kas negara.',
        en: 'What was set aside for a recipient whose membership is revoked goes back to the treasury.',
      },
    },
    {
      label: { id: 'KELIMA', en: 'Fifth' },
      words: {
        id: 'Keputusan ini, dengan lampirannya, mulai berlaku pada tanggal ditetapkan.',
        en: 'This decree, with its annex, takes effect on the day on which it is made.',
      },
    },
  ];
  let y = top;
  for (const { label, words, hex } of decisions) {
    drawLabel(pen, label, y);
    y = both(pen, words, y);
    if (hex) y = paragraph(pen, hex, styles(pen.fonts).hex, y + 2);
    y += between;
  }
  return y;
}

/** Applicants, places and recipients on the left; amounts on the right. */
function drawTallies(pen: Pen, facts: DecreeFacts, top: number): number {
  const { cell, total, label, english } = styles(pen.fonts);
  const gutter = 20;
  const counts = { left, right: left + 222 };
  const amounts = { left: counts.right + gutter, right };
  const all = recipientsOf(facts);
  const { refused, inDraw } = facts.applicants;
  const { byDraw, byPromotion, byOverride } = facts.recipients;
  const { trainingCreditRupiah, trainingIncentivesRupiah, surveyIncentivesRupiah } = facts.perRecipient;
  const row = 11.2;
  const line = (
    words: Both,
    { left: x, right: end }: typeof counts,
    y: number,
    values: readonly string[],
    style: Style,
  ) => {
    put(pen, words.id, style, x, y);
    put(pen, words.en, english, x + lengthOf(words.id, style) + 4, y);
    for (const [index, value] of [...values].reverse().entries()) put(pen, value, style, end - index * 90, y, 'right');
  };
  const countRows: readonly (Both & { readonly count: number; readonly strong?: true })[] = [
    { id: 'Pendaftar', en: 'applicants', count: refused + inDraw, strong: true },
    { id: 'Ditolak penyaringan', en: 'refused by the screening', count: refused },
    { id: 'Ikut undian', en: 'in the draw', count: inDraw },
    { id: 'Tempat', en: 'places', count: placesOf(facts), strong: true },
    { id: 'Tempat kosong', en: 'left empty', count: facts.emptyPlaces },
    { id: 'Penerima', en: 'recipients', count: all, strong: true },
    { id: 'Dari undian', en: 'by the draw', count: byDraw },
    { id: 'Dari daftar tunggu', en: 'by promotion', count: byPromotion },
    { id: 'Penetapan khusus', en: 'by override', count: byOverride },
  ];
  const amountRows: readonly (Both & { readonly rupiah: number; readonly strong?: true })[] = [
    { id: 'Pelatihan', en: 'training', rupiah: trainingCreditRupiah },
    { id: 'Insentif', en: 'incentives', rupiah: trainingIncentivesRupiah },
    { id: 'Survei', en: 'surveys', rupiah: surveyIncentivesRupiah },
    { id: 'Jumlah', en: 'sum', rupiah: rupiahEach(facts), strong: true },
  ];
  put(pen, 'PENDAFTAR DAN PENERIMA / COUNTS', label, counts.left, top + 8);
  put(pen, 'RUPIAH', label, amounts.left, top + 8);
  put(pen, 'PER PENERIMA / EACH', label, amounts.right - 90, top + 8, 'right');
  put(pen, 'SELURUHNYA / ALL', label, amounts.right, top + 8, 'right');
  for (const { left: from, right: to } of [counts, amounts]) rule(pen, top + 12, { from, to });
  for (const [index, { count, strong, ...words }] of countRows.entries())
    line(words, counts, top + 21 + index * row, [grouped(count)], strong ? total : cell);
  for (const [index, { rupiah, strong, ...words }] of amountRows.entries())
    line(words, amounts, top + 21 + index * row, [grouped(rupiah), grouped(rupiah * all)], strong ? total : cell);
  return top + 21 + countRows.length * row;
}

const proof = { top: 712, qr: 74 };
const signature = { top: 678, middle: right - 99, reach: 95 };

/** Where anybody can check the decree, and where it is signed. */
function drawProof(pen: Pen, { batchUrl, ordered }: DecreeFacts) {
  const { body, strong, english, label } = styles(pen.fonts);
  const { plain } = pen.fonts;
  const code = qrCode(batchUrl);
  fillPath(pen.sheet, code.path, indigo, { x: left, y: proof.top, scale: proof.qr / code.modules });
  const beside = { left: left + proof.qr + 12, width: 186 };
  const inIndonesian = 'Berkas undian, manifes, dan daftar penerima ada di';
  const inEnglish = 'The files of the draw, its manifest and the list of recipients are at';
  put(pen, 'PERIKSA / CHECK', label, beside.left, proof.top + 7);
  let y = paragraph(pen, inIndonesian, { ...body, size: 8 }, proof.top + 12, beside);
  y = paragraph(pen, inEnglish, { ...english, size: 7 }, y, beside) + 3;
  const address = shrinkToFit(printable(batchUrl, plain), plain, beside.width, [
    [8, 1],
    [7, 2],
    [6, 4],
    [5, 6],
  ]);
  const small = { font: plain, size: address.size, color: indigo };
  for (const line of address.lines) y = paragraph(pen, line, small, y, beside);

  const { top, middle, reach } = signature;
  put(pen, `Ditetapkan pada ${dayInWords(new Date(ordered.at)).id}`, body, middle, top, 'centre');
  put(pen, 'Kuasa Pengguna Anggaran', strong, middle, top + 14, 'centre');
  put(pen, 'Bendahara Umum Negara', strong, middle, top + 26, 'centre');
  put(pen, 'Proxy Budget User, State General Treasurer', english, middle, top + 36, 'centre');
  rule(pen, top + 100, { from: middle - reach, to: middle + reach, color: indigo, thickness: 0.5 });
  put(pen, 'nama dan tanda tangan / name and signature', { ...english, size: 7 }, middle, top + 108, 'centre');
}

function drawAnnex(pen: Pen, number: string, facts: DecreeFacts) {
  const { english } = styles(pen.fonts);
  drawBand(pen, 32);
  put(pen, 'LAMPIRAN', { font: pen.fonts.serifBold, size: 13, color: indigo, tracking: 1.5 }, left, 66);
  put(pen, 'Annex', { ...english, size: 9 }, left + 88, 66);
  put(pen, number, { font: pen.fonts.plainBold, size: 9, color: indigo }, right, 66, 'right');
  const rows = facts.provinces
    .filter(({ places, recipients }) => places > 0 || recipients > 0)
    .toSorted((one, other) => one.provinceCode.localeCompare(other.provinceCode));
  const strata = facts.strata.filter(({ places }) => places > 0);
  // Few rows get air, and so do the parts below them; all 34 and the strata still fit.
  const height = Math.min(16, 405 / (rows.length + strata.length + 1));
  const between = height - 2;
  let y = drawProvinces(pen, { ...facts, provinces: rows, strata }, height, 78);
  y = drawMethod(pen, facts, y + between);
  y = drawDigests(pen, facts, y + between);
  y = drawSteps(pen, facts, y + between);
  ok(y <= bottom, 'All provinces still fit above the footer');
}

/** A heading on a line of its own, with a rule below it. Returns where the next thing begins. */
function heading(pen: Pen, { id, en }: Both, y: number): number {
  const { strong, english } = styles(pen.fonts);
  put(pen, id, strong, left, y + 9);
  put(pen, en, english, left + lengthOf(id, strong) + 6, y + 9);
  rule(pen, y + 13);
  return y + 15;
}

const columns = {
  number: left + 18,
  code: left + 30,
  name: left + 56,
  places: 322,
  recipients: 450,
  rupiah: right - 4,
};

/** A line for each province and each stratum, and their sums. */
function drawProvinces(pen: Pen, facts: DecreeFacts, height: number, top: number): number {
  const { cell, total, label, english } = styles(pen.fonts);
  let y = heading(pen, { id: 'A. Tempat dan penerima menurut provinsi', en: 'Places and recipients by province' }, top);
  put(pen, 'NO', label, columns.number, y + 7, 'right');
  put(pen, 'PROVINSI / PROVINCE', label, columns.code, y + 7);
  put(pen, 'TEMPAT / PLACES', label, columns.places, y + 7, 'right');
  put(pen, 'PENERIMA / RECIPIENTS', label, columns.recipients, y + 7, 'right');
  put(pen, 'RUPIAH', label, columns.rupiah, y + 7, 'right');
  y += 11;
  let shaded = true;
  const line = (style: Style, { number = '', code = '', name = '', places = '', recipients = '', rupiah = '' }) => {
    const baseline = y + height / 2 + style.size * 0.36;
    if (shaded) fillPath(pen.sheet, rectanglePath({ left, top: y, width, height }), cloth);
    shaded = !shaded;
    put(pen, number, style, columns.number, baseline, 'right');
    put(pen, code, style, columns.code, baseline);
    put(pen, name, style, columns.name, baseline);
    put(pen, places, style, columns.places, baseline, 'right');
    put(pen, recipients, style, columns.recipients, baseline, 'right');
    put(pen, rupiah, style, columns.rupiah, baseline, 'right');
    y += height;
  };
  for (const [index, { provinceCode, places, recipients }] of facts.provinces.entries())
    line(cell, {
      number: String(index + 1),
      code: provinceCode,
      name: provinceName(provinceCode),
      places: grouped(places),
      recipients: grouped(recipients),
      rupiah: grouped(recipients * rupiahEach(facts)),
    });
  for (const { stratum, places } of facts.strata)
    line(cell, { name: `Afirmasi nasional: ${stratumNames[stratum].id}`, places: grouped(places) });
  rule(pen, y);
  const all = recipientsOf(facts);
  shaded = false;
  line(total, {
    name: 'Jumlah / Total',
    places: grouped(placesOf(facts)),
    recipients: grouped(all),
    rupiah: grouped(all * rupiahEach(facts)),
  });
  rule(pen, y);
  const note = 'Tempat provinsi termasuk kuota kabupaten/kotanya. Penerima dihitung di provinsi tempat tinggalnya.';
  const inEnglish = "A province's places include those of its regencies. Recipients are counted where they live.";
  const measure = { left, width };
  return paragraph(
    pen,
    inEnglish,
    english,
    paragraph(pen, note, { ...english, color: indigo }, y + 3, measure),
    measure,
  );
}

/** Where the seed came from, and what it decided. */
function drawMethod(pen: Pen, { randomness }: DecreeFacts, top: number): number {
  const source: Both =
    randomness.kind === 'drand'
      ? {
          id: `Benih undian dihasilkan dari sidik komitmen dan putaran ${grouped(randomness.round)} suar keacakan publik drand (${wibTime(new Date(randomness.roundAt))}), yang belum terjadi ketika daftar peserta undian diumumkan.`,
          en: `The seed is made of the commitment digest and of round ${groupedInEnglish(randomness.round)} of the public randomness beacon drand, which had not happened when the list was published.`,
        }
      : {
          id: 'Dua operator masing-masing menyegel satu bilangan rahasia sebelum daftar peserta undian dibuat, dan membukanya setelah daftar itu diumumkan. Benih undian dihasilkan dari sidik komitmen dan kedua bilangan itu.',
          en: 'Two operators each sealed a secret share before the list was made, and showed it after the list was published. The seed is made of the commitment digest and of both shares.',
        };
  const measure = { left, width };
  const y = both(pen, source, heading(pen, { id: 'B. Cara undian', en: 'How the draw was made' }, top), measure);
  const rest: Both = {
    id: 'Dengan benih itu nomor undian dienkripsi (AES-256) menjadi skor. Tempat diberikan mulai dari skor terkecil, selama masih ada tempat di jalur afirmasi, kabupaten/kota, atau provinsi peserta, dan selama kartu keluarganya belum penuh.',
    en: 'Encrypted under the seed, draw numbers give scores. Places go to the smallest scores, while the stratum, regency or province has one left and the family card is not full.',
  };
  return both(pen, rest, y + 3, measure);
}

/** Digests, each on one line, and the seed. */
function drawDigests(pen: Pen, facts: DecreeFacts, top: number): number {
  const { cell, english, hex } = styles(pen.fonts);
  const rows: readonly (Both & { readonly digest: string })[] = [
    { id: 'Komitmen', en: 'commitmentDigest', digest: facts.commitmentDigest },
    { id: 'Manifes', en: 'manifestDigest', digest: facts.manifestDigest },
    { id: 'Daftar penerima', en: 'CSV file', digest: facts.csvDigest },
    { id: 'Benih undian', en: 'seed', digest: facts.seed },
  ];
  let y = heading(pen, { id: 'C. Sidik SHA-256 dan benih', en: 'SHA-256 digests, and the seed' }, top);
  for (const { id, en, digest } of rows) {
    put(pen, id, cell, left, y + 8);
    put(pen, en, english, left + lengthOf(id, cell) + 4, y + 8);
    put(pen, digest, hex, right, y + 8, 'right');
    y += 11;
  }
  return y;
}

/** Who did what, and when: no step of a draw is one person's alone. */
function drawSteps(pen: Pen, { drafted, closed, approved, ordered }: DecreeFacts, top: number): number {
  const { cell, english } = styles(pen.fonts);
  const rows: readonly (Both & { readonly by: string; readonly at: string })[] = [
    { id: 'Disusun', en: 'drafted', ...drafted },
    { id: 'Ditutup', en: 'closed', ...closed },
    { id: 'Disetujui', en: 'approved', ...approved },
    { id: 'Ditetapkan', en: 'decree ordered', ...ordered },
  ];
  const names = { left: left + 110, width: 235 };
  let y = heading(pen, { id: 'D. Petugas', en: 'Operators' }, top);
  for (const { id, en, by, at } of rows) {
    put(pen, id, cell, left, y + 8);
    put(pen, en, english, left + lengthOf(id, cell) + 4, y + 8);
    const name = shrinkToFit(printable(by, cell.font), cell.font, names.width, [
      [8, 1],
      [6.5, 1],
      [4.6, 2],
    ]);
    for (const [index, words] of name.lines.entries())
      put(pen, words, { ...cell, size: name.size }, names.left, y + 8 - (name.lines.length - 1 - index * 2) * 2.6);
    put(pen, wibTime(new Date(at)), cell, right, y + 8, 'right');
    y += 11;
  }
  return y;
}
