import { ok } from 'node:assert/strict';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Canonical JSON after RFC 8785: keys in code unit order, no spaces. Numbers must be whole: nothing here has a fraction. */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number') ok(Number.isSafeInteger(value), 'Canonical numbers are whole');
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}

// Array.isArray does not narrow a readonly array.
const isArray = (value: object): value is readonly Json[] => Array.isArray(value);
