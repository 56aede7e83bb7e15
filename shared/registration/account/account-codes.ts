import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { afterSend, type CodeRun, codeLimits, isLocked } from '#shared/platform/code-sends.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { accountCodes as place } from '#shared/table/keys.ts';
import { ifFree, putIf } from '#shared/table/put-if.ts';
import type { Table } from '#shared/table/table.ts';

/*
 * What Cognito sends is counted here, since Cognito's own limits are neither published nor ours. An item for each account or address,
 * whether or not there is such an account: who asks for codes learns nothing from the lock.
 */

const Stored = z.object({
  revision: z.int(),
  sends: z.int(),
  lastAt: z.iso.datetime(),
  /** To the code that was sent last, right or wrong. */
  answers: z.int(),
});
type Stored = z.infer<typeof Stored>;

/** Those who were too late see the lock at the latest after this many others were let through. */
const maxAttempts = codeLimits.sends + codeLimits.wrongCodes + 1;

const runOf = (stored: Stored | null): CodeRun | null =>
  stored && { sends: stored.sends, lastAt: new Date(stored.lastAt) };

/** Codes sent by Cognito and answers to them, counted by condition: a hundred requests at once send no more than six. */
export function accountCodes(table: Table) {
  async function read(tag: string): Promise<Stored | null> {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: place(tag), ConsistentRead: true }),
    );
    return Item ? Stored.parse(Item) : null;
  }

  /** Writes what follows from what was read, if nobody wrote since. */
  async function wrote(tag: string, before: Stored | null, after: Omit<Stored, 'revision'>): Promise<boolean> {
    const item = {
      ...place(tag),
      ...after,
      revision: (before?.revision ?? 0) + 1,
      // Seconds. The engine removes it later than this: nothing that still counts goes.
      expiresAt: Math.ceil(Date.parse(after.lastAt) / 1_000) + codeLimits.lockMinutes * 60,
    };
    const unchanged = before
      ? {
          ConditionExpression: 'revision = :revision',
          ExpressionAttributeValues: { ':revision': before.revision },
        }
      : ifFree;
    return (await putIf(table, item, unchanged)).isStored;
  }

  async function change(tag: string, next: (before: Stored | null) => Omit<Stored, 'revision'>): Promise<void> {
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const before = await read(tag);
      if (await wrote(tag, before, next(before))) return;
    }
    throw new Refusal('conflict_persistent');
  }

  return {
    /**
     * Counts a code before it is sent. `sends` is one less where the first one came by another way.
     * @throws Refusal `otp_resends_exceeded` until two hours after the last one.
     */
    async claimSend(tag: string, now: Date, sends: number = codeLimits.sends): Promise<void> {
      await change(tag, (before) => {
        if (isLocked(runOf(before), now, sends)) throw new Refusal('otp_resends_exceeded');
        const { sends: count, lastAt } = afterSend(runOf(before), now);
        return { sends: count, lastAt: lastAt.toISOString(), answers: 0 };
      });
    },

    /**
     * Counts an answer to the last code before it is looked at.
     * @throws Refusal `confirmation_code_wrong` where no code was sent, `otp_attempts_exceeded` after five answers.
     */
    async claimAnswer(tag: string): Promise<void> {
      await change(tag, (before) => {
        if (!before) throw new Refusal('confirmation_code_wrong');
        if (before.answers >= codeLimits.wrongCodes) throw new Refusal('otp_attempts_exceeded');
        const { sends, lastAt, answers } = before;
        return { sends, lastAt, answers: answers + 1 };
      });
    },
  };
}
export type AccountCodes = ReturnType<typeof accountCodes>;
