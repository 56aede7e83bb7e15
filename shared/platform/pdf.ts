import {
  type Color,
  type PDFDocument,
  type PDFFont,
  type PDFPage,
  popGraphicsState,
  pushGraphicsState,
  type StandardFonts,
  setCharacterSpacing,
} from 'pdf-lib';

/* What every document of the program draws with. Places are in points from the upper left corner; y counts downwards. */

export const program = 'Program Kartu Prakerja';

/** Says whose document it is, and when it is from: the facts' time, so that the same facts give the same bytes. */
export function describeDocument(
  document: PDFDocument,
  { title, subject, at }: { readonly title: string; readonly subject: string; readonly at: Date },
): void {
  document.setTitle(title, { showInWindowTitleBar: true });
  document.setAuthor(program);
  document.setCreator(program);
  document.setProducer('pdf-lib');
  document.setSubject(subject);
  document.setLanguage('id');
  document.setCreationDate(at);
  document.setModificationDate(at);
}

/** Puts fonts that every reader has into a document, by the names that it calls them. */
export async function embedFonts<Name extends string>(
  document: PDFDocument,
  fonts: Readonly<Record<Name, StandardFonts>>,
): Promise<Readonly<Record<Name, PDFFont>>> {
  const embedded: Partial<Record<Name, PDFFont>> = {};
  for (const name of Object.keys(fonts) as Name[]) embedded[name] = await document.embedFont(fonts[name]);
  return embedded as Record<Name, PDFFont>;
}

export type Place = { readonly x: number; readonly y: number; readonly scale?: number };

/** Fills an SVG path whose origin lies at the place. Equal paths cost almost nothing in the file. */
export function fillPath(sheet: PDFPage, path: string, color: Color, { x, y, scale = 1 }: Place = { x: 0, y: 0 }) {
  sheet.drawSvgPath(path, { x, y: sheet.getHeight() - y, scale, color });
}

/** Draws the outline of an SVG path. */
export function strokePath(sheet: PDFPage, path: string, borderColor: Color, borderWidth: number) {
  sheet.drawSvgPath(path, { x: 0, y: sheet.getHeight(), borderColor, borderWidth });
}

export type Style = {
  readonly font: PDFFont;
  readonly size: number;
  readonly color: Color;
  /** Points between letters. */
  readonly tracking?: number;
};

/** Writes one line that begins at `x`. */
export function writeLine(sheet: PDFPage, text: string, style: Style, x: number, baseline: number) {
  const { font, size, color, tracking = 0 } = style;
  sheet.pushOperators(pushGraphicsState(), setCharacterSpacing(tracking));
  sheet.drawText(text, { x, y: sheet.getHeight() - baseline, font, size, color });
  sheet.pushOperators(popGraphicsState());
}
