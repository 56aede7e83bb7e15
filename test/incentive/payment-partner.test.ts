import { describe, expect, it } from 'vitest';
import { readPayment, readStatus } from '#shared/incentive/payment-partner.ts';

const unknown = { kind: 'unknown' };
const answered = (body: unknown, status = 200) => ({ status, body });

describe('the answer to a payment', () => {
  it.each([
    ['2001800', { kind: 'paid', partnerReference: 'R' }],
    ['2003800', { kind: 'paid', partnerReference: 'R' }],
    ['4041811', { kind: 'refused', reason: '40411' }],
    ['4043811', { kind: 'refused', reason: '40411' }],
    ['4031809', { kind: 'refused', reason: '40309' }],
    ['4031818', { kind: 'refused', reason: '40318' }],
    // Not clear, or not for good: asked about again, never an end.
    ['2021800', unknown],
    ['4031814', unknown],
    ['4041801', unknown],
    ['4091801', unknown],
    ['4291800', unknown],
    ['5001800', unknown],
    ['5041800', unknown],
    ['40411', unknown],
    ['', unknown],
  ])('%s means %j', (responseCode, result) => {
    expect(readPayment(answered({ responseCode, referenceNo: 'R' }))).toEqual(result);
  });

  it.each([
    ['no answer', null],
    ['a page of a proxy', answered('<html>', 502)],
    ['nothing', answered(undefined)],
    ['success without a reference', answered({ responseCode: '2001800' })],
    ['a code that is no text', answered({ responseCode: 2_001_800, referenceNo: 'R' })],
  ])('is unknown when it is %s', (_, answer) => {
    expect(readPayment(answer)).toEqual(unknown);
  });
});

describe('the answer to a status inquiry', () => {
  it.each([
    ['00', { kind: 'paid', partnerReference: 'R' }],
    ['06', { kind: 'refused', reason: 'failed' }],
    ['01', unknown],
    ['02', unknown],
    ['03', unknown],
    ['07', unknown],
  ])('with the status %s means %j', (latestTransactionStatus, result) => {
    const body = { responseCode: '2003600', originalReferenceNo: 'R', latestTransactionStatus };
    expect(readStatus(answered(body))).toEqual(result);
  });

  it('may say that the partner never had it', () => {
    expect(readStatus(answered({ responseCode: '4043601' }, 404))).toEqual({ kind: 'not_found' });
  });

  it.each([
    ['no answer', null],
    ['an error', answered({ responseCode: '5003600' }, 500)],
    ['a page of a proxy', answered('<html>', 404)],
    ['paid without a reference', answered({ responseCode: '2003600', latestTransactionStatus: '00' })],
    ['another thing not found', answered({ responseCode: '4043611' }, 404)],
  ])('is unknown when it is %s', (_, answer) => {
    expect(readStatus(answer)).toEqual(unknown);
  });
});
