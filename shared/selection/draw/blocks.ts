import { ok } from 'node:assert/strict';

/** Bytes that come in pieces of any size, from the beginning each time they are asked for. */
export type Pieces = () => AsyncIterable<Uint8Array>;

/**
 * Whole records, some thousands at a time, whatever sizes the pieces have. A block is overwritten by the next one.
 * @throws AssertionError where the last record is cut.
 */
export async function* blocksOf(
  pieces: AsyncIterable<Uint8Array>,
  recordBytes: number,
  records = 16_384,
): AsyncGenerator<Buffer> {
  const block = Buffer.allocUnsafeSlow(recordBytes * records);
  let filled = 0;
  for await (const piece of pieces) {
    for (let used = 0; used < piece.length; ) {
      const part = piece.subarray(used, used + block.length - filled);
      block.set(part, filled);
      used += part.length;
      filled += part.length;
      if (filled === block.length) {
        yield block;
        filled = 0;
      }
    }
  }
  ok(filled % recordBytes === 0, 'A list has whole records');
  if (filled > 0) yield block.subarray(0, filled);
}
