import * as z from 'zod';
import { Unsupported } from '#infra/local/assembly.ts';
import type { Clock } from '#infra/local/clock.ts';
import type { Declared, Physical } from '#infra/local/declared.ts';
import type { Engine, EngineTable } from '#infra/local/engine.ts';
import { eventFilter } from '#infra/local/filters.ts';
import type { Functions, LocalFunction } from '#infra/local/functions.ts';
import { count, flag, ignored, properties } from '#infra/local/names.ts';
import { queueSource } from '#infra/local/queue-source.ts';
import type { Invocation } from '#infra/local/sandbox.ts';
import type { Storage } from '#infra/local/storage.ts';
import { type Checkpoints, streamSource } from '#infra/local/stream-source.ts';

/** Windows and parallelization only change speed here. Windows that aggregate, and other kinds of sources, are refused. */
const MappingProperties = z.strictObject({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  Enabled: flag.default(true),
  BatchSize: count.optional(),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  FilterCriteria: z.unknown().optional(),
  ScalingConfig: z.strictObject({ MaximumConcurrency: count.optional() }).optional(),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']).optional(),
  BisectBatchOnFunctionError: flag.default(false),
  MaximumRetryAttempts: count.default(-1),
  DestinationConfig: z.strictObject({ OnFailure: z.strictObject({ Destination: z.string() }).optional() }).optional(),
  MaximumRecordAgeInSeconds: ignored,
  MaximumBatchingWindowInSeconds: ignored,
  ParallelizationFactor: ignored,
  ProvisionedPollerConfig: ignored,
  MetricsConfig: ignored,
  KmsKeyArn: ignored,
  Tags: ignored,
});

export type Mapping = z.infer<typeof MappingProperties>;

/** A running source. */
export interface Source {
  /** Something may have arrived. */
  wake(): void;
  /** Resolves once everything that had arrived before the call has been delivered. */
  caughtUp(): Promise<void>;
  /** Whether it has something to deliver now, or within the given milliseconds. */
  busy(withinMilliseconds: number): boolean;
  stop(): Promise<void>;
}

/** The function that a source feeds. */
export interface BatchTarget extends Pick<LocalFunction, 'name' | 'arn' | 'instances'> {
  invoke(event: { readonly Records: readonly unknown[] }): Promise<Invocation>;
}

/** Told each batch before its function gets it. */
export type Delivery = (functionName: string, records: readonly unknown[]) => void;

interface SourcesOptions {
  readonly functions: Functions;
  readonly storage: Storage;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly tables: () => readonly EngineTable[];
  readonly checkpoints: Checkpoints;
  readonly onDelivery: Delivery;
}

/** Queues and streams that feed functions. Sources start only when all resources stand. */
export function eventSources({ functions, storage, engine, clock, tables, checkpoints, onDelivery }: SourcesOptions) {
  const starts: (() => Source | Promise<Source>)[] = [];
  const sources: Source[] = [];

  return {
    create(declared: Declared): Physical {
      const mapping = properties(declared, MappingProperties);
      const found = functions.find(mapping.FunctionName);
      const target = {
        ...found,
        invoke(event: { Records: readonly unknown[] }) {
          onDelivery(found.name, event.Records);
          return found.invoke(event);
        },
      };
      const matches = eventFilter(mapping.FilterCriteria);
      const reportsItems = mapping.FunctionResponseTypes.length > 0;
      const common = { mapping, target, matches, reportsItems, region: declared.stack.region, clock };
      const queue = storage.queue(mapping.EventSourceArn);
      const table = tables().find(({ streamArn }) => streamArn === mapping.EventSourceArn);
      if (!queue && !table)
        throw new Unsupported(
          `${declared.stack.name}/${declared.logicalId}: event source ${mapping.EventSourceArn} is neither a queue nor a stream`,
        );
      if (mapping.Enabled && queue) starts.push(() => queueSource({ ...common, queue, storage }));
      if (mapping.Enabled && table) {
        const id = `${declared.stack.name}/${declared.logicalId}`;
        starts.push(() => streamSource({ ...common, id, table, engine, storage, checkpoints }));
      }
      return { ref: declared.logicalId, attributes: { Id: declared.logicalId } };
    },

    async start(): Promise<void> {
      for (const start of starts) sources.push(await start());
      functions.onSettled(() => {
        for (const source of sources) source.wake();
      });
    },
    sources,
    async stop(): Promise<void> {
      await Promise.all(sources.map((source) => source.stop()));
    },
  };
}
