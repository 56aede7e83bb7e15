import * as z from 'zod';

/** One thing that a caller wants to do. */
export interface Action {
  /** Such as `dynamodb:PutItem`. */
  readonly action: string;
  /** ARN of what it is done to. */
  readonly resource: string;
}

/** One action on one resource of a statement, and whether anybody has needed it yet. */
export interface Grant extends Action {
  used: boolean;
}

/** What a request says beside action and resource: condition key in lower case to value. */
export type Context = Readonly<Record<string, string>>;

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly grants: readonly Grant[];
  /** Whom a resource's policy or a role's trust is about; undefined in a policy of a role. */
  readonly principals: readonly string[] | undefined;
  readonly conditions: readonly Condition[];
}

interface Condition {
  readonly test: (wanted: string, given: string) => boolean;
  readonly key: string;
  readonly wanted: readonly string[];
}

/**
 * Condition keys without a meaning on one machine, with the value that every request to the real service has: a statement is read as
 * if it had. All other keys are refused by name.
 */
const taken: Context = {
  'aws:securetransport': 'true', // SDKs speak TLS to the real service; here nothing leaves the machine.
};

const compiled = new Map<string, RegExp>();

/** Patterns come from the templates, so there are few of them: each is compiled once. */
function wildcard(pattern: string, flags = ''): RegExp {
  const known = compiled.get(flags + pattern);
  if (known) return known;
  const literal = pattern.replaceAll(/[\\^$.|+()[\]{}]/g, String.raw`\$&`);
  const made = new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, `s${flags}`);
  compiled.set(flags + pattern, made);
  return made;
}

const arnParts = 6;

/** The five parts before the resource, and the resource itself, which may hold colons. */
function parts(arn: string): string[] {
  const all = arn.split(':');
  return [...all.slice(0, arnParts - 1), ...(all.length < arnParts ? [] : [all.slice(arnParts - 1).join(':')])];
}

/** Whether an ARN fits a pattern with `*` and `?`. A wildcard stays within its part of the ARN; `*` alone is everything. */
export function arnMatches(pattern: string, arn: string): boolean {
  if (pattern === '*') return true;
  const [asked, given] = [parts(pattern), parts(arn)];
  return asked.length === given.length && asked.every((part, index) => wildcard(part).test(given[index] ?? ''));
}

/** Whether an action fits a pattern such as `s3:Get*`; capitals do not matter. */
export function actionMatches(pattern: string, action: string): boolean {
  return wildcard(pattern, 'i').test(action);
}

const operators: Readonly<Record<string, Condition['test']>> = {
  Bool: (wanted, given) => wanted.toLowerCase() === given,
  StringEquals: (wanted, given) => wanted === given,
  StringLike: (wanted, given) => wildcard(wanted).test(given),
  ArnEquals: arnMatches,
  ArnLike: arnMatches,
};

const texts = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const Principal = z.union([
  z.literal('*').transform((any) => [any]),
  z.partialRecord(z.enum(['AWS', 'Service']), texts).transform((byKind) => Object.values(byKind).flat()),
]);
const StatementJson = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: Principal.optional(),
  Action: texts,
  Resource: texts.default(['*']), // A role's trust names none: it is about the role.
  Condition: z.record(z.string(), z.record(z.string(), texts)).default({}),
});
const Document = z.strictObject({
  Version: z.string().optional(),
  Id: z.string().optional(),
  Statement: z.union([StatementJson.transform((one) => [one]), z.array(StatementJson)]),
});

type Refuse = (what: string) => never;

function condition(
  operator: string,
  key: string,
  wanted: string[],
  known: readonly string[],
  refuse: Refuse,
): Condition {
  const test = operators[operator];
  if (!test || !known.includes(key.toLowerCase())) return refuse(`condition ${operator} on ${key} is not supported`);
  return { test, key: key.toLowerCase(), wanted };
}

function understood(resource: string, refuse: Refuse): string {
  if (resource.includes('${')) return refuse(`policy variables are not supported: ${resource}`);
  if (resource !== '*' && parts(resource).length !== arnParts) return refuse(`${resource} is not an ARN`);
  return resource;
}

/**
 * Reads a policy document. `refuse` is told what is in it that is not enforced here (`NotAction`, unknown conditions, policy variables):
 * a policy that is read in part would let pass what the real one denies. `keys` are condition keys beside those of `taken`.
 */
export function readPolicy(document: unknown, refuse: Refuse, keys: readonly string[] = []): Statement[] {
  const { data, error } = Document.safeParse(document);
  if (!data) {
    const [issue] = error.issues;
    return refuse(`${issue?.path.join('.')} of the policy is not supported: ${issue?.message}`);
  }
  const known = [...Object.keys(taken), ...keys];
  return data.Statement.map(({ Effect, Principal, Action, Resource, Condition }) => ({
    effect: Effect,
    principals: Principal,
    grants: Action.flatMap((action) =>
      Resource.map((resource) => ({ action, resource: understood(resource, refuse), used: false })),
    ),
    conditions: Object.entries(Condition).flatMap(([operator, byKey]) =>
      Object.entries(byKey).map(([key, wanted]) => condition(operator, key, wanted, known, refuse)),
    ),
  }));
}

/** What statements say to an action: the last two keep the caller from it. */
export type Decision = 'allowed' | 'denied' | 'not granted';

/** Decides as the real service does: one matching Deny is enough, otherwise one matching Allow is needed. Marks the grants it used. */
export function decide(
  statements: readonly Statement[],
  { action, resource }: Action,
  context: Context = {},
): Decision {
  const request = { ...taken, ...context };
  const holds = ({ test, key, wanted }: Condition) => wanted.some((one) => test(one, request[key] ?? ''));
  const fitting = statements
    .filter(({ conditions }) => conditions.every(holds))
    .flatMap(({ effect, grants }) =>
      grants
        .filter((grant) => actionMatches(grant.action, action) && arnMatches(grant.resource, resource))
        .map((grant) => ({ effect, grant })),
    );
  if (fitting.some(({ effect }) => effect === 'Deny')) return 'denied';
  for (const { grant } of fitting) grant.used = true;
  return fitting.length > 0 ? 'allowed' : 'not granted';
}
