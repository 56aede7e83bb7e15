import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkImage, type PhotoType } from '#shared/registration/identity/image-check.ts';
import { chunk, exif, jpeg, png, pngSignature, segment } from '#test/registration/identity/pictures.ts';

const check = (bytes: Uint8Array, type: PhotoType) => checkImage(bytes, type);
const zip = Buffer.from('504b0304140000000000', 'hex');
const text = (words: string) => chunk('tEXt', Buffer.from(words, 'latin1'));

describe('a whole picture', () => {
  it.each<[string, Uint8Array, PhotoType]>([
    ['a JPEG', jpeg(), 'image/jpeg'],
    ['a progressive JPEG', jpeg({ frame: 0xc2 }), 'image/jpeg'],
    ['a PNG', png(), 'image/png'],
    ['a PNG of four bits', png({ depth: 4, packed: deflateSync(Buffer.alloc(480 * 321)) }), 'image/png'],
    ['an interlaced PNG', png({ interlace: 1, packed: deflateSync(Buffer.alloc(307_200 + 900)) }), 'image/png'],
  ])('%s has its dimensions', (_, bytes, type) => {
    expect(check(bytes, type)).toMatchObject({ width: 640, height: 480 });
  });

  it('comes out without the place where it was taken, and is a whole picture again', () => {
    const note = segment(0xfe, Buffer.from('<?php system($_GET[0]);'));
    const big = segment(0xe0, Buffer.alloc(300, 7));
    const photo = check(jpeg({ notes: [exif, note, big] }), 'image/jpeg');
    const drawn = check(png({ notes: [text('GPS of somebody'), chunk('eXIf', Buffer.from('GPS'))] }), 'image/png');
    for (const [image, type] of [
      [photo, 'image/jpeg'],
      [drawn, 'image/png'],
    ] as const) {
      if ('fault' in image) throw new Error(image.fault);
      expect(Buffer.from(image.bytes).toString('latin1')).not.toMatch(/GPS|php/);
      expect(check(image.bytes, type)).toEqual(image);
    }
    expect('bytes' in photo && Buffer.from(photo.bytes).equals(jpeg({ notes: [] }))).toBe(true);
    expect('bytes' in drawn && Buffer.from(drawn.bytes).equals(png())).toBe(true);
  });
});

describe('a file that is no such picture', () => {
  it.each<[string, Uint8Array, PhotoType, string]>([
    ['a PNG called a JPEG', png(), 'image/jpeg', 'type'],
    ['a JPEG called a PNG', jpeg(), 'image/png', 'type'],
    ['a PDF', Buffer.from('%PDF-1.7'.padEnd(9_000)), 'image/jpeg', 'type'],
    ['nothing', new Uint8Array(), 'image/png', 'type'],
    ['a JPEG with an archive behind it', Buffer.concat([jpeg(), zip]), 'image/jpeg', 'more_inside'],
    ['a JPEG with another one behind it', Buffer.concat([jpeg(), jpeg()]), 'image/jpeg', 'more_inside'],
    ['a PNG with an archive behind it', Buffer.concat([png(), zip]), 'image/png', 'more_inside'],
    [
      'a PNG with something behind its packed data',
      png({ packed: Buffer.concat([deflateSync(Buffer.alloc(480 * 641)), zip]) }),
      'image/png',
      'more_inside',
    ],
    ['a JPEG of few bytes for many pixels', jpeg({ coded: Buffer.alloc(500, 0x5a) }), 'image/jpeg', 'broken'],
    ['a JPEG that ends nowhere', jpeg({ end: Buffer.alloc(0) }), 'image/jpeg', 'broken'],
    ['a JPEG of twelve bits', jpeg({ precision: 12 }), 'image/jpeg', 'unsupported'],
    ['an arithmetic JPEG', jpeg({ frame: 0xc9 }), 'image/jpeg', 'unsupported'],
    ['a PNG of sixteen bits', png({ depth: 16 }), 'image/png', 'unsupported'],
    ['a PNG with a part that nobody knows', png({ notes: [chunk('XYZW', zip)] }), 'image/png', 'unsupported'],
    ['a PNG that unfolds into less', png({ packed: deflateSync(Buffer.alloc(99)) }), 'image/png', 'broken'],
    ['a PNG that unfolds into more', png({ packed: deflateSync(Buffer.alloc(99_000_000)) }), 'image/png', 'broken'],
    ['a PNG without its header', Buffer.concat([pngSignature, chunk('IDAT'), chunk('IEND')]), 'image/png', 'broken'],
    ['a JPEG of 399 pixels', jpeg({ height: 399 }), 'image/jpeg', 'too_small'],
    ['a PNG of 399 pixels', png({ width: 399 }), 'image/png', 'too_small'],
    ['a JPEG of 8,001 pixels', jpeg({ width: 8_001 }), 'image/jpeg', 'too_many_pixels'],
    ['a PNG of 25 megapixels', png({ width: 5_000, height: 5_000, packed: zip }), 'image/png', 'too_many_pixels'],
  ])('%s is refused', (_, bytes, type, fault) => {
    expect(check(bytes, type)).toEqual({ fault });
  });

  it('and one that is cut anywhere, is refused', () => {
    for (const [whole, type] of [
      [jpeg(), 'image/jpeg'],
      [png(), 'image/png'],
    ] as const) {
      const cutAt = fc.integer({ min: 0, max: whole.length - 1 });
      fc.assert(
        fc.property(cutAt, (length) => {
          expect(check(whole.subarray(0, length), type)).toHaveProperty('fault');
        }),
      );
    }
  });

  it('never throws, whatever is changed in it', () => {
    for (const [whole, type] of [
      [jpeg(), 'image/jpeg'],
      [png(), 'image/png'],
    ] as const) {
      const change = fc.tuple(fc.oneof(fc.nat(150), fc.nat(whole.length - 1)), fc.nat(255));
      const changes = fc.array(change, { minLength: 1, maxLength: 5 });
      fc.assert(
        fc.property(changes, (made) => {
          const bytes = Buffer.from(whole);
          for (const [at, value] of made) bytes[at] = value;
          expect(() => check(bytes, type)).not.toThrow();
        }),
      );
    }
  });
});
