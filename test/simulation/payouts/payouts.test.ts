import { describe, expect, it } from 'vitest';
import { faultNames } from '#test/simulation/payouts/fortune.ts';
import type { Planted } from '#test/simulation/payouts/participant-world.ts';
import {
  faultShare,
  linesOf,
  replayCommand,
  replayParticipant,
  type Simulated,
  simulatePayouts,
} from '#test/simulation/payouts/simulate-payouts.ts';

const told = ({ failures }: Simulated) =>
  failures.map(({ violations, ...failure }) => [replayCommand(failure), ...violations]);

describe('simulated payouts', () => {
  it.each(['one', 'two', 'three'])('of the seed %s: none paid twice, none lost, all books agree', async (seed) => {
    const simulated = await simulatePayouts({ seed, payouts: 1_500 });
    expect(told(simulated)).toEqual([]);
    const { counts } = simulated;
    expect(counts.payouts).toBeGreaterThanOrEqual(1_500);
    expect(counts.paid + counts.refused + counts.returned + counts.owned).toBe(counts.payouts);
    expect(counts.paid).toBeGreaterThan(1_300);
    expect(Math.min(counts.refused, counts.returned)).toBeGreaterThan(0);
  });

  it('meet faults on more than a tenth of their steps, and every kind of them', async () => {
    const { counts } = await simulatePayouts({ seed: 'faults', payouts: 3_000 });
    expect(faultShare(counts)).toBeGreaterThan(0.1);
    expect(faultNames.filter((name) => counts.faults[name] === 0)).toEqual([]);
    // Two seconds on an idle machine.
  }, 60_000);

  it('go the same way for the same seed, alone as among others', async () => {
    const seen: string[][] = [];
    for (let times = 0; times < 2; times += 1) {
      const steps: string[] = [];
      await replayParticipant({ seed: 'same', participant: 7 }, (at, text) =>
        steps.push(`${at.toISOString()} ${text}`),
      );
      seen.push(steps);
    }
    expect(seen[0]?.length).toBeGreaterThan(50);
    expect(seen[1]).toEqual(seen[0]);
    const [one, other] = [
      await simulatePayouts({ seed: 'same', payouts: 60 }),
      await simulatePayouts({ seed: 'same', payouts: 60 }),
    ];
    expect({ ...one.counts, foldMilliseconds: 0 }).toEqual({ ...other.counts, foldMilliseconds: 0 });
  });

  it('are told in lines, with the command that plays a failure again', async () => {
    const simulated = await simulatePayouts({ seed: 'lines', payouts: 100, planted: 'due_entries_are_lost' });
    const [failure] = simulated.failures;
    if (!failure) throw new Error('The mistake is found');
    const lines = linesOf(simulated);
    expect(lines[1]).toMatch(/^\d+ steps, \d+\.\d % of them with a fault; \d+ payouts per second and core$/);
    expect(lines.at(3)).toContain(`--seed lines --participant ${failure.participant}`);
  });
});

describe('a mistake that is planted', () => {
  it.each<[Planted, RegExp]>([
    ['partner_forgets_references', /^paid twice: (training|survey) \d$/],
    ['timeout_is_a_refusal', /^paid twice: (training|survey) \d$/],
    ['version_is_ignored', /^asserted: /],
    ['due_entries_are_lost', /^lost: [TS]\dA\d+\w{52} is \w+, and nothing brings it on$/],
  ])('%s is found, and its seed plays it again', async (planted, what) => {
    const { failures } = await simulatePayouts({ seed: 'planted', payouts: 2_000, planted });
    const [failure] = failures;
    if (!failure) throw new Error('The mistake is found');
    expect(failure.violations[0]).toMatch(what);
    const steps: string[] = [];
    const again = await replayParticipant(failure, (_, text) => steps.push(text), planted);
    expect(again).toEqual(failure.violations);
    expect(steps.some((step) => step.startsWith('append '))).toBe(true);
    expect(await replayParticipant(failure, () => undefined)).toEqual([]);
  });
});
