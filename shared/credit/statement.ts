import { type Balances, type Legs, noBalances, post } from '#shared/credit/ledger.ts';
import type { Entry } from '#shared/journal/journal.ts';

type Movement = { at: string; event: string; legs: Legs; creditAfterRupiah: number };

/** The money of a journal, event by event, with the training credit after each. */
export function statementOf(entries: readonly Entry<{ type: string; legs?: Legs | undefined }>[]) {
  let balances: Balances = noBalances;
  const movements: Movement[] = [];
  for (const { at, events } of entries) {
    for (const { type, legs } of events) {
      if (!legs) continue;
      balances = post(balances, legs);
      movements.push({ at: at.toISOString(), event: type, legs, creditAfterRupiah: balances.training_credit });
    }
  }
  return { creditRupiah: balances.training_credit, movements };
}
