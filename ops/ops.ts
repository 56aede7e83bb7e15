import { createInterface } from 'node:readline/promises';
import { setTimeout } from 'node:timers/promises';
import { styleText } from 'node:util';
import { admissionCommands } from '#ops/admission-commands.ts';
import { aptitudeCommands } from '#ops/aptitude-commands.ts';
import { batchCommands } from '#ops/batch-commands.ts';
import type { Terminal } from '#ops/command.ts';
import { eligibilityCommands } from '#ops/eligibility-commands.ts';
import { feedCommands } from '#ops/feed-commands.ts';
import { keysCommands } from '#ops/keys-commands.ts';
import { privacyCommands } from '#ops/privacy-commands.ts';
import { registryCommands } from '#ops/registry-commands.ts';
import { runOps } from '#ops/run.ts';

/* `npm run ops -- COMMAND`: the operator's command line. A client of the API, and of nothing else. */

const groups = [
  batchCommands,
  eligibilityCommands,
  admissionCommands,
  aptitudeCommands,
  feedCommands,
  privacyCommands,
  keysCommands,
  registryCommands,
];

const terminal: Terminal = {
  out: process.stdout,
  err: process.stderr,
  env: process.env,
  paint: (style, text) => styleText(style, text, { stream: process.stdout }),
  pause: (milliseconds) => setTimeout(milliseconds),
  async ask(question) {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    const closed = new Promise<null>((resolve) => lines.once('close', () => resolve(null)));
    try {
      return await Promise.race([lines.question(question), closed]);
    } finally {
      lines.close();
      if (!process.stdin.isTTY) process.stderr.write('\n'); // Nobody pressed Enter.
    }
  },
};

process.exitCode = await runOps(groups, process.argv.slice(2), terminal);
