import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keysFrom } from '#shared/platform/keys.ts';
import { readPass, readTicket, signPass, signTicket } from '#shared/registration/admission/admission-tokens.ts';
import { keys, start } from '#test/journal/citizen.ts';

const ticket = { opening: 3, slot: 81_234, takenAt: start };
const pass = { opening: 3, slot: 81_234, until: start };
const [me, other] = ['a'.repeat(64), 'b'.repeat(64)];
const elsewhere = keysFrom('the secret of somebody else');

/** Every text of the same length that differs in one letter, at some place. */
const altered = (text: string) =>
  fc
    .tuple(fc.nat(text.length - 1), fc.constantFrom(...'0129azt.-'))
    .map(([at, letter]) => text.slice(0, at) + letter + text.slice(at + 1));

describe('a ticket', () => {
  it('is read as it was signed', () => {
    const anyTicket = fc.record({
      opening: fc.integer({ min: 1, max: 999 }),
      slot: fc.nat(),
      takenAt: fc.date({ min: start, max: new Date('2040-01-01'), noInvalidDate: true }),
    });
    fc.assert(
      fc.property(anyTicket, (made) => {
        expect(readTicket(keys, signTicket(keys, made))).toEqual(made);
      }),
    );
  });

  it('cannot be made or changed by anybody else', () => {
    const text = signTicket(keys, ticket);
    expect(readTicket(elsewhere, text)).toBeNull();
    fc.assert(
      fc.property(altered(text), (changed) => {
        fc.pre(changed !== text);
        expect(readTicket(keys, changed)).toBeNull();
      }),
    );
    for (const wrong of [
      '',
      't',
      `${text}0`,
      `0${text}`,
      ` ${text}`,
      text.toUpperCase(),
      't.1.1.1.',
      signPass(keys, pass, me),
    ])
      expect(readTicket(keys, wrong)).toBeNull();
  });

  it('has one spelling', () => {
    const [kind, opening, ...rest] = signTicket(keys, ticket).split('.');
    expect(readTicket(keys, [kind, `0${opening}`, ...rest].join('.'))).toBeNull();
  });

  it('is short, and names nobody', () => {
    expect(signTicket(keys, ticket)).toMatch(/^t\.3\.1qoi\.[0-9a-z]+\.[0-9a-f]{32}$/);
  });
});

describe('a pass', () => {
  it('is of one person', () => {
    const text = signPass(keys, pass, me);
    expect(readPass(keys, text, me)).toEqual(pass);
    expect(readPass(keys, text, other)).toBeNull();
    expect(readPass(elsewhere, text, me)).toBeNull();
    expect(readPass(keys, signTicket(keys, ticket), me)).toBeNull();
  });

  it('cannot be made longer', () => {
    const text = signPass(keys, pass, me);
    fc.assert(
      fc.property(altered(text), (changed) => {
        fc.pre(changed !== text);
        expect(readPass(keys, changed, me)).toBeNull();
      }),
    );
  });
});
