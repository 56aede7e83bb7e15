import { parseArgs } from 'node:util';
import type { Api, Reply } from '#ops/http-client.ts';
import { type Paint, wrapped } from '#ops/render.ts';

/** What was typed cannot be run. The usage is shown with it. */
export class UsageError extends Error {}

/** Typed well, and not done all the same: a file is in the way, an answer was no. */
export class NotDone extends Error {}

export type Output = {
  write(text: string): unknown;
  /** Whether somebody sits at it; undefined for a pipe or a file. */
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
};

/** Where a command runs: everything it needs of this machine beside the network. */
export type Terminal = {
  readonly out: Output;
  readonly err: Output;
  readonly paint: Paint;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks for a line; null where nobody can answer. */
  ask(question: string): Promise<string | null>;
  pause(milliseconds: number): Promise<void>;
};

export type Session = {
  readonly api: Api;
  readonly terminal: Terminal;
  readonly isJson: boolean;
  /** A path as it was typed, from the folder in which it was typed. */
  fileAt(path: string): string;
  /** Shows an answer: as it came with `--json`, otherwise as its screen. */
  show<Answer>(reply: Reply<Answer>, screen: (answer: Answer) => readonly string[]): void;
};

type Option = {
  /** What stands for the value in the usage; none for an option that is there or not. */
  readonly value?: string;
  readonly isRepeated?: boolean;
  readonly help: string;
};

/** What was typed after the command. Names are those of the command's options. */
export type Given = {
  readonly operands: readonly string[];
  /** @throws UsageError where it was not given. */
  text(name: string): string;
  maybe(name: string): string | undefined;
  all(name: string): readonly string[];
  has(name: string): boolean;
};

export type Command = {
  readonly name: string;
  readonly summary: string;
  /** What has to stand behind the name, by the words that the usage has for it. */
  readonly operands: readonly string[];
  /** The options as the usage shows them; a part is not broken. */
  readonly usage: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  run(given: Given, session: Session): Promise<void>;
};

/** The commands of a capability. Another group is a file with one of these, and its name in `ops/groups.ts`. */
export type Group = { readonly name: string; readonly summary: string; readonly commands: readonly Command[] };

const globalOptions: Command['options'] = {
  url: { value: 'URL', help: 'of the API; or PRAKERJA_URL; else http://127.0.0.1:8080' },
  'token-file': { value: 'FILE', help: 'with the access token; else it is PRAKERJA_TOKEN' },
  json: { help: 'prints the answer as it came' },
  help: { help: 'shows this' },
};

const configOf = (options: Command['options']) =>
  Object.fromEntries(
    Object.entries(options).map(([name, { value, isRepeated = false }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), multiple: isRepeated },
    ]),
  );

/** A command line, split: the words that choose a command, the options that every command has, and the rest. */
export type Split = {
  readonly words: readonly string[];
  readonly rest: readonly string[];
  readonly url: string | undefined;
  readonly tokenFile: string | undefined;
  readonly isJson: boolean;
  readonly isHelp: boolean;
};

/** @throws UsageError for an option of every command without its value. */
export function split(args: readonly string[]): Split {
  const { tokens } = parseArgs({
    args: [...args],
    options: configOf(globalOptions),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const words: string[] = [];
  const taken = new Set<number>();
  const values = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === 'positional' && words.length < 2) {
      words.push(token.value);
      taken.add(token.index);
    }
    if (token.kind !== 'option' || !token.rawName.startsWith('--')) continue;
    const option = globalOptions[token.name];
    if (!option) continue;
    if ((option.value === undefined) !== (token.value === undefined))
      throw new UsageError(option.value ? `--${token.name} needs a value` : `--${token.name} takes no value`);
    values.set(token.name, token.value ?? '');
    taken.add(token.index);
    if (token.inlineValue === false) taken.add(token.index + 1);
  }
  return {
    words,
    rest: args.filter((_, index) => !taken.has(index)),
    url: values.get('url'),
    tokenFile: values.get('token-file'),
    isJson: values.has('json'),
    isHelp: values.has('help'),
  };
}

