import { parseArgs } from 'node:util';
import { startControl } from '#infra/local/control.ts';
import { type Program, startProgram } from '#infra/local/program.ts';
import { listen } from '#infra/local/wire.ts';
import { register } from '#shared/registration/registration-api.ts';

/* `npm start`: the whole program on this machine until Ctrl-C. */

const usage = 'npm start -- [--port N] [--data DIR] [--seed S] [--quiet]';
const say = (text: string) => void process.stdout.write(`${text}\n`);

const defaultPort = 8080;

function options() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: String(defaultPort) },
      data: { type: 'string' },
      seed: { type: 'string' },
      quiet: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!(Number.isInteger(port) && port >= 0 && port < 65_534)) throw new Error(`--port ${values.port} is not a port`);
  return { ...values, port };
}

/** Told before anything else takes its time. */
async function checkPorts(ports: readonly number[]): Promise<void> {
  for (const port of ports) await (await listen(() => {}, port)).stop();
}

async function welcome({ cloud, simulators, citizen, operators }: Program, controlUrl: string): Promise<string> {
  const accounts = [citizen, ...operators].map(
    ({ role, name, email, password }) => `  ${role.padEnd(9)} ${name.padEnd(14)} ${email.padEnd(32)} ${password}`,
  );
  const [first, second] = operators;
  return `
API        ${cloud.apiUrl}  (reference: ${cloud.apiUrl}/docs)
Inbox      ${simulators.url}/inbox  (SMS and e-mail that the program sent)
Payments   ${simulators.url}/payments.json  (what the payment partners really paid; statements: docs/local-cloud.md)
Control    ${controlUrl}  (POST /clock {"advance":"P30D"}, POST /tokens)

Accounts
${accounts.join('\n')}

Tokens, an hour long (new ones: curl -X POST ${controlUrl}/tokens)
CITIZEN=${await citizen.signIn()}
OPERATOR1=${await first.signIn()}
OPERATOR2=${await second.signIn()}

Try, after setting CITIZEN in your shell:
curl -X POST ${cloud.apiUrl}${register.path} -H "authorization: Bearer $CITIZEN" -H 'content-type: application/json' \\
  -d '${JSON.stringify(citizen.registration)}'
`;
}

async function main(): Promise<void> {
  const { port, data, seed, quiet, help } = options();
  if (help) return say(usage);
  const neighbour = (distance: number) => (port === 0 ? 0 : port + distance);
  const onLog = quiet ? undefined : (line: string, functionName: string) => say(`${functionName}  ${line}`);
  const started = Date.now();
  const running: { stop(): Promise<void> }[] = [];
  const end = async (code: number) => {
    for (const part of running.splice(0).reverse()) await part.stop();
    process.exit(code); // Before anything runs, the exit itself ends what was being started.
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void end(0));
  await checkPorts([port, neighbour(1), neighbour(2)]);
  say('Synthesizing the app and starting it here …');
  const { DYNAMODB_ENDPOINT: dynamoEndpoint } = process.env;
  const program = await startProgram({
    port,
    dataDir: data,
    seed,
    onLog,
    dynamoEndpoint,
    simulatorsPort: neighbour(1),
  });
  running.push(program);
  try {
    const server = await startControl(program, neighbour(2));
    running.push(server);
    say(await welcome(program, server.url));
    say(`Ready in ${((Date.now() - started) / 1000).toFixed(1)} s. Ctrl-C ends everything.`);
  } catch (error) {
    complain(error);
    await end(1);
  }
}

function complain(error: unknown): void {
  const [line] = String(error instanceof Error ? error.message : error).split('\n');
  process.stderr.write(`${line}\n`);
}

main().catch((error: unknown) => {
  complain(error);
  process.exit(1);
});
