import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { accounts } from '#shared/credit/ledger.ts';
import { payoutStates } from '#shared/incentive/payout.ts';
import { ParticipantEvent } from '#shared/journal/participant.ts';
import { endpoints } from '#shared/operations/contract.ts';
import * as keys from '#shared/table/keys.ts';

const repository = join(import.meta.dirname, '..', '..');
const read = (file: string) => readFileSync(join(repository, file), 'utf8');
const pages = ['README.md', ...globSync('docs/**/*.md', { cwd: repository })].sort();
const decisions = pages.filter((page) => page.startsWith('docs/decisions/'));

const readme = read('README.md');
const Package = z.object({
  scripts: z.record(z.string(), z.string()),
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
});
const { scripts, dependencies, devDependencies } = Package.parse(JSON.parse(read('package.json')));

/** Texts between back quotes, of a page without its code blocks. */
const quoted = (page: string) =>
  [...page.replaceAll(/^```.*?^```/gms, '').matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text);
const matches = (text: string, form: RegExp) => [...text.matchAll(form)].map(([, found = '']) => found);
/** What of `wanted` a page does not name. */
const missing = (page: string, wanted: readonly string[]) => {
  const named = new Set(quoted(page));
  return wanted.filter((name) => !named.has(name));
};

describe('the access patterns', () => {
  /** `lookups.applicants` for a member that makes a key, `seat` for an export that does. */
  const keyNames = Object.entries(keys).flatMap(([name, exported]) => {
    const members = typeof exported === 'object' && !Array.isArray(exported) ? Object.entries(exported) : [];
    const makers = members.filter(([, member]) => typeof member === 'function' || name === 'lookups');
    return makers.length > 0 ? makers.map(([member]) => `${name}.${member}`) : [name];
  });

  it('name every key there is', () => {
    expect(keyNames.length).toBeGreaterThan(15);
    expect(missing(read('docs/access-patterns.md'), keyNames)).toEqual([]);
  });

  it('name no key that is gone', () => {
    const named = quoted(read('docs/access-patterns.md')).filter((text) =>
      /^(journalKeys|lookups|dues)\.\w+/.test(text),
    );
    expect(named.filter((text) => !keyNames.includes(text.split(',')[0] ?? ''))).toEqual([]);
  });
});

