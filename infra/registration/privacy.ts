import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ApiFunction } from '#infra/blocks/api-function.ts';
import { logAlarm } from '#infra/blocks/log-alarm.ts';
import { QueueWorker } from '#infra/blocks/queue-worker.ts';
import type { Service } from '#infra/blocks/service.ts';
import { exportData, privacyDeskEndpoints, privacyEndpoints } from '#shared/registration/privacy/privacy-api.ts';

/** What citizens may ask about their own data, and what operators see of it. */
export class Privacy extends Construct {
  readonly privacyQueue: Queue;

  constructor(scope: Construct, id: string, service: Service) {
    super(scope, id);
    const { table, files, keys, sealingKeys, accounts } = service;

    new ApiFunction(this, 'OwnPrivacy', service, {
      endpoint: privacyEndpoints,
      entry: 'registration/privacy',
      needs: [table.append],
    });
    new ApiFunction(this, 'ExportData', service, {
      endpoint: exportData,
      entry: 'registration/export-data',
      needs: [table.append, keys],
    });
    new ApiFunction(this, 'Desk', service, {
      endpoint: privacyDeskEndpoints,
      entry: 'registration/privacy-desk',
      needs: [table.append, table.lookup, sealingKeys],
    });

    const worker = new QueueWorker(this, 'CarryOut', service, {
      entry: 'registration/carry-out-privacy',
      impact: 'Citizens who asked to be erased are not, and the limit of 3 x 24 hours comes closer.',
      needs: [table.append, keys, files.remove('certificates/'), accounts.remove],
    });
    this.privacyQueue = worker.queue;
    logAlarm(worker, 'Late', service, {
      message: 'privacy.late',
      impact: 'An erasure was looked at more than 60 hours after it was asked for: 12 hours are left by law.',
    });
  }
}
