import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { equalTexts, keysFrom } from '#shared/platform/keys.ts';
import { openTicket, sealTicket } from '#shared/platform/ticket.ts';

const keys = keysFrom('secret');
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

describe('derived keys', () => {
  it('give the same tags for ever: stored ids depend on them', () => {
    expect(keys.tag('participant-id', '3273994501900001')).toBe(
      '65dc93a5c0d275693143a182b0133de1045c88b5ee07de0222c4a396619bb7da',
    );
    expect(keys.tag('family-tag', '3273994501900001')).toBe(
      '3f2f24013f5114faefa5afff1453a10dc38c45426021fa77a3308fece5f53516',
    );
  });

  it('open what they sealed, with a new nonce each time', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (plain, context) => {
        const sealed = keys.seal('data-key', plain, context);
        expect(Buffer.from(keys.open('data-key', sealed, context)).equals(Buffer.from(plain))).toBe(true);
        expect(Buffer.from(keys.seal('data-key', plain, context)).equals(Buffer.from(sealed))).toBe(false);
      }),
    );
  });

  const sealed = keys.seal('data-key', Buffer.from('plain'), 'context');
  it.each([
    ['for another purpose', () => keys.open('partner-key', sealed, 'context')],
    ['in another context', () => keys.open('data-key', sealed, 'Context')],
    ['with another secret', () => keysFrom('Secret').open('data-key', sealed, 'context')],
    ['when it is cut', () => keys.open('data-key', sealed.subarray(0, 27), 'context')],
    ['when it is empty', () => keys.open('data-key', new Uint8Array(), 'context')],
  ])('open nothing %s', (_, open) => {
    expect(open).toThrow();
    expect(text(keys.open('data-key', sealed, 'context'))).toBe('plain');
  });

  it('open nothing of which a bit was changed', () => {
    const check = (at: number, bit: number) => {
      const forged = Buffer.from(sealed);
      forged[at] = (forged[at] ?? 0) ^ (1 << bit);
      expect(() => keys.open('data-key', forged, 'context')).toThrow();
    };
    fc.assert(fc.property(fc.nat({ max: sealed.length - 1 }), fc.nat({ max: 7 }), check));
  });
});

describe('a ticket', () => {
  const Value = z.strictObject({ id: z.string() });
  const ticket = sealTicket(keys, 'context', { id: '1' });

  it('opens where it was made for', () => {
    expect(openTicket(keys, 'context', ticket, Value)).toEqual({ id: '1' });
    expect(ticket).toMatch(/^[\w-]+$/);
  });

  it.each([
    ['another context', openTicket(keys, 'other', ticket, Value)],
    ['another schema', openTicket(keys, 'context', ticket, z.strictObject({ name: z.string() }))],
    ['no ticket', openTicket(keys, 'context', '', Value)],
    ['any text', openTicket(keys, 'context', 'not a ticket', Value)],
  ])('is nothing for %s', (_, opened) => {
    expect(opened).toBeNull();
  });
});

describe('comparing texts', () => {
  it('is equality', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (left, right) => {
        expect(equalTexts(left, right)).toBe(left === right);
        expect(equalTexts(left, left)).toBe(true);
      }),
    );
  });
});
