import { ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import * as z from 'zod';
import { compared, row } from '#test/bench/row.ts';
import type { Suite } from '#test/bench/suite.ts';

/** The worker does at least 0.6 of the puts that the same client could do in its time. */
const timeTarget = 1.667;
/** A claim, its payment, and one entry of the due index. */
const unitsLimit = 3;

const Measured = z.strictObject({
  payouts: z.int().positive(),
  times: z.array(z.strictObject({ payout: z.number().positive(), put: z.number().positive() })).min(1),
  unitsPerPayout: z.number().positive(),
});

/** Runs the measure in a process of its own. @throws when a payout was not paid. */
function measured(): z.infer<typeof Measured> {
  const script = join(import.meta.dirname, 'payout-throughput-run.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { stdio: ['ignore', 'pipe', 'pipe'] });
  ok(status === 0, `The measure fails: ${String(stderr).slice(-400)}`);
  return Measured.parse(JSON.parse(String(stdout)));
}

/** What paying costs beside the partner: time on the local engine against one conditional put, and write units. */
export const payoutThroughput: Suite = {
  name: 'payout.throughput',
  async measure({ say }) {
    const { payouts, times, unitsPerPayout } = measured();
    const { value: payout, baseline: put } = compared(times.map((time) => ({ ours: time.payout, other: time.put })));
    say(
      `payout.throughput: ${payouts} payouts, ${Math.round(1_000 / payout)} a second by ten workers; the same client puts ${Math.round(1_000 / put)} items a second`,
    );
    const capability = 'incentive/pay-incentives';
    return [
      row({ capability, name: 'payout.time_ratio', value: payout, unit: 'ms', baseline: put, target: timeTarget }),
      row({
        capability,
        name: 'payout.write_units_ratio',
        value: unitsPerPayout,
        unit: 'write units',
        baseline: unitsLimit,
        target: 1,
      }),
    ];
  },
};
