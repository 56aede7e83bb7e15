import { createHash, createHmac, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bodyDigest,
  externalId,
  notificationSignatureMatches,
  notificationText,
  snapTimestamp,
  tokenSignature,
  transactionSignature,
} from '#shared/incentive/snap/signature.ts';
import * as vectors from '#test/incentive/snap/public-test-keys.ts';

const { at, timestamp, clientId, clientSecret, accessToken, tokenVector, transferVector, notificationVector } = vectors;
const post = { method: 'POST', timestamp };

describe('the signature of a request for a token', () => {
  it('is the one that OpenSSL makes', () => {
    const privateKey = createPrivateKey(vectors.ourPrivateKey);
    expect(tokenSignature(privateKey, clientId, timestamp)).toBe(tokenVector.signature);
  });
});

describe('the signature of a transaction', () => {
  const { path, body, digest, signature } = transferVector;

  it('is the one that OpenSSL makes', () => {
    expect(bodyDigest(body)).toBe(digest);
    expect(transactionSignature(clientSecret, accessToken, { ...post, path, body })).toBe(signature);
  });

  it('covers method, path, token, body, time and secret', () => {
    const message = { ...post, path, body };
    const others = [
      transactionSignature(clientSecret, accessToken, { ...message, method: 'PUT' }),
      transactionSignature(clientSecret, accessToken, { ...message, path: '/v1.0/transfer-interbank' }),
      transactionSignature(clientSecret, accessToken, { ...message, body: body.replace('600000', '600001') }),
      transactionSignature(clientSecret, accessToken, { ...message, timestamp: '2026-03-02T10:15:31+07:00' }),
      transactionSignature(clientSecret, 'another-token', message),
      transactionSignature('another secret', accessToken, message),
    ];
    expect(new Set([signature, ...others]).size).toBe(others.length + 1);
  });

  it('is that of the hand-written text for any order', () => {
    const check = (order: unknown) => {
      const text = JSON.stringify(order);
      const sha = createHash('sha256').update(text).digest('hex');
      const signed = `POST:${path}:${accessToken}:${sha}:${timestamp}`;
      const expected = createHmac('sha512', clientSecret).update(signed).digest('base64');
      expect(transactionSignature(clientSecret, accessToken, { ...post, path, body: text })).toBe(expected);
    };
    fc.assert(fc.property(fc.jsonValue(), check));
  });
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('the digest of a body', () => {
  it('leaves out the white space that means nothing, however it is laid out', () => {
    const layouts = fc.constantFrom(undefined, 1, 4, '\t', ' \t', '\n', '\r\n');
    const check = (value: unknown, layout: string | number | undefined) => {
      expect(bodyDigest(JSON.stringify(value, null, layout))).toBe(sha256(JSON.stringify(value)));
    };
    // What a parse and stringify makes of it stays the same, and so only white space can differ.
    fc.assert(fc.property(fc.jsonValue({ noUnicodeString: false }), layouts, check), { numRuns: 500 });
  });

  it('keeps all white space within strings', () => {
    const spaced = fc
      .array(fc.constantFrom(' ', '  ', '\t', '\n', 'a', '"', '\\', ':', '{'), { maxLength: 12 })
      .map((parts) => parts.join(''));
    const check = (name: string, value: string) => {
      const compact = JSON.stringify({ [name]: value });
      expect(bodyDigest(` {\n  ${JSON.stringify(name)} :\t${JSON.stringify(value)}\r\n} `)).toBe(sha256(compact));
    };
    fc.assert(fc.property(spaced, spaced, check), { numRuns: 500 });
  });

  it('keeps the order of fields and the escapes that the sender chose', () => {
    expect(bodyDigest(String.raw`{ "b" : "a\/b" , "a" : 1.0 }`)).toBe(sha256(String.raw`{"b":"a\/b","a":1.0}`));
  });

  it('takes a time in proportion to the length, even of white space without end', () => {
    const timeOf = (length: number) => {
      const text = `{"a":${' '.repeat(length)}1}`;
      const started = performance.now();
      bodyDigest(text);
      return performance.now() - started;
    };
    timeOf(100_000);
    expect(timeOf(4_000_000)).toBeLessThan(1_000);
  });
});

describe('the signature of a notification', () => {
  const { path, body, digest, signature } = notificationVector;
  const publicKey = createPublicKey(vectors.partnerPublicKey);
  const message = { ...post, path, body };

  it('is the one that OpenSSL makes', () => {
    expect(notificationText(message)).toBe(`POST:${path}:${digest}:${timestamp}`);
    expect(notificationSignatureMatches(publicKey, message, signature)).toBe(true);
  });

  it.each([
    ['another method', { method: 'PUT' }],
    ['another path', { path: `${path}/` }],
    ['another time', { timestamp: '2026-03-02T10:15:31+07:00' }],
    ['one space less within a string', { body: body.replace('BANK 1', 'BANK1') }],
  ])('does not match %s', (_, change) => {
    expect(notificationSignatureMatches(publicKey, { ...message, ...change }, signature)).toBe(false);
  });

  it('matches a body that was laid out again on its way', () => {
    const laidOut = JSON.stringify(JSON.parse(body), null, 2);
    expect(notificationSignatureMatches(publicKey, { ...message, body: laidOut }, signature)).toBe(true);
  });

  it.each([
    [
      'by our own key',
      sign('sha256', Buffer.from(notificationText(message)), vectors.ourPrivateKey).toString('base64'),
    ],
    ['by nobody', ''],
    ['in hex', Buffer.from(signature, 'base64').toString('hex')],
    ['cut', signature.slice(0, -8)],
  ])('does not match what is signed %s', (_, other) => {
    expect(notificationSignatureMatches(publicKey, message, other)).toBe(false);
  });
});

describe('a timestamp', () => {
  it('is WIB, 25 characters, and the same instant to the second', () => {
    expect(snapTimestamp(at)).toBe(timestamp);
    const instants = fc.date({ min: new Date('2020-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
    const check = (instant: Date) => {
      const text = snapTimestamp(instant);
      expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00$/);
      expect(Date.parse(text)).toBe(Math.floor(instant.getTime() / 1_000) * 1_000);
    };
    fc.assert(fc.property(instants, check));
  });
});

describe('an external id', () => {
  it('is a number of at most 36 digits, and never the same within a millisecond', () => {
    const ids = Array.from({ length: 10_000 }, () => externalId(at));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^[1-9]\d{26}$/.test(id))).toBe(true);
  });
});
