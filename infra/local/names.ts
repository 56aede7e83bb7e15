import { createHash, createHmac, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { Unsupported } from '#infra/local/assembly.ts';
import { accountId, type Declared } from '#infra/local/declared.ts';

/** A name that CloudFormation would generate: from stack and logical id, at most `max` characters, without its random part. */
export function generatedName({ stack, logicalId }: Pick<Declared, 'stack' | 'logicalId'>, max: number): string {
  const whole = `${stack.name}-${logicalId}`;
  if (whole.length <= max) return whole;
  const digest = createHash('sha256').update(whole).digest('hex').slice(0, 8);
  return `${whole.slice(0, max - digest.length - 1)}-${digest}`;
}

/** An ARN in the stack's region. */
export function arn({ stack }: Pick<Declared, 'stack'>, service: string, resource: string): string {
  return `arn:aws:${service}:${stack.region}:${accountId}:${resource}`;
}

/** Reads a resource's properties; a property that the schema does not list is refused by name. */
export function properties<Schema extends z.ZodType>(
  { stack, logicalId, type, properties: given }: Declared,
  schema: Schema,
): z.infer<Schema> {
  const { data, error } = schema.safeParse(given);
  if (data !== undefined) return data;
  const [issue] = error?.issues ?? [];
  const names = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : undefined;
  const path = [...(issue?.path ?? []).map(String), ...(names ? [names] : [])].join('.');
  throw new Unsupported(
    `${stack.name}/${logicalId}: ${type} property ${path} is not supported${names ? '' : ` (${issue?.message})`}`,
  );
}

/** For properties that change nothing on one machine. Named in the schema of each type, so that all others are refused. */
export const ignored = z.unknown().optional();

/** CloudFormation writes booleans and numbers as texts now and then. */
export const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
export const count = z.coerce.number().int();

/** An endless stream of bytes that the same seed and label always give; random bytes without a seed. */
export function* seededBytes(seed: string | undefined, label: string): Generator<number> {
  for (let block = 0; ; block += 1)
    yield* seed === undefined ? randomBytes(32) : createHmac('sha256', seed).update(`${label}#${block}`).digest();
}

/** `length` characters of `alphabet` (at most 256), evenly drawn from the bytes. */
export function draw(bytes: Iterator<number>, alphabet: string, length: number): string {
  const fair = 256 - (256 % alphabet.length);
  let text = '';
  while (text.length < length) {
    const byte: number = bytes.next().value;
    if (byte < fair) text += alphabet[byte % alphabet.length];
  }
  return text;
}
