import { resolve } from 'node:path';
import {
  type Group,
  given,
  NotDone,
  type Session,
  type Split,
  split,
  type Terminal,
  UsageError,
  usageOf,
  usageOfAll,
  usageOfGroup,
} from '#ops/command.ts';
import { accessToken, apiClient, apiUrl, defaultUrl, NoAnswer, Refused } from '#ops/http-client.ts';
import { wrapped } from '#ops/render.ts';
import { beginningOf } from '#ops/share-file.ts';

/** What a script that calls us has to tell apart; 64 is EX_USAGE of sysexits. */
const exitCodes = { done: 0, notDone: 1, refused: 2, noAnswer: 3, usage: 64 } as const;

/** Runs one command line. Returns the exit code; only what is our own mistake is thrown. */
export async function runOps(groups: readonly Group[], args: readonly string[], terminal: Terminal): Promise<number> {
  let usage = usageOfAll(groups);
  const { out, err } = terminal;
  try {
    const line = split(args);
    const [groupName, commandName] = line.words;
    const group = groups.find(({ name }) => name === groupName);
    if (group) usage = usageOfGroup(group);
    const command = group?.commands.find(({ name }) => name === commandName);
    if (group && command) usage = usageOf(group.name, command);
    if (line.isHelp) {
      out.write(`${usage.join('\n')}\n`);
      return exitCodes.done;
    }
    if (groupName === undefined) throw new UsageError('A command is missing');
    if (!group) throw new UsageError(`There is no command '${groupName}'`);
    if (commandName === undefined) throw new UsageError(`What of '${groupName}' is missing`);
    if (!command) throw new UsageError(`There is no command '${groupName} ${commandName}'`);
    await command.run(given(command, line.rest), sessionOf(line, terminal));
    return exitCodes.done;
  } catch (error) {
    if (error instanceof UsageError) {
      err.write(`${[...wrapped(error.message, 80), '', ...usage].join('\n')}\n`);
      return exitCodes.usage;
    }
    if (error instanceof Refused) {
      err.write(`${refusalLines(error, terminal).join('\n')}\n`);
      return exitCodes.refused;
    }
    if (error instanceof NoAnswer || error instanceof NotDone) {
      err.write(`${wrapped(error.message, 80).join('\n')}\n`);
      return error instanceof NoAnswer ? exitCodes.noAnswer : exitCodes.notDone;
    }
    throw error;
  }
}

function refusalLines({ code, message, fields }: Refused, { paint }: Terminal): string[] {
  const [first = '', ...others] = wrapped(`${code}: ${message}`, 80);
  return [paint('red', first), ...others, ...(fields.length > 0 ? wrapped(`Fields: ${fields.join(', ')}`, 80) : [])];
}

function sessionOf({ url, tokenFile, isJson }: Split, terminal: Terminal): Session {
  const { env, out } = terminal;
  const { PRAKERJA_TOKEN: token, PRAKERJA_URL: urlOfEnvironment, INIT_CWD: typedIn = '.' } = env;
  const fileAt = (path: string) => resolve(typedIn, path); // npm runs us in its own folder.
  async function tokenOf(): Promise<string> {
    if (tokenFile !== undefined) return accessToken(await beginningOf(fileAt(tokenFile)));
    if (token === undefined) throw new UsageError('An access token is missing: PRAKERJA_TOKEN, or --token-file');
    return accessToken(token);
  }
  return {
    api: apiClient(apiUrl(url ?? urlOfEnvironment ?? defaultUrl), tokenOf),
    terminal,
    isJson,
    fileAt,
    show(reply, screen) {
      out.write(isJson ? `${reply.text.trimEnd()}\n` : `${screen(reply.read()).join('\n')}\n`);
    },
  };
}
