import type { Table } from '#shared/table/table.ts';
import type { Engine } from '#test/table/engine.ts';

/** One put as it was sent: which item, and whether it took effect or met an item that was there. */
export type Write = { readonly key: string; readonly isDone: boolean };

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
        try {
          const done = await next(call);
          writes.push({ key, isDone: true });
          return done;
        } catch (error) {
          writes.push({ key, isDone: false });
          throw error;
        }
      },
    { step: 'initialize', name: 'watchedWrites' },
  );
  return { table, writes };
}
