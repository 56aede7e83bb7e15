import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ApiFunction } from '#infra/blocks/api-function.ts';
import { QueueWorker } from '#infra/blocks/queue-worker.ts';
import type { Service } from '#infra/blocks/service.ts';
import {
  approveDraw,
  closeBatch,
  createBatch,
  joinBatch,
  openBatch,
  readBatch,
  readBatchFile,
  revealShare,
  sealBatch,
} from '#shared/selection/selection-api.ts';

/** Batches, the draw, and the decree that makes recipients. */
export class Selection extends Construct {
  readonly drawQueue: Queue;
  readonly decreeQueue: Queue;

  constructor(scope: Construct, id: string, service: Service) {
    super(scope, id);
    const { table, files, keys } = service;
    const append = { needs: [table.append] };

    new ApiFunction(this, 'CreateBatch', service, {
      endpoint: createBatch,
      entry: 'selection/create-batch',
      ...append,
    });
    new ApiFunction(this, 'OpenBatch', service, { endpoint: openBatch, entry: 'selection/open-batch', ...append });
    new ApiFunction(this, 'CloseBatch', service, { endpoint: closeBatch, entry: 'selection/close-batch', ...append });
    new ApiFunction(this, 'SealBatch', service, { endpoint: sealBatch, entry: 'selection/seal-batch', ...append });
    new ApiFunction(this, 'RevealShare', service, {
      endpoint: revealShare,
      entry: 'selection/reveal-share',
      ...append,
    });
    new ApiFunction(this, 'ApproveDraw', service, {
      endpoint: approveDraw,
      entry: 'selection/approve-draw',
      ...append,
    });
    new ApiFunction(this, 'JoinBatch', service, {
      endpoint: joinBatch,
      entry: 'selection/join-batch',
      needs: [table.append, keys],
    });
    new ApiFunction(this, 'ReadBatch', service, {
      endpoint: readBatch,
      entry: 'selection/read-batch',
      needs: [table.read],
    });
    new ApiFunction(this, 'ReadBatchFile', service, {
      endpoint: readBatchFile,
      entry: 'selection/read-batch-file',
      needs: [table.read, files.read('draws/')],
    });

    const prepareDraw = new QueueWorker(this, 'PrepareDraw', service, {
      entry: 'selection/prepare-draw',
      impact: 'A closed batch cannot be drawn: its applicants wait for the result, and the next batch cannot open.',
      needs: [table.append, table.lookup, files.read('draws/'), files.write('draws/')],
      timeout: Duration.minutes(15), // Reads all applicants of a batch, up to a million.
      memoryMegabytes: 1_769, // One whole processor: sorting and hashing is what it does.
      batchSize: 1,
    });
    const decreeWinners = new QueueWorker(this, 'DecreeWinners', service, {
      entry: 'selection/decree-winners',
      impact:
        'Winners of an approved draw have no decree and no credit: they cannot buy a course while their deadline nears.',
      needs: [table.append, table.pointer, keys, files.read('draws/')],
      timeout: Duration.minutes(5), // One message is one part of the list of winners.
      batchSize: 1,
    });
    this.drawQueue = prepareDraw.queue;
    this.decreeQueue = decreeWinners.queue;
  }
}
