import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { Refusal } from '#shared/platform/refusal.ts';
import { newGate, RegistryGate } from '#shared/registration/identity/registry-gate.ts';
import { registryGate } from '#shared/table/keys.ts';
import { putIf } from '#shared/table/put-if.ts';
import type { Table } from '#shared/table/table.ts';

/** Every worker writes once or twice in a batch, and there are few workers: more conflicts than this are a defect. */
const maxAttempts = 20;

/** The one item of the civil registry that all workers share. */
export function registryGates(table: Table) {
  async function read(): Promise<RegistryGate> {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: registryGate, ConsistentRead: true }),
    );
    return Item ? RegistryGate.parse(Item) : newGate;
  }

  /** False when somebody else wrote since `version` was read. A write whose answer was lost counts as somebody else's. */
  async function write(gate: RegistryGate, version: number): Promise<boolean> {
    const unchanged = {
      ConditionExpression: 'attribute_not_exists(pk) or version = :version',
      ExpressionAttributeValues: { ':version': version },
    };
    return (await putIf(table, { ...registryGate, ...gate, version: version + 1 }, unchanged)).isStored;
  }

  return {
    read,

    /** Reads, decides, and writes where that changes anything; again when another worker came in between. @throws Refusal `conflict_persistent`. */
    async change<Decided extends { readonly gate: RegistryGate }>(
      decide: (gate: RegistryGate) => Decided,
    ): Promise<Decided> {
      for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
        const before = await read();
        const decided = decide(before);
        if (decided.gate === before || (await write(decided.gate, before.version))) return decided;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 5 * attempt));
      }
      throw new Refusal('conflict_persistent');
    },
  };
}
export type RegistryGates = ReturnType<typeof registryGates>;
