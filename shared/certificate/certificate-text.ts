import { ok } from 'node:assert/strict';
import type { PDFFont } from 'pdf-lib';

// Letters that do not decompose into a base letter and a mark, and signs people type for an apostrophe or a hyphen.
const lookalikes: Readonly<Record<string, string>> = {
  Đ: 'D',
  đ: 'd',
  Ħ: 'H',
  ħ: 'h',
  ı: 'i',
  Ł: 'L',
  ł: 'l',
  Ŋ: 'N',
  ŋ: 'n',
  ʻ: "'",
  ʼ: "'",
  ʾ: "'",
  ʿ: "'",
  '′': "'",
  '\u2010': '-',
  '\u2011': '-',
  '\u2212': '-',
};

/**
 * The text in letters the font has: others lose their marks, become their nearest letter, or become '?'. White space is
 * one space. Never refuses: a person's name is never a reason not to issue a certificate.
 */
export function printable(text: string, font: PDFFont): string {
  const letters = new Set(font.getCharacterSet());
  const has = (letter: string) => letters.has(letter.codePointAt(0) ?? -1);
  const nearest = (letter: string) => {
    if (has(letter)) return letter;
    const parts = [...letter.normalize('NFKD')].filter((part) => !/\p{M}/u.test(part));
    const known = parts.map((part) => (has(part) ? part : lookalikes[part])).filter((part) => part !== undefined);
    return known.join('') || '?';
  };
  const visible = text
    .normalize('NFC')
    .replace(/[\s\u00a0]+/gu, ' ')
    .replace(/\p{C}/gu, '');
  return [...visible].map(nearest).join('').replace(/ +/g, ' ').trim() || '?';
}

/** Breaks the text at spaces, and inside a word only when the word alone is wider than `width` points. */
export function wrap(text: string, font: PDFFont, size: number, width: number): string[] {
  const fits = (line: string) => font.widthOfTextAtSize(line, size) <= width;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (fits(longer)) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = '';
    for (const letter of word) {
      if (line !== '' && !fits(line + letter)) {
        lines.push(line);
        line = '';
      }
      line += letter;
    }
  }
  return line === '' ? lines : [...lines, line];
}

export type Fit = { readonly size: number; readonly lines: readonly string[] };

/**
 * The first of the sizes, given from large to small with the lines each may take, at which the text fits. What does not
 * fit at the last size either is cut.
 */
export function shrinkToFit(
  text: string,
  font: PDFFont,
  width: number,
  sizes: readonly (readonly [number, number])[],
): Fit {
  const tries = sizes.map(([size, most]) => ({ size, most, lines: balanced(text, font, size, width) }));
  const fitting = tries.find(({ lines, most }) => lines.length <= most) ?? tries.at(-1);
  ok(fitting, 'There is a size to try');
  return { size: fitting.size, lines: fitting.lines.slice(0, fitting.most) };
}

/** Wraps into as few lines as needed, then evens them out, so that no single word is left on the last line. */
function balanced(text: string, font: PDFFont, size: number, width: number): string[] {
  const fewest = wrap(text, font, size, width);
  for (let narrower = width * 0.5; narrower < width; narrower += width * 0.05) {
    const lines = wrap(text, font, size, narrower);
    const whole = lines.every((line) => text.includes(line)) && lines.join(' ') === text;
    if (whole && lines.length === fewest.length) return lines;
  }
  return fewest;
}
