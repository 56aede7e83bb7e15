import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keysFrom } from '#shared/platform/keys.ts';
import { newestAt, readSealingKeys, retired, rotated, writeSealingKeys } from '#shared/platform/sealing-keys.ts';

const secretOf = (name: string) => name.padEnd(40, '.');
const first = readSealingKeys(JSON.stringify({ version: 1, secret: secretOf('one') }));
const start = new Date('2026-11-02T03:00:00.000Z');
const minutesAfter = (minutes: number) => new Date(start.getTime() + minutes * 60_000);
const second = rotated(first, secretOf('two'), start);
const third = rotated(second, secretOf('three'), minutesAfter(60));
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
const at = (minutes: number, versions = third) => keysFrom('root', versions, () => minutesAfter(minutes));

describe('a new version of the sealing key', () => {
  it('seals a quarter of an hour later, when every running function can open it', () => {
    expect(second.map(({ version, from }) => [version, from])).toEqual([
      [1, '1970-01-01T00:00:00.000Z'],
      [2, minutesAfter(15).toISOString()],
    ]);
    expect(newestAt(second, minutesAfter(15 - 1 / 60_000)).version).toBe(1);
    expect(newestAt(second, minutesAfter(15)).version).toBe(2);
    expect(rotated(second, secretOf('again'), minutesAfter(14))).toBe(second);
  });

  it('opens what every version before it sealed, and what was sealed before there were versions', () => {
    const root = keysFrom('root').seal('data-key', Buffer.from('plain'), 'context');
    const seals = [
      root,
      ...[0, 15, 75].map((minutes) => at(minutes).seal('data-key', Buffer.from('plain'), 'context')),
    ];
    for (const sealed of seals) expect(text(at(80).open('data-key', sealed, 'context'))).toBe('plain');
    expect(seals.map((sealed) => at(80).isNewest(sealed))).toEqual([false, false, false, true]);
    expect(seals.slice(1).map((sealed) => sealed[2])).toEqual([1, 2, 3]);
  });

  it('changes no hash and no signature', () => {
    const before = keysFrom('root');
    expect(at(80).tag('participant-id', '1')).toBe(before.tag('participant-id', '1'));
    expect(at(80).sign('draw-signature', Buffer.from('a'))).toEqual(before.sign('draw-signature', Buffer.from('a')));
  });

  it('is named in the bytes, and another name opens nothing', () => {
    const check = (plain: Uint8Array, byte: number, value: number) => {
      const sealed = Buffer.from(at(15).seal('data-key', plain, 'context'));
      const forged = Buffer.from(sealed);
      forged[byte] = value;
      if (forged.equals(sealed)) return;
      expect(() => at(80).open('data-key', forged, 'context')).toThrow();
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat({ max: 2 }), fc.nat({ max: 255 }), check));
  });

  it.each([
    ['another context', () => at(80).open('data-key', sealed, 'another')],
    ['another purpose', () => at(80).open('ticket', sealed, 'context')],
    ['a version that nobody has', () => at(80, first).open('data-key', sealed, 'context')],
    ['a retired version', () => at(80, retired(third, 2, minutesAfter(80))).open('data-key', sealed, 'context')],
  ])('opens nothing with %s', (_, open) => {
    expect(open).toThrow();
  });
  const sealed = at(15).seal('data-key', Buffer.from('plain'), 'context');

  it('is not retired while it seals, or will', () => {
    expect(retired(third, 1, minutesAfter(75)).map(({ version }) => version)).toEqual([2, 3]);
    expect(() => retired(third, 3, minutesAfter(75))).toThrow('is not retired');
    expect(() => retired(third, 2, minutesAfter(70))).toThrow('is not retired');
  });
});

describe('the secret of the sealing keys', () => {
  it('is read as it was written', () => {
    expect(readSealingKeys(writeSealingKeys(third))).toEqual(third);
  });

  it.each([
    ['no JSON', 'secret'],
    ['no version', '{"versions":[]}'],
    ['a version twice', writeSealingKeys([...first, ...first])],
    ['a version out of order', writeSealingKeys([...second].reverse())],
    ['a version that fits into no byte', JSON.stringify({ version: 256, secret: secretOf('one') })],
    ['a short secret', JSON.stringify({ version: 1, secret: 'short' })],
  ])('with %s stops the function that reads it', (_, secret) => {
    expect(() => readSealingKeys(secret)).toThrow();
  });
});
