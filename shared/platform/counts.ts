/** Counts, or places, by what they are of: a province, a reason. */
export type Counts = Readonly<Record<string, number>>;

/** Adds to one of some counts; one that is not there yet was zero. */
export function addTo(counts: Record<string, number>, name: string, count = 1): void {
  counts[name] = (counts[name] ?? 0) + count;
}

/** Adds all counts to others. */
export function addAll(counts: Record<string, number>, more: Counts): void {
  for (const [name, count] of Object.entries(more)) addTo(counts, name, count);
}

export const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

/** All counts together. */
export const totalOf = (counts: Counts): number => sumOf(Object.values(counts));
