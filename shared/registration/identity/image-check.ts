import { crc32, inflateSync } from 'node:zlib';
import * as z from 'zod/mini';
import { Bytes } from '#shared/platform/bytes.ts';

/*
 * Whether a file is one whole picture, and nothing beside it. What comes out is built anew from the parts that draw it: notes of the
 * camera (EXIF, with the place where it was taken), thumbnails, comments and profiles stay behind.
 */

export const photoTypes = ['image/jpeg', 'image/png'] as const;
export type PhotoType = (typeof photoTypes)[number];

/** What can be wrong with a picture itself. */
export type ImageFault = 'type' | 'broken' | 'more_inside' | 'unsupported' | 'too_small' | 'too_many_pixels';

export type Image = {
  readonly width: number;
  readonly height: number;
  /** The picture without what does not draw it. */
  readonly bytes: Uint8Array;
};

/** Of the shorter side: less shows no card that can be read. */
const minimumSide = 400;
const maximumSide = 8_000;
/** 24 megapixels: what phones take. It bounds the memory that a packed picture unfolds into. */
const maximumPixels = 24_000_000;

const fault = (image: ImageFault) => ({ fault: image }) as const;
type Checked = Image | { readonly fault: ImageFault };

/** Looks at a file that is said to be of a type. Never throws, whatever the bytes are. */
export function checkImage(bytes: Uint8Array, type: PhotoType): Checked {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isOf = { 'image/jpeg': isJpeg(file), 'image/png': isPng(file) };
  if (!isOf[type]) return fault('type');
  try {
    return type === 'image/jpeg' ? checkJpeg(file) : checkPng(file);
  } catch (error) {
    // Reading behind the end: the rest is missing.
    if (error instanceof RangeError) return fault('broken');
    throw error;
  }
}

function sizeFault(width: number, height: number): ImageFault | null {
  if (Math.min(width, height) < minimumSide) return 'too_small';
  return Math.max(width, height) > maximumSide || width * height > maximumPixels ? 'too_many_pixels' : null;
}

// JPEG (ITU T.81)

const isJpeg = (file: Buffer) => file.length > 3 && file.readUIntBE(0, 3) === 0xffd8ff;
const marker = { endOfImage: 0xd9, startOfScan: 0xda, app0: 0xe0, app14: 0xee } as const;
/** Baseline, extended and progressive frames: what cameras and browsers write. */
const frames: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2]);
const otherFrames: ReadonlySet<number> = new Set([0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]);
/** Tables of quantization and of codes, the interval of restarts. */
const tables: ReadonlySet<number> = new Set([0xdb, 0xc4, 0xdd]);
const isRestart = (byte: number) => byte >= 0xd0 && byte <= 0xd7;
const isComment = (byte: number) => (byte >= marker.app0 && byte <= 0xef) || byte === 0xfe;

function checkJpeg(file: Buffer): Checked {
  const parts: Buffer[] = [file.subarray(0, 2)];
  let frame: { width: number; height: number } | null = null;
  let codedBytes = 0;
  for (let at = 2; ; ) {
    if (file.readUInt8(at) !== 0xff) return fault('broken');
    const code = file.readUInt8(at + 1);
    if (code === 0xff) {
      at += 1; // Filling before a marker.
      continue;
    }
    if (code === marker.endOfImage) {
      if (at + 2 !== file.length) return fault('more_inside');
      parts.push(file.subarray(at, at + 2));
      break;
    }
    const end = at + 2 + file.readUInt16BE(at + 2);
    if (end < at + 4 || end > file.length) return fault('broken');
    const segment = file.subarray(at, end);
    if (frames.has(code)) {
      if (frame || segment.readUInt8(4) !== 8 || ![1, 3].includes(segment.readUInt8(9))) return fault('unsupported');
      frame = { height: segment.readUInt16BE(5), width: segment.readUInt16BE(7) };
      const wrong = sizeFault(frame.width, frame.height);
      if (wrong) return fault(wrong);
    } else if (otherFrames.has(code)) return fault('unsupported');
    const isScan = code === marker.startOfScan;
    if (isScan && !frame) return fault('broken');
    const isKept = frames.has(code) || tables.has(code) || isScan || saysColours(code, segment);
    if (!isKept && !isComment(code)) return fault('unsupported');
    if (isKept) parts.push(segment);
    at = end;
    if (!isScan) continue;
    const coded = endOfCoded(file, at);
    parts.push(file.subarray(at, coded));
    codedBytes += coded - at;
    at = coded;
  }
  if (!frame) return fault('broken');
  // Not even one bit for each block of eight by eight: most of the picture is missing.
  const blocks = Math.ceil(frame.width / 8) * Math.ceil(frame.height / 8);
  return codedBytes * 8 < blocks ? fault('broken') : { ...frame, bytes: Buffer.concat(parts) };
}

