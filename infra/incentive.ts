import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ApiFunction } from '#infra/blocks/api-function.ts';
import { QueueWorker } from '#infra/blocks/queue-worker.ts';
import type { Service } from '#infra/blocks/service.ts';
import { linkPayoutAccount } from '#shared/incentive/incentive-api.ts';

/** Cash incentives: where to, and the payment itself. */
export class Incentive extends Construct {
  readonly incentiveQueue: Queue;

  constructor(scope: Construct, id: string, service: Service) {
    super(scope, id);
    const { table, keys, partners, paymentPartner } = service;

    new ApiFunction(this, 'LinkPayoutAccount', service, {
      endpoint: linkPayoutAccount,
      entry: 'incentive/link-payout-account',
      needs: [table.append, keys],
    });

    const { queue } = new QueueWorker(this, 'DisburseIncentive', service, {
      entry: 'incentive/disburse-incentive',
      impact: 'Citizens wait for an incentive that is due, or its outcome at the payment partner is unknown.',
      needs: [table.append, keys, partners, paymentPartner],
      timeout: Duration.minutes(1), // Three calls of ten seconds to the partner, at the most.
      maxConcurrency: 10, // What the payment partner is ready to take at a time.
    });
    this.incentiveQueue = queue;
  }
}
