import { Duration } from 'aws-cdk-lib';
import { FilterCriteria, FilterRule } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ApiFunction } from '#infra/blocks/api-function.ts';
import { queueNeed } from '#infra/blocks/needs.ts';
import { ScheduledFunction } from '#infra/blocks/scheduled-function.ts';
import type { Service } from '#infra/blocks/service.ts';
import { StreamWorker } from '#infra/blocks/stream-worker.ts';
import type { Certificate } from '#infra/certificate.ts';
import type { Credit } from '#infra/credit.ts';
import type { Incentive } from '#infra/incentive.ts';
import type { Purchase } from '#infra/purchase.ts';
import type { Registration } from '#infra/registration.ts';
import type { Selection } from '#infra/selection.ts';
import { readContract, readJournal, showReference } from '#shared/operations/operations-api.ts';

/** Whose queues the outbox and the clock feed. */
export interface Receivers {
  readonly registration: Registration;
  readonly selection: Selection;
  readonly credit: Credit;
  readonly purchase: Purchase;
  readonly certificate: Certificate;
  readonly incentive: Incentive;
}

/** What keeps the program running: the outbox, the clock, and the windows for operators and developers. */
export class Operations extends Construct {
  constructor(scope: Construct, id: string, service: Service, receivers: Receivers) {
    super(scope, id);
    const { table } = service;
    const toDraw = queueNeed('drawQueueUrl', receivers.selection.drawQueue);
    const { incentiveQueue, payoutListQueue, releaseQueue, reconciliationQueue, payoutQueues } = receivers.incentive;
    const toPrivacy = queueNeed('privacyQueueUrl', receivers.registration.privacyQueue);
    const toIncentive = queueNeed('incentiveQueueUrl', incentiveQueue);
    const toRelease = queueNeed('releaseQueueUrl', releaseQueue);
    const toFeeds = queueNeed('feedQueueUrl', receivers.registration.feeds.feedQueue);

    new StreamWorker(this, 'DispatchEvents', service, {
      entry: 'operations/dispatch-events',
      impact:
        'What should follow a stored fact does not happen: identity checks, messages, certificates, decrees, payments.',
      needs: [
        queueNeed('identityQueueUrl', receivers.registration.identityQueue),
        toPrivacy,
        queueNeed('listingQueueUrl', receivers.registration.feeds.listingQueue),
        toFeeds,
        queueNeed('messageQueueUrl', receivers.purchase.messageQueue),
        queueNeed('certificateQueueUrl', receivers.certificate.certificateQueue),
        queueNeed('screeningQueueUrl', receivers.selection.screeningQueue),
        queueNeed('decreeQueueUrl', receivers.selection.decreeQueue),
        queueNeed('deadlineQueueUrl', receivers.credit.deadlineQueue),
        queueNeed('payoutListQueueUrl', payoutListQueue),
        queueNeed('reconciliationQueueUrl', reconciliationQueue),
        toIncentive,
        toRelease,
        toDraw,
      ],
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.isEqual('INSERT'),
          dynamodb: { Keys: { sk: { S: FilterRule.beginsWith('E#') } } },
        }),
        // Also where somebody is listed again. Listings that are only confirmed, or withdrawn, are of no consequence.
        FilterCriteria.filter({
          dynamodb: {
            Keys: { sk: { S: FilterRule.beginsWith('X#') } },
            NewImage: { state: { S: FilterRule.isEqual('listed') } },
          },
        }),
      ],
    });
    new ScheduledFunction(this, 'SweepDue', service, {
      entry: 'operations/sweep-due',
      every: Duration.minutes(1),
      impact: 'What is due by the clock does not happen: incentives are not paid, deadlines are not enforced.',
      needs: [
        table.due,
        table.append,
        table.pointer,
        queueNeed('aptitudeQueueUrl', receivers.registration.aptitudeQueue),
        queueNeed('bankIndukQueueUrl', payoutQueues.bankIndukQueueUrl),
        queueNeed('switchingQueueUrl', payoutQueues.switchingQueueUrl),
        toPrivacy,
        toIncentive,
        toRelease,
        toDraw,
        toFeeds,
      ],
    });

    new ApiFunction(this, 'ReadJournal', service, {
      endpoint: readJournal,
      entry: 'operations/read-journal',
      needs: [table.append],
    });
    new ApiFunction(this, 'ReadContract', service, { endpoint: readContract, entry: 'operations/read-contract' });
    new ApiFunction(this, 'ShowReference', service, { endpoint: showReference, entry: 'operations/show-reference' });
  }
}
