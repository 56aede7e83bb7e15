import { ok } from 'node:assert/strict';
import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { HouseFunction, Need } from '#infra/blocks/house-function.ts';
import type { Stage } from '#infra/stages.ts';

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** The one table: journals, claimed slots and pointers. Its stream is the outbox. */
export class ProgramTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, { stage }: { readonly stage: Stage }) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: text('pk'),
      sortKey: text('sk'),
      billingMode: BillingMode.PAY_PER_REQUEST, // Nobody can foresee the minute in which a batch opens.
      stream: StreamViewType.NEW_IMAGE,
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: stage.deletionProtection,
      removalPolicy: stage.removalPolicy,
    });
    this.addSparseIndex('byLookup', 'lookup', 'lookupSort');
    this.addSparseIndex('byDue', 'due', 'dueSort');
  }

  /** Load journals and append to them. Each put bears a condition, so that nothing is written over; nothing can be deleted. */
  readonly append: Need = (user) => {
    user.may(['dynamodb:Query', 'dynamodb:PutItem'], [this.table.tableArn]);
    user.knows('tableName', this.table.tableName);
  };

  /** Load journals. */
  readonly read: Need = (user) => {
    user.may(['dynamodb:Query'], [this.table.tableArn]);
    user.knows('tableName', this.table.tableName);
  };

  /** Read the single items beside the journals: owners of redeem codes, family places, the sweeper's cursor. */
  readonly pointer: Need = (user) => {
    user.may(['dynamodb:GetItem'], [this.table.tableArn]);
    user.knows('tableName', this.table.tableName);
  };

  /** Find keys by what they stand for. */
  readonly lookup: Need = (user) => {
    user.may(['dynamodb:Query'], [`${this.table.tableArn}/index/byLookup`]);
    user.knows('tableName', this.table.tableName);
  };

  /** Find keys by when they are due. */
  readonly due: Need = (user) => {
    user.may(['dynamodb:Query'], [`${this.table.tableArn}/index/byDue`]);
    user.knows('tableName', this.table.tableName);
  };

  /** Read the table's stream; says which one. */
  follow(user: HouseFunction): string {
    const { tableStreamArn } = this.table;
    ok(tableStreamArn, 'The table has a stream');
    const actions = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'];
    user.may(
      actions.map((action) => `dynamodb:${action}`),
      [tableStreamArn],
    );
    return tableStreamArn;
  }

  private addSparseIndex(indexName: string, partition: string, sort: string) {
    this.table.addGlobalSecondaryIndex({
      indexName,
      partitionKey: text(partition),
      sortKey: text(sort),
      projectionType: ProjectionType.KEYS_ONLY, // The journal is the truth; an index only says where to look.
    });
  }
}
