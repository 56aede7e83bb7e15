import type { styleText } from 'node:util';
import { grouped } from '#shared/platform/digits.ts';
import { wibDay, wibHour, wibTime as wibTimeOf } from '#shared/platform/wib.ts';

/** Columns of every screen. */
export const width = 80;
const labelWidth = 14;

/** Puts colour and weight on a text, where the terminal has them. */
export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

/** A text without what a terminal takes for a command: notes and names were written by others. */
export function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}');
}

/** A text in lines of so many columns, broken between words; a word that is longer is broken anywhere. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line: string[] = [];
  const end = () => {
    lines.push(line.join(''));
    line = [];
  };
  for (const word of plain(text).split(' ')) {
    let letters = [...word];
    if (line.length > 0 && line.length + 1 + letters.length > columns) end();
    else if (line.length > 0) line.push(' ');
    while (letters.length > columns) {
      line = letters.slice(0, columns);
      letters = letters.slice(columns);
      end();
    }
    line.push(...letters);
  }
  end();
  return lines;
}

/** A label, and what it says, in as many lines as that needs; `mark` colours the first of them. */
export function row(paint: Paint, label: string, text: string, mark: (line: string) => string = (line) => line) {
  return wrapped(text, width - labelWidth).map((line, index) =>
    index === 0 ? `${paint('dim', label.padEnd(labelWidth))}${mark(line)}` : `${' '.repeat(labelWidth)}${line}`,
  );
}

/** Lines under a row, further in. */
export function indented(text: string, indent: number): string[] {
  return wrapped(text, width - indent).map((line) => `${' '.repeat(indent)}${line}`);
}

/** `1 winner`, `2 winners`. */
export const some = (count: number, one: string, many = `${one}s`) => `${grouped(count)} ${count === 1 ? one : many}`;

/** An instant in Western Indonesian time: `27 Nov 2026 12:00 WIB`. */
export const wibTime = (instant: string) => wibTimeOf(new Date(instant));

/** The same without the day where it is the day of another instant. */
export function wibTimeBeside(instant: string, other: string): string {
  const at = new Date(instant);
  return wibDay(at) === wibDay(new Date(other)) ? wibHour(at) : wibTime(instant);
}

/** A sentence of the API with its instants in Western Indonesian time. */
export function inWib(sentence: string): string {
  return sentence.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, wibTime);
}

/** A bar of so many columns. */
export function bar(percent: number, columns: number): string {
  const filled = Math.max(0, Math.min(columns, Math.floor((columns * percent) / 100)));
  return '█'.repeat(filled) + '░'.repeat(columns - filled);
}
