import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ApiFunction } from '#infra/blocks/api-function.ts';
import { QueueWorker } from '#infra/blocks/queue-worker.ts';
import type { Service } from '#infra/blocks/service.ts';
import { readStatement } from '#shared/credit/credit-api.ts';

/** The training credit: its statement, and its return to the treasury when a deadline is missed. */
export class Credit extends Construct {
  readonly deadlineQueue: Queue;

  constructor(scope: Construct, id: string, service: Service) {
    super(scope, id);
    const { table, files } = service;

    new ApiFunction(this, 'ReadStatement', service, {
      endpoint: readStatement,
      entry: 'credit/read-statement',
      needs: [table.read],
    });

    const { queue } = new QueueWorker(this, 'EnforceDeadline', service, {
      entry: 'credit/enforce-deadline',
      impact: 'Credit that was not used in time is not returned: the treasury waits for it and the places stay taken.',
      needs: [table.append, table.lookup, files.read('draws/'), files.write('draws/')],
      timeout: Duration.minutes(5), // One message is one part of the list of winners.
      batchSize: 1,
    });
    this.deadlineQueue = queue;
  }
}
