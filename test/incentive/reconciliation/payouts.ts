import { openPayouts } from '#shared/incentive/incentive.ts';
import { type Outcome, recordOutcome } from '#shared/incentive/settlement.ts';
import { participants } from '#shared/journal/participant.ts';
import type { Table } from '#shared/table/table.ts';
import { type Citizen, citizens, journeyUntil, minutesAfter, start, store } from '#test/journal/citizen.ts';

/* Citizens of the real engine whose payouts a statement names. Their accounts are reached through `switching`. */

export type StoredPayout = { readonly citizen: Citizen; readonly reference: string };

const at = minutesAfter(start, 60);
export const outcomes = {
  paid: (bankReference: string): Outcome => ({ kind: 'paid', partnerReference: bankReference, by: 'answer' }),
  refused: (): Outcome => ({ kind: 'refused', reason: 'account_closed', fault: 'account' }),
  unknown: (): Outcome => ({ kind: 'unknown', cause: 'timeout' }),
  /** A release had it, and the partner did not take it. */
  deferred: (): Outcome => ({ kind: 'deferred', reason: 'partner_busy', until: at, releaseId: 'release-1' }),
} as const;

/** Makes citizens of whom no other test knows. */
export function payoutsIn(seed: string, count: number) {
  const people = citizens(seed, count);
  let served = 0;
  return {
    /** A claimed payout, and what became of it. */
    async add(table: Table, ...told: readonly Outcome[]): Promise<StoredPayout> {
      const citizen = people[served];
      served += 1;
      if (!citizen) throw new Error('More people are needed');
      const journey = journeyUntil('link', { citizen });
      await store(table, journey);
      const reference = openPayouts(journey.file.incentives)[0]?.reference ?? '';
      for (const outcome of told) await record(table, { citizen, reference }, outcome);
      return { citizen, reference };
    },
  };
}

export async function record(table: Table, { citizen, reference }: StoredPayout, outcome: Outcome): Promise<void> {
  await participants(table).change(
    citizen.participantId,
    (file, now) => recordOutcome(citizen.participantId, file, reference, outcome, now),
    () => at,
  );
}

export async function payoutNow(table: Table, { citizen, reference }: StoredPayout) {
  const { state } = await participants(table).load(citizen.participantId);
  return state.incentives.payouts.get(reference);
}

/** The types of what happened to a citizen's incentives. */
export async function eventsOf(table: Table, { citizen }: StoredPayout): Promise<string[]> {
  const entries = await participants(table).entries(citizen.participantId);
  return entries.flatMap(({ events }) => events.map(({ type }) => type)).filter((type) => type.startsWith('Incentive'));
}