/** The two notes that say how the colours are meant: a JFIF header without a thumbnail, and Adobe's. */
function saysColours(code: number, segment: Buffer): boolean {
  if (code === marker.app0) return segment.length === 18 && segment.toString('latin1', 4, 9) === 'JFIF\0';
  return code === marker.app14 && segment.length === 16 && segment.toString('latin1', 4, 9) === 'Adobe';
}

/** Where the coded data ends: at the next marker that is neither stuffing nor a restart. */
function endOfCoded(file: Buffer, from: number): number {
  for (let at = file.indexOf(0xff, from); at >= 0 && at + 1 < file.length; at = file.indexOf(0xff, at + 1)) {
    const next = file.readUInt8(at + 1);
    if (next !== 0 && next !== 0xff && !isRestart(next)) return at;
  }
  throw new RangeError('no marker follows');
}

// PNG (ISO/IEC 15948)

const signature = Buffer.from('89504e470d0a1a0a', 'hex');
const isPng = (file: Buffer) => file.length > 8 && file.subarray(0, 8).equals(signature);
/** Values of a pixel, by the type of its colour. */
const channels = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
]);
const drawing: ReadonlySet<string> = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);

function checkPng(file: Buffer): Checked {
  const parts: Buffer[] = [signature];
  const packed: Buffer[] = [];
  let header: PngHeader | null = null;
  for (let at = 8; ; ) {
    const length = file.readUInt32BE(at);
    const end = at + 12 + length;
    if (end > file.length) return fault('broken');
    const type = file.toString('latin1', at + 4, at + 8);
    if (!/^[A-Za-z]{4}$/.test(type) || crc32(file.subarray(at + 4, end - 4)) !== file.readUInt32BE(end - 4))
      return fault('broken');
    if (!header) {
      const read = type === 'IHDR' && length === 13 ? pngHeader(file.subarray(at + 8, at + 21)) : fault('broken');
      if ('fault' in read) return read;
      header = read;
    } else if (type === 'IHDR') return fault('broken');
    // A small first letter: whoever does not know the part may leave it out.
    if (!drawing.has(type) && /^[A-Z]/.test(type)) return fault('unsupported');
    if (drawing.has(type)) parts.push(file.subarray(at, end));
    if (type === 'IDAT') packed.push(file.subarray(at + 8, end - 4));
    at = end;
    if (type !== 'IEND') continue;
    if (length > 0 || at !== file.length) return fault('more_inside');
    break;
  }
  const { width, height } = header;
  const wrong = unpackFault(Buffer.concat(packed), unpackedBytes(header));
  return wrong ? fault(wrong) : { width, height, bytes: Buffer.concat(parts) };
}

type PngHeader = {
  readonly width: number;
  readonly height: number;
  readonly bitsPerPixel: number;
  readonly isInterlaced: boolean;
};

function pngHeader(fields: Buffer): PngHeader | { readonly fault: ImageFault } {
  const [width, height, depth] = [fields.readUInt32BE(0), fields.readUInt32BE(4), fields.readUInt8(8)];
  const values = channels.get(fields.readUInt8(9));
  const interlace = fields.readUInt8(12);
  if (values === undefined || ![1, 2, 4, 8].includes(depth) || interlace > 1) return fault('unsupported');
  if (fields.readUInt16BE(10) !== 0) return fault('unsupported');
  const wrong = sizeFault(width, height);
  return wrong ? fault(wrong) : { width, height, bitsPerPixel: values * depth, isInterlaced: interlace === 1 };
}

/** First column and row of each of the seven passes of an interlaced picture, and their steps. */
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Each row has a byte for its filter before its pixels. */
function unpackedBytes({ width, height, bitsPerPixel, isInterlaced }: PngHeader): number {
  const ofRows = (columns: number, rows: number) =>
    columns > 0 && rows > 0 ? rows * (1 + Math.ceil((columns * bitsPerPixel) / 8)) : 0;
  if (!isInterlaced) return ofRows(width, height);
  const ofPass = ([x, y, right, down]: (typeof passes)[number]) =>
    ofRows(Math.ceil((width - x) / right), Math.ceil((height - y) / down));
  return passes.reduce((sum, pass) => sum + ofPass(pass), 0);
}

/** With `info`, the runtime also tells how much it has read; its types do not know that. */
const Unpacked = z.object({ buffer: Bytes, engine: z.object({ bytesWritten: z.int() }) });

/** Unpacks what must be exactly so long; no more memory than that is taken, whatever the file promises. */
function unpackFault(packed: Buffer, expected: number): ImageFault | null {
  try {
    const unpacked: unknown = inflateSync(packed, { maxOutputLength: expected, info: true });
    const { buffer, engine } = Unpacked.parse(unpacked);
    if (buffer.length !== expected) return 'broken';
    return engine.bytesWritten === packed.length ? null : 'more_inside';
  } catch {
    return 'broken';
  }
}
