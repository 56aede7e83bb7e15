import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { Keys } from '#shared/platform/keys.ts';
import { readableCode } from '#shared/platform/readable-code.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { redeemPointer } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';

const Owner = z.object({ participantId: z.string(), purchaseId: z.string() });
export type CodeOwner = z.infer<typeof Owner>;

/**
 * The redeem code of a platform's invoice: twelve characters, 60 bits that nobody without the secret can guess. One
 * invoice has one code, so the pointer that keeps codes unique keeps invoices unique, and leads from either to the purchase.
 */
export function redeemCodeOf(keys: Keys, platformCode: string, invoiceCode: string): string {
  return readableCode(keys.tag('redeem-code', `${platformCode}#${invoiceCode}`), 12);
}

/** Pointers from redeem codes to purchases. */
export function redeemCodes({ client, name }: Table) {
  async function ownerOf(redeemCode: string): Promise<CodeOwner | null> {
    const { Item } = await client.send(
      new GetCommand({ TableName: name, Key: redeemPointer(redeemCode), ConsistentRead: true }),
    );
    return Item ? Owner.parse(Item) : null;
  }

  return {
    ownerOf,

    /** Claims a code for a purchase; a repeat keeps it. @throws Refusal `invoice_reused` when it is somebody else's. */
    async claim(redeemCode: string, owner: CodeOwner): Promise<void> {
      try {
        await client.send(
          new PutCommand({
            TableName: name,
            Item: { ...redeemPointer(redeemCode), ...owner },
            ConditionExpression: 'attribute_not_exists(pk) or purchaseId = :mine',
            ExpressionAttributeValues: { ':mine': owner.purchaseId },
          }),
        );
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) throw new Refusal('invoice_reused', undefined);
        throw error;
      }
    },
  };
}
export type RedeemCodes = ReturnType<typeof redeemCodes>;
