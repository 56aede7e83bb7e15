import { ok } from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { sdkForLambda } from '#infra/blocks/sdk-for-lambda.ts';

const repository = join(import.meta.dirname, '..', '..');

/**
 * Bundles files of the repository as they are deployed, in one run: `<directory>/<name>/index.mjs` for every name, and `meta.json`,
 * which tells what is in each and why. @throws when one does not compile.
 */
export async function bundleFunctions(directory: string, fileOf: Readonly<Record<string, string>>): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: repository,
    entryPoints: Object.entries(fileOf).map(([name, file]) => ({ in: file, out: `${name}/index` })),
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    plugins: [sdkForLambda()],
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  });
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'meta.json'), JSON.stringify(metafile));
}

/* A process of its own for `bundle.ts`: constructs cannot wait, and only a build that is waited for takes plugins. */
if (import.meta.main) {
  const [directory, ...entries] = process.argv.slice(2);
  ok(directory && entries.length > 0, 'node bundle-functions.ts <directory> <capability>/<name> …');
  await bundleFunctions(directory, Object.fromEntries(entries.map((entry) => [entry, `functions/${entry}.ts`])));
}
