import { crc32, deflateSync } from 'node:zlib';

/* Pictures made byte by byte: nobody is on them. */

const u16 = (number: number) => Buffer.from([number >> 8, number & 0xff]);
const u32 = (number: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
};

export function chunk(type: string, body: Uint8Array = Buffer.alloc(0)): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  return Buffer.concat([u32(body.length), typed, u32(crc32(typed))]);
}

export const pngSignature = Buffer.from('89504e470d0a1a0a', 'hex');

type PngOf = {
  readonly width?: number;
  readonly height?: number;
  readonly depth?: number;
  readonly colour?: number;
  readonly interlace?: number;
  /** Between header and data. */
  readonly notes?: readonly Buffer[];
  readonly packed?: Buffer;
};

/** A grey picture with enough noise to have a size. */
export function png({
  width = 640,
  height = 480,
  depth = 8,
  colour = 0,
  interlace = 0,
  notes = [],
  packed,
}: PngOf = {}) {
  const rows = Buffer.alloc(height * (width + 1), 0);
  for (let at = 0; at < rows.length; at += 1) rows[at] = at % (width + 1) === 0 ? 0 : (at * 7_919) % 251;
  const header = Buffer.concat([u32(width), u32(height), Buffer.from([depth, colour, 0, 0, interlace])]);
  return Buffer.concat([
    pngSignature,
    chunk('IHDR', header),
    ...notes,
    chunk('IDAT', packed ?? deflateSync(rows, { level: 0 })),
    chunk('IEND'),
  ]);
}

export function segment(code: number, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([0xff, code]), u16(body.length + 2), body]);
}

/** As a phone leaves it: where it was taken, among the rest. */
export const exif = segment(0xe1, Buffer.from('Exif\0\0 GPS 6.2088 S 106.8456 E of somebody', 'latin1'));
const jfif = segment(0xe0, Buffer.from([0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]));

type JpegOf = {
  readonly width?: number;
  readonly height?: number;
  readonly frame?: number;
  readonly precision?: number;
  readonly notes?: readonly Buffer[];
  readonly coded?: Buffer;
  readonly end?: Buffer;
};

/** The structure of a JPEG; what is coded in it is noise. */
export function jpeg({
  width = 640,
  height = 480,
  frame = 0xc0,
  precision = 8,
  notes = [exif],
  coded = Buffer.concat([Buffer.alloc(5_000, 0x5a), Buffer.from([0xff, 0, 0xff, 0xd0, 0x12])]),
  end = Buffer.from([0xff, 0xd9]),
}: JpegOf = {}): Buffer {
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    jfif,
    ...notes,
    segment(0xdb, Buffer.alloc(65, 1)),
    segment(frame, Buffer.concat([Buffer.from([precision]), u16(height), u16(width), Buffer.from([1, 1, 0x11, 0])])),
    segment(0xc4, Buffer.alloc(20, 0)),
    segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    coded,
    end,
  ]);
}
