import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from 'cognito-local/lib/services/context.js';
import type { DataStoreFactory } from 'cognito-local/lib/services/dataStore/factory.js';

const reviveDates = (key: string, value: unknown) =>
  key.endsWith('Date') && typeof value === 'string' ? new Date(value) : value;

const saveMilliseconds = 100;

/** Pools in memory, written to `folder` when there is one. The library's own store cannot be asked for what is not there. */
export function poolStores(folder: string | undefined): { stores: DataStoreFactory; save: () => void } {
  const unsaved = new Map<string, object>();
  let timer: NodeJS.Timeout | undefined;
  const save = () => {
    clearTimeout(timer);
    timer = undefined;
    for (const [file, content] of unsaved) writeFileSync(file, JSON.stringify(content));
    unsaved.clear();
  };

  const stores: DataStoreFactory = {
    async create(_context, id, defaults) {
      const file = folder && join(folder, `${id}.json`);
      const kept = file && existsSync(file) ? readFileSync(file, 'utf8') : JSON.stringify(defaults);
      const root = JSON.parse(kept, reviveDates); // Untyped: the library types each read by its caller.
      const steps = (key: string | string[]) => [key].flat();
      const parent = (path: readonly string[]) =>
        path.slice(0, -1).reduce((at, step) => {
          at[step] ??= {};
          return at[step];
        }, root);
      const changed = () => {
        if (!file) return;
        unsaved.set(file, root);
        timer ??= setTimeout(save, saveMilliseconds);
      };
      changed();
      return {
        getRoot: async () => root,
        get: async (_: Context, key: string | string[], fallback?: unknown) =>
          steps(key).reduce((at, step) => at?.[step], root) ?? fallback ?? null,
        async set(_, key, value) {
          const path = steps(key);
          parent(path)[path.at(-1) ?? ''] = value;
          changed();
        },
        async delete(_, key) {
          const path = steps(key);
          delete parent(path)[path.at(-1) ?? ''];
          changed();
        },
      };
    },
  };
  return { stores, save };
}
