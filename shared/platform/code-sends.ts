/**
 * How often a one-time code is sent again: "up to 5 times, then wait 2 hours" (the program's FAQ of 6 November 2023). One rule for
 * every code that the program sends: to confirm an address, to reset a password, to prove a phone number, to pay.
 */
export const codeLimits = {
  /** The first one and five more. */
  sends: 6,
  lockMinutes: 120,
  /** Wrong answers to one code; after that only another code helps. Ours: the sources are silent. */
  wrongCodes: 5,
} as const;

/** Codes sent with less than a lock's time from one to the next. */
export type CodeRun = { readonly sends: number; readonly lastAt: Date };

const lockMilliseconds = codeLimits.lockMinutes * 60_000;
const isOver = ({ lastAt }: CodeRun, now: Date): boolean => now.getTime() - lastAt.getTime() >= lockMilliseconds;

/** Whether no further code is sent now: the run has had its `sends`, and the last of them is less than two hours old. */
export function isLocked(run: CodeRun | null, now: Date, sends: number = codeLimits.sends): boolean {
  return run !== null && run.sends >= sends && !isOver(run, now);
}

/** The run after one more code. After two hours without one, another run begins. */
export function afterSend(run: CodeRun | null, at: Date): CodeRun {
  return { sends: run === null || isOver(run, at) ? 1 : run.sends + 1, lastAt: at };
}
