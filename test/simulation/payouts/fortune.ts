import type { Random } from '#test/simulation/random.ts';

/** What can go wrong, by its name in the counts. */
export const faultNames = [
  'killed',
  'hung',
  'delivered_twice',
  'reordered',
  'not_deleted',
  'read_failed',
  'write_failed',
  'write_unanswered',
  'stream_repeated',
  'sweep_died',
  'clock_skewed',
  'breaker_open',
  'paced',
  'switched_off',
  'release_held',
  'listed_twice',
  'request_lost',
  'request_slow',
  'answer_lost',
  'throttled',
  'partner_down',
  'partner_stopped',
  'answered_duplicate',
  'status_stale',
  'callback_lost',
  'callback_repeated',
  'line_repeated',
  'line_late',
] as const;
export type FaultName = (typeof faultNames)[number];

export type Counts = {
  steps: number;
  /** Steps with at least one fault. */
  faultySteps: number;
  payouts: number;
  paid: number;
  refused: number;
  returned: number;
  /** Left to a person, who sees them on a list. */
  owned: number;
  /** What it took to read every journal once at its end: each event parsed and folded. */
  foldMilliseconds: number;
  readonly faults: Record<FaultName, number>;
};

export function noCounts(): Counts {
  const faults = Object.fromEntries(faultNames.map((name) => [name, 0])) as Record<FaultName, number>;
  return {
    steps: 0,
    faultySteps: 0,
    payouts: 0,
    paid: 0,
    refused: 0,
    returned: 0,
    owned: 0,
    foldMilliseconds: 0,
    faults,
  };
}

/** Everything fails so much more often than its share says. */
const roughness = 2.8;

/** Draws faults, and counts in how many steps there was one. */
export function fortune(random: Random, counts: Counts, tell: (text: string) => void) {
  let isFaulty = false;
  const happened = (name: FaultName): true => {
    counts.faults[name] += 1;
    if (!isFaulty) counts.faultySteps += 1;
    isFaulty = true;
    tell(`  ! ${name}`);
    return true;
  };
  return {
    /** Begins a step: something that one process does at once. */
    step(text: string): void {
      counts.steps += 1;
      isFaulty = false;
      tell(text);
    },
    /** Whether a fault happens in this step. */
    fault: (name: FaultName, share: number): boolean => random.chance(share * roughness) && happened(name),
    happened,
    between: random.between,
    chance: random.chance,
    pick: random.pick,
  };
}
export type Fortune = ReturnType<typeof fortune>;
