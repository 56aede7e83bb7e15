import * as z from 'zod/mini';

/** As much of JSON Schema as the reference page shows. `true` and `false` are schemas that show nothing. */
export type JsonSchema = {
  readonly $ref?: string | undefined;
  readonly type?: string | readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly format?: string | undefined;
  readonly pattern?: string | undefined;
  readonly const?: unknown;
  readonly enum?: readonly unknown[] | undefined;
  readonly default?: unknown;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly exclusiveMinimum?: number | undefined;
  readonly exclusiveMaximum?: number | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly properties?: Readonly<Record<string, JsonSchema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly additionalProperties?: JsonSchema | undefined;
  readonly items?: JsonSchema | undefined;
  readonly anyOf?: readonly JsonSchema[] | undefined;
  readonly oneOf?: readonly JsonSchema[] | undefined;
  readonly allOf?: readonly JsonSchema[] | undefined;
};

export const JsonSchema: z.ZodMiniType<JsonSchema> = z.lazy(() =>
  z.union([
    z.pipe(
      z.boolean(),
      z.transform(() => ({})),
    ),
    SchemaObject,
  ]),
);

const SchemaObject = z.object({
  $ref: z.optional(z.string()),
  type: z.optional(z.union([z.string(), z.array(z.string())])),
  description: z.optional(z.string()),
  format: z.optional(z.string()),
  pattern: z.optional(z.string()),
  const: z.optional(z.unknown()),
  enum: z.optional(z.array(z.unknown())),
  default: z.optional(z.unknown()),
  minimum: z.optional(z.number()),
  maximum: z.optional(z.number()),
  exclusiveMinimum: z.optional(z.number()),
  exclusiveMaximum: z.optional(z.number()),
  minLength: z.optional(z.number()),
  maxLength: z.optional(z.number()),
  minItems: z.optional(z.number()),
  maxItems: z.optional(z.number()),
  properties: z.optional(z.record(z.string(), JsonSchema)),
  required: z.optional(z.array(z.string())),
  additionalProperties: z.optional(JsonSchema),
  items: z.optional(JsonSchema),
  anyOf: z.optional(z.array(JsonSchema)),
  oneOf: z.optional(z.array(JsonSchema)),
  allOf: z.optional(z.array(JsonSchema)),
});

export type NamedSchemas = Readonly<Record<string, JsonSchema>>;

/** One line of a table of fields. A variant heads the fields that are there in one form of the object only. */
export type Row =
  | { readonly kind: 'variant'; readonly name: string }
  | {
      readonly kind: 'field';
      /** Names from the outside in; `[]` marks the items of a list, `{name}` any name. */
      readonly path: readonly string[];
      readonly type: string;
      readonly required: boolean;
      readonly description: string;
      readonly limits: readonly string[];
    };

// A schema may contain itself; nobody reads deeper than this.
const deepest = 6;

/** The fields of a schema as lines of a table, nested ones after the field that holds them. */
export function fieldRows(schema: JsonSchema, named: NamedSchemas, path: readonly string[] = []): Row[] {
  if (path.length > deepest) return [];
  const { properties = {}, required = [], items, additionalProperties, ...rest } = resolved(schema, named);
  const own = Object.entries(properties).flatMap(([name, field]): Row[] => {
    const fieldPath = [...path, name];
    return [rowOf(field, named, fieldPath, required.includes(name)), ...fieldRows(field, named, fieldPath)];
  });
  const inner = items ? fieldRows(items, named, [...path, '[]']) : [];
  const free = additionalProperties ? freeRows(additionalProperties, named, [...path, '{name}']) : [];
  const objects = variantsOf(rest).filter((variant) => resolved(variant, named).properties);
  const only = objects.length === 1 ? objects[0] : undefined;
  if (only) return [...own, ...inner, ...free, ...fieldRows(only, named, path)];
  const variants = objects.flatMap((variant, index): Row[] => [
    { kind: 'variant', name: variantName(resolved(variant, named), index) },
    ...fieldRows(variant, named, path),
  ]);
  return [...own, ...inner, ...free, ...variants];
}

function freeRows(value: JsonSchema, named: NamedSchemas, path: readonly string[]): Row[] {
  if (Object.keys(value).length === 0) return [];
  return [rowOf(value, named, path, false), ...fieldRows(value, named, path)];
}