/** @throws UsageError for an unknown option, one without its value, and operands too few or too many. */
export function given({ operands, options }: Command, args: readonly string[]): Given {
  const { values, positionals } = parsed(options, args);
  const missing = operands[positionals.length];
  const extra = positionals[operands.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing`);
  if (extra !== undefined) throw new UsageError(`Nothing is expected at '${extra}'`);
  const listOf = (name: string) => [values[name] ?? []].flat().map(String);
  return {
    operands: positionals,
    all: listOf,
    has: (name) => values[name] !== undefined,
    maybe: (name) => listOf(name).at(-1),
    text(name) {
      const text = listOf(name).at(-1);
      if (text === undefined) throw new UsageError(`--${name} is missing`);
      return text;
    },
  };
}

function parsed(options: Command['options'], args: readonly string[]) {
  try {
    const result = parseArgs({ args: [...args], options: configOf(options), allowPositionals: true, tokens: true });
    const names = result.tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
    const twice = names.find((name, index) => !options[name]?.isRepeated && names.indexOf(name) !== index);
    if (twice !== undefined) throw new UsageError(`--${twice} is given twice`);
    return result;
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof TypeError)) throw error;
    // Node's advice of several lines is about its own parser.
    throw new UsageError(error.message.split(/\.\s/)[0] ?? error.message);
  }
}

const call = 'npm run ops --';

/** Parts one after the other, as many as fit in a line. */
function partsIn(parts: readonly string[], indent: string): string[] {
  const [first = '', ...others] = parts;
  const lines = [first];
  for (const part of others) {
    const joined = `${lines.at(-1)} ${part}`;
    if (joined.length <= 80) lines.splice(-1, 1, joined);
    else lines.push(`${indent}${part}`);
  }
  return lines;
}

const described = (name: string, text: string, columns = 24) =>
  wrapped(text, 80 - columns).map((line, index) => `${(index === 0 ? `  ${name}` : '').padEnd(columns)}${line}`);

const optionLines = (options: Command['options']) =>
  Object.entries(options).flatMap(([name, { value, help }]) =>
    described(value === undefined ? `--${name}` : `--${name} ${value}`, help),
  );

/** The usage of everything. */
export function usageOfAll(groups: readonly Group[]): string[] {
  return [
    `${call} COMMAND [OPTIONS]`,
    ...groups.flatMap(({ name, summary, commands }) => ['', summary, ...commandLines(name, commands)]),
    '',
    'With each of them',
    ...optionLines(globalOptions),
    '',
    `About one: ${call} ${groups[0]?.name} ${groups[0]?.commands[0]?.name} --help`,
    'For a pipe: npm run --silent ops -- … --json',
    'Exit: 0 done, 1 not done, 2 refused, 3 no answer, 64 not understood',
  ];
}

const commandLines = (group: string, commands: readonly Command[]) =>
  commands.flatMap(({ name, operands, summary }) =>
    described([group, name, ...operands].join(' '), summary.split(/(?<=\.) /)[0] ?? '', 32),
  );

/** The usage of a group. */
export function usageOfGroup({ name, summary, commands }: Group): string[] {
  return [`${call} ${name} COMMAND [OPTIONS]`, '', summary, ...commandLines(name, commands)];
}

/** The usage of a command. */
export function usageOf(group: string, { name, summary, operands, usage, options }: Command): string[] {
  const own = optionLines(options);
  return [
    ...partsIn([[call, group, name, ...operands].join(' '), ...usage], '    '),
    '',
    ...wrapped(summary, 80),
    ...(own.length > 0 ? ['', ...own] : []),
    '',
    'As with each command',
    ...optionLines(globalOptions),
  ];
}
