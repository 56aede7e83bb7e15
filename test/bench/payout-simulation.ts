import { type Row, row } from '#test/bench/row.ts';
import type { Suite } from '#test/bench/suite.ts';
import { faultShare, linesOf, simulatePayouts } from '#test/simulation/payouts/simulate-payouts.ts';

const payouts = 1_000_000;
const wantedFaultsPercent = 10;

/** A million payouts in a world that fails: none paid twice, none lost; and what one costs against reading its journal once. */
export const payoutSimulation: Suite = {
  name: 'payout-simulation',
  async measure({ say }) {
    const simulated = await simulatePayouts({
      seed: 'bench',
      payouts,
      progress: (counts) => say(`  ${counts.payouts} payouts …`),
    });
    for (const line of linesOf(simulated)) say(line);
    const { counts, failures, cpuSeconds } = simulated;
    const microseconds = (milliseconds: number) => (1_000 * milliseconds) / counts.payouts;
    const rows: Row[] = [
      // The wanted share stands first: more faults make the ratio smaller.
      row({
        capability: 'incentive',
        name: 'payout.simulation_faults',
        value: wantedFaultsPercent,
        unit: 'percent of steps',
        baseline: 100 * faultShare(counts),
        target: 1,
      }),
      // Not one may go wrong, so that one is already twice too many.
      row({
        capability: 'incentive',
        name: 'payout.simulation_wrong',
        value: failures.length,
        unit: 'participants',
        baseline: 1,
        target: 0.5,
      }),
      row({
        capability: 'incentive',
        name: 'payout.simulation_time',
        value: microseconds(cpuSeconds * 1_000),
        unit: 'microseconds',
        baseline: microseconds(counts.foldMilliseconds),
        target: 20,
      }),
    ];
    return rows;
  },
};
