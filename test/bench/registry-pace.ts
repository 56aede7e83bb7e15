import { ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import * as z from 'zod';
import { row } from '#test/bench/row.ts';
import type { Suite } from '#test/bench/suite.ts';

/** The bound is used to nine tenths at least. */
const timeTarget = 1 / 0.9;
/** A batch of ten checks writes the gate once. */
const unitsTarget = 0.25;

const Measured = z.strictObject({
  checks: z.int().positive(),
  bound: z.int().positive(),
  secondsTaken: z.number().positive(),
  mostInASecond: z.int().positive(),
  gateWrites: z.int().positive(),
});

/** Runs the measure in a process of its own. @throws when somebody was not decided. */
function measured(): z.infer<typeof Measured> {
  const script = join(import.meta.dirname, 'registry-pace-run.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { stdio: ['ignore', 'pipe', 'pipe'] });
  ok(status === 0, `The measure fails: ${String(stderr).slice(-400)}`);
  return Measured.parse(JSON.parse(String(stdout)));
}

/** Identity checks by five workers on the local engine, against the bound that they share. */
export const registryPace: Suite = {
  name: 'registry.pace',
  async measure({ say }) {
    const { checks, bound, secondsTaken, mostInASecond, gateWrites } = measured();
    say(
      `registry.pace: ${checks} checks, ${(checks / secondsTaken).toFixed(1)} a second; bound ${bound}, most in any second ${mostInASecond}`,
    );
    const capability = 'registration/verify-identity';
    return [
      row({
        capability,
        name: 'registry.time_ratio',
        value: secondsTaken,
        unit: 's',
        baseline: checks / bound,
        target: timeTarget,
      }),
      row({
        capability,
        name: 'registry.bound_ratio',
        value: mostInASecond,
        unit: 'calls',
        baseline: bound,
        target: 1,
      }),
      row({
        capability,
        name: 'registry.gate_units_ratio',
        value: gateWrites,
        unit: 'write units',
        baseline: checks,
        target: unitsTarget,
      }),
    ];
  },
};
