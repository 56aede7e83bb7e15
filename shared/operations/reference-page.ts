import * as z from 'zod/mini';
import {
  fieldRows,
  JsonSchema,
  type NamedSchemas,
  type Row,
  resolved,
  typeName,
} from '#shared/operations/reference-schema.ts';
import { referenceStyle } from '#shared/operations/reference-style.ts';
import { type Html, html, masthead, page } from '#shared/platform/page.ts';
import { refusals } from '#shared/platform/refusal-codes.ts';

const Content = z.record(z.string(), z.object({ schema: z.optional(JsonSchema) }));

const Parameter = z.object({
  name: z.string(),
  in: z.string(),
  required: z._default(z.boolean(), false),
  description: z.optional(z.string()),
  schema: z._default(JsonSchema, {}),
});

const Operation = z.object({
  operationId: z.optional(z.string()),
  summary: z._default(z.string(), ''),
  description: z.optional(z.string()),
  tags: z._default(z.array(z.string()), []),
  parameters: z._default(z.array(Parameter), []),
  requestBody: z.optional(z.object({ content: Content })),
  responses: z._default(
    z.record(z.string(), z.object({ description: z._default(z.string(), ''), content: z._default(Content, {}) })),
    {},
  ),
  'x-access': z.optional(z.union([z.string(), z.array(z.string())])),
  'x-refusals': z._default(z.array(z.string()), []),
});
type Operation = z.infer<typeof Operation>;

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
const PathItem = z.object({
  parameters: z._default(z.array(Parameter), []),
  ...{ get: z.optional(Operation), post: z.optional(Operation), put: z.optional(Operation) },
  ...{ patch: z.optional(Operation), delete: z.optional(Operation) },
});

/** What the reference page reads of an OpenAPI 3.1 document; everything else in it is left alone. */
const ApiDescription = z.object({
  info: z.object({ title: z.string(), version: z.string(), description: z.optional(z.string()) }),
  tags: z._default(z.array(z.object({ name: z.string(), description: z.optional(z.string()) })), []),
  paths: z.record(z.string(), PathItem),
  components: z._default(z.object({ schemas: z._default(z.record(z.string(), JsonSchema), {}) }), { schemas: {} }),
});
type ApiDescription = z.infer<typeof ApiDescription>;

const callers: Readonly<Record<string, { readonly name: string; readonly proof: string }>> = {
  public: { name: 'Anybody', proof: 'needs no credentials' },
  citizen: { name: 'Citizen', proof: 'sends the access token of a citizen: Authorization: Bearer …' },
  operator: { name: 'Operator', proof: 'sends the access token of an operator: Authorization: Bearer …' },
  partner: { name: 'Partner', proof: 'signs the request with HMAC-SHA1: client_code, timestamp, signature' },
  webhook: {
    name: 'Institution webhook',
    proof: 'signs the message by Standard Webhooks: webhook-id, webhook-timestamp, webhook-signature',
  },
  payment_partner: {
    name: 'Payment partner',
    proof: 'signs the request by SNAP BI: X-PARTNER-ID, X-TIMESTAMP, X-SIGNATURE',
  },
};

type Listed = { readonly method: string; readonly path: string; readonly id: string; readonly operation: Operation };

/**
 * A page to read an OpenAPI 3.1 document by: operations by tag, who may call each, fields, answers, refusals. Reads the
 * extensions `x-access` (one caller or several) and `x-refusals` (codes of the one table) of an operation.
 * Fails with a ZodError when the document is none.
 */
export function referencePage(openapiDocument: unknown): string {
  const description = ApiDescription.parse(openapiDocument);
  const named = description.components.schemas;
  const groups = operationsByTag(description);
  const body = html`${masthead(html`API reference · ${description.info.version}`)}
<div class="reference">
<nav aria-label="Operations"><ul>
${[...groups].map(([tag, operations]) => navigation(tag, operations))}
</ul></nav>
<main>
<h1>${description.info.title}</h1>
${description.info.description && html`<p>${description.info.description}</p>`}
<p>The same description for machines: <a href="/openapi.json">/openapi.json</a></p>
${accessLegend(groups)}
${[...groups].map(([tag, operations]) => section(description, tag, operations, named))}
</main>
</div>`;
  return page({ title: `${description.info.title} – API reference`, lang: 'en', body, ownStyle: referenceStyle });
}

const slug = (text: string) => text.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '');

