import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { digestOf } from '#shared/platform/digest.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { repaymentPointer } from '#shared/table/keys.ts';
import type { Table } from '#shared/table/table.ts';

/** Who incoming money was posted for, by the bank's reference: one transfer clears one person's debt. */
export function repayments({ client, name }: Table) {
  return {
    /** Claims a bank reference for a participant; a repeat keeps it. @throws Refusal `repayment_reused` when it is somebody else's. */
    async claim(bankReference: string, participantId: string): Promise<void> {
      try {
        await client.send(
          new PutCommand({
            TableName: name,
            // The digest: nobody knows what a bank writes into its references.
            Item: { ...repaymentPointer(digestOf(bankReference)), participantId },
            ConditionExpression: 'attribute_not_exists(pk) or participantId = :mine',
            ExpressionAttributeValues: { ':mine': participantId },
          }),
        );
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) throw new Refusal('repayment_reused');
        throw error;
      }
    },
  };
}
export type Repayments = ReturnType<typeof repayments>;
