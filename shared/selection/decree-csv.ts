import { ok } from 'node:assert/strict';

/**
 * The recipients of a batch as published beside its decree: RFC 4180 in UTF-8, ended by LF, one line for each recipient,
 * ascending by the rank that the decree gives. The file is the header and the lines, one after the other, so it can be
 * written and hashed in parts of any size.
 *
 * No name, no NIK and no card number: the file is read by everybody and copied for ever, and who once received help is
 * nobody's business but theirs. The draw number identifies a recipient within this batch and in no other; citizens see
 * their own in their account, find it here, and prove by it that they are decreed.
 */

export type DecreeRow = {
  /** Rank in the decree, from 1. */
  readonly number: number;
  /** 32 hex digits, the last two zero. */
  readonly drawNumber: string;
  /** One of the program's 34 provinces: `32`. */
  readonly provinceCode: string;
  /** `32.73`. */
  readonly regencyCode: string;
  readonly trainingCreditRupiah: number;
  /** Of training and of surveys together. */
  readonly incentivesRupiah: number;
  /** Won in the draw, promoted from the waiting list, or placed by an operator's override. */
  readonly by: 'draw' | 'promotion' | 'override';
};

export const decreeCsvHeader =
  'number,draw_number,province_code,regency_code,training_credit_rupiah,incentives_rupiah,by\n';

// No field can hold a comma, a quote or a line break, so none is quoted; and none can hold the 16 digits of a NIK alone.
const wellFormed = /^[1-9]\d{0,7},[0-9a-f]{30}00,\d\d,\d\d\.\d\d,\d{1,8},\d{1,8},(draw|promotion|override)\n$/;

/** One recipient's line, with its LF. @throws AssertionError where a field is not what it says: that can only be our mistake. */
export function decreeCsvLine(row: DecreeRow): string {
  const { number, drawNumber, provinceCode, regencyCode, trainingCreditRupiah, incentivesRupiah, by } = row;
  const fields = [number, drawNumber, provinceCode, regencyCode, trainingCreditRupiah, incentivesRupiah, by];
  const line = `${fields.join(',')}\n`;
  ok(wellFormed.test(line), 'A line of the decree holds a rank, a draw number, a region, amounts and a way');
  return line;
}
