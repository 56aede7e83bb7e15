import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ApiFunction } from '#infra/blocks/api-function.ts';
import { QueueWorker } from '#infra/blocks/queue-worker.ts';
import type { Service } from '#infra/blocks/service.ts';
import { feedEndpoints } from '#shared/registration/feeds/feeds-api.ts';

/** Lists of people from other authorities: their import, and what follows for whom they name. */
export class ExclusionFeeds extends Construct {
  readonly feedQueue: Queue;
  readonly listingQueue: Queue;

  constructor(scope: Construct, id: string, service: Service) {
    super(scope, id);
    const { table, files, keys } = service;

    this.feedQueue = new QueueWorker(this, 'ImportFeed', service, {
      entry: 'registration/import-feed',
      impact: 'A list of excluded people is posted in part or not at all: who is on it may join, be drawn and be paid.',
      needs: [table.append, table.lookup, table.pointer, keys, files.read('feeds/'), files.write('feeds/')],
      timeout: Duration.minutes(10), // Reads five million lines, or posts ten thousand.
      memoryMegabytes: 1_769, // One whole processor: reading lines and hashing numbers is what it does.
      batchSize: 1,
      maxConcurrency: 4, // Leaves the table to citizens: each puts some thousand listings a second.
    }).queue;

    this.listingQueue = new QueueWorker(this, 'CheckListings', service, {
      entry: 'registration/check-listings',
      impact: 'Recipients who turned up on a list are not held: their incentives may still be paid.',
      needs: [table.append],
      maxConcurrency: 20, // A list names a million people at once, and most of them are nobody here.
    }).queue;

    new ApiFunction(this, 'Feeds', service, {
      endpoint: feedEndpoints,
      entry: 'registration/feeds',
      needs: [table.append, table.lookup, table.pointer, files.read('feeds/'), files.write('feeds/')],
    });
  }
}
