import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTable, startEngine } from '#infra/local/engine.ts';
import { type Table, tableOf } from '#shared/table/table.ts';

const region = 'ap-southeast-3';
const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' });
const keySchema = (partition: string, sort: string) => [
  { AttributeName: partition, KeyType: 'HASH' },
  { AttributeName: sort, KeyType: 'RANGE' },
];
const sparseIndex = (IndexName: string, partition: string, sort: string) => ({
  IndexName,
  KeySchema: keySchema(partition, sort),
  Projection: { ProjectionType: 'KEYS_ONLY' },
});

/** The table as the template declares it: table.test.ts compares the two, so that no store test waits for a synthesis. */
export const tableProperties = {
  KeySchema: keySchema('pk', 'sk'),
  AttributeDefinitions: ['pk', 'sk', 'lookup', 'lookupSort', 'due', 'dueSort'].map(attribute),
  GlobalSecondaryIndexes: [sparseIndex('byLookup', 'lookup', 'lookupSort'), sparseIndex('byDue', 'due', 'dueSort')],
  StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
  TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
};

/** A process that ends at its n-th write, counted from 1: before the engine has it, or when only the answer is lost. */
export type Death = { readonly write: number; readonly when: 'before' | 'after' };
export class Died extends Error {}

export type Engine = {
  readonly table: Table;
  /** The same table seen by a process that dies; after its death every call of it throws. */
  dying(death: Death): Table;
  stop(): Promise<void>;
};

/** An engine of its own for one test file, with the program's table in it. */
export async function startTable(): Promise<Engine> {
  const engine = await startEngine({ region });
  const template = { Resources: {}, Parameters: {}, Outputs: {}, Conditions: {}, Mappings: {} };
  const stack = { name: 'Test', region, template, assets: new Map(), paths: new Map() };
  const declared = { stack, logicalId: 'Table', type: 'AWS::DynamoDB::Table', properties: tableProperties };
  const { ref: name } = await createTable(engine, declared);
  const clients: DynamoDBClient[] = [];
  const connect = (): DynamoDBClient => {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = new DynamoDBClient({ endpoint: engine.endpoint, region, credentials });
    clients.push(client);
    return client;
  };
  return {
    table: tableOf(connect(), name),
    dying: (death) => tableOf(mortal(connect(), death), name),
    async stop() {
      for (const client of clients) client.destroy();
      await engine.stop();
    },
  };
}

function mortal(client: DynamoDBClient, { write, when }: Death): DynamoDBClient {
  let writes = 0;
  let dead = false;
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (call) => {
        if (commandName === 'PutItemCommand') writes += 1;
        if (dead) throw new Died();
        dead = commandName === 'PutItemCommand' && writes === write;
        if (dead && when === 'before') throw new Died();
        const done = await next(call);
        if (dead) throw new Died();
        return done;
      },
    { step: 'initialize', name: 'death' },
  );
  return client;
}

/** The same table where no page has more than a few items: as a large one is read. */
export function inSmallPages(engine: Engine, items: number): Table {
  const table = engine.dying({ write: Number.POSITIVE_INFINITY, when: 'before' });
  table.client.middlewareStack.add(
    (next) => (call) => {
      Object.assign(call.input, { Limit: items });
      return next(call);
    },
    { step: 'initialize', name: 'smallPages' },
  );
  return table;
}
