import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { Accounts } from '#infra/blocks/accounts.ts';
import type { FilesBucket } from '#infra/blocks/files-bucket.ts';
import type { Need } from '#infra/blocks/house-function.ts';
import type { HttpRoutes } from '#infra/blocks/http-routes.ts';
import type { ProgramTable } from '#infra/blocks/program-table.ts';
import type { Stage } from '#infra/stages.ts';

/** What every capability builds on. */
export interface Service {
  readonly stage: Stage;
  readonly routes: HttpRoutes;
  readonly onAlarm: IAlarmAction;
  readonly table: ProgramTable;
  readonly files: FilesBucket;
  readonly accounts: Accounts;
  /** The root of our keyed hashes, and the versions of the key that seals. */
  readonly keys: Need;
  /** The versions of the key that seals, alone. */
  readonly sealingKeys: Need;
  /** The key that outside services know us by. */
  readonly partners: Need;
  readonly civilRegistry: Need;
  readonly messageGateway: Need;
  /** The public randomness of draws: where it is published, and the chain that signs it. */
  readonly beacon: Need;
  /** Credentials and addresses of the payment partners. */
  readonly paymentPartners: Need;
  /** Where people reach us: for addresses in messages, pages and certificates. */
  readonly publicUrl: Need;
  /** How old a signed request may be. */
  readonly timestampTolerance: Need;
}
