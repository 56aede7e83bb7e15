import { Duration } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { EntryPoint } from '#infra/blocks/bundle.ts';
import { deadLetters } from '#infra/blocks/dead-letters.ts';
import { HouseFunction, type Need } from '#infra/blocks/house-function.ts';
import { type QueueVariable, queueNeed } from '#infra/blocks/needs.ts';
import { onlyOverTls } from '#infra/blocks/queues-over-tls.ts';
import type { Service } from '#infra/blocks/service.ts';

export interface QueueWorkerProps {
  readonly entry: EntryPoint;
  /** What a citizen or a partner goes without while messages are stuck. Printed on the alarm. */
  readonly impact: string;
  readonly needs: readonly Need[];
  readonly timeout?: Duration;
  readonly memoryMegabytes?: number;
  /** Messages of one invocation: one where a single message is long work. */
  readonly batchSize?: number;
  /** Workers at a time, where somebody outside must not be overrun. */
  readonly maxConcurrency?: number;
  /** How long the queue keeps a message; SQS keeps it for four days unless said. */
  readonly retention?: Duration;
  /** Where the worker sends parts of its work to its own queue: the variable that names it. */
  readonly own?: QueueVariable;
}

/** A worker, its queue, and a dead-letter queue that cannot fill unnoticed. */
export class QueueWorker extends HouseFunction {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, service: Service, props: QueueWorkerProps) {
    const {
      entry,
      impact,
      needs,
      timeout = Duration.seconds(30),
      memoryMegabytes,
      batchSize = 10,
      maxConcurrency,
      retention,
      own,
    } = props;
    super(scope, id, { stage: service.stage, entry, timeout, memoryMegabytes, needs });
    this.queue = new Queue(this, 'Queue', {
      visibilityTimeout: Duration.seconds(6 * timeout.toSeconds()), // Room for the retries of one delivery.
      deadLetterQueue: { queue: deadLetters(this, { impact, onAlarm: service.onAlarm }), maxReceiveCount: 5 },
      ...(retention && { retentionPeriod: retention }),
    });
    onlyOverTls(this.queue);
    if (own) queueNeed(own, this.queue)(this);
    // Granted in the role itself: the event source's own grant would be one resource more for each worker.
    this.may(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [this.queue.queueArn]);
    this.lambda.addEventSourceMapping('Source', {
      eventSourceArn: this.queue.queueArn,
      batchSize,
      reportBatchItemFailures: true,
      ...(maxConcurrency !== undefined && { maxConcurrency }),
    });
  }
}
