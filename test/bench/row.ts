import * as z from 'zod';

/**
 * One measure: `value` against `baseline` in the same `unit`; `target` is the highest `ratio` that is good enough.
 * A measure of one function stands under `<capability>/<function>`, of anything else under its capability or the journey.
 */
export const Row = z.strictObject({
  capability: z.string().regex(/^[a-z-]+(\/[a-z-]+)?$/),
  name: z.string().regex(/^[a-z]+\.[a-z_]+$/),
  value: z.number().nonnegative(),
  unit: z.string().min(1),
  baseline: z.number().positive(),
  ratio: z.number().nonnegative(),
  target: z.number().positive(),
});
export type Row = z.infer<typeof Row>;

const rounded = (number: number): number => Math.round(number * 1_000) / 1_000;

/** A row with its ratio. Numbers have at most three decimals. */
export function row({ value, baseline, ...named }: Omit<Row, 'ratio'>): Row {
  return Row.parse({ ...named, value: rounded(value), baseline: rounded(baseline), ratio: rounded(value / baseline) });
}

/** Whether a row is worse than its target. */
export function misses({ ratio, target }: Row): boolean {
  return ratio > target;
}

/** The middle of a list; of an even number, the mean of the two in the middle. @throws RangeError on an empty list. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  if (low === undefined || high === undefined) throw new RangeError('Nothing has no middle');
  return (low + high) / 2;
}

/** A round of two measures by turns. */
export type Round = { readonly ours: number; readonly other: number };

/** Ours as it is in the round in the middle, and the other: both of one round met the same machine, so their ratio speaks. */
export function compared(rounds: readonly Round[]): { readonly value: number; readonly baseline: number } {
  const baseline = median(rounds.map(({ other }) => other));
  return { value: baseline * median(rounds.map(({ ours, other }) => ours / other)), baseline };
}

/** Rows as a table to read, the worst of each measure first. */
export function tableLines(rows: readonly Row[]): string[] {
  const heads = ['measure', 'of', 'value', 'baseline', 'unit', 'ratio', 'target', ''];
  const cells = [...Map.groupBy(rows, ({ name }) => name).values()].flatMap((measure) =>
    measure.toSorted((left, right) => right.ratio - left.ratio).map(cellsOf),
  );
  const widths = heads.map((head, column) => Math.max(head.length, ...cells.map((line) => line[column]?.length ?? 0)));
  const isNumber = (column: number) => column >= 2 && column !== 4;
  return [heads, ...cells].map((line) =>
    line
      .map((cell, column) => (isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function cellsOf(one: Row): string[] {
  const { name, capability, value, baseline, unit, ratio, target } = one;
  const numbers = [value.toFixed(1), baseline.toFixed(1), unit, ratio.toFixed(2), target.toFixed(2)];
  return [name, capability, ...numbers, misses(one) ? 'missed' : ''];
}
