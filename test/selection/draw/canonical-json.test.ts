import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, type Json } from '#shared/platform/canonical-json.ts';

const { json } = fc.letrec<{ json: Json; members: Record<string, Json> }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger().map((number) => number + 0),
    fc.string({ unit: 'grapheme' }),
    fc.array(tie('json'), { maxLength: 4 }),
    tie('members'),
  ),
  members: fc.dictionary(fc.string({ unit: 'grapheme' }), tie('json'), { maxKeys: 4 }),
}));

function reversed(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if ('map' in value && typeof value.map === 'function') return value.map(reversed);
  const members = Object.entries(value).toReversed();
  return Object.fromEntries(members.map(([key, member]) => [key, reversed(member)]));
}

describe('canonical JSON', () => {
  it('sorts keys by their code units, also those that look like numbers, and writes no spaces', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'ü"' }], a: true, '10': 1, '9': 2, B: {}, '': [] })).toBe(
      '{"":[],"10":1,"9":2,"B":{},"a":true,"b":[1,{"c":"ü\\"","d":null}]}',
    );
  });

  it('sorts as RFC 8785 does in its section 3.2.3', () => {
    const members = { '€': 1, '\r': 2, '\ufb33': 3, '1': 4, '😀': 5, '\u0080': 6, ö: 7 };

    // A face is two code units, and both come before that of the Hebrew letter.
    expect(canonicalJson(members)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}');
  });

  it('says the same, whatever the order in which members were added', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalJson(value);

        expect(canonicalJson(reversed(value))).toBe(text);
        expect(JSON.parse(text)).toEqual(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it.each([0, -1, 2 ** 53 - 1, 1 - 2 ** 53])('writes the whole number %d', (number) => {
    expect(canonicalJson({ places: number })).toBe(`{"places":${number}}`);
  });

  it.each([0.5, 2 ** 53, -(2 ** 53), Number.NaN, Number.POSITIVE_INFINITY])('does not write %d', (number) => {
    expect(() => canonicalJson({ places: number })).toThrow('Canonical numbers are whole');
    expect(() => canonicalJson([number])).toThrow('Canonical numbers are whole');
  });
});
