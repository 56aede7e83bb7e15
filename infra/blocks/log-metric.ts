import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { HouseFunction } from '#infra/blocks/house-function.ts';

/** Sums a number of a function's log lines, as a metric of the program: `<message>/<field>`. */
export function logMetric(user: HouseFunction, id: string, message: string, field: string): void {
  new MetricFilter(user, id, {
    logGroup: user.logGroup,
    filterPattern: FilterPattern.stringValue('$.message', '=', message),
    metricNamespace: 'Prakerja',
    metricName: `${message}/${field}`,
    metricValue: `$.${field}`,
  });
}
