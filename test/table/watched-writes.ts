import * as z from 'zod';
import type { Table } from '#shared/table/table.ts';
import type { Engine } from '#test/table/engine.ts';

const Consumed = z.looseObject({ ConsumedCapacity: z.looseObject({ CapacityUnits: z.number() }) });

/** One put as it was sent: which item, and whether it took effect or met an item that was there. */
export type Write = {
  readonly key: string;
  readonly isDone: boolean;
  /** Write units that the engine says it consumed, its indexes included; 0 for one that met another item. */
  readonly units: number;
};

/** The same table, with every put that goes through it. */
export function watchedWrites(engine: Engine): { readonly table: Table; readonly writes: Write[] } {
  const table = engine.dying({ write: Number.POSITIVE_INFINITY, when: 'before' });
  const writes: Write[] = [];
  table.client.middlewareStack.add(
    (next, { commandName }) =>
      async (call) => {
        if (!String(commandName).startsWith('Put')) return next(call);
        const { Item } = call.input as { Item: { pk: unknown; sk: unknown } };
        const key = `${String(Item.pk)} ${String(Item.sk)}`;
        Object.assign(call.input, { ReturnConsumedCapacity: 'TOTAL' });
        try {
          const done = await next(call);
          const { ConsumedCapacity } = Consumed.parse(done.output);
          writes.push({ key, isDone: true, units: ConsumedCapacity.CapacityUnits });
          return done;
        } catch (error) {
          writes.push({ key, isDone: false, units: 0 });
          throw error;
        }
      },
    { step: 'initialize', name: 'watchedWrites' },
  );
  return { table, writes };
}
