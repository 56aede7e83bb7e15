import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ApiFunction } from '#infra/blocks/api-function.ts';
import { logAlarm } from '#infra/blocks/log-alarm.ts';
import { queueNeed, settingNeed } from '#infra/blocks/needs.ts';
import { QueueWorker } from '#infra/blocks/queue-worker.ts';
import type { Service } from '#infra/blocks/service.ts';
import type { Purchase } from '#infra/purchase.ts';
import { linkPayoutAccount, unlinkPayoutAccount } from '#shared/incentive/incentive-api.ts';
import { receiveNotification } from '#shared/incentive/notification-api.ts';
import { paymentPartners } from '#shared/incentive/payment-partners.ts';
import { readPaymentPartners, switchPaymentPartner } from '#shared/incentive/payment-partners-api.ts';
import { readPayout } from '#shared/incentive/payout-api.ts';
import { closingEndpoints } from '#shared/incentive/reconciliation/closings-api.ts';
import { statementEndpoints } from '#shared/incentive/reconciliation/statements-api.ts';
import { releaseEndpoints } from '#shared/incentive/release-api.ts';
import { sanctionEndpoints } from '#shared/incentive/sanctions-api.ts';

/** Cash incentives: where to, who releases them, the payment itself, and its comparison with what the banks say. */
export class Incentive extends Construct {
  readonly incentiveQueue: Queue;
  readonly payoutListQueue: Queue;
  readonly releaseQueue: Queue;
  readonly reconciliationQueue: Queue;
  /** One for each payment partner, by the variable that names it. */
  readonly payoutQueues: { readonly bankIndukQueueUrl: Queue; readonly switchingQueueUrl: Queue };

  constructor(scope: Construct, id: string, service: Service, { messageQueue }: Pick<Purchase, 'messageQueue'>) {
    super(scope, id);
    const { table, files, keys, paymentPartners: credentials } = service;

    this.incentiveQueue = new QueueWorker(this, 'ClaimIncentives', service, {
      entry: 'incentive/claim-incentives',
      impact: 'Citizens wait for an incentive whose month has come, or for the check of the account that it goes to.',
      needs: [table.append, keys, credentials],
      timeout: Duration.minutes(1), // Ten messages at a time, each with one question of ten seconds at the worst.
      maxConcurrency: 5,
    }).queue;
    this.payoutListQueue = new QueueWorker(this, 'ListPayouts', service, {
      entry: 'incentive/list-payouts',
      impact: 'Incentives that were claimed stand in no list: no release pays them, and no closing compares them.',
      needs: [table.read, files.write('payouts/')],
    }).queue;
    this.payoutQueues = {
      bankIndukQueueUrl: this.payBy('PayByBankInduk', 'bank-induk', service),
      switchingQueueUrl: this.payBy('PayBySwitching', 'switching', service),
    };
    const toPartners = [
      queueNeed('bankIndukQueueUrl', this.payoutQueues.bankIndukQueueUrl),
      queueNeed('switchingQueueUrl', this.payoutQueues.switchingQueueUrl),
    ];

    const runRelease = new QueueWorker(this, 'RunRelease', service, {
      entry: 'incentive/run-release',
      impact: 'A release is not prepared, not sent, or not closed: its citizens wait, and nobody sees how far it is.',
      needs: [
        ...[table.append, credentials, ...toPartners, queueNeed('messageQueueUrl', messageQueue)],
        ...[files.read('payouts/'), files.write('payouts/'), files.remove('payouts/')],
      ],
      own: 'releaseQueueUrl',
      timeout: Duration.minutes(15), // Looks up to 200,000 payouts up in their journals.
      memoryMegabytes: 1_769, // One whole processor: reading and parsing journals is what it does.
      batchSize: 1,
    });
    this.releaseQueue = runRelease.queue;
    logAlarm(runRelease, 'FundsShort', service, {
      message: 'release.funds_short',
      impact: 'An approved release waits: the account of the program at a payment partner does not cover it.',
    });

    logAlarm(runRelease, 'Overdue', service, {
      message: 'release.overdue',
      impact: 'Citizens of a release have waited for ten days, and nobody has their payouts in care.',
    });

    this.reconciliationQueue = new QueueWorker(this, 'ImportStatement', service, {
      entry: 'incentive/import-statement',
      impact: 'What the banks say is not compared with the journals: unknown payments stay unknown, days stay open.',
      needs: [table.append, credentials, files.read('payouts/'), files.write('payouts/')],
      timeout: Duration.minutes(15), // A statement of a million lines.
      memoryMegabytes: 1_769,
      batchSize: 1,
    }).queue;

    new ApiFunction(this, 'LinkPayoutAccount', service, {
      endpoint: [linkPayoutAccount, unlinkPayoutAccount],
      entry: 'incentive/link-payout-account',
      needs: [table.append, keys, credentials],
    });
    new ApiFunction(this, 'ReceiveNotification', service, {
      endpoint: receiveNotification,
      entry: 'incentive/receive-notification',
      needs: [table.read, credentials, ...toPartners],
    });
    new ApiFunction(this, 'Releases', service, {
      endpoint: releaseEndpoints,
      entry: 'incentive/releases',
      needs: [table.append, table.lookup, files.read('payouts/')],
    });
    new ApiFunction(this, 'Sanctions', service, {
      endpoint: sanctionEndpoints,
      entry: 'incentive/sanctions',
      needs: [table.append],
    });
    new ApiFunction(this, 'SwitchPartner', service, {
      endpoint: [readPaymentPartners, switchPaymentPartner],
      entry: 'incentive/switch-partner',
      needs: [table.append],
    });
    new ApiFunction(this, 'Statements', service, {
      endpoint: statementEndpoints,
      entry: 'incentive/statements',
      needs: [table.append, table.lookup, files.read('payouts/'), files.write('payouts/')],
    });
    new ApiFunction(this, 'CloseDays', service, {
      endpoint: closingEndpoints,
      entry: 'incentive/close-days',
      needs: [table.append, table.lookup, files.read('payouts/')],
    });
    new ApiFunction(this, 'ReadPayout', service, {
      endpoint: readPayout,
      entry: 'incentive/read-payout',
      needs: [table.append],
    });
  }

  /** The queue and the worker of one payment partner: one that is slow or down holds up nobody else. */
  private payBy(id: string, code: keyof typeof paymentPartners, service: Service): Queue {
    const { table, keys, paymentPartners: credentials } = service;
    const { name, maxWorkers } = paymentPartners[code];
    const worker = new QueueWorker(this, id, service, {
      entry: 'incentive/pay-incentives',
      impact: `Incentives that were released are not paid by ${name}, or nobody knows whether they were.`,
      needs: [table.append, keys, credentials, settingNeed('paymentPartnerCode', code)],
      timeout: Duration.minutes(4), // Ten payouts, five at a time, each with three calls of forty seconds at the worst: token and request, each twice.
      maxConcurrency: maxWorkers,
    });
    logAlarm(worker, 'Stopped', service, {
      message: 'partner.stopped',
      impact: `${name} refuses our key, or has no money of ours left: no incentive goes through it.`,
    });
    return worker.queue;
  }
}
