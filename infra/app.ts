import { App, type Environment } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { DataStack } from '#infra/data-stack.ts';
import { ServiceStack } from '#infra/service-stack.ts';
import { StageName, stages } from '#infra/stages.ts';

/** Jakarta: personal data of citizens stays in the country. The account is the deployer's. */
const env: Environment = { region: 'ap-southeast-3' };

/** Set here and not in cdk.json, so that a synthesis in process gives the same templates as the CLI. */
const featureFlags = { '@aws-cdk/aws-iam:minimizePolicies': true };

/** An empty app with the house settings. Without `outdir` the CLI's choice applies. */
export function emptyApp(outdir?: string): App {
  return new App({ ...(outdir && { outdir }), context: featureFlags, analyticsReporting: false, treeMetadata: false });
}

/** Adds the two stacks of a stage: what must outlive a deployment, and what serves. */
export function addStage(app: App, name: StageName): { readonly data: DataStack; readonly service: ServiceStack } {
  const stage = stages[name];
  const data = new DataStack(app, `Prakerja-${name}-Data`, { env, stage });
  const service = new ServiceStack(app, `Prakerja-${name}-Service`, { env, stage, data });
  return { data, service };
}

/** Writes the templates and bundles of one stage; without a name, of the stage in the context (`-c stage=production`). */
function synthesize(outdir?: string, stage?: StageName): CloudAssembly {
  const app = emptyApp(outdir);
  addStage(app, stage ?? StageName.parse(app.node.tryGetContext('stage') ?? 'development'));
  return app.synth();
}

if (import.meta.main) synthesize();
