/** Letters and digits that are not mistaken for one another when read aloud or typed from paper. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Text of `length` characters from a hex tag, five bits each. */
export function readableCode(tagHex: string, length: number): string {
  const bits = BigInt(`0x${tagHex}`);
  return Array.from({ length }, (_, index) => alphabet[Number((bits >> BigInt(5 * index)) & 31n)]).join('');
}

/** Six digits from a hex tag: a code to be typed from a message. */
export function sixDigits(tagHex: string): string {
  return String(BigInt(`0x${tagHex}`) % 1_000_000n).padStart(6, '0');
}
