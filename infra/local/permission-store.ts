import * as z from 'zod';
import { Unsupported } from '#infra/local/assembly.ts';
import { accountId, type Declared, type Physical } from '#infra/local/declared.ts';
import { arn, generatedName, ignored, properties } from '#infra/local/names.ts';
import { arnMatches, readPolicy, type Statement } from '#infra/local/policies.ts';

const NamedPolicy = z.strictObject({ PolicyName: z.string(), PolicyDocument: z.unknown() });

/** Boundaries would narrow the role, and are refused. */
const RoleProperties = z.strictObject({
  RoleName: z.string().optional(),
  Path: ignored,
  AssumeRolePolicyDocument: z.unknown(),
  ManagedPolicyArns: z.array(z.string()).default([]),
  Policies: z.array(NamedPolicy).default([]),
  Description: ignored,
  MaxSessionDuration: ignored,
  Tags: ignored,
});
const PolicyProperties = NamedPolicy.extend({ Roles: z.array(z.string()).default([]) });
const ManagedPolicyProperties = z.strictObject({
  ManagedPolicyName: z.string().optional(),
  PolicyDocument: z.unknown(),
  Roles: z.array(z.string()).default([]),
  Path: ignored,
  Description: ignored,
});
const PermissionProperties = z.strictObject({
  Action: z.string(),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceArn: z.string().default('*'),
  SourceAccount: z.string().optional(),
});
const QueuePolicyProperties = z.strictObject({ Queues: z.array(z.string()), PolicyDocument: z.unknown() });
const BucketPolicyProperties = z.strictObject({ Bucket: z.string(), PolicyDocument: z.unknown() });

export const logActions = ['logs:CreateLogStream', 'logs:PutLogEvents'];
export const queueSourceActions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
export const streamSourceActions = ['GetRecords', 'GetShardIterator', 'DescribeStream', 'ListStreams'].map(
  (verb) => `dynamodb:${verb}`,
);

/** Policies of AWS that a role may name. All others are refused: what they grant is not known here. */
const knownPolicies: Readonly<Record<string, readonly string[]>> = {
  AWSLambdaBasicExecutionRole: ['logs:CreateLogGroup', ...logActions],
  AWSLambdaSQSQueueExecutionRole: ['logs:CreateLogGroup', ...logActions, ...queueSourceActions],
  AWSLambdaDynamoDBExecutionRole: ['logs:CreateLogGroup', ...logActions, ...streamSourceActions],
};

/** What a function, or a schedule, acts as. */
export interface Role {
  readonly arn: string;
  readonly name: string;
  readonly statements: Statement[];
  readonly trust: readonly Statement[];
  readonly managed: readonly string[];
}

/** Ends the deployment with one line that names the resource. */
export const refuser =
  ({ stack, logicalId }: Pick<Declared, 'stack' | 'logicalId'>) =>
  (what: string): never => {
    throw new Unsupported(`${stack.name}/${logicalId}: ${what}`);
  };

