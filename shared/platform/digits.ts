/** A whole number with its digits in threes: `1.234.567`, as Indonesia writes it. */
export function grouped(number: number, between = '.'): string {
  return String(number).replaceAll(/\B(?=(?:\d{3})+$)/g, between);
}
