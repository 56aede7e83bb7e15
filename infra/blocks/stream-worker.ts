import { Duration } from 'aws-cdk-lib';
import { type FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { EntryPoint } from '#infra/blocks/bundle.ts';
import { deadLetters } from '#infra/blocks/dead-letters.ts';
import { HouseFunction, type Need } from '#infra/blocks/house-function.ts';
import { impactAlarm } from '#infra/blocks/impact-alarm.ts';
import type { Service } from '#infra/blocks/service.ts';

export interface StreamWorkerProps {
  readonly entry: EntryPoint;
  /** What people go without while records wait or are lost. Printed on both alarms. */
  readonly impact: string;
  readonly needs: readonly Need[];
  /** Which records are worth an invocation: those that pass one of them. */
  readonly filters: readonly ReturnType<typeof FilterCriteria.filter>[];
  /** How long records may gather before an invocation. */
  readonly gather?: Duration;
}

/**
 * A reader of the table's stream. A record that fails is isolated by halving its batch and given up after bounded retries, so that it
 * cannot hold up those behind it for the day that the stream keeps records.
 */
export class StreamWorker extends HouseFunction {
  constructor(
    scope: Construct,
    id: string,
    service: Service,
    { entry, impact, needs, filters, gather }: StreamWorkerProps,
  ) {
    super(scope, id, { stage: service.stage, entry, timeout: Duration.seconds(30), needs });
    const { onAlarm, stage } = service;
    const lost = deadLetters(this, { impact, onAlarm });
    this.may(['sqs:SendMessage'], [lost.queueArn]);
    this.lambda.addEventSourceMapping('Stream', {
      eventSourceArn: service.table.follow(this),
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      bisectBatchOnError: true,
      retryAttempts: 20,
      maxRecordAge: Duration.hours(12), // Leaves half of the stream's day to read the record again by hand.
      parallelizationFactor: 10, // One journal stays in order; ten groups of journals of a shard do not wait for each other.
      onFailure: { bind: () => ({ destination: lost.queueArn }) },
      filters: [...filters],
      ...(gather && { maxBatchingWindow: gather }),
    });
    const metric = this.lambda.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(1) });
    const threshold = stage.alarms.streamDelay.toMilliseconds();
    impactAlarm(this, 'Late', { metric, threshold, impact, onAlarm, evaluationPeriods: 3 });
  }
}
