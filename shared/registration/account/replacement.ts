import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { AccountAdmin, Standing } from '#shared/registration/account/account-admin.ts';
import { eventKey, journalKeys, personKey, accountReplacement as place } from '#shared/table/keys.ts';
import { putIf } from '#shared/table/put-if.ts';
import type { Table } from '#shared/table/table.ts';

/** Cognito's: a code that confirms an address works for 24 hours. */
const codeHours = 24;
/** Ours: so long after the sign-up a code is sent again. */
const resendHours = 23;
/** From this age on an account that nobody confirmed gives way: the last code ended an hour ago, by whosever clock. */
const unconfirmedHours = resendHours + codeHours + 1;

const hoursSince = ({ openedAt }: Standing, now: Date): number => (now.getTime() - openedAt.getTime()) / 3_600_000;

/** Whether a code to confirm it is sent again. */
export function mayResend(standing: Standing, now: Date): boolean {
  return !standing.isConfirmed && hoursSince(standing, now) < resendHours;
}

/** Whether a new sign-up of the same NIK takes its place. Never where the address was confirmed, and never while a code may confirm it. */
function mayBeReplaced(standing: Standing, now: Date): boolean {
  return !standing.isConfirmed && hoursSince(standing, now) >= unconfirmedHours;
}

/** Longer than a function lives: whoever has not finished by then is no more. */
const leaseMilliseconds = 60_000;

type Deps = {
  readonly table: Table;
  readonly admin: Pick<AccountAdmin, 'standingOf' | 'remove'>;
};

/** Makes place for a new sign-up where an earlier one was never confirmed; says where none may come, since somebody has a file. */
export function replacement({ table, admin }: Deps) {
  /** One process at a time: a second one would remove what the first one's citizen has just opened. */
  async function isTaken(participantId: string, now: Date): Promise<boolean> {
    const until = now.getTime() + leaseMilliseconds;
    const item = { ...place(participantId), until, expiresAt: Math.ceil(until / 1_000) };
    const isOver = {
      ConditionExpression: 'attribute_not_exists(pk) or #until <= :now',
      ExpressionAttributeNames: { '#until': 'until' },
      ExpressionAttributeValues: { ':now': now.getTime() },
    };
    return !(await putIf(table, item, isOver)).isStored;
  }

  async function read(Key: { readonly pk: string; readonly sk: string }): Promise<Record<string, unknown> | undefined> {
    return (await table.client.send(new GetCommand({ TableName: table.name, Key, ConsistentRead: true }))).Item;
  }

  /**
   * Whether a participant has a journal and is not erased: the account was confirmed once, whatever the pool says. Two items instead of
   * the fold, which would be most of a bundle: an erasure is done when the key is destroyed, and who comes back has another.
   */
  async function isHeld(participantId: string): Promise<boolean> {
    const [first, key] = await Promise.all([
      read({ pk: journalKeys.participant(participantId), sk: eventKey(1) }),
      read(personKey(participantId)),
    ]);
    return first !== undefined && key?.['destroyedAt'] === undefined;
  }

  return {
    isHeld,

    /**
     * Removes the account of a participant if it may be replaced; says whether there is none now. Looked at again after the claim,
     * and never removed where its owner has registered.
     */
    async makePlace(participantId: string, now: Date): Promise<boolean> {
      const before = await admin.standingOf(participantId);
      if (!before || !mayBeReplaced(before, now)) return before === null;
      if (await isTaken(participantId, now)) return false;
      const standing = await admin.standingOf(participantId);
      if (standing && !mayBeReplaced(standing, now)) return false;
      if (await isHeld(participantId)) return false;
      if (standing) await admin.remove(participantId);
      return true;
    },
  };
}
export type Replacement = ReturnType<typeof replacement>;
