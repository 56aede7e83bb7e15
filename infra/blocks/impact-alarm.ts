import { Stack } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

export interface ImpactAlarmProps {
  readonly metric: IMetric;
  readonly threshold: number;
  /** What a citizen, a partner or an operator goes without. Printed on the alarm. */
  readonly impact: string;
  readonly onAlarm: IAlarmAction;
  readonly comparison?: ComparisonOperator;
  readonly evaluationPeriods?: number;
  readonly missing?: TreatMissingData;
}

/** An alarm that says who is hurt, under the name of its section in docs/runbook.md: its construct path in the stack. */
export function impactAlarm(scope: Construct, id: string, props: ImpactAlarmProps): Alarm {
  const { metric, threshold, impact, onAlarm, evaluationPeriods = 1 } = props;
  const {
    comparison = ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    missing = TreatMissingData.NOT_BREACHING,
  } = props;
  const stack = Stack.of(scope);
  const path = `${scope.node.path}/${id}`.slice(stack.node.path.length + 1);
  const alarm = new Alarm(scope, id, {
    alarmName: `${stack.stackName}/${path}`,
    alarmDescription: impact,
    metric,
    threshold,
    comparisonOperator: comparison,
    evaluationPeriods,
    treatMissingData: missing,
  });
  alarm.addAlarmAction(onAlarm);
  return alarm;
}
