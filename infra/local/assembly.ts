import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** A template, property or intrinsic that the local cloud does not run. One line that names the place. */
export class Unsupported extends Error {}

const Resource = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.union([z.string().transform((id) => [id]), z.array(z.string())]).default([]),
  Condition: z.string().optional(),
});

const Parameter = z.looseObject({
  Type: z.string(),
  Default: z.union([z.string(), z.number().transform(String)]).optional(),
  AllowedPattern: z.string().optional(),
  AllowedValues: z.array(z.string()).optional(),
});

const Output = z.looseObject({
  Value: z.unknown(),
  Export: z.object({ Name: z.unknown() }).optional(),
  Condition: z.string().optional(),
});

const Template = z.looseObject({
  Resources: z.record(z.string(), Resource).default({}),
  Parameters: z.record(z.string(), Parameter).default({}),
  Outputs: z.record(z.string(), Output).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
  Transform: z.never({ error: 'Transform is not supported' }).optional(),
});

type Template = z.infer<typeof Template>;
export type Resource = z.infer<typeof Resource>;

/** One synthesized stack: its template, where its assets lie, and the logical id of every construct path. */
export interface Stack {
  readonly name: string;
  readonly region: string;
  readonly template: Template;
  /** Object key in the assets bucket to folder or file on disk. */
  readonly assets: ReadonlyMap<string, string>;
  /** Construct path, such as `Data/Table/Resource`, to logical id. */
  readonly paths: ReadonlyMap<string, string>;
}

const Manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.looseObject({
      type: z.string(),
      environment: z.string().optional(),
      properties: z.looseObject({ directoryName: z.string().default('') }).prefault({}),
      metadata: z.unknown().optional(),
    }),
  ),
});
const StackArtifact = z.looseObject({ templateFile: z.string(), stackName: z.string().optional() });
const AssetFiles = z.object({
  files: z.record(
    z.string(),
    z.looseObject({
      source: z.looseObject({ path: z.string() }),
      destinations: z.record(z.string(), z.looseObject({ objectKey: z.string() })),
    }),
  ),
});
const Metadata = z.record(z.string(), z.array(z.looseObject({ type: z.string(), data: z.unknown().optional() })));

/** Where stacks without a fixed region stand. */
export const defaultRegion = 'ap-southeast-3';

function readJson<Schema extends z.ZodType>(file: string, schema: Schema): z.infer<Schema> {
  return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

function constructPaths(metadata: z.infer<typeof Metadata>): Map<string, string> {
  const paths = new Map<string, string>();
  for (const [path, entries] of Object.entries(metadata))
    for (const { type, data } of entries)
      if (type === 'aws:cdk:logicalId' && typeof data === 'string') paths.set(path.replace(/^\//, ''), data);
  return paths;
}

function readStack(directory: string, id: string, region: string, properties: unknown, inline: unknown): Stack {
  const { templateFile, stackName = id } = StackArtifact.parse(properties);
  const metadataFile = join(directory, `${id}.metadata.json`);
  const metadata = existsSync(metadataFile) ? readJson(metadataFile, Metadata) : Metadata.parse(inline ?? {});
  const assetsFile = join(directory, `${id}.assets.json`);
  const files = existsSync(assetsFile) ? Object.values(readJson(assetsFile, AssetFiles).files) : [];
  return {
    name: stackName,
    region,
    template: readJson(join(directory, templateFile), Template),
    assets: new Map(
      files.flatMap(({ source, destinations }) =>
        Object.values(destinations).map(({ objectKey }) => [objectKey, join(directory, source.path)] as const),
      ),
    ),
    paths: constructPaths(metadata),
  };
}

/** All stacks of a synthesized assembly (`cdk.out`), those of nested assemblies included. */
export function readAssembly(directory: string): Stack[] {
  const manifest = join(directory, 'manifest.json');
  if (!existsSync(manifest))
    throw new Unsupported(`${directory} is not a synthesized assembly: it has no manifest.json`);
  return Object.entries(readJson(manifest, Manifest).artifacts).flatMap(
    ([id, { type, environment, properties, metadata }]) => {
      if (type === 'cdk:cloud-assembly') return readAssembly(join(directory, properties.directoryName));
      if (type !== 'aws:cloudformation:stack') return [];
      const region = environment?.split('/').at(-1);
      return [
        readStack(directory, id, !region || region === 'unknown-region' ? defaultRegion : region, properties, metadata),
      ];
    },
  );
}