/** Resources that are permissions: what they say is kept until it is asked for. */
export function permissionStore() {
  const roles = new Map<string, Role>();
  const managedPolicies = new Map<string, Statement[]>();
  const resourcePolicies: { readonly of: string; readonly statements: readonly Statement[] }[] = [];
  const invokers: { readonly functionName: string; readonly principal: string; readonly sourceArn: string }[] = [];

  function attach(names: readonly string[], statements: readonly Statement[], refuse: (what: string) => never): void {
    for (const name of names) {
      const role = [...roles.values()].find((one) => one.name === name);
      if (!role) refuse(`role ${name} is not in the templates`);
      else role.statements.push(...statements);
    }
  }

  const creators: Record<string, (declared: Declared) => Physical> = {
    'AWS::IAM::Role'(declared) {
      const given = properties(declared, RoleProperties);
      const refuse = refuser(declared);
      const name = given.RoleName ?? generatedName(declared, 64);
      const Arn = `arn:aws:iam::${accountId}:role/${name}`;
      roles.set(Arn, {
        arn: Arn,
        name,
        statements: given.Policies.flatMap(({ PolicyDocument }) => readPolicy(PolicyDocument, refuse)),
        trust: readPolicy(given.AssumeRolePolicyDocument, refuse, ['aws:sourceaccount', 'aws:sourcearn']),
        managed: given.ManagedPolicyArns,
      });
      return { ref: name, attributes: { Arn, RoleId: name } };
    },

    'AWS::IAM::Policy'(declared) {
      const { Roles, PolicyDocument, PolicyName } = properties(declared, PolicyProperties);
      const refuse = refuser(declared);
      attach(Roles, readPolicy(PolicyDocument, refuse), refuse);
      return { ref: PolicyName, attributes: { Id: PolicyName } };
    },

    'AWS::IAM::ManagedPolicy'(declared) {
      const given = properties(declared, ManagedPolicyProperties);
      const refuse = refuser(declared);
      const name = given.ManagedPolicyName ?? generatedName(declared, 128);
      const Arn = `arn:aws:iam::${accountId}:policy/${name}`;
      const statements = readPolicy(given.PolicyDocument, refuse);
      managedPolicies.set(Arn, statements);
      attach(given.Roles, statements, refuse);
      return { ref: Arn, attributes: { PolicyArn: Arn } };
    },

    'AWS::Lambda::Permission'(declared) {
      const given = properties(declared, PermissionProperties);
      const refuse = refuser(declared);
      if (given.Action !== 'lambda:InvokeFunction') refuse(`permission ${given.Action} is not supported`);
      const functionName = given.FunctionName.split(':')[6] ?? given.FunctionName;
      const mine = given.SourceAccount === undefined || given.SourceAccount === accountId;
      if (mine) invokers.push({ functionName, principal: given.Principal, sourceArn: given.SourceArn });
      return { ref: declared.logicalId, attributes: { Id: declared.logicalId } };
    },

    'AWS::SQS::QueuePolicy'(declared) {
      const { Queues, PolicyDocument } = properties(declared, QueuePolicyProperties);
      const statements = readPolicy(PolicyDocument, refuser(declared));
      for (const queue of Queues)
        resourcePolicies.push({ of: arn(declared, 'sqs', queue.split('/').at(-1) ?? ''), statements });
      return { ref: declared.logicalId, attributes: { Id: declared.logicalId } };
    },

    'AWS::S3::BucketPolicy'(declared) {
      const { Bucket, PolicyDocument } = properties(declared, BucketPolicyProperties);
      resourcePolicies.push({
        of: `arn:aws:s3:::${Bucket}`,
        statements: readPolicy(PolicyDocument, refuser(declared)),
      });
      return { ref: declared.logicalId, attributes: {} };
    },
  };

  /** What a role may: its own policies, and the managed ones that it names. */
  function statementsOf(role: Role, refuse: (what: string) => never): Statement[] {
    const managed = role.managed.flatMap((policyArn) => {
      const [known] = Object.entries(knownPolicies).filter(
        ([name]) => policyArn === `arn:aws:iam::aws:policy/service-role/${name}`,
      );
      const document = known && { Statement: { Effect: 'Allow', Action: known[1], Resource: '*' } };
      const statements = managedPolicies.get(policyArn) ?? (document && readPolicy(document, refuse));
      return statements ?? refuse(`managed policy ${policyArn} is not supported`);
    });
    return [...role.statements, ...managed];
  }

  return {
    creators,
    statementsOf,
    role: (roleArn: string): Role | undefined => roles.get(roleArn),
    /** Statements of a queue's or a bucket's own policy that are about everybody or about this role. */
    ofResource: (resource: string, role: Role): Statement[] =>
      resourcePolicies
        .filter(({ of }) => resource === of || resource.startsWith(`${of}/`))
        .flatMap(({ statements }) => statements)
        .filter(({ principals = [] }) => principals.includes('*') || principals.includes(role.arn)),
    /** Whether a service may invoke a function on behalf of something. */
    mayInvoke: (service: string, functionArn: string, sourceArn: string): boolean =>
      invokers.some(
        ({ functionName, principal, sourceArn: pattern }) =>
          principal === service && functionName === functionArn.split(':')[6] && arnMatches(pattern, sourceArn),
      ),
  };
}
