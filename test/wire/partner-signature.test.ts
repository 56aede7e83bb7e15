import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  collapsedPath,
  compactJson,
  isFresh,
  partnerSignature,
  type SignedRequest,
  signatureMatches,
} from '#shared/platform/partner-signature.ts';

const signKey = 'my_sign_key';
const base = '/api/v1/integration';
const commit = {
  clientCode: 'myclient_code',
  timestamp: '1516239022',
  method: 'POST',
  path: `${base}/payment/redeem-code/commit`,
};
const generate = { ...commit, path: `${base}/oauth/url-generate` };

const p1 = { ...commit, body: '{"redeem_code":"code"}' };
const p1Signature = '943c20a8e36b6243f576404b00fffdc86411ce1f';

/** P: published with the official samples. D: computed from the published rules. */
const vectors: readonly (readonly [name: string, request: SignedRequest, signature: string])[] = [
  ['P1', p1, p1Signature],
  ['P2', { ...commit, body: '{"code":"code"}' }, 'd46b59b221335976b46eafb752035a1172a8beb2'],
  [
    'D1',
    {
      clientCode: 'client_code',
      timestamp: '1698289216',
      method: 'POST',
      path: `${base}/payment/redeem-code/status`,
      body: '{"redeem_code":"GHOPNYXUVMT0","sequence":1}',
    },
    'ab176812770ce5336cccabdf045a84292493ec72',
  ],
  [
    'D2',
    {
      ...generate,
      body: '{"redeem_code":"PRAT-UJ0EEQ","redirect_uri":"https://lp.example/callback","email":"a@b.id","sequence":1}',
    },
    'c95fa370a42f93052f053e097930dc0c742ab3da',
  ],
  [
    'D3',
    {
      ...generate,
      body: '{"redeem_code":"PRAT-UJ0EEQ","redirect_uri":"https:\\/\\/lp.example\\/callback","email":"a@b.id","sequence":1}',
    },
    '445816c7db0116ca77603e8f79f4ae962c910b3d',
  ],
  ['D4', { ...commit, body: '{"redeem_code": "code"}' }, '3f54c558bb285267009a458ebd99dc69a0c53e9b'],
];

describe('a partner signature', () => {
  it.each(vectors)('is as published or derived: %s', (_, request, signature) => {
    expect(partnerSignature(signKey, request)).toBe(signature);
    expect(signatureMatches(signKey, request, signature)).toBe(true);
  });

  it('is not made with key and message swapped', () => {
    const swapped = 'f14a6e0cf69141d2b7ee75e724e3d8e3acfc5923';
    const { clientCode, timestamp, method, path, body } = p1;
    const message = clientCode + timestamp + method + path + body;
    expect(createHmac('sha1', message).update(signKey).digest('hex')).toBe(swapped);
    expect(signatureMatches(signKey, p1, swapped)).toBe(false);
  });

  it('over the compact body fits the spaced body that the Python sample sends', () => {
    expect(signatureMatches(signKey, { ...p1, body: '{"redeem_code": "code"}' }, p1Signature)).toBe(true);
    expect(signatureMatches(signKey, { ...p1, body: '{\r\n\t"redeem_code" :\n  "code" }\n' }, p1Signature)).toBe(true);
  });

  it('over the body as it was sent fits too, spaces and all', () => {
    const request = { ...commit, body: '{ "redeem_code": "co de" }' };
    expect(signatureMatches(signKey, request, partnerSignature(signKey, request))).toBe(true);
  });

  it('does not fit a body with a space more inside a text', () => {
    expect(signatureMatches(signKey, { ...p1, body: '{"redeem_code":"co de"}' }, p1Signature)).toBe(false);
  });

  it('does not fit a body whose escapes were rewritten', () => {
    const [, escaped, signature] = vectors[4] ?? [];
    if (!escaped) throw new Error('D3 is the fifth vector');
    expect(signatureMatches(signKey, { ...escaped, body: escaped.body.replaceAll('\\/', '/') }, signature ?? '')).toBe(
      false,
    );
  });

  it('fits with and without the Authorization header between path and body', () => {
    const authorization = 'Payment token';
    const request = { ...p1, authorization };
    const { clientCode, timestamp, method, path, body } = p1;
    const withHeader = createHmac('sha1', signKey).update(
      clientCode + timestamp + method + path + authorization + body,
    );
    expect(signatureMatches(signKey, request, withHeader.digest('hex'))).toBe(true);
    expect(signatureMatches(signKey, request, p1Signature)).toBe(true);
    expect(signatureMatches(signKey, p1, partnerSignature(signKey, request))).toBe(false);
  });

  it.each([1, 2, 3, 10])('of one slash fits an address with %i at its beginning', (slashes) => {
    expect(signatureMatches(signKey, { ...p1, path: '/'.repeat(slashes - 1) + p1.path }, p1Signature)).toBe(true);
  });

  it('of one slash does not fit an address with two further on', () => {
    const path = p1.path.replace('/payment', '//payment');
    expect(collapsedPath(path)).toBe(path);
    expect(signatureMatches(signKey, { ...p1, path }, p1Signature)).toBe(false);
  });

  it('is refused when any byte of the request was changed', () => {
    const parts = ['clientCode', 'timestamp', 'method', 'path', 'body'] as const;
    for (const part of parts)
      for (let at = 0; at < p1[part].length; at += 1)
        for (const flip of [1, 2, 4, 8, 16, 32, 64]) {
          const forged = String.fromCharCode(p1[part].charCodeAt(at) ^ flip);
          const changed = p1[part].slice(0, at) + forged + p1[part].slice(at + 1);
          expect([part, changed, signatureMatches(signKey, { ...p1, [part]: changed }, p1Signature)]).toEqual([
            part,
            changed,
            false,
          ]);
        }
  });

  it('is refused when any byte of it was changed, cut or added', () => {
    for (let at = 0; at < p1Signature.length; at += 1) {
      const other = p1Signature[at] === '0' ? '1' : '0';
      expect(signatureMatches(signKey, p1, p1Signature.slice(0, at) + other + p1Signature.slice(at + 1))).toBe(false);
      expect(signatureMatches(signKey, p1, p1Signature.slice(0, at))).toBe(false);
    }
    for (const forged of [`${p1Signature}0`, p1Signature.toUpperCase(), ` ${p1Signature}`, ''])
      expect(signatureMatches(signKey, p1, forged)).toBe(false);
  });

  it('is refused under another key', () => {
    for (const other of ['', 'my_sign_keY', 'my_sign_key ', 'unknown'])
      expect(signatureMatches(other, p1, p1Signature)).toBe(false);
  });
});