/** "readBatchFile" as "Read batch file". */
const inWords = (operationId: string) => {
  const words = operationId.replace(
    /([a-z0-9])([A-Z])/g,
    (_, end: string, start: string) => `${end} ${start.toLowerCase()}`,
  );
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** Operations in the order of the document's tags, then of their first use. */
function operationsByTag({ paths, tags }: ApiDescription): Map<string, Listed[]> {
  const groups = new Map<string, Listed[]>(tags.map(({ name }) => [name, []]));
  for (const [path, item] of Object.entries(paths))
    for (const method of methods) {
      const found = item[method];
      if (!found) continue;
      const tag = found.tags[0] ?? 'other';
      const id = slug(found.operationId ?? `${method} ${path}`);
      const operation = { ...found, parameters: [...item.parameters, ...found.parameters] };
      groups.set(tag, [...(groups.get(tag) ?? []), { method, path, id, operation }]);
    }
  return new Map([...groups].filter(([, operations]) => operations.length > 0));
}

function navigation(tag: string, operations: readonly Listed[]): Html {
  const nameOf = ({ operation, path }: Listed) => (operation.operationId ? inWords(operation.operationId) : path);
  const links = operations.map((listed) => html`<li><a href="#${listed.id}">${nameOf(listed)}</a></li>`);
  return html`<li><a href="#tag-${slug(tag)}">${tag}</a><ul>${links}</ul></li>
`;
}

const accessOf = ({ 'x-access': access = [] }: Operation) => (typeof access === 'string' ? [access] : access);

function accessLegend(groups: ReadonlyMap<string, readonly Listed[]>): Html {
  const used = new Set([...groups.values()].flat().flatMap(({ operation }) => accessOf(operation)));
  const known = Object.entries(callers).filter(([access]) => used.has(access));
  return html`${
    known.length > 0 &&
    html`<section aria-labelledby="who"><h2 id="who">Who may call</h2><ul>
${known.map(([, { name, proof }]) => html`<li><span class="access">${name}</span> ${proof}</li>`)}
</ul></section>`
  }`;
}

function section(description: ApiDescription, tag: string, operations: readonly Listed[], named: NamedSchemas): Html {
  const about = description.tags.find(({ name }) => name === tag)?.description;
  const id = `tag-${slug(tag)}`;
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${tag}</h2>
${about && html`<p>${about}</p>`}
${operations.map((listed) => article(listed, named))}
</section>
`;
}

function article({ method, path, id, operation }: Listed, named: NamedSchemas): Html {
  const badges = accessOf(operation).map(
    (access) => html`<span class="access">${callers[access]?.name ?? access}</span>`,
  );
  return html`<article class="operation" id="${id}">
<h3><span class="method ${method}">${method.toUpperCase()}</span> <a href="#${id}"><code>${path}</code></a> ${badges}</h3>
<p>${operation.summary}</p>
${operation.description && html`<p>${operation.description}</p>`}
${parameters(operation, named)}
${requestBody(operation, named)}
${answers(operation, named)}
${refusalTable(operation, named)}
</article>
`;
}

const places: Readonly<Record<string, string>> = { path: 'in the path', query: 'in the query', header: 'header' };

function parameters({ parameters }: Operation, named: NamedSchemas): Html | false {
  const schema = {
    properties: Object.fromEntries(
      parameters.map(({ name, in: place, description, schema }) => {
        const words = [description ?? schema.description, places[place] ?? place].filter(Boolean).join(' · ');
        return [name, { ...resolved(schema, named), description: words }];
      }),
    ),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
  };
  return parameters.length > 0 && html`<h4>Parameters</h4>${fieldTable(fieldRows(schema, named), 'asked')}`;
}

function requestBody({ requestBody }: Operation, named: NamedSchemas): Html | false {
  return !!requestBody && html`<h4>Request body</h4>${content(requestBody.content, named, 'asked')}`;
}

const isRefusal = (status: string) => !/^[123]/.test(status);

function answers({ responses }: Operation, named: NamedSchemas): Html {
  const good = Object.entries(responses).filter(([status]) => !isRefusal(status));
  return html`${good.map(
    ([status, answer]) => html`<h4>Answer ${status}</h4>
<p>${answer.description}</p>
${content(answer.content, named, 'answered')}`,
  )}`;
}

/** Fields that a caller must send are marked; of an answer's fields, those that may be absent. */
type Direction = 'asked' | 'answered';

function content(bodies: z.infer<typeof Content>, named: NamedSchemas, direction: Direction): Html {
  return html`${Object.entries(bodies).map(([type, { schema = {} }]) => {
    const rows = fieldRows(schema, named);
    const isJson = type === 'application/json';
    if (rows.length === 0)
      return html`<p class="quiet">${isJson ? typeName(schema, named) : html`<code>${type}</code>`}</p>`;
    return html`${!isJson && html`<p class="quiet"><code>${type}</code></p>`}
${resolved(schema, named).type === 'array' && html`<p class="quiet">A list; <code>[]</code> is each entry.</p>`}
${fieldTable(rows, direction)}`;
  })}`;
}

function fieldTable(rows: readonly Row[], direction: Direction): Html {
  return html`<table class="fields"><thead><tr><th scope="col">Field</th><th scope="col">Meaning</th></tr></thead><tbody>
${rows.map((row) => fieldLine(row, direction))}</tbody></table>`;
}

function fieldLine(row: Row, direction: Direction): Html {
  if (row.kind === 'variant')
    return html`<tr class="variant"><th colspan="2" scope="colgroup">When <code>${row.name}</code></th></tr>
`;
  const { path, type, required, description, limits } = row;
  const parents = path.slice(0, -1).map((name, index) => html`${name}${path[index + 1] !== '[]' && '.'}`);
  return html`<tr><td><code><span class="parent">${parents}</span>${path.at(-1)}</code>
<span class="type">${type}${direction === 'asked' && required && html` <span class="must">required</span>`}${
    direction === 'answered' && !required && path.at(-1) !== '{name}' && ' · may be absent'
  }</span></td>
<td>${description}${description !== '' && limits.length > 0 && html`<br>`}${limits.map(
    (limit, index) => html`${index > 0 && '; '}${limit}`,
  )}</td></tr>
`;
}

type RefusalLine = { readonly code: string; readonly status: string; readonly title: string };
const titles = new Map<string, { status: number; title: string }>(Object.entries(refusals));

/** The codes an operation names itself, and those fixed in the schemas of its refusing answers. */
function refusalLines({ 'x-refusals': codes, responses }: Operation, named: NamedSchemas): RefusalLine[] {
  const lines = new Map<string, RefusalLine>();
  for (const code of codes) {
    const known = titles.get(code);
    lines.set(code, { code, status: String(known?.status ?? ''), title: known?.title ?? '' });
  }
  for (const [status, { description, content }] of Object.entries(responses).filter(([status]) => isRefusal(status))) {
    const stated = Object.values(content).flatMap(({ schema = {} }) => codesOf(schema, named));
    for (const code of stated) lines.set(code, { code, status, title: titles.get(code)?.title ?? description });
    if (stated.length === 0 && ![...lines.values()].some((line) => line.status === status))
      lines.set(status, { code: '', status, title: description });
  }
  return [...lines.values()].sort((a, b) => a.status.localeCompare(b.status) || a.code.localeCompare(b.code));
}

function codesOf(schema: JsonSchema, named: NamedSchemas): string[] {
  const { properties: { code = {} } = {}, anyOf = [], oneOf = [] } = resolved(schema, named);
  const { const: fixed, enum: choices = [] } = resolved(code, named);
  const own = [fixed, ...choices].filter((code) => typeof code === 'string');
  return [...own, ...[...anyOf, ...oneOf].flatMap((variant) => codesOf(variant, named))];
}

/** A long code may break after its underscores on a narrow screen. */
const breakable = (code: string) => code.split('_').map((word, index) => (index === 0 ? word : html`_<wbr>${word}`));

function refusalTable(operation: Operation, named: NamedSchemas): Html | false {
  const lines = refusalLines(operation, named);
  const row = ({ status, code, title }: RefusalLine) =>
    html`<tr><td>${status}</td><td>${code !== '' && html`<code>${breakable(code)}</code>`}</td><td>${title}</td></tr>
`;
  return (
    lines.length > 0 &&
    html`<details><summary>${lines.length} ${lines.length === 1 ? 'refusal' : 'refusals'}</summary>
<table class="refusals"><thead><tr><th scope="col">Status</th><th scope="col">Code</th><th scope="col">Meaning</th></tr></thead><tbody>
${lines.map(row)}</tbody></table></details>`
  );
}
