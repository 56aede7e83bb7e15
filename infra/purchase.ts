import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ApiFunction } from '#infra/blocks/api-function.ts';
import { QueueWorker } from '#infra/blocks/queue-worker.ts';
import type { Service } from '#infra/blocks/service.ts';
import { authorizePayment, checkQuota, readPayment, sendOtp } from '#shared/purchase/purchase-api.ts';

/** What digital platforms call when a citizen buys a course, and the messages that citizens get. */
export class Purchase extends Construct {
  readonly messageQueue: Queue;

  constructor(scope: Construct, id: string, service: Service) {
    super(scope, id);
    const { table, keys, partners, messageGateway } = service;

    new ApiFunction(this, 'CheckQuota', service, {
      endpoint: checkQuota,
      entry: 'purchase/check-quota',
      needs: [table.read, keys],
    });
    new ApiFunction(this, 'SendOtp', service, {
      endpoint: sendOtp,
      entry: 'purchase/send-otp',
      needs: [table.append, table.pointer, keys],
    });
    new ApiFunction(this, 'AuthorizePayment', service, {
      endpoint: authorizePayment,
      entry: 'purchase/authorize-payment',
      needs: [table.append, table.pointer, keys],
    });
    new ApiFunction(this, 'ReadPayment', service, {
      endpoint: readPayment,
      entry: 'purchase/read-payment',
      needs: [table.read, table.pointer, keys],
    });

    const { queue } = new QueueWorker(this, 'SendMessage', service, {
      entry: 'purchase/send-message',
      impact: 'Citizens do not get their one-time codes and notices: purchases cannot be confirmed.',
      needs: [table.read, keys, partners, messageGateway],
    });
    this.messageQueue = queue;
  }
}
