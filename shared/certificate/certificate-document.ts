import { ok } from 'node:assert/strict';
import { type Color, PDFDocument, type PDFFont, type PDFPage, StandardFonts } from 'pdf-lib';
import * as z from 'zod/mini';
import { LearningMethod } from '#shared/catalogue/course.ts';
import {
  type Box,
  bronze,
  cloth,
  frameCentres,
  gold,
  indigo,
  kawungPath,
  kawungSeedPath,
  rectanglePath,
  soga,
} from '#shared/certificate/certificate-ornament.ts';
import { type Fit, printable, shrinkToFit, wrap } from '#shared/certificate/certificate-text.ts';
import { dayInWords } from '#shared/certificate/day-in-words.ts';
import { qrCode } from '#shared/certificate/qr-code.ts';
import {
  describeDocument,
  embedFonts,
  fillPath,
  program,
  type Style,
  strokePath,
  writeLine,
} from '#shared/platform/pdf.ts';

/** What a certificate states. `verificationUrl` is the whole address of this one certificate and ends in its number. */
export const CertificateFacts = z
  .strictObject({
    number: z.string().check(z.regex(/^[A-Za-z0-9._-]{4,40}$/)),
    participantName: z.string().check(z.trim(), z.minLength(1), z.maxLength(100)),
    courseTitle: z.string().check(z.trim(), z.minLength(1), z.maxLength(120)),
    institutionName: z.string().check(z.trim(), z.minLength(1), z.maxLength(120)),
    learningMethod: LearningMethod,
    hours: z.number().check(z.positive(), z.lte(2000)),
    completedAt: z.iso.datetime({ offset: true }),
    score: z.optional(z.number().check(z.gte(0), z.lte(100))),
    verificationUrl: z.url({ protocol: /^https?$/ }).check(z.maxLength(160)),
  })
  .check(
    z.refine(({ number, verificationUrl }) => verificationUrl.endsWith(`/${number}`), {
      path: ['verificationUrl'],
      error: 'Ends in the certificate number',
    }),
  );
export type CertificateFacts = z.infer<typeof CertificateFacts>;

const methods = {
  webinar: { id: 'Webinar langsung', en: 'Live webinar' },
  self_paced: { id: 'Belajar mandiri', en: 'Self-paced online' },
  offline: { id: 'Tatap muka', en: 'In person' },
  hybrid: { id: 'Daring dan tatap muka', en: 'Blended' },
} as const;

// A4 on its side, in points, measured from the upper left corner.
const page = { width: 841.89, height: 595.28 };
const frame: Box = { left: 22, top: 22, width: page.width - 44, height: page.height - 44 };
const band = 20;
const middle = page.width / 2;
const words = { top: 60, bottom: 398, width: 640 };
const statements = { top: 411, width: 660 };
const proof = { top: 458, qr: 76, left: 96, right: page.width - 96 };

/**
 * Draws the certificate: one A4 page of at most 60 KB, the same bytes for the same facts.
 * Fails with a ZodError when a fact is missing or too long for the page.
 */
export async function certificateDocument(facts: CertificateFacts): Promise<Uint8Array> {
  const stated = CertificateFacts.parse(facts);
  const document = await PDFDocument.create({ updateMetadata: false });
  describeDocument(document, {
    title: `Sertifikat Pelatihan ${stated.number}`,
    subject: 'Certificate of Training',
    at: new Date(stated.completedAt),
  });
  const sheet = document.addPage([page.width, page.height]);
  const fonts = await embedFonts(document, standardFonts);
  drawFrame(sheet);
  drawWords(sheet, fonts, stated);
  drawStatements(sheet, fonts, stated);
  drawProof(sheet, fonts, stated);
  return document.save({ addDefaultPage: false, updateFieldAppearances: false });
}

const standardFonts = {
  serif: StandardFonts.TimesRoman,
  serifBold: StandardFonts.TimesRomanBold,
  serifItalic: StandardFonts.TimesRomanItalic,
  name: StandardFonts.TimesRomanBoldItalic,
  plain: StandardFonts.Helvetica,
  plainBold: StandardFonts.HelveticaBold,
} as const;
type Fonts = Awaited<ReturnType<typeof embedFonts<keyof typeof standardFonts>>>;

const inset = ({ left, top, width, height }: Box, by: number): Box => ({
  left: left + by,
  top: top + by,
  width: width - 2 * by,
  height: height - 2 * by,
});

function drawFrame(sheet: PDFPage) {
  fillPath(sheet, rectanglePath({ left: 0, top: 0, ...page }), cloth);
  fillPath(sheet, rectanglePath(frame), indigo);
  const flowers = frameCentres(frame, Math.round(frame.width / band), Math.round(frame.height / band));
  for (const place of flowers) {
    fillPath(sheet, kawungPath(band), gold, place);
    fillPath(sheet, kawungSeedPath(band), indigo, place);
  }
  fillPath(sheet, rectanglePath(inset(frame, band)), cloth);
  strokePath(sheet, rectanglePath(inset(frame, -4)), indigo, 0.8);
  strokePath(sheet, rectanglePath(inset(frame, band + 6)), gold, 0.8);
}

type Line = Fit & Style & { readonly gap: number };

const leading = 1.16;
const heightOf = ({ size, lines, gap }: Line) => gap + lines.length * size * leading;

function centred(sheet: PDFPage, text: string, style: Style, x: number, baseline: number) {
  const { font, size, tracking = 0 } = style;
  const width = font.widthOfTextAtSize(text, size) + tracking * (text.length - 1);
  writeLine(sheet, text, style, x - width / 2, baseline);
}

