import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { Bytes } from '#shared/platform/bytes.ts';
import { dayMilliseconds } from '#shared/platform/wib.ts';
import { answerSheetKey } from '#shared/table/keys.ts';
import { putIf } from '#shared/table/put-if.ts';
import type { Table } from '#shared/table/table.ts';

const StoredSheet = z.object({ sheet: Bytes });

/** Longer than any message waits to be delivered again; then the engine removes the sheet, and the journal has what counted. */
const keptMilliseconds = 60 * dayMilliseconds;

/**
 * Answers that are saved while a test runs: one item for each test, beside the journal, replaced by every save. An answer is no fact yet; only
 * what is scored becomes one.
 */
export function answerSheets(table: Table) {
  return {
    /**
     * Saves a sealed sheet. The last one wins: one that was sent earlier and arrives later changes nothing. Who calls has looked at the deadline
     * with the same `now`.
     */
    async save(
      participantId: string,
      { attempt, deadline }: { readonly attempt: number; readonly deadline: Date },
      sheet: Uint8Array,
      now: Date,
    ): Promise<void> {
      const expiresAt = Math.ceil((deadline.getTime() + keptMilliseconds) / 1_000);
      const savedAt = now.toISOString();
      await putIf(
        table,
        { ...answerSheetKey(participantId, attempt), sheet, savedAt, expiresAt },
        {
          ConditionExpression: 'attribute_not_exists(pk) or savedAt <= :now',
          ExpressionAttributeValues: { ':now': savedAt },
        },
      );
    },

    /** The sealed sheet that was saved last; null where none was. */
    async read(participantId: string, attempt: number): Promise<Uint8Array | null> {
      const key = answerSheetKey(participantId, attempt);
      const { Item } = await table.client.send(
        new GetCommand({ TableName: table.name, Key: key, ConsistentRead: true }),
      );
      return Item ? StoredSheet.parse(Item).sheet : null;
    },
  };
}
export type AnswerSheets = ReturnType<typeof answerSheets>;
