import { ok } from 'node:assert/strict';
import * as z from 'zod/mini';

/** The list of a draw to the byte: docs/draw.md. */

/** What an applicant can be beside a resident: a bit each. */
export const strata = ['extreme_poverty', 'migrant_worker', 'disability'] as const;
export const Stratum = z.enum(strata);
export type Stratum = z.infer<typeof Stratum>;

export const recordBytes = 22;
export const drawNumberBytes = 16;
/** Bytes that are the same for all members of a family card. */
export const familyBytes = 8;

/** Where in a record what lies. */
export const at = { province: 16, regency: 17, strata: 19, lots: 20, familyPlaces: 21 } as const;

/** Sixteen bytes as hex, the last one zero. */
export const DrawNumber = z.string().check(z.regex(/^[0-9a-f]{30}00$/));

export type DrawRecord = {
  readonly drawNumber: string;
  /** One of the program's 34 provinces, as its two-digit code: `32`. */
  readonly provinceCode: string;
  /** Kabupaten or kota: `32.73`. */
  readonly regencyCode: string;
  readonly strata: readonly Stratum[];
  /** Chances: a whole number from 1 on. */
  readonly lots: number;
  /** Places that the family card has left. */
  readonly familyPlaces: number;
};

/** The bit of a stratum. */
export const bitOf = (stratum: Stratum): number => 1 << strata.indexOf(stratum);

/** A regency's code as the number in a record: `32.73` is 3273. */
export const regencyNumber = (code: string): number => Number(code.replace('.', ''));

/** The code of a number in a record. */
export function regencyCodeOf(number: number): string {
  const digits = String(number).padStart(4, '0');
  return `${digits.slice(0, 2)}.${digits.slice(2)}`;
}

/** @throws AssertionError where a field does not fit its bytes: that can only be our mistake. */
export function encodeRecord(record: DrawRecord): Buffer {
  const bytes = Buffer.alloc(recordBytes);
  const number = Buffer.from(record.drawNumber, 'hex');
  ok(DrawNumber.safeParse(record.drawNumber).success, 'A draw number has sixteen bytes, the last one zero');
  ok(/^\d{2}$/.test(record.provinceCode) && /^\d{2}\.\d{2}$/.test(record.regencyCode), 'Regions have their codes');
  ok(
    record.strata.every((stratum) => strata.includes(stratum)),
    'Strata are known ones',
  );
  for (const count of [record.lots, record.familyPlaces])
    ok(Number.isInteger(count) && count >= 1 && count <= 255, 'Who is in a draw has a lot, and the family a place');
  number.copy(bytes);
  bytes.writeUInt8(Number(record.provinceCode), at.province);
  bytes.writeUInt16BE(regencyNumber(record.regencyCode), at.regency);
  bytes.writeUInt8(
    record.strata.reduce((bits, stratum) => bits | bitOf(stratum), 0),
    at.strata,
  );
  bytes.writeUInt8(record.lots, at.lots);
  bytes.writeUInt8(record.familyPlaces, at.familyPlaces);
  return bytes;
}

/** The record that begins at `offset`. */
export function decodeRecord(bytes: Uint8Array, offset = 0): DrawRecord {
  const record = Buffer.from(bytes.buffer, bytes.byteOffset + offset, recordBytes);
  const bits = record.readUInt8(at.strata);
  return {
    drawNumber: record.toString('hex', 0, drawNumberBytes),
    provinceCode: String(record.readUInt8(at.province)).padStart(2, '0'),
    regencyCode: regencyCodeOf(record.readUInt16BE(at.regency)),
    strata: strata.filter((stratum) => bits & bitOf(stratum)),
    lots: record.readUInt8(at.lots),
    familyPlaces: record.readUInt8(at.familyPlaces),
  };
}
