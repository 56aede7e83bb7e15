import { describe, expect, it } from 'vitest';
import { keysFrom } from '#shared/platform/keys.ts';
import {
  maskedName,
  openPerson,
  openWithDataKey,
  participantIdOf,
  sealPerson,
  sealWithDataKey,
} from '#shared/registration/person.ts';
import { citizen, keys } from '#test/journal/citizen.ts';

const { participantId, person } = citizen();

describe('a sealed person', () => {
  const sealed = sealPerson(keys, participantId, person);

  it('opens for its own participant', () => {
    expect(openPerson(keys, participantId, sealed)).toEqual(person);
  });

  it('is sealed with a fresh key and nonce each time', () => {
    const again = sealPerson(keys, participantId, person);
    expect(Buffer.from(again.person).equals(Buffer.from(sealed.person))).toBe(false);
    expect(Buffer.from(again.dataKey).equals(Buffer.from(sealed.dataKey))).toBe(false);
  });

  it.each([
    ['under another participant', () => openPerson(keys, 'a'.repeat(64), sealed)],
    ['with another secret', () => openPerson(keysFrom('another secret'), participantId, sealed)],
    [
      'with the data key of somebody else',
      () => openPerson(keys, participantId, { ...sealed, dataKey: sealPerson(keys, participantId, person).dataKey }),
    ],
    [
      'once the data key is destroyed',
      () => openPerson(keys, participantId, { ...sealed, dataKey: new Uint8Array(60) }),
    ],
  ])('does not open %s', (_, open) => {
    expect(open).toThrow();
  });

  it('lends its key to other texts of the same person', () => {
    const account = sealWithDataKey(keys, participantId, sealed.dataKey, 'an account');
    expect(openWithDataKey(keys, participantId, sealed.dataKey, account)).toBe('an account');
    expect(() => openWithDataKey(keys, 'a'.repeat(64), sealed.dataKey, account)).toThrow();
  });
});

describe('a participant id', () => {
  it('is the same for the same NIK and secret only', () => {
    expect(participantIdOf(keys, person.nik)).toBe(participantId);
    expect(participantIdOf(keysFrom('another secret'), person.nik)).not.toBe(participantId);
    expect(participantId).toMatch(/^[0-9a-f]{64}$/);
    expect(participantId).not.toContain(person.nik);
  });
});

describe('a masked name', () => {
  it.each([
    ['Sri Wahyuni', 'S** W******'],
    ['  Dewi   Ayu ', 'D*** A**'],
    ['Q', 'Q'],
    ['Zulkarnaenuddin', 'Z******'],
  ])('of %s is %s', (name, masked) => {
    expect(maskedName(name)).toBe(masked);
  });
});
