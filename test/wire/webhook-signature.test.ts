import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { webhookSignature, webhookSignatureMatches } from '#shared/platform/webhook-signature.ts';

/** The example of the Standard Webhooks specification. */
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: '1614265330', body: '{"test": 2432232314}' };
const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';

describe('a webhook signature', () => {
  it('is that of the specification, with and without the prefix of the secret', () => {
    expect(webhookSignature(secret, message)).toBe(signature);
    expect(webhookSignature(secret.slice('whsec_'.length), message)).toBe(signature);
    expect(webhookSignatureMatches(secret, message, signature)).toBe(true);
  });

  it('is an HMAC over id, timestamp and body, whatever they are', () => {
    const key = fc.uint8Array({ minLength: 24, maxLength: 64 });
    fc.assert(
      fc.property(key, fc.string(), fc.nat(), fc.json(), (bytes, id, seconds, body) => {
        const hmac = createHmac('sha256', bytes);
        for (const part of [id, '.', String(seconds), '.', body]) hmac.update(part, 'utf8');
        const given = { id, timestamp: String(seconds), body };
        const webhookKey = `whsec_${Buffer.from(bytes).toString('base64')}`;
        expect(webhookSignatureMatches(webhookKey, given, `v1,${hmac.digest('base64')}`)).toBe(true);
      }),
    );
  });

  it('is found among others, wherever it stands', () => {
    const other = `v1,${Buffer.alloc(32).toString('base64')}`;
    expect(webhookSignatureMatches(secret, message, `${other} ${signature}`)).toBe(true);
    expect(webhookSignatureMatches(secret, message, `${signature} ${other} v2,abc`)).toBe(true);
    expect(webhookSignatureMatches(secret, message, `${other} ${other}`)).toBe(false);
  });

  it('is looked for among the first ten, and not further', () => {
    const others = (count: number) => `${'v1,x '.repeat(count)}${signature}`;
    expect(webhookSignatureMatches(secret, message, others(9))).toBe(true);
    expect(webhookSignatureMatches(secret, message, others(10))).toBe(false);
  });

  it.each([
    ['another id', { ...message, id: 'msg_p5jXN8AQM9LWM0D4loKWxJeK' }, signature],
    ['another timestamp', { ...message, timestamp: '1614265331' }, signature],
    ['another body', { ...message, body: '{"test":2432232314}' }, signature],
    ['id and timestamp run together', { ...message, id: `${message.id}.1614265330`, timestamp: '' }, signature],
    ['no version', message, signature.slice('v1,'.length)],
    ['another version', message, signature.replace('v1,', 'v2,')],
    ['hex instead of base64', message, `v1,${Buffer.from(signature.slice(3), 'base64').toString('hex')}`],
    ['nothing', message, ''],
  ])('does not fit %s', (_, given, signatures) => {
    expect(webhookSignatureMatches(secret, given, signatures)).toBe(false);
  });

  it('does not fit another secret', () => {
    expect(webhookSignatureMatches('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx', message, signature)).toBe(false);
    expect(webhookSignatureMatches('', message, signature)).toBe(false);
  });

  it('is refused when any byte of the body was changed', () => {
    for (let at = 0; at < message.body.length; at += 1) {
      const forged = String.fromCharCode(message.body.charCodeAt(at) ^ 1);
      const body = message.body.slice(0, at) + forged + message.body.slice(at + 1);
      expect(webhookSignatureMatches(secret, { ...message, body }, signature)).toBe(false);
    }
  });
});
