import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keysFrom } from '#shared/platform/keys.ts';
import { readableCode } from '#shared/platform/readable-code.ts';
import { oneTimeCodeOf, paymentTokenOf, readPaymentToken } from '#shared/purchase/payment-token.ts';
import { redeemCodeOf } from '#shared/purchase/redeem-codes.ts';
import { keys } from '#test/journal/citizen.ts';
import { expectRefusal } from '#test/platform/refused.ts';

const value = { participantId: 'a'.repeat(64), purchaseId: 'purchase' };

describe('a payment token', () => {
  const token = paymentTokenOf(keys, 'PLATFORM', value);

  it('leads back to the reservation, with and without the word before it', () => {
    expect(readPaymentToken(keys, 'PLATFORM', `Payment ${token}`)).toEqual(value);
    expect(readPaymentToken(keys, 'PLATFORM', token)).toEqual(value);
  });

  it('does not show who it is for', () => {
    expect(Buffer.from(token, 'base64url').toString('latin1')).not.toContain(value.participantId.slice(0, 16));
  });

  it.each([
    ['another platform', () => readPaymentToken(keys, 'OTHER', token)],
    ['another secret', () => readPaymentToken(keysFrom('another'), 'PLATFORM', token)],
    ['nothing', () => readPaymentToken(keys, 'PLATFORM', '')],
    ['a half', () => readPaymentToken(keys, 'PLATFORM', token.slice(0, 40))],
  ])('is refused to %s', (_, act) => {
    expectRefusal(act, 'payment_token_invalid');
  });

  it('is refused when any byte of it was changed', () => {
    const bytes = Buffer.from(token, 'base64url');
    const check = (at: number, flip: number) => {
      const forged = Buffer.from(bytes);
      forged[at] = (forged[at] ?? 0) ^ flip;
      expectRefusal(() => readPaymentToken(keys, 'PLATFORM', forged.toString('base64url')), 'payment_token_invalid');
    };
    fc.assert(fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), check));
  });
});

describe('a one-time code', () => {
  it('is six digits, the same whenever it is derived', () => {
    fc.assert(
      fc.property(fc.uuid(), (purchaseId) => {
        expect(oneTimeCodeOf(keys, purchaseId)).toMatch(/^\d{6}$/);
        expect(oneTimeCodeOf(keys, purchaseId)).toBe(oneTimeCodeOf(keys, purchaseId));
      }),
    );
  });

  it('differs between reservations and between secrets', () => {
    const codes = Array.from({ length: 1_000 }, (_, number) => oneTimeCodeOf(keys, `purchase-${number}`));
    expect(new Set(codes).size).toBeGreaterThan(980);
    expect(
      codes.filter((code, number) => code === oneTimeCodeOf(keysFrom('another'), `purchase-${number}`)).length,
    ).toBeLessThan(5);
  });
});

describe('a redeem code', () => {
  it('is twelve characters that are not mistaken for one another', () => {
    expect(redeemCodeOf(keys, 'PLATFORM', 'INVOICE-1')).toMatch(/^[0-9A-HJKMNP-TV-Z]{12}$/);
  });

  it('is the same for the same invoice of the same platform only', () => {
    const code = redeemCodeOf(keys, 'PLATFORM', 'INVOICE-1');
    expect(redeemCodeOf(keys, 'PLATFORM', 'INVOICE-1')).toBe(code);
    expect(redeemCodeOf(keys, 'PLATFORM', 'INVOICE-2')).not.toBe(code);
    expect(redeemCodeOf(keys, 'OTHER', 'INVOICE-1')).not.toBe(code);
  });

  it('spends five bits on a character', () => {
    // 11111 00000 11111, read from the lowest bits.
    expect(readableCode('7c1f', 3)).toBe('Z0Z');
  });
});
