import * as z from 'zod';

/** Capacity units of one table, indexes included; `indexes` breaks the write units of each index out. */
export interface Consumed {
  writeUnits: number;
  readUnits: number;
  requests: number;
  readonly indexes: Record<string, number>;
}

export interface Meter {
  /** Whether an operation consumes capacity. */
  counts(operation: string): boolean;
  /** Adds what the answer to an operation says that it consumed. */
  note(operation: string, answer: string): void;
  /** By table name, since start or the last reset. */
  consumed(): Readonly<Record<string, Consumed>>;
  reset(): void;
}

const writes = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems']);
const reads = new Set(['GetItem', 'Query', 'Scan', 'BatchGetItem', 'TransactGetItems']);

const Units = z.looseObject({ CapacityUnits: z.number() });
const Capacity = z.looseObject({
  TableName: z.string(),
  CapacityUnits: z.number(),
  GlobalSecondaryIndexes: z.record(z.string(), Units).optional(),
});
const Answer = z.looseObject({
  ConsumedCapacity: z.union([Capacity.transform((one) => [one]), z.array(Capacity)]).default([]),
});

/** Sums the consumed capacity that answers of the engine tell. */
export function capacityMeter(): Meter {
  const totals = new Map<string, Consumed>();
  return {
    counts: (operation) => writes.has(operation) || reads.has(operation),

    note(operation, answer) {
      for (const { TableName, CapacityUnits, GlobalSecondaryIndexes = {} } of Answer.parse(JSON.parse(answer))
        .ConsumedCapacity) {
        const total = totals.get(TableName) ?? { writeUnits: 0, readUnits: 0, requests: 0, indexes: {} };
        totals.set(TableName, total);
        total.requests += 1;
        total[writes.has(operation) ? 'writeUnits' : 'readUnits'] += CapacityUnits;
        if (!writes.has(operation)) continue;
        for (const [index, units] of Object.entries(GlobalSecondaryIndexes))
          total.indexes[index] = (total.indexes[index] ?? 0) + units.CapacityUnits;
      }
    },

    consumed: () => Object.fromEntries(totals),
    reset: () => totals.clear(),
  };
}
