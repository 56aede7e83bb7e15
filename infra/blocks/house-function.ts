import type { Duration } from 'aws-cdk-lib';
import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { bundleOf, type EntryPoint } from '#infra/blocks/bundle.ts';
import type { Stage } from '#infra/stages.ts';
import { type Variable, variables } from '#shared/platform/environment.ts';

/** Something a function needs: its permission and the variable that tells where it is, in one call. */
export type Need = (user: HouseFunction) => void;

export interface HouseFunctionProps {
  readonly stage: Stage;
  /** File under functions/, without its ending. The folder is the capability. */
  readonly entry: EntryPoint;
  readonly timeout: Duration;
  readonly memoryMegabytes?: number | undefined;
  readonly reservedConcurrency?: number | undefined;
  readonly needs: readonly Need[];
  /** Where it logs together with others; else it has a group of its own. */
  readonly logGroup?: LogGroup;
}

/** A function as this house runs it: own role without managed policies, a log group with an end, nothing granted but its needs. */
export class HouseFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly logGroup: LogGroup;
  /** Part of the role itself: a stack may have 500 resources, and a function is complete when it is created. */
  private readonly grants = new PolicyDocument();

  constructor(scope: Construct, id: string, props: HouseFunctionProps) {
    super(scope, id);
    const { stage, entry, timeout, memoryMegabytes = stage.memoryMegabytes, reservedConcurrency, needs } = props;
    const [capability = ''] = entry.split('/');
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Needs: this.grants },
    });
    const { logRetention: retention, removalPolicy } = stage;
    this.logGroup = props.logGroup ?? new LogGroup(this, 'Logs', { retention, removalPolicy });
    this.may(['logs:CreateLogStream', 'logs:PutLogEvents'], [this.logGroup.logGroupArn]);

    this.lambda = new LambdaFunction(this, 'Function', {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(bundleOf(this, entry)),
      handler: 'index.handler',
      role,
      logGroup: this.logGroup,
      timeout,
      memorySize: memoryMegabytes,
      tracing: Tracing.DISABLED, // Logs carry the request id; traces would add a second place for personal data.
      environment: { POWERTOOLS_SERVICE_NAME: capability },
      ...(reservedConcurrency !== undefined && { reservedConcurrentExecutions: reservedConcurrency }),
    });
    for (const need of needs) need(this);
  }

  /** Grants single actions on named resources. */
  may(actions: readonly string[], resources: readonly string[]): void {
    this.grants.addStatements(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
  }

  /** Takes actions on some resources out of what is granted on more than them. */
  mayNot(actions: readonly string[], resources: readonly string[]): void {
    const effect = Effect.DENY;
    this.grants.addStatements(new PolicyStatement({ effect, actions: [...actions], resources: [...resources] }));
  }

  /** Sets a variable under the one name that the code reads. */
  knows(variable: Variable, value: string): void {
    this.lambda.addEnvironment(variables[variable], value);
  }
}
