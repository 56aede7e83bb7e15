import { describe, expect, it } from 'vitest';
import { batchCommands } from '#ops/batch-commands.ts';
import { split, usageOf, usageOfAll, usageOfGroup } from '#ops/command.ts';
import { places, wholeNumber, wibInstant } from '#ops/fields.ts';
import { accessToken, apiUrl } from '#ops/http-client.ts';
import { keysCommands } from '#ops/keys-commands.ts';
import { privacyCommands } from '#ops/privacy-commands.ts';
import { runOps } from '#ops/run.ts';
import { fakeTerminal, run } from './fake-api.ts';

const groups = [batchCommands, privacyCommands, keysCommands];
const commands = groups.flatMap((group) => group.commands);

async function typed(...args: string[]) {
  const { terminal, shown } = fakeTerminal();
  const code = await runOps(groups, args, terminal);
  return { code, ...shown };
}

describe('the usage', () => {
  const screens: [string, string[]][] = [
    ['everything', usageOfAll(groups)],
    ...groups.map((group): [string, string[]] => [`the group ${group.name}`, usageOfGroup(group)]),
    ...groups.flatMap(({ name, commands: ofGroup }) =>
      ofGroup.map((command): [string, string[]] => [`${name} ${command.name}`, usageOf(name, command)]),
    ),
  ];

  it.each(screens)('of %s has 80 columns at most', (_, lines) => {
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it.each(commands)('of $name shows every option, and none that there is not', ({ usage, options }) => {
    const named = [...usage.join(' ').matchAll(/--([a-z-]+)/g)].map(([, name]) => name);

    expect(named.sort()).toEqual(Object.keys(options).sort());
  });

  it('is shown for --help on the standard output, with 0', async () => {
    const { code, out, err } = await typed('batch', 'seal', '--help');

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('batch seal N --share-file FILE');
    expect((await typed('--help')).out).toContain('batch decree N');
    expect((await typed('batch', '--help')).out).toContain('batch decree N');
  });
});

describe('a command line that is not understood', () => {
  it.each([
    ['A command is missing', []],
    ["There is no command 'badge'", ['badge', 'show']],
    ["What of 'batch' is missing", ['batch']],
    ["There is no command 'batch shows'", ['batch', 'shows', '7']],
    ['N is missing', ['batch', 'show']],
    ["Nothing is expected at '8'", ['batch', 'show', '7', '8']],
    ["Unknown option '--loud'", ['batch', 'show', '7', '--loud']],
    ["Unknown option '-x'", ['batch', 'show', '7', '-x']],
    ["'x' is not the number of a batch: 1 to 999999", ['batch', 'show', 'x']],
    ["'0' is not the number of a batch: 1 to 999999", ['batch', 'show', '0']],
    ['--url needs a value', ['batch', 'show', '7', '--url']],
    ['--json takes no value', ['batch', 'show', '7', '--json=yes']],
    ['--share-file is missing', ['batch', 'seal', '7']],
    ["Option '--note <value>' argument missing", ['batch', 'override', '7', '--note']],
    ['--note is given twice', ['batch', 'override', '7', '--note', 'one', '--note', 'two']],
    ['--url has to begin with https://', ['batch', 'show', '7', '--url', 'http://api.example']],
  ])('says "%s", shows the usage and ends with 64', async (message, args) => {
    const { code, out, err } = await typed(...args);

    expect({ code, out }).toEqual({ code: 64, out: '' });
    expect(err.split('\n\n')[0]).toContain(message);
    expect(err).toContain('npm run ops --');
  });

  it('shows the usage of the command that was meant', async () => {
    expect((await typed('batch', 'show', '7', '--loud')).err).toContain('batch show N');
  });
});

describe('the options of every command', () => {
  it('may stand anywhere', () => {
    const expected = { words: ['batch', 'show'], rest: ['7', '--all'], url: 'https://a.example', isJson: true };

    expect(split(['--json', '--url', 'https://a.example', 'batch', 'show', '7', '--all'])).toMatchObject(expected);
    expect(split(['batch', 'show', '7', '--all', '--url=https://a.example', '--json'])).toMatchObject(expected);
  });

  it('take an address that no token can be read on', () => {
    expect(apiUrl('https://api.example/')).toBe('https://api.example');
    expect(apiUrl('http://127.0.0.1:8080')).toBe('http://127.0.0.1:8080');
    expect(apiUrl('http://localhost:8080/base/')).toBe('http://localhost:8080/base');
    for (const url of ['http://10.0.0.1', 'ftp://127.0.0.1', 'api.example', 'https://me:secret@api.example'])
      expect(() => apiUrl(url)).toThrow('--url');
  });

  it('take a token that is one, and never repeat it', () => {
    expect(accessToken('a.b-c_d\n')).toBe('a.b-c_d');
    expect(() => accessToken('se\ncret')).toThrow(expect.not.stringContaining('cret'));
    expect(() => accessToken('')).toThrow('token');
  });
});

describe('the fields of a draft', () => {
  it.each([
    ['2026-11-27T12:00', '2026-11-27T05:00:00.000Z'],
    ['2026-11-27 12:00', '2026-11-27T05:00:00.000Z'],
    ['2026-11-30T23:59', '2026-11-30T16:59:00.000Z'],
    ['2027-01-01T06:59:59', '2026-12-31T23:59:59.000Z'],
    ['2028-02-29T00:00', '2028-02-28T17:00:00.000Z'],
  ])('have the time %s in WIB as %s', (text, instant) => {
    expect(wibInstant('opens', text)).toBe(instant);
  });

  it.each([
    '2026-02-29T12:00',
    '2026-11-31T12:00',
    '2026-11-27T24:00',
    '2026-11-27T12:60',
    '2026-11-27',
    '2026-11-27T12:00Z',
    '27 Nov 2026',
    '',
  ])('have no time at %j', (text) => {
    expect(() => wibInstant('opens', text)).toThrow('--opens');
  });

  it('have places in the order that was given, each once', () => {
    expect(places('quota', ['33=50', '32=100'], '32=100')).toEqual([
      ['33', 50],
      ['32', 100],
    ]);
    for (const text of ['32', '=5', '32=', '32=-1', '32=1.5', '32=1=2', '32=12345678'])
      expect(() => places('quota', [text], '32=100')).toThrow(`--quota '${text}' is not of the form 32=100`);
    expect(() => places('quota', ['32=1', '32=2'], '32=100')).toThrow('--quota 32 is given twice');
  });

  it('have whole numbers', () => {
    expect(wholeNumber('number', '12')).toBe(12);
    for (const text of ['', '1.0', '-1', '1e3', '0x1', '9'.repeat(20)])
      expect(() => wholeNumber('number', text)).toThrow('--number');
  });

  it.each([
    ["--scheme 'X' is none of SEMI_BANSOS_2020, NORMAL_2023", ['--number', '7', '--scheme', 'X']],
    ['--number is missing', ['--scheme', 'NORMAL_2023']],
    ['--number is outside', ['--number', '1000000', '--scheme', 'NORMAL_2023']],
    ['--max-lots is outside', ['--number', '7', '--scheme', 'NORMAL_2023', '--max-lots', '9']],
    ['--grace-hours is outside', ['--number', '7', '--scheme', 'NORMAL_2023', '--grace-hours', '721']],
    ['--quota is outside', ['--number', '7', '--scheme', 'NORMAL_2023', '--quota', '3=1']],
    ['--priority is outside', ['--number', '7', '--scheme', 'NORMAL_2023', '--priority', '3273']],
    ['--recovers is outside', ['--number', '7', '--scheme', 'NORMAL_2023', '--recovers', '1,,2']],
    ["--stratum 'rich' is none of", ['--number', '7', '--scheme', 'NORMAL_2023', '--stratum', 'rich=1']],
    ["--randomness 'dice' is none of", ['--number', '7', '--scheme', 'NORMAL_2023', '--randomness', 'dice']],
  ])('are refused before anything is sent: %s', async (message, args) => {
    const { code, err, received } = await run(['batch', 'draft', ...args], {});

    expect({ code, received }).toEqual({ code: 64, received: [] });
    expect(err).toContain(message);
  });
});
