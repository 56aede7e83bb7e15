import { sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseCredentials } from '#shared/incentive/snap/credentials.ts';
import { type NotificationRequest, verifyNotification } from '#shared/incentive/snap/notification.ts';
import { notificationText } from '#shared/incentive/snap/signature.ts';
import { partnerSecret } from '#test/incentive/snap/orders.ts';
import * as vectors from '#test/incentive/snap/public-test-keys.ts';

const { at, timestamp, notificationVector, ourPublicKey, ourPrivateKey, partnerPrivateKey } = vectors;
const { path, body, signature } = notificationVector;
const known = parseCredentials(JSON.stringify({ switching: partnerSecret }));

const headers = { 'X-Partner-Id': 'PRAKERJA01', 'X-TIMESTAMP': timestamp, 'X-SIGNATURE': signature };
const request = (changes: Partial<NotificationRequest> = {}): NotificationRequest => ({
  method: 'POST',
  path,
  headers,
  body,
  ...changes,
});
const verify = (changes: Partial<NotificationRequest> = {}, now = at) =>
  verifyNotification(request(changes), known, now);

/** A notification with any body, rightly signed. */
function signed(text: string, key = partnerPrivateKey): Partial<NotificationRequest> {
  const message = { method: 'POST', path, body: text, timestamp };
  const made = sign('sha256', Buffer.from(notificationText(message)), key).toString('base64');
  return { body: text, headers: { ...headers, 'X-SIGNATURE': made } };
}

describe('a notification', () => {
  it('tells the status of a payout once its signature is verified', () => {
    expect(verify()).toEqual({
      partnerCode: 'switching',
      reference: 'T1A1TEST',
      partnerReference: 'BANK 1',
      status: 'paid',
    });
  });

  it.each([
    ['00', 'paid'],
    ['03', 'in_progress'],
    ['04', 'returned'],
    ['06', 'refused'],
    ['07', 'not_found'],
    ['99', 'unknown'],
  ])('with the status %s says %s', (latestTransactionStatus, status) => {
    const text = JSON.stringify({ ...JSON.parse(body), latestTransactionStatus });
    expect(verify(signed(text)).status).toBe(status);
  });

  it('is verified also when it was laid out again on its way', () => {
    expect(verify({ body: JSON.stringify(JSON.parse(body), null, 2) }).reference).toBe('T1A1TEST');
  });

  const seconds = (count: number) => new Date(Date.parse(timestamp) + count * 1_000);
  it('is fresh for 300 seconds, both ways', () => {
    expect(verify({}, seconds(300)).reference).toBe('T1A1TEST');
    expect(verify({}, seconds(-300)).reference).toBe('T1A1TEST');
    const stale = expect.objectContaining({ code: 'timestamp_stale' });
    expect(() => verify({}, new Date(seconds(300).getTime() + 1))).toThrowError(stale);
    expect(() => verify({}, new Date(seconds(-300).getTime() - 1))).toThrowError(stale);
  });

  it.each<[string, Partial<NotificationRequest>, string]>([
    ['nobody', { headers: { ...headers, 'X-Partner-Id': undefined } }, 'payment_partner_unknown'],
    ['a partner that nobody knows', { headers: { ...headers, 'X-Partner-Id': 'OTHER' } }, 'payment_partner_unknown'],
    ['no time', { headers: { ...headers, 'X-TIMESTAMP': '' } }, 'timestamp_stale'],
    [
      'a time without its offset',
      { headers: { ...headers, 'X-TIMESTAMP': timestamp.slice(0, 19) } },
      'timestamp_stale',
    ],
    ['a time that is none', { headers: { ...headers, 'X-TIMESTAMP': '2026-13-02T10:15:30+07:00' } }, 'timestamp_stale'],
    ['no signature', { headers: { ...headers, 'X-SIGNATURE': undefined } }, 'signature_wrong'],
    ['a status changed on its way', { body: body.replace('"00"', '"06"') }, 'signature_wrong'],
    ['another amount', { body: body.replace('600000', '60000') }, 'signature_wrong'],
    ['another path', { path: `${path}/x` }, 'signature_wrong'],
    ['another method', { method: 'PUT' }, 'signature_wrong'],
    ['our own signature', signed(body, ourPrivateKey), 'signature_wrong'],
    ['no JSON', signed('paid'), 'request_invalid'],
    ['nothing', signed(''), 'request_invalid'],
    ['no reference of ours', signed('{"originalReferenceNo":"1","latestTransactionStatus":"00"}'), 'request_invalid'],
    ['no status', signed('{"originalReferenceNo":"1","originalPartnerReferenceNo":"2"}'), 'request_invalid'],
  ])('with %s is refused', (_, changes, code) => {
    expect(() => verify(changes)).toThrowError(expect.objectContaining({ code }));
  });

  it('is of the partner whose key signed it, where two know us by the same id', () => {
    const both = parseCredentials(
      JSON.stringify({ 'bank-induk': { ...partnerSecret, partnerPublicKey: ourPublicKey }, switching: partnerSecret }),
    );
    expect(verifyNotification(request(), both, at).partnerCode).toBe('switching');
    expect(verifyNotification(request(signed(body, ourPrivateKey)), both, at).partnerCode).toBe('bank-induk');
  });
});
