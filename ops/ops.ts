import { createInterface } from 'node:readline/promises';
import { setTimeout } from 'node:timers/promises';
import { styleText } from 'node:util';
import type { Terminal } from '#ops/command.ts';
import { groups } from '#ops/groups.ts';
import { runOps } from '#ops/run.ts';

/* `npm run ops -- COMMAND`: the operator's command line. A client of the API, and of nothing else. */

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
