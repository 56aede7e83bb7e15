import * as z from 'zod';
import { Unsupported } from '#infra/local/assembly.ts';

const FilterCriteria = z.strictObject({ Filters: z.array(z.strictObject({ Pattern: z.string() })) });
const Pattern = z.record(z.string(), z.unknown());
type Test = (value: unknown) => boolean;

const comparisons: Record<string, (left: number, right: number) => boolean> = {
  '=': (left, right) => left === right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

const operators: Record<string, (operand: unknown) => Test> = {
  prefix: (operand) => (value) => typeof value === 'string' && value.startsWith(String(operand)),
  suffix: (operand) => (value) => typeof value === 'string' && value.endsWith(String(operand)),
  exists: (operand) => (value) => (value !== undefined) === operand,
  'equals-ignore-case': (operand) => (value) => String(value).toLowerCase() === String(operand).toLowerCase(),
  'anything-but': (operand) => (value) => value !== undefined && ![operand].flat().includes(value),
  numeric: (operand) => (value) => {
    const parts = [operand].flat();
    const pairs = parts.flatMap((sign, index) =>
      index % 2 === 0 ? [[String(sign), Number(parts[index + 1])] as const] : [],
    );
    return (
      (typeof value === 'number' || typeof value === 'string') &&
      pairs.every(([sign, bound]) => comparisons[sign]?.(Number(value), bound))
    );
  },
};

function rule(written: unknown): Test {
  if (written === null || typeof written !== 'object') return (value) => value === written;
  const [[name, operand] = ['', undefined]] = Object.entries(written);
  const operator = operators[name];
  if (!operator) throw new Unsupported(`filter rule ${name || JSON.stringify(written)} is not supported`);
  return operator(operand);
}

/** A pattern is a tree of fields; leaves are lists of rules of which one must hold. */
function compile(pattern: unknown): Test {
  if (Array.isArray(pattern)) {
    const rules = pattern.map(rule);
    return (value) => rules.some((test) => test(value));
  }
  const fields = Object.entries(Pattern.parse(pattern)).map(([name, part]): Test => {
    if (name === '$or') {
      const choices = z.array(z.unknown()).parse(part).map(compile);
      return (value) => choices.some((test) => test(value));
    }
    const test = compile(part);
    return (value) =>
      test(
        value !== null && typeof value === 'object'
          ? Object.entries(value).find(([key]) => key === name)?.[1]
          : undefined,
      );
  });
  return (value) => fields.every((test) => test(value));
}

/** Test of an event source's filters: a record passes when one of them matches. Without filters everything passes. */
export function eventFilter(criteria: unknown): Test {
  if (criteria === undefined) return () => true;
  const tests = FilterCriteria.parse(criteria).Filters.map(({ Pattern }) => compile(JSON.parse(Pattern)));
  return (record) => tests.length === 0 || tests.some((test) => test(record));
}
