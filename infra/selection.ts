import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ApiFunction } from '#infra/blocks/api-function.ts';
import { logAlarm } from '#infra/blocks/log-alarm.ts';
import { QueueWorker } from '#infra/blocks/queue-worker.ts';
import type { Service } from '#infra/blocks/service.ts';
import type { Endpoint } from '#shared/platform/endpoint.ts';
import { readDeclarations } from '#shared/registration/eligibility/eligibility-api.ts';
import { replayEligibility } from '#shared/registration/eligibility/replay-api.ts';
import { applicationEndpoints } from '#shared/selection/application-api.ts';
import { answerObjection, batchEndpoints, readObjections } from '#shared/selection/batch-api.ts';
import { drawEndpoints } from '#shared/selection/draw-api.ts';

/** Batches, the draw, and the decree that makes recipients. */
export class Selection extends Construct {
  readonly drawQueue: Queue;
  readonly screeningQueue: Queue;
  readonly decreeQueue: Queue;

  constructor(scope: Construct, id: string, service: Service) {
    super(scope, id);
    const { table, files, keys, beacon, publicUrl } = service;
    const objectionEndpoints: readonly Endpoint[] = [readObjections, answerObjection];
    // A stack has 500 resources at most: what is asked now and then shares a function with its neighbours.

    new ApiFunction(this, 'Batches', service, {
      endpoint: batchEndpoints.filter((endpoint: Endpoint) => !objectionEndpoints.includes(endpoint)),
      entry: 'selection/batches',
      needs: [table.append, table.lookup, files.read('draws/')],
    });
    new ApiFunction(this, 'Objections', service, {
      endpoint: [...objectionEndpoints, replayEligibility],
      entry: 'selection/objections',
      needs: [table.append, table.lookup, files.read('draws/')],
    });
    new ApiFunction(this, 'Applications', service, {
      endpoint: [...applicationEndpoints, readDeclarations],
      entry: 'selection/applications',
      needs: [table.append, table.pointer, keys, files.read('draws/'), publicUrl],
    });
    new ApiFunction(this, 'ShowDraw', service, {
      endpoint: drawEndpoints,
      entry: 'selection/show-draw',
      needs: [table.read, files.read('draws/')],
    });

    const runDraw = new QueueWorker(this, 'RunDraw', service, {
      entry: 'selection/run-draw',
      impact: 'A batch does not open, close, or get drawn: its applicants wait, and the next batch cannot open.',
      needs: [table.append, table.lookup, keys, beacon, files.read('draws/'), files.write('draws/')],
      timeout: Duration.minutes(15), // Reads, scores and puts in order up to sixteen million applicants: seconds, and minutes to read them.
      memoryMegabytes: 3_008,
      batchSize: 1,
    });
    logAlarm(runDraw, 'BeaconSilent', service, {
      message: 'beacon.given_up',
      impact: 'The public beacon has not answered for hours: a committed batch has no randomness and is not drawn.',
    });
    const screenApplicants = new QueueWorker(this, 'ScreenApplicants', service, {
      entry: 'selection/screen-applicants',
      impact: 'A closed batch is not screened, or its result not published: its applicants wait.',
      needs: [table.append, table.pointer, table.lookup, keys, files.read('draws/'), files.write('draws/')],
      timeout: Duration.minutes(5), // One shard: up to some sixty thousand journals, thirty-two at a time.
      memoryMegabytes: 1_769, // One whole processor: reading and parsing journals is what it does.
      batchSize: 1,
    });
    const decreeWinners = new QueueWorker(this, 'DecreeWinners', service, {
      entry: 'selection/decree-winners',
      impact:
        'Winners of an approved draw have no decree and no credit: they cannot buy a course while their deadline nears.',
      needs: [
        ...[table.append, table.pointer, table.lookup, keys, publicUrl],
        ...[files.read('draws/'), files.write('draws/')],
      ],
      timeout: Duration.minutes(5), // One message is one part of the list of winners, or the document over all of them.
      memoryMegabytes: 1_769,
      batchSize: 1,
    });
    this.drawQueue = runDraw.queue;
    this.screeningQueue = screenApplicants.queue;
    this.decreeQueue = decreeWinners.queue;
  }
}
