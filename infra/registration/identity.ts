import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ApiFunction } from '#infra/blocks/api-function.ts';
import { logAlarm } from '#infra/blocks/log-alarm.ts';
import { logMetric } from '#infra/blocks/log-metric.ts';
import { queueDepthNeed, settingNeed } from '#infra/blocks/needs.ts';
import { QueueWorker } from '#infra/blocks/queue-worker.ts';
import type { Service } from '#infra/blocks/service.ts';
import {
  announceDocumentPhoto,
  confirmDocumentPhoto,
  readDocumentPhoto,
} from '#shared/registration/identity/document-photo-api.ts';
import { registryEndpoints } from '#shared/registration/identity/registry-api.ts';

/** The identity of who has registered: the civil registry behind its bound and its breaker, and the desk of its operators. */
export class Identity extends Construct {
  readonly identityQueue: Queue;

  constructor(scope: Construct, id: string, service: Service) {
    super(scope, id);
    const { stage, table, files, keys, partners, civilRegistry } = service;
    const bound = settingNeed('registryChecksPerSecond', String(stage.registryChecksPerSecond));

    const worker = new QueueWorker(this, 'VerifyIdentity', service, {
      entry: 'registration/verify-identity',
      impact: 'Citizens have registered but stay unverified, and cannot join a batch before it closes.',
      needs: [table.append, table.pointer, keys, partners, civilRegistry, bound],
      own: 'identityQueueUrl',
      timeout: Duration.minutes(1), // A turn lies at most ten seconds ahead, missed ones are near, and a call takes ten more.
      maxConcurrency: 5, // Enough for the bound while the registry answers within seconds; at most fifty calls are under way.
      retention: Duration.days(14), // On an opening night people may wait for days.
    });
    this.identityQueue = worker.queue;
    logAlarm(worker, 'RegistryOpen', service, {
      message: 'registry.open',
      impact: 'The civil registry does not answer, and is not asked: whoever registers now cannot join a batch yet.',
    });
    logAlarm(worker, 'Overdue', service, {
      message: 'identity.overdue',
      impact:
        'Citizens have waited for the civil registry for more than a day, and may miss the batch they registered for.',
    });
    for (const [name, field] of [
      ['Asked', 'asked'],
      ['Failed', 'failed'],
      ['PutBack', 'putBack'],
    ] as const)
      logMetric(worker, name, 'identities.checked', field);

    new ApiFunction(this, 'DocumentPhoto', service, {
      endpoint: [announceDocumentPhoto, confirmDocumentPhoto],
      entry: 'registration/document-photo',
      needs: [
        ...[table.append, keys, files.write('photos/uploaded/'), files.read('photos/uploaded/')],
        ...[files.remove('photos/uploaded/'), files.write('photos/sealed/')],
      ],
    });
    new ApiFunction(this, 'ReadDocumentPhoto', service, {
      endpoint: readDocumentPhoto,
      entry: 'registration/read-document-photo',
      needs: [table.append, keys, files.read('photos/sealed/')],
    });
    new ApiFunction(this, 'Registry', service, {
      endpoint: registryEndpoints,
      entry: 'registration/registry',
      needs: [table.append, table.pointer, bound, queueDepthNeed('identityQueueUrl', worker.queue)],
    });
  }
}
