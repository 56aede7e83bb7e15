import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyApp } from '#infra/app.ts';
import { DataStack } from '#infra/data-stack.ts';
import { stages } from '#infra/stages.ts';
import {
  allShards,
  dues,
  eventKey,
  eventKeyRange,
  familySlot,
  journalKeys,
  lookups,
  seat,
  shardOf,
} from '#shared/table/keys.ts';
import { type Engine, startTable, tableProperties } from '#test/table/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());

describe('the table of the store tests', () => {
  it('is the table that the template declares', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'prakerja-table-'));
    const data = new DataStack(emptyApp(outdir), 'Data', { stage: stages.development });
    const template = Template.fromStack(data);
    rmSync(outdir, { recursive: true });
    template.resourceCountIs('AWS::DynamoDB::Table', 1);
    template.hasResourceProperties('AWS::DynamoDB::Table', Match.objectLike(tableProperties));
    const [declared] = Object.values(template.findResources('AWS::DynamoDB::Table'));
    expect(declared?.['Properties'].GlobalSecondaryIndexes).toHaveLength(tableProperties.GlobalSecondaryIndexes.length);
  });

  it('lists in an index only what carries its attributes, with nothing but keys', async () => {
    const { client, name } = engine.table;
    const put = (Item: object) => client.send(new PutCommand({ TableName: name, Item: { ...Item } }));
    await put({ pk: 'P#1', sk: 'E#000001', lookup: 'L', lookupSort: 'l', secret: 'x' });
    await put({ pk: 'P#2', sk: 'E#000001', secret: 'x' });
    const { Items } = await client.send(
      new QueryCommand({
        TableName: name,
        IndexName: 'byLookup',
        KeyConditionExpression: 'lookup = :l',
        ExpressionAttributeValues: { ':l': 'L' },
      }),
    );
    expect(Items).toEqual([{ pk: 'P#1', sk: 'E#000001', lookup: 'L', lookupSort: 'l' }]);
  });
});

describe('keys', () => {
  it('of decisions sort as their versions do, and lie in the range of the journal', () => {
    const versions = [1, 2, 9, 10, 99, 100, 1_999, 2_000, 999_999];
    const keys = versions.map(eventKey);
    expect([...keys].sort()).toEqual(keys);
    for (const key of keys) expect(key >= eventKeyRange.from && key <= eventKeyRange.to).toBe(true);
  });

  it('of the journals never meet', () => {
    const made = Object.values(journalKeys).map((key) => key('same', '2026-11-02'));
    expect(new Set(made.map((key) => key.split('#')[0])).size).toBe(made.length);
  });

  it('spread participants over all shards by the first digit of the id', () => {
    expect(allShards).toHaveLength(16);
    expect(new Set(allShards.map((digit) => shardOf(`${digit}0ff`)))).toEqual(new Set(allShards));
  });

  it('are as docs and stored data have them', () => {
    expect([
      familySlot('123', 2),
      seat('COURSE', 'SCHEDULE', 7),
      lookups.applicants('7', 'a'),
      lookups.objections('7'),
      lookups.answeredObjections('7'),
      lookups.certificate('N'),
      dues.day('2026-11-02', 'a'),
      dues.instant('2026-11-02T03:00:00.000Z', 'incentive'),
    ]).toEqual([
      { pk: 'K#123', sk: 'PLACE#2' },
      { pk: 'S#COURSE#SCHEDULE', sk: 'SEAT#000007' },
      'B#7#a',
      'OBJECTIONS#7',
      'ANSWERED#7',
      'CERT#N',
      'DUE#2026-11-02#a',
      '2026-11-02T03:00:00.000Z#incentive',
    ]);
  });
});
