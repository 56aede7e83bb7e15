import { parseArgs } from 'node:util';
import { linesOf, replayParticipant, simulatePayouts } from '#test/simulation/payouts/simulate-payouts.ts';

/* Simulates payouts, or plays one participant of an earlier simulation again, step by step. */

const usage = 'node test/simulation/payouts/run.ts [--seed S] [--payouts N] [--participant N]';
const say = (text: string) => void process.stdout.write(`${text}\n`);

function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${option} ${text} is not a whole number from 1 on`);
  return number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: 'payouts' },
      payouts: { type: 'string', default: '10000' },
      participant: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return say(usage);
  const { seed } = values;
  if (values.participant !== undefined) {
    const participant = wholeNumber('participant', values.participant);
    const violations = await replayParticipant({ seed, participant }, (at, text) => say(`${at.toISOString()} ${text}`));
    say(violations.length === 0 ? 'All is well' : `FAILED ${violations.join('; ')}`);
    process.exitCode = violations.length === 0 ? 0 : 1;
    return;
  }
  const payouts = wholeNumber('payouts', values.payouts);
  const progress = ({ payouts: done }: { payouts: number }) => void process.stderr.write(`${done} …\n`);
  const simulated = await simulatePayouts({ seed, payouts, progress });
  for (const line of linesOf(simulated)) say(line);
  process.exitCode = simulated.failures.length === 0 ? 0 : 1;
}

await main();
