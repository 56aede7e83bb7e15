import { ok } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { Refusal } from '#shared/platform/refusal.ts';
import { besideKeys, eventKey, eventKeyRange } from '#shared/table/keys.ts';
import { pagesOf } from '#shared/table/pages.ts';
import type { Table } from '#shared/table/table.ts';

/** A folded journal: what is so now, and the number of decisions that made it so. */
export type File<State> = { readonly state: State; readonly version: number };

/** Entries of the two sparse indexes that one decision may carry. */
export type IndexEntries = {
  readonly lookup?: string;
  readonly lookupSort?: string;
  readonly due?: string;
  readonly dueSort?: string;
};

/** What a rule decides: the events to append, in order. None: a repeat, or nothing to do. */
export type Decision<Event> = { readonly events: readonly Event[]; readonly index?: IndexEntries };

export type Fold<State, Event> = {
  readonly empty: State;
  /** Parses one stored event; what does not parse is our fault and stops everything. */
  readonly parse: (stored: unknown) => Event;
  readonly evolve: (state: State, event: Event, at: Date) => State;
  /** Attributes beside the events, for readers of the stream that do not load the file. */
  readonly mark?: (state: State) => Readonly<Record<string, string>>;
  /** What stands before the decisions in the same partition and can be destroyed, as a decision cannot: read with them, in one query. */
  readonly attach?: (state: State, beside: unknown) => State;
  /** Refuses what a decision must not do to a file in this state, whichever rule decided it. */
  readonly guard?: (state: State, events: readonly Event[], at: Date) => void;
};

/** One decision as stored: its events happened together. */
export type Entry<Event> = { readonly version: number; readonly at: Date; readonly events: readonly Event[] };

/** Someone else appended first. Load again and decide again: the decision may now be another. */
export class VersionConflict extends Error {}

/** As many writers of one file at once as can happen by accident; more than that is an attack or a defect. */
const maxAttempts = 8;
/** A journal has a few dozen decisions; this bound keeps a runaway one from taking a function with it. */
const maxEntries = 2_000;

const Stored = z.object({ sk: z.string(), at: z.iso.datetime(), events: z.array(z.unknown()).check(z.minLength(1)) });

/**
 * The journals of one kind. The only code that writes `E#` items.
 * `key` makes the partition key from an id; `fold` says what events mean.
 */
export function journal<State, Event extends object>(
  table: Table,
  key: (id: string) => string,
  fold: Fold<State, Event>,
) {
  const from = fold.attach ? besideKeys.from : eventKeyRange.from;

  async function read(id: string): Promise<{ readonly found: Entry<Event>[]; readonly beside: unknown[] }> {
    const found: Entry<Event>[] = [];
    const beside: unknown[] = [];
    const query = {
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk and sk between :from and :to',
      ExpressionAttributeValues: { ':pk': key(id), ':from': from, ':to': eventKeyRange.to },
    };
    for await (const { Items = [] } of pagesOf(table, query)) {
      for (const item of Items) {
        if (isBeside(item)) beside.push(item);
        else found.push(toEntry(item, found.length + 1, fold));
      }
      ok(found.length <= maxEntries, 'A journal stays bounded');
    }
    return { found, beside };
  }

  async function entries(id: string): Promise<Entry<Event>[]> {
    return (await read(id)).found;
  }

  async function load(id: string): Promise<File<State>> {
    const { found, beside } = await read(id);
    const { state, version } = foldEntries(found, fold);
    return { state: beside.reduce<State>((before, item) => fold.attach?.(before, item) ?? before, state), version };
  }

  /** Appends at exactly the version the decision was made on. One item, one write unit. */
  async function append(id: string, file: File<State>, { events, index }: Decision<Event>, at: Date): Promise<State> {
    ok(events.length > 0, 'A decision that is stored has an event');
    fold.guard?.(file.state, events, at);
    // Folded before it is stored: a decision that breaks an invariant never reaches the journal.
    const state = events.reduce((before, event) => fold.evolve(before, fold.parse(event), at), file.state);
    const place = { pk: key(id), sk: eventKey(file.version + 1) };
    // Tells our own item from another writer's, where the engine's answer was lost and the client tried again.
    const decisionId = randomUUID().slice(0, 8);
    const item = { ...place, decisionId, at: at.toISOString(), events, ...index, ...fold.mark?.(state) };
    try {
      await table.client.send(
        new PutCommand({
          TableName: table.name,
          Item: item,
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const isOurs = error.Item?.['decisionId']?.S === decisionId;
      if (!isOurs) throw new VersionConflict(key(id), { cause: error });
    }
    return state;
  }

  return {
    load,
    append,
    entries,

    /**
     * Loads, decides, appends; on a version conflict loads and decides again, a bounded number of times.
     * Answers the file as it is after the decision. `at` is the time the events will bear. `decide` may claim things outside the journal first:
     * whatever it does must be repeatable.
     *
     * @throws Refusal of the rule; `conflict_persistent` when others kept writing.
     */
    async change(
      id: string,
      decide: (state: State, at: Date) => Decision<Event> | Promise<Decision<Event>>,
      now: () => Date = () => new Date(),
    ): Promise<State> {
      for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
        const file = await load(id);
        const at = now();
        const decision = await decide(file.state, at);
        if (decision.events.length === 0) return file.state;
        try {
          return await append(id, file, decision, at);
        } catch (error) {
          if (!(error instanceof VersionConflict)) throw error;
          if (attempt < maxAttempts) await pause(attempt);
        }
      }
      throw new Refusal('conflict_persistent');
    },
  };
}

/** Folds decisions in order into the file they make. */
export function foldEntries<State, Event>(
  entries: readonly Entry<Event>[],
  { empty, evolve }: Pick<Fold<State, Event>, 'empty' | 'evolve'>,
): File<State> {
  let state = empty;
  for (const { events, at } of entries) for (const event of events) state = evolve(state, event, at);
  return { state, version: entries.length };
}

const isBeside = ({ sk }: Record<string, unknown>): boolean =>
  typeof sk === 'string' && sk >= besideKeys.from && sk < eventKeyRange.from;

/** Reads one stored decision. @throws when it is not what was written: a journal is never repaired by guessing. */
function toEntry<State, Event>(item: unknown, version: number, { parse }: Fold<State, Event>): Entry<Event> {
  const stored = Stored.parse(item);
  ok(stored.sk === eventKey(version), 'A journal has no gap');
  return { version, at: new Date(stored.at), events: stored.events.map(parse) };
}

/** Waits a little, longer each time and never in step with the other writer. */
async function pause(attempt: number): Promise<void> {
  const milliseconds = Math.random() * 10 * 2 ** attempt;
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
