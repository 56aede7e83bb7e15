import { rgb } from 'pdf-lib';

/** Colours of natural batik dyes: indigo, soga brown, gold (bronze where it must be read), and unbleached cloth. */
export const indigo = rgb(0.1, 0.17, 0.31);
export const soga = rgb(0.42, 0.25, 0.13);
export const gold = rgb(0.72, 0.54, 0.25);
export const bronze = rgb(0.56, 0.39, 0.13);
export const cloth = rgb(0.992, 0.976, 0.937);

export type Box = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };

const round = (value: number) => Math.round(value * 100) / 100;

/** A rectangle as an SVG path, in points from the page's upper left corner. */
export function rectanglePath({ left, top, width, height }: Box): string {
  return `M${round(left)} ${round(top)}h${round(width)}v${round(height)}h${round(-width)}z`;
}

/** Four-petalled kawung flower around the origin: halves of a palm fruit, pointing to the corners of a square of `size`. */
export function kawungPath(size: number): string {
  const near = size * 0.07;
  const far = size * 0.465;
  const belly = size * 0.29;
  const corners = [
    [1, 1],
    [-1, 1],
    [-1, -1],
    [1, -1],
  ] as const;
  return corners
    .map(([toX, toY]) => {
      const at = (alongX: number, alongY: number) => `${round(toX * alongX)} ${round(toY * alongY)}`;
      const out = `C${at(near, near + belly * 0.75)} ${at(far - belly * 0.95, far)} ${at(far, far)}`;
      const back = `C${at(far, far - belly * 0.95)} ${at(near + belly * 0.75, near)} ${at(near, near)}`;
      return `M${at(near, near)}${out}${back}z`;
    })
    .join('');
}

/** The seed of each petal: cut in the ground's colour. */
export function kawungSeedPath(size: number): string {
  const middle = size * 0.27;
  const reach = round(size * 0.035);
  const seed = (x: number, y: number) =>
    `M${round(x - reach)} ${round(y)}l${reach} ${-reach}l${reach} ${reach}l${-reach} ${reach}z`;
  return seed(middle, middle) + seed(-middle, middle) + seed(-middle, -middle) + seed(middle, -middle);
}

/** Centres of the flowers along a frame of `columns` by `rows` flowers; the corners belong to both sides. */
export function frameCentres(
  { left, top, width, height }: Box,
  columns: number,
  rows: number,
): { x: number; y: number }[] {
  const across = Array.from({ length: columns }, (_, column) => left + (width * (column + 0.5)) / columns);
  const down = Array.from({ length: rows }, (_, row) => top + (height * (row + 0.5)) / rows);
  const ends = (line: number[]) => line.filter((_, index) => index === 0 || index === line.length - 1);
  const sides = ends(across).flatMap((x) => down.map((y) => ({ x, y })));
  const topAndBottom = across.slice(1, -1).flatMap((x) => ends(down).map((y) => ({ x, y })));
  return [...sides, ...topAndBottom];
}
