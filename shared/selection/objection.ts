import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { Decision } from '#shared/journal/journal.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import type { Membership, MembershipEvent, ObjectionGround } from '#shared/selection/membership.ts';
import { lookups, participantOf } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';

type Filing = {
  readonly batchId: string;
  readonly drawNumber: string;
  readonly ground: z.infer<typeof ObjectionGround>;
  /** Whether the batch takes objections now. */
  readonly isTime: boolean;
};

/** Objects to the draw of a batch that was joined; one objection each. @throws Refusal `not_applied`, `objection_late`, `objection_exists`. */
export function fileObjection({ applications, objections }: Membership, filing: Filing): Decision<MembershipEvent> {
  const { batchId, drawNumber, ground, isTime } = filing;
  if (!applications.has(batchId)) throw new Refusal('not_applied');
  const earlier = objections.get(batchId);
  if (earlier) {
    if (earlier.ground !== ground) throw new Refusal('objection_exists');
    return { events: [] };
  }
  if (!isTime) throw new Refusal('objection_late');
  const index = { lookup: lookups.objections(batchId), lookupSort: drawNumber };
  return { events: [{ type: 'ObjectionFiled', batchId, ground }], index };
}

type Answer = {
  readonly batchId: string;
  readonly drawNumber: string;
  readonly answer: 'upheld' | 'dismissed';
  readonly note: string;
};

/** An operator answers. @throws Refusal `objection_unknown`, `objection_answered` for another answer. */
export function answerObjection({ objections }: Membership, by: string, given: Answer): Decision<MembershipEvent> {
  const { batchId, drawNumber, answer, note } = given;
  const objection = objections.get(batchId);
  if (!objection) throw new Refusal('objection_unknown');
  if (objection.answered) {
    const { answered } = objection;
    if (answered.answer !== answer || answered.note !== note || answered.by !== by)
      throw new Refusal('objection_answered');
    return { events: [] };
  }
  const index = { lookup: lookups.answeredObjections(batchId), lookupSort: drawNumber };
  return { events: [{ type: 'ObjectionAnswered', batchId, answer, note, by }], index };
}

const Entry = z.object({ pk: z.string(), lookupSort: z.string() });

/** Before every draw number. */
const first = '-';

/** Objections of a page. */
const pageSize = 50;

/** Who objects to the draw of a batch, from the index. */
export function objections({ client, name }: Table) {
  const query = (lookup: string, after: string, more: { readonly Limit: number } | { readonly Select: 'COUNT' }) =>
    client.send(
      new QueryCommand({
        TableName: name,
        IndexName: 'byLookup',
        KeyConditionExpression: 'lookup = :batch and lookupSort > :after',
        ExpressionAttributeValues: { ':batch': lookup, ':after': after },
        ...more,
      }),
    );

  async function count(lookup: string): Promise<number> {
    let [total, after]: [number, string | null] = [0, first];
    while (after !== null) {
      const { Count = 0, LastEvaluatedKey } = await query(lookup, after, { Select: 'COUNT' });
      total += Count;
      after = LastEvaluatedKey ? Entry.parse(LastEvaluatedKey).lookupSort : null;
    }
    return total;
  }

  return {
    /** Objections without an answer, by the counts of the index. */
    async openCount(batchId: string): Promise<number> {
      const [filed, answered] = [
        await count(lookups.objections(batchId)),
        await count(lookups.answeredObjections(batchId)),
      ];
      return Math.max(0, filed - answered);
    },

    /** A page of those who object, by draw number; `next` is where to go on, null at the end. */
    async page(batchId: string, after = first) {
      const { Items = [], LastEvaluatedKey } = await query(lookups.objections(batchId), after, { Limit: pageSize });
      const found = Items.map((item) => {
        const { pk, lookupSort } = Entry.parse(item);
        return { participantId: participantOf(pk), drawNumber: lookupSort };
      });
      return { found, next: LastEvaluatedKey ? (found.at(-1)?.drawNumber ?? null) : null };
    },
  };
}
export type Objections = ReturnType<typeof objections>;
