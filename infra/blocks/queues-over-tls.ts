import { Lazy, Stack } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnQueuePolicy, type Queue } from 'aws-cdk-lib/aws-sqs';

const queuesOf = new WeakMap<Stack, Queue[]>();

/**
 * Refuses to a queue whatever comes in the clear. All queues of a stack share one policy, which applies to each of them:
 * CDK's own is one for each queue, and a stack may have 500 resources. CloudFormation may cut the stack's name in theirs.
 */
export function onlyOverTls(queue: Queue): void {
  const stack = Stack.of(queue);
  const known = queuesOf.get(stack);
  if (known) {
    known.push(queue);
    return;
  }
  const queues = [queue];
  queuesOf.set(stack, queues);
  const resource = stack.formatArn({ service: 'sqs', resource: '*' });
  const inTheClear = new PolicyStatement({
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ['sqs:*'],
    resources: [resource],
    conditions: { Bool: { 'aws:SecureTransport': 'false' } },
  });
  new CfnQueuePolicy(stack, 'QueuesOverTls', {
    queues: Lazy.list({ produce: () => queues.map(({ queueUrl }) => queueUrl) }),
    policyDocument: new PolicyDocument({ statements: [inTheClear] }),
  });
}
