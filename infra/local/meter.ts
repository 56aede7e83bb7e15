import * as z from 'zod';
import { type Listening, listen, readBody } from '#infra/local/wire.ts';

/** Capacity units of one table, indexes included; `indexes` breaks the write units of each index out. */
export interface Consumed {
  writeUnits: number;
  readUnits: number;
  requests: number;
  readonly indexes: Record<string, number>;
}

export interface Meter extends Listening {
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
const Request = z.looseObject({});

/** A proxy before the engine that asks for consumed capacity on every request and sums it. Deployed code sees no difference. */
export async function startMeter(engineEndpoint: string): Promise<Meter> {
  const totals = new Map<string, Consumed>();

  function note(operation: string, text: string): void {
    for (const { TableName, CapacityUnits, GlobalSecondaryIndexes = {} } of Answer.parse(JSON.parse(text))
      .ConsumedCapacity) {
      const total = totals.get(TableName) ?? { writeUnits: 0, readUnits: 0, requests: 0, indexes: {} };
      totals.set(TableName, total);
      total.requests += 1;
      total[writes.has(operation) ? 'writeUnits' : 'readUnits'] += CapacityUnits;
      if (!writes.has(operation)) continue;
      for (const [index, units] of Object.entries(GlobalSecondaryIndexes))
        total.indexes[index] = (total.indexes[index] ?? 0) + units.CapacityUnits;
    }
  }

  const proxy = await listen(async (request, response) => {
    const operation =
      String(request.headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1) ?? '';
    const body = String(await readBody(request));
    const metered = writes.has(operation) || reads.has(operation);
    const sent = metered
      ? JSON.stringify({ ...Request.parse(JSON.parse(body)), ReturnConsumedCapacity: 'INDEXES' })
      : body;
    const headers = new Headers();
    for (const name of ['content-type', 'x-amz-target', 'x-amz-date', 'authorization'])
      if (typeof request.headers[name] === 'string') headers.set(name, request.headers[name]);
    const answer = await fetch(engineEndpoint, { method: 'POST', headers, body: sent });
    const text = await answer.text();
    if (metered && answer.ok) note(operation, text);
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? 'application/x-amz-json-1.0',
    });
    response.end(text);
  });
  return { ...proxy, consumed: () => Object.fromEntries(totals), reset: () => totals.clear() };
}
