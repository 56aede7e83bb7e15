import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Need } from '#infra/blocks/house-function.ts';
import type { Variable } from '#shared/platform/environment.ts';

type VariableEndingIn<Ending extends string> = Extract<Variable, `${string}${Ending}`>;
export type QueueVariable = VariableEndingIn<'QueueUrl'>;

/** Read one secret. */
export function secretNeed(variable: VariableEndingIn<'SecretArn'>, { secretArn }: Pick<ISecret, 'secretArn'>): Need {
  return (user) => {
    user.may(['secretsmanager:GetSecretValue'], [secretArn]);
    user.knows(variable, secretArn);
  };
}

/** Send to one queue. */
export function queueNeed(
  variable: QueueVariable,
  { queueArn, queueUrl }: Pick<IQueue, 'queueArn' | 'queueUrl'>,
): Need {
  return (user) => {
    user.may(['sqs:SendMessage'], [queueArn]);
    user.knows(variable, queueUrl);
  };
}

/** See how many messages one queue has. */
export function queueDepthNeed(
  variable: QueueVariable,
  { queueArn, queueUrl }: Pick<IQueue, 'queueArn' | 'queueUrl'>,
): Need {
  return (user) => {
    user.may(['sqs:GetQueueAttributes'], [queueArn]);
    user.knows(variable, queueUrl);
  };
}

/** Know a value that needs no permission. */
export function settingNeed(variable: Variable, value: string): Need {
  return (user) => user.knows(variable, value);
}
