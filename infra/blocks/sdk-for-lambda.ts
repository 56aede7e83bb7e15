import { ok } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Loader, Plugin } from 'esbuild';
import * as z from 'zod';

/*
 * Parts of the SDK that serve other places than Lambda, and what serves here: half of its weight and of its start. The clients
 * themselves are the SDK's: what is tested is what is deployed. A new version of the SDK may move what is replaced: then bundling fails.
 */

/** Modules by the name under which others import them: the file of `runtime/` that takes their place. */
const modules = {
  '@aws-sdk/credential-provider-node': 'environment-credentials.ts',
  '@aws-sdk/middleware-endpoint-discovery': 'no-endpoint-discovery.ts',
  '@smithy/core/checksum': 'native-checksums.ts',
  '@smithy/core/config': 'environment-config.ts',
  '@smithy/core/event-streams': 'no-event-streams.ts',
} as const;

/** Files inside of a package, likewise. */
const files = {
  '@aws-sdk/client-cognito-identity-provider/dist-es/endpoint/endpointResolver.js': 'cognito-endpoint.ts',
  '@aws-sdk/client-dynamodb/dist-es/endpoint/endpointResolver.js': 'dynamodb-endpoint.ts',
  '@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js': 'no-partitions.ts',
  '@smithy/core/dist-es/submodules/retry/util-retry/AdaptiveRetryStrategy.js': 'no-adaptive-retries.ts',
  '@smithy/signature-v4/dist-es/HeaderFormatter.js': 'no-event-headers.ts',
} as const;

/** Errors that GetItem, PutItem and Query answer with. Another one comes as the service's general error, with its own name. */
export const errorsOfOurOperations = new Set([
  'ConditionalCheckFailedException',
  'InternalServerError',
  'InvalidEndpointException',
  'ItemCollectionSizeLimitExceededException',
  'ProvisionedThroughputExceededException',
  'ReplicatedWriteConflictException',
  'RequestLimitExceeded',
  'ResourceNotFoundException',
  'ThrottlingException',
  'TransactionConflictException',
]);

const constant = /^const (\w+) = ("[^"]*");$/gm;
const computedKey = /\[(\w+)\]: /g;
const registration = /^n0_registry\.registerError\((\w+)\$, \1\);$/gm;

/**
 * What cannot be left out of a bundle though nobody uses it: classes of errors, since they are registered, and descriptions with a
 * computed key. So the keys are written out, and what backups, exports and tables answer with is not registered.
 */
function ofOurOperations(source: string): string {
  const literals = new Map([...source.matchAll(constant)].map(([, name, literal]) => [name, literal]));
  const registered = new Set([...source.matchAll(registration)].map(([, name]) => name));
  ok(registered.isSupersetOf(errorsOfOurOperations), 'The SDK registers the errors of our operations');
  ok(source.match(computedKey), 'The SDK computes keys');
  return source
    .replaceAll(computedKey, (key, name: string) => (literals.has(name) ? `${literals.get(name)}: ` : key))
    .replaceAll(registration, (line, name: string) => (errorsOfOurOperations.has(name) ? line : ''));
}

/** A paginator that nobody uses may be left out, with the client that it names: the package does not say so itself. */
function asPure(source: string): string {
  const made = ' = createPaginator(';
  ok(source.includes(made), 'A paginator is made');
  return source.replace(made, ' = /* @__PURE__ */ createPaginator(');
}

/** Of its own description a client reads its version, for the user agent: the rest is two kilobytes. */
function versionOnly(source: string): string {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(source));
  return JSON.stringify({ version });
}

/** Files that are shortened. */
const edits = {
  '@aws-sdk/client-cognito-identity-provider/package.json': versionOnly,
  '@aws-sdk/client-dynamodb/dist-es/schemas/schemas_0.js': ofOurOperations,
  '@aws-sdk/client-dynamodb/package.json': versionOnly,
  '@aws-sdk/lib-dynamodb/dist-es/pagination/QueryPaginator.js': asPure,
  '@aws-sdk/lib-dynamodb/dist-es/pagination/ScanPaginator.js': asPure,
} as const;

const runtime = (file: string) => join(import.meta.dirname, 'runtime', file);

/** Bundles of the SDK what is needed in Lambda. The build fails when a part that is to be replaced or shortened is not met. */
export function sdkForLambda(): Plugin {
  return {
    name: 'sdk-for-lambda',
    setup(build) {
      const unmet = new Set<string>([...Object.keys(modules), ...Object.keys(files), ...Object.keys(edits)]);
      for (const [name, file] of Object.entries(modules))
        build.onResolve({ filter: new RegExp(`^${RegExp.escape(name)}$`) }, () => {
          unmet.delete(name);
          return { path: runtime(file) };
        });
      const onLoad = (part: string, loader: Loader, load: (path: string) => Promise<string>) =>
        build.onLoad({ filter: new RegExp(`/node_modules/${RegExp.escape(part)}$`) }, async ({ path }) => {
          unmet.delete(part);
          return { contents: await load(path), loader };
        });
      for (const [part, file] of Object.entries(files))
        onLoad(part, 'js', async () => `export * from ${JSON.stringify(runtime(file))};`);
      for (const [part, edit] of Object.entries(edits))
        onLoad(part, part.endsWith('.json') ? 'json' : 'js', async (path) => edit(await readFile(path, 'utf8')));
      build.onEnd(() => ({ errors: [...unmet].map((part) => ({ text: `The SDK no longer asks for ${part}` })) }));
    },
  };
}
