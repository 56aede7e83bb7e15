import { describe, expect, it } from 'vitest';
import { referencePage } from '#shared/operations/reference-page.ts';

const sample = {
  openapi: '3.1.0',
  info: { title: 'Kartu Prakerja', version: '1.2.3' },
  tags: [{ name: 'report', description: 'Public figures.' }, { name: 'empty' }],
  paths: {
    '/v1/payouts/{payoutId}': {
      post: {
        operationId: 'linkPayoutAccount',
        tags: ['incentive'],
        summary: 'Links an account & nothing <else>.',
        'x-access': 'citizen',
        'x-refusals': ['payout_account_in_use'],
        parameters: [{ name: 'payoutId', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }],
        requestBody: {
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['holder', 'account'],
                properties: {
                  holder: { $ref: '#/components/schemas/Person' },
                  labels: { type: 'array', maxItems: 3, items: { type: 'string' } },
                  amountRupiah: { type: 'integer', exclusiveMinimum: 0, maximum: Number.MAX_SAFE_INTEGER },
                  note: { anyOf: [{ type: 'string' }, { type: 'null' }] },
                  account: {
                    oneOf: [
                      { type: 'object', properties: { kind: { const: 'bank' }, bankCode: { type: 'string' } } },
                      { type: 'object', properties: { kind: { const: 'ewallet' }, phone: { type: 'string' } } },
                    ],
                  },
                },
              },
            },
          },
        },
        responses: {
          201: {
            description: 'Linked',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Person' } } },
          },
          400: {
            description: 'Refused',
            content: {
              'application/problem+json': { schema: { properties: { code: { enum: ['request_invalid'] } } } },
            },
          },
          418: { description: 'Only a teapot' },
        },
      },
    },
    '/v1/figures': {
      get: {
        tags: ['report'],
        summary: 'Figures by province.',
        'x-access': ['public', 'operator'],
        responses: {
          200: {
            description: 'Figures',
            content: {
              'application/json': {
                schema: { type: 'array', items: { type: 'object', properties: { province: { type: 'string' } } } },
              },
            },
          },
        },
      },
    },
  },
  components: {
    schemas: {
      Person: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string', minLength: 1, maxLength: 100, description: 'As on the card' },
          sex: { enum: ['female', 'male'] },
          parent: { $ref: '#/components/schemas/Person' },
        },
      },
    },
  },
};

const textOf = (markup = '') =>
  markup
    .replace(/<wbr>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/ ?\[\] ?\. ?/g, '[].')
    .replace(/\. (?=[a-z])/g, '.')
    .trim();
const document = referencePage(sample);
const articleOf = (id: string, page = document) =>
  page.split(`<article class="operation" id="${id}">`)[1]?.split('</article>')[0];
const rowsOf = (id: string) => (articleOf(id)?.match(/<tr.*?<\/tr>/gs) ?? []).map(textOf);

describe('the reference page', () => {
  it('groups operations by tag, the declared tags first and empty ones left out', () => {
    const headings = [...document.matchAll(/<h2 id="tag-[^"]*">(.*?)<\/h2>/g)].map(([, tag]) => tag);

    expect(headings).toEqual(['report', 'incentive']);
    expect(document).toContain('Public figures.');
  });

  it('links every operation from the navigation to its place, each place once', () => {
    const links = [...document.matchAll(/<a href="#([^"]+)">/g)].map(([, id]) => id);
    const ids = [...document.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);

    expect(links).toEqual(expect.arrayContaining(['linkPayoutAccount', 'get-v1-figures', 'tag-report']));
    expect(links.filter((id) => !ids.includes(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(document).toContain('>Link payout account</a>');
  });

  it('shows method, path, summary and who may call', () => {
    expect(textOf(articleOf('linkPayoutAccount'))).toMatch(
      /^POST \/v1\/payouts\/\{payoutId\} Citizen Links an account/,
    );
    expect(articleOf('linkPayoutAccount')).toContain('&amp; nothing &lt;else&gt;.');
    expect(textOf(articleOf('get-v1-figures'))).toMatch(/^GET \/v1\/figures Anybody Operator Figures by province/);
  });

  it.each([
    ['payoutId text (uuid) required in the path'],
    ['holder object required'],
    ['holder.name text required As on the card 1 to 100 characters'],
    ['holder.sex text one of female, male'],
    ['labels list of text at most 3 entries'],
    ['amountRupiah integer more than 0'],
    ['note text or null'],
    ['When kind = bank'],
    ['account.bankCode text'],
    ['When kind = ewallet'],
    ['account.phone text'],
  ])('tells of a field: %s', (row) => {
    expect(rowsOf('linkPayoutAccount')).toContain(row);
  });

  it('stops at a schema that contains itself', () => {
    const depths = rowsOf('linkPayoutAccount').map((row) => row.split('parent').length - 1);

    expect(Math.max(...depths)).toBeGreaterThan(1);
    expect(Math.max(...depths)).toBeLessThan(10);
  });

  it('marks what an answer may leave out, and the entries of a list', () => {
    expect(rowsOf('linkPayoutAccount')).toContain('sex text · may be absent one of female, male');
    expect(rowsOf('get-v1-figures')).toContain('[].province text · may be absent');
  });

  it('lists the refusals of the operation and of its answers by status', () => {
    const refused = rowsOf('linkPayoutAccount').filter((row) => /^[45]\d\d /.test(row));

    expect(refused).toEqual([
      '400 request_invalid A field is missing, unknown, or not of the type or form that it has to be',
      '409 payout_account_in_use A payment to the linked account is on its way',
      '418 Only a teapot',
    ]);
  });

  it('needs no script and nothing from elsewhere', () => {
    expect(document).not.toMatch(/<script|<link|<img|@import|url\((?!#)/);
    expect(document).not.toMatch(/https?:\/\//);
  });

  it('stays in proportion at forty operations', () => {
    const operation = sample.paths['/v1/payouts/{payoutId}'].post;
    const many = Array.from({ length: 40 }, (_, index) => [
      `/v1/things/${index}`,
      { post: { ...operation, operationId: `op${index}` } },
    ]);
    const page = referencePage({ ...sample, paths: Object.fromEntries(many) });

    expect(page.match(/<article/g)).toHaveLength(40);
    expect(articleOf('op39', page)).toContain('/v1/things/39');
    expect(page.length).toBeLessThan(600_000);
  });

  it('refuses what is no OpenAPI document', () => {
    expect(() => referencePage({ hello: 'world' })).toThrow();
  });
});
