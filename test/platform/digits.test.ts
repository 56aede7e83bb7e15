import { expect, it } from 'vitest';
import { grouped } from '#shared/platform/digits.ts';

it.each([
  [0, '0'],
  [999, '999'],
  [1_000, '1.000'],
  [16_400_000, '16.400.000'],
  [-1_234_567, '-1.234.567'],
])('writes %i in threes: %s', (number, written) => {
  expect(grouped(number)).toBe(written);
  expect(grouped(number, ',')).toBe(written.replaceAll('.', ','));
});
