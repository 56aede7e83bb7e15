import { ok } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join, sep } from 'node:path';
import { App } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Capability } from '#shared/platform/endpoint.ts';

/** `registration/sign-up` for functions/registration/sign-up.ts. */
export type EntryPoint = `${Capability}/${string}`;

interface Bundles {
  /** Holds `<capability>/<name>/index.mjs` for every entry point, and `meta.json`. */
  readonly directory: string;
  readonly entries: ReadonlySet<string>;
}

const repository = join(import.meta.dirname, '..', '..');

/** Bundles every entry point under functions/ into `directory`, in one run. @throws when one does not compile or there is none. */
function bundle(directory: string): Bundles {
  const files = globSync('functions/*/*.ts', { cwd: repository });
  const entries = files.map((file) => file.split(sep).slice(-2).join('/').replace(/\.ts$/, '')).sort();
  ok(entries.length > 0, `No entry points under ${repository}${sep}functions`);
  const script = join(import.meta.dirname, 'bundle-functions.ts');
  execFileSync(process.execPath, [script, directory, ...entries], { stdio: ['ignore', 'ignore', 'inherit'] });
  return { directory, entries: new Set(entries) };
}

const bundlesOfApps = new WeakMap<App, Bundles>();

/** The folder to deploy for an entry point. All are bundled when the first is asked for, once per app. */
export function bundleOf(scope: IConstruct, entry: EntryPoint): string {
  const app = scope.node.root;
  ok(App.isApp(app), 'Functions live in an app');
  const bundles = bundlesOfApps.get(app) ?? bundle(join(app.outdir, 'bundles'));
  bundlesOfApps.set(app, bundles);
  ok(bundles.entries.has(entry), `There is no functions/${entry}.ts`);
  return join(bundles.directory, entry);
}
