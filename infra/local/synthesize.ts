import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Unsupported } from '#infra/local/assembly.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Synthesizes the real app into `directory`, in a process of its own: its memory is given back. Throws one line when it fails. */
export async function synthesizeApp(directory: string): Promise<void> {
  const environment = { ...process.env, CDK_OUTDIR: directory };
  const child = spawn(process.execPath, ['infra/app.ts'], {
    cwd: repository,
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const kill = () => child.kill();
  process.once('exit', kill);
  const heard: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => heard.push(text));
  const [code] = await once(child, 'exit');
  process.off('exit', kill);
  if (code === 0) return;
  const lines = heard.join('').split('\n');
  const told =
    lines.find((line) => /error/i.test(line)) ?? lines.find((line) => line.trim() !== '') ?? `exit code ${code}`;
  throw new Unsupported(`The app does not synthesize (node infra/app.ts): ${told.trim()}`);
}
