import { ok } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { readAssembly, type Stack } from '#infra/local/assembly.ts';

/** A function as it is deployed. */
export type Deployed = {
  /** `<capability>/<file>` of its entry point. */
  readonly entry: string;
  /** The file that Lambda loads first. */
  readonly file: string;
  /** Of all files together. */
  readonly bytes: number;
  /** Whether somebody waits for its answer: it stands behind a route. */
  readonly isApi: boolean;
  /** Every variable that the template sets, with a value of the right form. */
  readonly environment: Readonly<Record<string, string>>;
};

const FunctionProperties = z.looseObject({
  Code: z.looseObject({ S3Key: z.string() }),
  Environment: z.looseObject({ Variables: z.record(z.string(), z.unknown()) }),
});
const Integration = z.looseObject({
  IntegrationUri: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
});

const digestOf = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

/** Stands for what only a deployment knows. */
function standInOf(name: string): string {
  if (name.endsWith('_URL')) return 'https://stand-in.example/path';
  return name.endsWith('_SECONDS') ? '300' : 'stand-in';
}

/** All functions of a synthesized app, in the order of their names. */
export function deployedFunctions(assembly: string): Deployed[] {
  const bundles = globSync('bundles/*/*/index.mjs', { cwd: assembly });
  const entryOf = new Map(
    bundles.map((file) => [digestOf(join(assembly, file)), dirname(file).split('/').slice(1).join('/')]),
  );
  const functions = readAssembly(assembly).flatMap((stack) => functionsOf(stack, entryOf));
  ok(functions.length > 0, 'The app has functions');
  return functions.sort((left, right) => (left.entry < right.entry ? -1 : 1));
}

function functionsOf({ template, assets }: Stack, entryOf: ReadonlyMap<string, string>): Deployed[] {
  const resources = Object.entries(template.Resources);
  const routed = new Set(
    resources.flatMap(([, { Type, Properties }]) =>
      Type === 'AWS::ApiGatewayV2::Integration' ? [Integration.parse(Properties).IntegrationUri['Fn::GetAtt'][0]] : [],
    ),
  );
  return resources.flatMap(([id, { Type, Properties }]) => {
    if (Type !== 'AWS::Lambda::Function') return [];
    const { Code, Environment } = FunctionProperties.parse(Properties);
    const directory = assets.get(Code.S3Key) ?? '';
    const file = join(directory, 'index.mjs');
    const entry = entryOf.get(digestOf(file));
    ok(entry, `The code of ${id} is one of the bundles`);
    const environment = Object.fromEntries(
      Object.entries(Environment.Variables).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : standInOf(name),
      ]),
    );
    const bytes = readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
    return [{ entry, file, bytes, isApi: routed.has(id), environment }];
  });
}
