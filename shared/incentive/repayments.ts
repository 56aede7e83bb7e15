import { digestOf } from '#shared/platform/digest.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { repaymentPointer } from '#shared/table/keys.ts';
import { ifFreeOrOwn, putIf } from '#shared/table/put-if.ts';
import type { Table } from '#shared/table/table.ts';

/** Who incoming money was posted for, by the bank's reference: one transfer clears one person's debt. */
export function repayments(table: Table) {
  return {
    /** Claims a bank reference for a participant; a repeat keeps it. @throws Refusal `repayment_reused` when it is somebody else's. */
    async claim(bankReference: string, participantId: string): Promise<void> {
      // The digest: nobody knows what a bank writes into its references.
      const item = { ...repaymentPointer(digestOf(bankReference)), participantId };
      const { isStored } = await putIf(table, item, ifFreeOrOwn('participantId', participantId));
      if (!isStored) throw new Refusal('repayment_reused');
    },
  };
}
export type Repayments = ReturnType<typeof repayments>;
