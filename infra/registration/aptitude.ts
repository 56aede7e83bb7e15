import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ApiFunction } from '#infra/blocks/api-function.ts';
import { QueueWorker } from '#infra/blocks/queue-worker.ts';
import type { Service } from '#infra/blocks/service.ts';
import { aptitudeEndpoints } from '#shared/registration/aptitude/aptitude-api.ts';

/** The timed test. These two functions alone carry the question bank with what is right. */
export class Aptitude extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, service: Service) {
    super(scope, id);
    const needs = [service.table.append, service.table.pointer, service.keys];

    new ApiFunction(this, 'Tests', service, {
      endpoint: aptitudeEndpoints,
      entry: 'registration/aptitude-tests',
      needs,
    });
    const { queue } = new QueueWorker(this, 'Score', service, {
      entry: 'registration/score-aptitude',
      impact: 'Citizens whose test ended by the clock wait for its result, and cannot join a batch before it closes.',
      needs,
    });
    this.queue = queue;
  }
}
