import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Construct } from 'constructs';
import type { EntryPoint } from '#infra/blocks/bundle.ts';
import { HouseFunction, type Need } from '#infra/blocks/house-function.ts';
import { impactAlarm } from '#infra/blocks/impact-alarm.ts';
import type { Service } from '#infra/blocks/service.ts';

export interface ScheduledFunctionProps {
  readonly entry: EntryPoint;
  readonly every: Duration;
  /** What people go without while no run succeeds. Printed on the alarm. */
  readonly impact: string;
  readonly needs: readonly Need[];
}

/** A function that runs by the clock, one at a time. A failed run is not repeated: the next one does its work. */
export class ScheduledFunction extends HouseFunction {
  constructor(scope: Construct, id: string, service: Service, { entry, every, impact, needs }: ScheduledFunctionProps) {
    super(scope, id, { stage: service.stage, entry, timeout: Duration.minutes(5), reservedConcurrency: 1, needs });
    new Schedule(this, 'Schedule', {
      schedule: ScheduleExpression.rate(every),
      target: new LambdaInvoke(this.lambda, { retryAttempts: 0, maxEventAge: Duration.minutes(1) }),
    });
    const period = Duration.minutes(5);
    const succeeded = new MathExpression({
      expression: 'FILL(runs, 0) - FILL(failures, 0)',
      usingMetrics: {
        runs: this.lambda.metricInvocations({ period }),
        failures: this.lambda.metricErrors({ period }),
      },
      label: 'Runs that succeeded',
      period,
    });
    impactAlarm(this, 'Silent', {
      metric: succeeded,
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 3,
      missing: TreatMissingData.BREACHING,
      impact,
      onAlarm: service.onAlarm,
    });
  }
}
