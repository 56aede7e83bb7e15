import { ok } from 'node:assert/strict';
import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { App } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { buildSync, type Metafile } from 'esbuild';
import type { Capability } from '#shared/platform/endpoint.ts';

/** `registration/sign-up` for functions/registration/sign-up.ts. */
export type EntryPoint = `${Capability}/${string}`;

export interface Bundles {
  /** Holds `<capability>/<name>/index.mjs` for every entry point, and `meta.json`. */
  readonly directory: string;
  readonly entries: ReadonlySet<string>;
  /** What is in each bundle, and why. */
  readonly metafile: Metafile;
}

const repository = join(import.meta.dirname, '..', '..');
const runtime = (file: string) => join(import.meta.dirname, 'runtime', file);

/**
 * Parts of the SDK that serve other places than Lambda, and what serves here: half of its weight and of its start. The clients
 * themselves are the SDK's: what is tested is what is deployed.
 */
const standIns = {
  '@aws-sdk/credential-provider-node': runtime('environment-credentials.ts'),
  '@aws-sdk/middleware-endpoint-discovery': runtime('no-endpoint-discovery.ts'),
  '@smithy/core/checksum': runtime('native-checksums.ts'),
  '@smithy/core/config': runtime('environment-config.ts'),
  '@smithy/core/event-streams': runtime('no-event-streams.ts'),
};

/** Bundles every entry point under functions/ into `directory`, in one run. @throws when one does not compile or there is none. */
function bundle(directory: string): Bundles {
  const files = globSync('functions/*/*.ts', { cwd: repository });
  const entries = files.map((file) => file.split(sep).slice(-2).join('/').replace(/\.ts$/, '')).sort();
  ok(entries.length > 0, `No entry points under ${repository}${sep}functions`);
  const { metafile } = buildSync({
    absWorkingDir: repository,
    entryPoints: entries.map((entry) => ({ in: `functions/${entry}.ts`, out: `${entry}/index` })),
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    alias: standIns,
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  });
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'meta.json'), JSON.stringify(metafile));
  return { directory, entries: new Set(entries), metafile };
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
