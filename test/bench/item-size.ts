/**
 * Bytes of an item as DynamoDB counts them: names and texts in UTF-8, a number by its digits, a byte for each member of a
 * list or map and three for itself.
 */
export function itemBytes(item: Readonly<Record<string, unknown>>): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);
}

function valueBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return numberBytes(value);
  if (value instanceof Uint8Array) return value.byteLength;
  if (Array.isArray(value)) return value.reduce((sum, member) => sum + 1 + valueBytes(member), 3);
  if (typeof value !== 'object' || value === null) return 1;
  return 3 + itemBytes(Object.fromEntries(Object.entries(value))) + Object.keys(value).length;
}

function numberBytes(value: number): number {
  const digits = String(Math.abs(value))
    .replace('.', '')
    .replace(/^0+|0+$/g, '').length;
  return Math.ceil(digits / 2) + (value < 0 ? 2 : 1);
}

/** A write unit takes this many bytes of an item. */
export const unitBytes = 1_024;

/** Write units of putting a new item: its own, and one for each of the two sparse indexes that it stands in. */
export function putUnits(item: Readonly<Record<string, unknown>>): { own: number; index: number } {
  const indexes = ['lookup', 'due'].filter((key) => item[key] !== undefined);
  return { own: Math.ceil(itemBytes(item) / unitBytes), index: indexes.length };
}