describe('the ledger page', () => {
  const Variant = z.looseObject({ properties: z.looseObject({ type: z.looseObject({ const: z.string() }) }) });

  /** All objects of the union, however deep: each is the schema of one event. */
  function variants(schema: unknown): z.infer<typeof Variant>[] {
    const known = Variant.safeParse(schema);
    if (known.success) return [known.data];
    if (typeof schema !== 'object' || schema === null) return [];
    return Object.values(schema).flatMap(variants);
  }
  const events = variants(z.toJSONSchema(ParticipantEvent, { io: 'input', unrepresentable: 'any' }));
  const paying = events.filter(({ properties }) => 'legs' in properties).map(({ properties }) => properties.type.const);

  it('names every account', () => {
    expect(missing(read('docs/ledger.md'), accounts)).toEqual([]);
  });

  it('names every event that moves money, and no other in its table', () => {
    expect(events.length).toBeGreaterThan(15);
    const [, table = ''] = read('docs/ledger.md').split('## Events that move money');
    const rows = matches(table.split('\n## ')[0] ?? '', /^\| `(\w+)` *\| `/gm);
    expect([...rows].sort()).toEqual([...paying].sort());
  });

  it('has every state of a payout, with every step that leads out of it', () => {
    const [, part = ''] = read('docs/ledger.md').split('## States of a payout');
    const rows = [...(part.split('\n## ')[0] ?? '').matchAll(/^\| `(\w+)` .*\| ([^|]*)\|$/gm)];
    const written = rows.map(([, state = '', steps = '']) => [
      state,
      Object.fromEntries([...steps.matchAll(/`(\w+)` → `(\w+)`/g)].map(([, step = '', next = '']) => [step, next])),
    ]);
    expect(Object.fromEntries(written)).toEqual(payoutStates);
  });

  it('numbers its invariants, and says of each where it is kept and tested', () => {
    const [, list = ''] = read('docs/ledger.md').split('## Invariants');
    const items =
      list
        .split('\n## ')[0]
        ?.split(/^(?=\d+\. )/m)
        .slice(1) ?? [];
    expect(items.map((item) => Number.parseInt(item, 10))).toEqual(items.map((_, index) => index + 1));
    expect(items.filter((item) => !item.includes('Where:') || !item.includes('Tested:'))).toEqual([]);
  });
});

describe('the page of the local cloud', () => {
  it('names every resource type that is run or ignored', () => {
    const sources = ['cloud', 'resources', 'permission-store'].map((file) => read(`infra/local/${file}.ts`)).join('\n');
    const types = [...new Set(matches(sources, /'((?:AWS|Custom)::[\w:]+)'/g))].filter(
      (type) => type.split('::').length > 1,
    );
    const pseudo = new Set(['AWS::NoValue', 'AWS::Region']);
    expect(types.length).toBeGreaterThan(30);
    expect(
      missing(
        read('docs/local-cloud.md'),
        types.filter((type) => !pseudo.has(type)),
      ),
    ).toEqual([]);
  });
});

describe('the README', () => {
  it('names every script, and none that is not there', () => {
    const named = new Set(matches(readme, /\bnpm run ([a-z-]+)/g));
    for (const name of ['start', 'test']) if (readme.includes(`npm ${name}`)) named.add(name);
    expect([...named].sort()).toEqual(Object.keys(scripts).sort());
  });

  it('maps every folder at the top, and none that is not there', () => {
    const folders = readdirSync(repository, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/^\.|^(node_modules|cdk\.out)$/.test(entry.name))
      .map(({ name }) => name);
    expect(matches(readme, /^ {4}([a-z]+)\/ /gm).sort()).toEqual(folders.sort());
  });

  it('gives a reason for every package, and names none that is not there', () => {
    const [, section = ''] = readme.split('## Dependencies');
    const rows = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| `'));
    const named = rows.flatMap((row) => quoted(row.split('|')[1] ?? ''));
    expect(named.sort()).toEqual([...Object.keys(dependencies), ...Object.keys(devDependencies)].sort());
  });

  it('names only requests that there are', () => {
    const addresses = endpoints.map(({ method, path }) => ({ method, parts: path.split('/') }));
    const isThere = (method: string, path: string) =>
      addresses.some((address) => {
        const parts = path.split('/');
        const fits = address.parts.every((part, index) => part === parts[index] || part.startsWith('{'));
        return address.method === method && address.parts.length === parts.length && fits;
      });
    const named = [...readme.matchAll(/`(GET|POST|PUT) (\/[^`\s]*)`/g)].map(([, method = '', path = '']) => ({
      method,
      path,
    }));
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter(({ method, path }) => !isThere(method, path))).toEqual([]);
  });

  it('is what a build server runs', () => {
    const steps = matches(read('.ci/run'), /^step (.+)$/gm);
    expect(steps).toEqual(['npm ci', 'npm run check', 'npm test']);
    expect(steps.filter((step) => !readme.includes(step))).toEqual([]);
  });
});

describe('every page', () => {
  it('links to what is there', () => {
    const broken = pages.flatMap((page) =>
      matches(read(page), /\]\(([^)#\s]+)[^)]*\)/g)
        .filter((target) => !/^https?:/.test(target) && !existsSync(join(repository, dirname(page), target)))
        .map((target) => `${page}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('names only files that are there', () => {
    const isFile = /^(infra|functions|shared|test|docs|\.ci)\/[\w./-]*$/;
    const gone = pages.flatMap((page) =>
      quoted(read(page))
        .filter((text) => isFile.test(text) && !existsSync(join(repository, text)))
        .map((text) => `${page}: ${text}`),
    );
    expect(gone).toEqual([]);
  });

  it('names no machine but this one and those of nobody', () => {
    const elsewhere = pages.flatMap((page) => [
      ...matches(read(page), /https?:\/\/([^/\s"'`)\\]+)/g)
        .filter((host) => !/^(127\.0\.0\.1:[\d$].*|([\w-]+\.)*example)$/.test(host))
        .map((host) => `${page}: ${host}`),
      ...matches(read(page), /(?<![\w.}>$/])(\/(?:home|root|work|tmp|Users|opt)\/[\w./-]+)/g).map(
        (path) => `${page}: ${path}`,
      ),
    ]);
    expect(elsewhere).toEqual([]);
  });
});

describe('the decisions', () => {
  it('are numbered without a gap', () => {
    const numbers = decisions.map((page) => Number(page.split('/').at(-1)?.slice(0, 4)));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(numbers.length).toBeGreaterThanOrEqual(14);
  });

  it.each(decisions)('%s says what, why, what follows and what else there was', (page) => {
    const text = read(page);
    expect(text).toMatch(new RegExp(`^# ${page.split('/').at(-1)?.slice(0, 4)}: `));
    expect(matches(text, /^## (.+)$/gm)).toEqual(['What', 'Why', 'Consequences', 'Alternatives']);
  });
});
