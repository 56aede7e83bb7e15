import { Duration } from 'aws-cdk-lib';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { HouseFunction } from '#infra/blocks/house-function.ts';
import { impactAlarm } from '#infra/blocks/impact-alarm.ts';
import type { Service } from '#infra/blocks/service.ts';

export interface LogAlarmProps {
  /** The code of the log line, such as `partner.stopped`: each one calls somebody. */
  readonly message: string;
  /** What people go without meanwhile. Printed on the alarm. */
  readonly impact: string;
}

/** Calls somebody when a function logs a line that only a person can do something about. */
export function logAlarm(user: HouseFunction, id: string, { onAlarm }: Service, { message, impact }: LogAlarmProps) {
  const { metricName, metricNamespace } = { metricName: `${user.node.path}/${message}`, metricNamespace: 'Prakerja' };
  const filter = new MetricFilter(user, `${id}Filter`, {
    logGroup: user.logGroup,
    filterPattern: FilterPattern.stringValue('$.message', '=', message),
    metricNamespace,
    metricName,
    metricValue: '1',
  });
  const metric = filter.metric({ statistic: 'Sum', period: Duration.minutes(5) });
  impactAlarm(user, id, { metric, threshold: 1, impact, onAlarm });
}
