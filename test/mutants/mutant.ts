/** One way to break a rule of money. */
export type Mutant = {
  readonly file: string;
  /** What is broken, in words. */
  readonly says: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Where a test must notice. */
  readonly tests: readonly string[];
};

type Planting = readonly [says: string, find: string, replace: string, tests: readonly string[]];

/** Mutants of one file. */
export function inFile(file: string, ...plantings: readonly Planting[]): Mutant[] {
  return plantings.map(([says, find, replace, tests]) => ({ file, says, find, replace, tests }));
}

/** The file with the mutant in it; null where its text is not there exactly once. */
export function planted(source: string, { find, replace }: Mutant): string | null {
  const [before, after, ...more] = source.split(find);
  if (before === undefined || after === undefined || more.length > 0) return null;
  return `${before}${replace}${after}`;
}