function rowOf(schema: JsonSchema, named: NamedSchemas, path: readonly string[], required: boolean): Row {
  const field = resolved(schema, named);
  const { description = '' } = field;
  return { kind: 'field', path, type: typeName(schema, named), required, description, limits: limitsOf(field) };
}

const variantsOf = ({ anyOf = [], oneOf = [] }: JsonSchema) => [...anyOf, ...oneOf];

/** What tells a variant from its siblings: the fields with a fixed value. */
function variantName({ properties = {}, description }: JsonSchema, index: number): string {
  const fixed = Object.entries(properties).filter(([, field]) => field.const !== undefined);
  if (fixed.length > 0) return fixed.map(([name, field]) => `${name} = ${String(field.const)}`).join(', ');
  return description ?? `Form ${index + 1}`;
}

/** Follows references and lays the parts of `allOf` over each other. An unknown reference shows nothing. */
export function resolved(schema: JsonSchema, named: NamedSchemas, depth = 0): JsonSchema {
  if (depth > deepest) return {};
  const { $ref, allOf = [], ...own } = schema;
  const referred = $ref ? [named[$ref.split('/').at(-1) ?? ''] ?? {}] : [];
  const parts = [...referred, ...allOf].map((part) => resolved(part, named, depth + 1));
  if (parts.length === 0) return own;
  const all = [...parts, own];
  return {
    ...Object.assign({}, ...all),
    properties: Object.assign({}, ...all.map(({ properties }) => properties)),
    required: all.flatMap(({ required = [] }) => required),
  };
}

/** "integer", "text (date-time)", "list of text", "text or null". */
export function typeName(schema: JsonSchema, named: NamedSchemas, depth = 0): string {
  const { type, format, items, properties, ...rest } = resolved(schema, named);
  if (depth > deepest) return 'any';
  const variants = variantsOf(rest).map((variant) => typeName(variant, named, depth + 1));
  if (variants.length > 0) return [...new Set(variants)].join(' or ');
  const types = typeof type === 'string' ? [type] : (type ?? []);
  if (types.length === 0) return properties ? 'object' : fixedType(rest);
  return types
    .map((name) => {
      if (name === 'array') return items ? `list of ${typeName(items, named, depth + 1)}` : 'list';
      const word = name === 'string' ? 'text' : name;
      return format ? `${word} (${format})` : word;
    })
    .join(' or ');
}

function fixedType({ const: fixed, enum: choices = [] }: JsonSchema): string {
  const value = fixed ?? choices[0];
  if (value === undefined) return 'any';
  return typeof value === 'string' ? 'text' : typeof value;
}

const wordOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : JSON.stringify(value));
const isSafeBound = (bound: number | undefined) => bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER;
const between = (low: number | undefined, high: number | undefined, unit: string): string[] => {
  if (low !== undefined && low === high) return [`exactly ${low}${unit}`];
  if (low !== undefined && high !== undefined) return [`${low} to ${high}${unit}`];
  if (low !== undefined) return [`at least ${low}${unit}`];
  return high === undefined ? [] : [`at most ${high}${unit}`];
};

/** What a value must fulfil, in words. Bounds of the number type itself and the patterns of known formats say nothing. */
function limitsOf(field: JsonSchema): string[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, format, pattern, items } = field;
  const bound = (value: number | undefined) => (isSafeBound(value) ? value : undefined);
  return [
    ...(field.const === undefined ? [] : [`always ${wordOf(field.const)}`]),
    ...(field.enum ? [`one of ${field.enum.map(wordOf).join(', ')}`] : []),
    ...(items?.enum ? [`each one of ${items.enum.map(wordOf).join(', ')}`] : []),
    ...between(bound(minimum), bound(maximum), ''),
    ...(isSafeBound(exclusiveMinimum) ? [`more than ${exclusiveMinimum}`] : []),
    ...(isSafeBound(exclusiveMaximum) ? [`less than ${exclusiveMaximum}`] : []),
    ...between(field.minLength, field.maxLength, ' characters'),
    ...between(field.minItems, field.maxItems, ' entries'),
    ...(pattern && !format ? [`matches ${pattern}`] : []),
    ...(field.default === undefined ? [] : [`${wordOf(field.default)} when absent`]),
  ];
}
