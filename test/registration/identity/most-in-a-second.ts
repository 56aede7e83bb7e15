/** The most calls that began in any second: each call is the first of one. */
export function mostInASecond(calls: readonly number[]): number {
  const sorted = calls.toSorted((left, right) => left - right);
  return Math.max(0, ...sorted.map((from, index) => sorted.slice(index).filter((at) => at - from < 1_000).length));
}
