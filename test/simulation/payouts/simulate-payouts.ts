import { journeyUntil, linkedAccount, minutesAfter, start } from '#test/journal/citizen.ts';
import { type Counts, faultNames, noCounts } from '#test/simulation/payouts/fortune.ts';
import { type Beginning, type Planted, playParticipant } from '#test/simulation/payouts/participant-world.ts';

export type Simulation = {
  readonly seed: string;
  /** Participants are played until there were so many payouts. */
  readonly payouts: number;
  readonly planted?: Planted;
  /** Told now and then how far it is. */
  readonly progress?: (counts: Counts) => void;
};

export type Failure = { readonly seed: string; readonly participant: number; readonly violations: readonly string[] };
export type Simulated = {
  readonly counts: Counts;
  readonly participants: number;
  readonly failures: readonly Failure[];
  /** What it took of one core. */
  readonly cpuSeconds: number;
};

/** As many failures as anybody looks at. */
const maxFailures = 10;
const progressEvery = 10_000;

/**
 * What everybody has before the first claim: decreed, trained, certified, rated. It is made once by the product's own rules and
 * shared by all who are simulated, since nothing in it depends on the person; what happens from then on is each one's own.
 */
function beginnings(): readonly Beginning[] {
  return (['SEMI_BANSOS_2020', 'NORMAL_2023'] as const).map((scheme) => {
    const { file, entries, citizen } = journeyUntil('rate', { scheme });
    const account = linkedAccount(file, citizen.participantId, '081234567890');
    return { file: { state: file, version: entries.length }, account, at: minutesAfter(start, 60) };
  });
}
const [monthly, once] = beginnings();

/** Four of five are in the scheme with monthly incentives. */
function beginningOf(participant: number): Beginning {
  const beginning = participant % 5 === 0 ? once : monthly;
  if (!beginning) throw new Error('Both schemes have a beginning');
  return beginning;
}

/** Plays participants one after the other until there were enough payouts, or enough failures. */
export async function simulatePayouts({ seed, payouts, planted, progress }: Simulation): Promise<Simulated> {
  const counts = noCounts();
  const failures: Failure[] = [];
  let participants = 0;
  const began = process.cpuUsage();
  while (counts.payouts < payouts && failures.length < maxFailures) {
    participants += 1;
    const play = { seed, participant: participants, beginning: beginningOf(participants), counts, planted };
    const violations = await playParticipant(play);
    if (violations.length > 0) failures.push({ seed, participant: participants, violations });
    if (participants % progressEvery === 0) progress?.(counts);
  }
  const { user, system } = process.cpuUsage(began);
  return { counts, participants, failures, cpuSeconds: (user + system) / 1e6 };
}

/** Plays one participant again, and tells every step. */
export async function replayParticipant(
  { seed, participant }: Pick<Failure, 'seed' | 'participant'>,
  tell: (at: Date, text: string) => void,
  planted?: Planted,
): Promise<readonly string[]> {
  const play = { seed, participant, beginning: beginningOf(participant), counts: noCounts(), planted, tell };
  return playParticipant(play);
}

/** How to play a failure again. */
export const replayCommand = ({ seed, participant }: Pick<Failure, 'seed' | 'participant'>): string =>
  `node test/simulation/payouts/run.ts --seed ${seed} --participant ${participant}`;

/** Share of the steps in which something went wrong, from 0 to 1. */
export const faultShare = ({ faultySteps, steps }: Counts): number => faultySteps / Math.max(1, steps);

/** What was simulated, in lines to read. */
export function linesOf({ counts, participants, failures, cpuSeconds }: Simulated): string[] {
  const share = 100 * faultShare(counts);
  const { payouts, paid, refused, returned, owned, steps } = counts;
  return [
    `${payouts} payouts of ${participants} participants: ${paid} paid, ${refused} refused, ${returned} returned, ${owned} left to a person`,
    `${steps} steps, ${share.toFixed(1)} % of them with a fault; ${Math.round(payouts / cpuSeconds)} payouts per second and core`,
    faultNames.map((name) => `${name} ${counts.faults[name]}`).join(', '),
    ...failures.map((failure) => `FAILED ${failure.violations.join('; ')}: ${replayCommand(failure)}`),
  ];
}
