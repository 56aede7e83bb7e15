import type { Row } from '#test/bench/row.ts';

export type Bench = {
  /** Folder of the synthesized app. */
  readonly assembly: string;
  /** Progress and details, for people; a line or more. */
  readonly say: (text: string) => void;
};

/** Something that is measured. Its rows bear its name. */
export type Suite = { readonly name: string; readonly measure: (bench: Bench) => Promise<Row[]> };
