import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { Keys } from '#shared/platform/keys.ts';
import { readableCode } from '#shared/platform/readable-code.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { redeemPointer } from '#shared/table/keys.ts';
import { ifFreeOrOwn, putIf } from '#shared/table/put-if.ts';
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
export function redeemCodes(table: Table) {
  async function ownerOf(redeemCode: string): Promise<CodeOwner | null> {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: redeemPointer(redeemCode), ConsistentRead: true }),
    );
    return Item ? Owner.parse(Item) : null;
  }

  return {
    ownerOf,

    /** Claims a code for a purchase; a repeat keeps it. @throws Refusal `invoice_reused` when it is somebody else's. */
    async claim(redeemCode: string, owner: CodeOwner): Promise<void> {
      const item = { ...redeemPointer(redeemCode), ...owner };
      const { isStored } = await putIf(table, item, ifFreeOrOwn('purchaseId', owner.purchaseId));
      if (!isStored) throw new Refusal('invoice_reused');
    },
  };
}
export type RedeemCodes = ReturnType<typeof redeemCodes>;
