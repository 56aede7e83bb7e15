import { Duration } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { impactAlarm } from '#infra/blocks/impact-alarm.ts';
import { onlyOverTls } from '#infra/blocks/queues-over-tls.ts';

export interface DeadLettersProps {
  /** What a citizen or a partner goes without while messages lie here. Printed on the alarm. */
  readonly impact: string;
  readonly onAlarm: IAlarmAction;
}

/** A queue for what could not be done, kept as long as SQS keeps anything, that cannot fill unnoticed. */
export function deadLetters(scope: Construct, { impact, onAlarm }: DeadLettersProps): Queue {
  const queue = new Queue(scope, 'DeadLetters', { retentionPeriod: Duration.days(14) });
  onlyOverTls(queue);
  const metric = queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' });
  impactAlarm(scope, 'Stuck', { metric, threshold: 1, impact, onAlarm });
  return queue;
}
