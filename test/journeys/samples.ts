import { ok } from 'node:assert/strict';
import fc from 'fast-check';
import * as z from 'zod';

/* Values that a schema takes, made from the schema alone: an endpoint that is new tomorrow has its samples tomorrow. */

type JsonSchema = {
  readonly type?: string | undefined;
  readonly format?: string | undefined;
  readonly pattern?: string | undefined;
  readonly const?: unknown;
  readonly enum?: readonly unknown[] | undefined;
  readonly properties?: Readonly<Record<string, JsonSchema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly items?: JsonSchema | undefined;
  readonly anyOf?: readonly JsonSchema[] | undefined;
  readonly oneOf?: readonly JsonSchema[] | undefined;
  readonly minimum?: number | undefined;
  readonly exclusiveMinimum?: number | undefined;
  readonly minLength?: number | undefined;
  readonly minItems?: number | undefined;
};

const JsonSchema: z.ZodType<JsonSchema> = z.lazy(() =>
  z.object({
    type: z.string().optional(),
    format: z.string().optional(),
    pattern: z.string().optional(),
    const: z.unknown().optional(),
    enum: z.array(z.unknown()).optional(),
    properties: z.record(z.string(), JsonSchema).optional(),
    required: z.array(z.string()).optional(),
    items: JsonSchema.optional(),
    anyOf: z.array(JsonSchema).optional(),
    oneOf: z.array(JsonSchema).optional(),
    minimum: z.number().optional(),
    exclusiveMinimum: z.number().optional(),
    minLength: z.number().optional(),
    minItems: z.number().optional(),
  }),
);

const told = (schema: z.core.$ZodType): JsonSchema => JsonSchema.parse(z.toJSONSchema(schema, { io: 'input' }));

const formats: Readonly<Record<string, string>> = {
  email: 'seseorang@example.id',
  date: '1999-05-05',
  'date-time': '2026-11-02T03:00:00.000Z',
  uri: 'https://lp.example/callback',
  uuid: '00000000-0000-4000-8000-000000000001',
};

function text({ format, pattern, minLength = 0 }: JsonSchema): string {
  const known = format ? formats[format] : undefined;
  if (known) return known;
  // A pattern that forbids something lets a plain word through.
  if (!pattern || pattern.includes('(?!')) return 'contoh'.padEnd(minLength, 'o');
  const [match] = fc.sample(fc.stringMatching(new RegExp(pattern)), { seed: 2026, numRuns: 1 });
  ok(match !== undefined, 'A pattern matches something');
  return match;
}

/** `known` are values for fields by name, for what only the running program knows. */
function sample(schema: JsonSchema, known: Readonly<Record<string, unknown>>): unknown {
  const [alternative] = schema.anyOf ?? schema.oneOf ?? [];
  if (alternative) return sample(alternative, known);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, field]) => [name, known[name] ?? sample(field, known)]),
      );
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => (schema.items ? sample(schema.items, known) : null));
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, (schema.exclusiveMinimum ?? 0) + 1);
    case 'boolean':
      return true;
    default:
      return text(schema);
  }
}

const Fields = z.record(z.string(), z.unknown());
export type Fields = z.infer<typeof Fields>;

/** Fields that a schema takes, the optional ones included. @throws when a sample does not parse: the generator lacks something. */
export function sampleFields(schema: z.core.$ZodType, known: Readonly<Record<string, unknown>> = {}): Fields {
  const fields = Fields.parse(sample(told(schema), known));
  z.parse(schema, fields);
  return fields;
}

/** Names of the fields that must be there. */
const requiredFields = (schema: z.core.$ZodType): readonly string[] => told(schema).required ?? [];

/** The same fields, each in turn of a type that no field has. */
export function wronglyTyped(fields: Fields): Fields[] {
  const nonsense = (value: unknown) => (Array.isArray(value) || typeof value !== 'object' ? { nonsense: true } : 7);
  return Object.entries(fields).map(([name, value]) => ({ ...fields, [name]: nonsense(value) }));
}

/** The same fields, each required one in turn left out. */
export function incomplete(schema: z.core.$ZodType, fields: Fields): Fields[] {
  return requiredFields(schema).map((missing) =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => name !== missing)),
  );
}