/** Who completed what, where: the lines that grow with their text, spread over the space above the statements. */
function drawWords(sheet: PDFPage, fonts: Fonts, { participantName, courseTitle, institutionName }: CertificateFacts) {
  const { serif, serifBold, serifItalic, name, plain, plainBold } = fonts;
  const one = (text: string, size: number): Fit => ({ size, lines: [text] });
  const fitted = (text: string, font: PDFFont, sizes: readonly (readonly [number, number])[]) =>
    shrinkToFit(printable(text, font), font, words.width, sizes);
  const person: Line = {
    ...fitted(participantName, name, [
      [38, 1],
      [34, 1],
      [30, 1],
      [27, 1],
      [25, 2],
      [22, 2],
      [18, 3],
    ]),
    font: name,
    color: soga,
    gap: 8,
  };
  const course = fitted(courseTitle, serifBold, [
    [24, 1],
    [21, 1],
    [19, 2],
    [17, 2],
    [15, 3],
  ]);
  const institution = fitted(institutionName, serif, [
    [16, 1],
    [14, 1],
    [13, 2],
    [11, 3],
  ]);
  const lines: Line[] = [
    { ...one(program.toUpperCase(), 11), font: plainBold, color: bronze, gap: 0, tracking: 4 },
    { ...one('SERTIFIKAT PELATIHAN', 35), font: serifBold, color: indigo, gap: 8, tracking: 3 },
    { ...one('Certificate of Training', 15), font: serifItalic, color: bronze, gap: 0 },
    { ...one('Diberikan kepada / Awarded to', 9.5), font: plain, color: soga, gap: 18 },
    person,
    { ...one('telah menyelesaikan pelatihan / has completed the training', 9.5), font: plain, color: soga, gap: 18 },
    { ...course, font: serifBold, color: indigo, gap: 6 },
    { ...one('yang diselenggarakan oleh / provided by', 9.5), font: plain, color: soga, gap: 14 },
    { ...institution, font: serif, color: indigo, gap: 5 },
  ];
  const spare = words.bottom - words.top - lines.reduce((sum, line) => sum + heightOf(line), 0);
  ok(spare >= 0, 'The longest facts still fit above the statements');
  const air = Math.min(spare / lines.length, 5);
  let y = words.top + (spare - air * (lines.length - 1)) / 2;
  for (const line of lines) {
    y += line.gap;
    for (const text of line.lines) {
      centred(sheet, text, line, middle, y + line.size * 0.9);
      y += line.size * leading;
    }
    if (line === person) drawRule(sheet, y + 7);
    y += air;
  }
}

/** A thin line broken by one kawung flower, below the name. */
function drawRule(sheet: PDFPage, y: number) {
  strokePath(sheet, `M${middle - 190} ${y}H${middle - 12}M${middle + 12} ${y}H${middle + 190}`, gold, 0.7);
  fillPath(sheet, kawungPath(15), gold, { x: middle, y });
}

function drawStatements(sheet: PDFPage, fonts: Fonts, { hours, learningMethod, completedAt, score }: CertificateFacts) {
  const both = (value: number, id: string, en: string) => {
    const inEnglish = String(Math.round(value * 100) / 100);
    return { id: inEnglish.replace('.', ',') + id, en: inEnglish + en };
  };
  const statement = [
    { label: 'DURASI / DURATION', ...both(hours, ' jam', hours === 1 ? ' hour' : ' hours') },
    { label: 'METODE / METHOD', ...methods[learningMethod] },
    { label: 'SELESAI / COMPLETED', ...dayInWords(new Date(completedAt)) },
    ...(score === undefined ? [] : [{ label: 'NILAI / SCORE', ...both(score, ' dari 100', ' out of 100') }]),
  ];
  const column = statements.width / statement.length;
  const left = middle - statements.width / 2;
  const { top } = statements;
  for (const [index, { label, id, en }] of statement.entries()) {
    const x = left + column * (index + 0.5);
    centred(sheet, label, { font: fonts.plain, size: 6.5, color: soga, tracking: 1.1 }, x, top + 7);
    centred(sheet, id, { font: fonts.serifBold, size: 13, color: indigo }, x, top + 22);
    centred(sheet, en, { font: fonts.serifItalic, size: 9.5, color: soga }, x, top + 33);
    if (index > 0) strokePath(sheet, `M${left + column * index} ${top}v34`, gold, 0.5);
  }
}

/** The number, and how anybody can check it: the same address in words and as a QR code. */
function drawProof(sheet: PDFPage, fonts: Fonts, { number, verificationUrl }: CertificateFacts) {
  const { top, qr, left, right } = proof;
  const code = qrCode(verificationUrl);
  fillPath(sheet, code.path, indigo, { x: right - qr, y: top, scale: qr / code.modules });
  const put = (text: string, font: PDFFont, size: number, color: Color, baseline: number) =>
    writeLine(sheet, text, { font, size, color }, left, top + baseline);
  put('NOMOR SERTIFIKAT / CERTIFICATE NUMBER', fonts.plain, 6.5, soga, 10);
  put(number, fonts.plainBold, 13, indigo, 26);
  put('Periksa keaslian dokumen elektronik ini di / Check this electronic document at', fonts.plain, 8, soga, 46);
  const address = wrap(printable(verificationUrl, fonts.plain), fonts.plain, 9, right - qr - left - 40);
  for (const [index, text] of address.entries()) put(text, fonts.plain, 9, indigo, 59 + index * 11);
}
