import * as z from 'zod/mini';
import { type Decision, type Fold, journal } from '#shared/journal/journal.ts';
import { Note, Operator } from '#shared/platform/operator.ts';
import { journalKeys } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';

/** There is one registry; its journal is found under this name. */
export const civilRegistryId = 'civil-registry';

/** What an operator did with the breaker. Open: nobody is asked until somebody closes it. Closed: it decides by itself again. */
const RegistrySwitched = z.object({
  type: z.literal('RegistrySwitched'),
  position: z.enum(['open', 'closed']),
  reason: Note,
  by: Operator,
});
type RegistrySwitched = z.infer<typeof RegistrySwitched>;
type Position = RegistrySwitched['position'];

/** The last step by hand; null where nobody has done anything. */
export type RegistrySwitch = {
  readonly last: (Omit<RegistrySwitched, 'type'> & { readonly at: Date }) | null;
};

const switchFold: Fold<RegistrySwitch, RegistrySwitched> = {
  empty: { last: null },
  parse: (stored) => RegistrySwitched.parse(stored),
  evolve: (_before, { position, reason, by }, at) => ({ last: { position, reason, by, at } }),
};

/** Records who opens or closes the breaker and why; nothing for what is so already. `isClosed` is what the breaker is by itself. */
export function switchRegistry(
  { last }: RegistrySwitch,
  { position, reason, by, isClosed }: Omit<RegistrySwitched, 'type'> & { readonly isClosed: boolean },
): Decision<RegistrySwitched> {
  const isSo = position === 'open' ? last?.position === 'open' : isClosed && last?.position !== 'open';
  return { events: isSo ? [] : [{ type: 'RegistrySwitched', position, reason, by }] };
}

/** The journal of what operators did with the civil registry's breaker. */
export function registrySwitches(table: Table) {
  return journal(table, journalKeys.registry, switchFold);
}
export type RegistrySwitches = ReturnType<typeof registrySwitches>;
export type { Position as RegistryPosition };
