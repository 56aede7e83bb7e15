import { Stack, type StackProps } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { Accounts } from '#infra/blocks/accounts.ts';
import { FilesBucket } from '#infra/blocks/files-bucket.ts';
import { ProgramTable } from '#infra/blocks/program-table.ts';
import type { Stage } from '#infra/stages.ts';

export interface DataStackProps extends StackProps {
  readonly stage: Stage;
}

/** What must outlive every deployment: the journals, the files, the accounts, the keys. */
export class DataStack extends Stack {
  readonly table: ProgramTable;
  readonly files: FilesBucket;
  readonly accounts: Accounts;
  /** Root of all keyed hashes: it never changes. Lost, no journal can be found or read again. */
  readonly keys: Secret;
  /** The versions of the key that personal data is sealed with: docs/runbook.md says how one is added. */
  readonly sealingKeys: Secret;
  /** Bearer key that the registry and the message gateway know us by. */
  readonly partners: Secret;
  /** Addresses, keys and accounts of the payment partners. An operator puts them in: docs/runbook.md says how. */
  readonly paymentPartners: Secret;

  constructor(scope: Construct, id: string, { stage, ...props }: DataStackProps) {
    super(scope, id, props);
    this.table = new ProgramTable(this, 'Table', { stage });
    this.files = new FilesBucket(this, 'Files', { stage });
    this.accounts = new Accounts(this, 'Accounts', { stage });
    this.keys = generatedSecret(this, 'Keys', 64, stage);
    this.sealingKeys = new Secret(this, 'SealingKeys', {
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ version: 1 }),
        generateStringKey: 'secret',
        passwordLength: 64,
        excludePunctuation: true,
      },
      removalPolicy: stage.removalPolicy,
    });
    this.partners = generatedSecret(this, 'Partners', 40, stage);
    this.paymentPartners = generatedSecret(this, 'PaymentPartners', 40, stage);
  }
}

function generatedSecret(scope: Construct, id: string, passwordLength: number, { removalPolicy }: Stage): Secret {
  return new Secret(scope, id, { generateSecretString: { passwordLength, excludePunctuation: true }, removalPolicy });
}