describe('compacting JSON', () => {
  /** Independent of the product's: the tokens of the text, joined. */
  const tokensOf = (text: string) => (text.match(/"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/gs) ?? []).join('');

  const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/);
  /** The same JSON with white space wherever the grammar allows it, and `\/` for some slashes. */
  const spaced = fc
    .tuple(fc.jsonValue({ maxDepth: 4 }), fc.infiniteStream(space), fc.boolean())
    .map(([value, spaces, escapes]) => {
      const next = () => spaces.next().value ?? '';
      const tokens = JSON.stringify(value).match(/"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/gs) ?? [];
      const compact = escapes ? tokens.map((token) => token.replaceAll('/', '\\/')) : tokens;
      return { compact: compact.join(''), text: next() + compact.map((token) => token + next()).join('') };
    });

  it('drops white space between tokens and nothing else', () => {
    fc.assert(
      fc.property(spaced, ({ compact, text }) => {
        expect(compactJson(text)).toBe(compact);
        expect(compactJson(text)).toBe(tokensOf(text));
        expect(compactJson(compact)).toBe(compact);
      }),
      { numRuns: 500 },
    );
  });

  it('is what stringify gives, where nothing is escaped in two ways', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(1, 2, '\t', ' \t'), (value, indent) => {
        expect(compactJson(JSON.stringify(value, null, indent))).toBe(JSON.stringify(value));
      }),
    );
  });

  it.each([
    ['keeps escaped slashes', '{ "a" : "https:\\/\\/x" }', '{"a":"https:\\/\\/x"}'],
    ['keeps escaped quotes', '{ "a \\" : " : " \\\\ " }', '{"a \\" : ":" \\\\ "}'],
    ['keeps a text that ends in a backslash', '{ "a" : "b\\\\" , "c" : 1 }', '{"a":"b\\\\","c":1}'],
    ['keeps the order and the repeats of keys', '{"b":1, "a":2, "b":3}', '{"b":1,"a":2,"b":3}'],
    ['keeps numbers as they are written', '[ 1.0, 1e5, -0 ]', '[1.0,1e5,-0]'],
    ['keeps what is no white space of JSON', '[\u00a01,\u20282]', '[\u00a01,\u20282]'],
    ['does not fail on what is no JSON', '{ "a', '{"a'],
    ['gives nothing for nothing', ' \n ', ''],
  ])('%s', (_, text, compact) => {
    expect(compactJson(text)).toBe(compact);
  });

  it('takes time in proportion to the text', () => {
    const hostile = `${' '.repeat(100_000)}"${'\\"'.repeat(50_000)}`;
    const begun = performance.now();
    for (let times = 0; times < 10; times += 1) compactJson(hostile);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});

describe('a timestamp', () => {
  const now = new Date('2023-10-26T03:00:16.000Z'); // 1698289216

  it.each([
    ['1698289216', 0, true],
    ['1698288916', 0, true],
    ['1698288915', 0, false],
    ['1698289516', 0, true],
    ['1698289517', 0, false],
    // A millisecond later the oldest second is too old, and a second ahead comes within reach.
    ['1698288916', 1, false],
    ['1698288917', 1, true],
    ['1698289517', 999, false],
    ['1698289517', 1_000, true],
  ])('of %s is fresh %i ms after the whole second: %s', (timestamp, milliseconds, fresh) => {
    expect(isFresh(timestamp, new Date(now.getTime() + milliseconds), 300)).toBe(fresh);
  });

  it.each([
    '',
    ' 1698289216',
    '1698289216 ',
    '+1698289216',
    '1.698289216e9',
    '1698289216.0',
    '-1',
    '0x65',
    '1698289216000',
    'NaN',
    '١٦٩٨',
  ])('of %j is no timestamp', (timestamp) => {
    expect(isFresh(timestamp, now, 300)).toBe(false);
  });

  it('has the tolerance it is given', () => {
    expect(isFresh('1698289206', now, 10)).toBe(true);
    expect(isFresh('1698289205', now, 10)).toBe(false);
  });
});
