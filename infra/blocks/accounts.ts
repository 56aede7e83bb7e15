import { Duration } from 'aws-cdk-lib';
import { AccountRecovery, CfnUserPoolGroup, UserPool, type UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { Need } from '#infra/blocks/house-function.ts';
import type { Stage } from '#infra/stages.ts';

/** Accounts of citizens and operators. */
export class Accounts extends Construct {
  readonly pool: UserPool;
  readonly client: UserPoolClient;

  constructor(scope: Construct, id: string, { stage }: { readonly stage: Stage }) {
    super(scope, id);
    this.pool = new UserPool(this, 'Pool', {
      signInAliases: { username: true, email: true }, // The user name is the participant id, which only we can compute.
      autoVerify: { email: true },
      selfSignUpEnabled: true,
      passwordPolicy: {
        minLength: 10,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: false,
      },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      deletionProtection: stage.deletionProtection,
      removalPolicy: stage.removalPolicy,
    });
    this.client = this.pool.addClient('Client', {
      authFlows: { userPassword: true }, // The password goes through our own endpoint; a refresh token comes with every client.
      generateSecret: false, // Every citizen's browser would have to know it.
      disableOAuth: true,
      preventUserExistenceErrors: true,
      accessTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(7),
    });
    new CfnUserPoolGroup(this, 'Operators', {
      userPoolId: this.pool.userPoolId,
      groupName: 'operators',
      description: 'May open, draw and approve batches, register partners and read journals',
    });
  }

  /** Remove an account. */
  readonly remove: Need = (user) => {
    user.may(['cognito-idp:AdminDeleteUser'], [this.pool.userPoolArn]);
    user.knows('userPoolId', this.pool.userPoolId);
  };

  /** Sign citizens up and in. The three calls are open to everybody, so there is nothing to grant. */
  readonly signIn: Need = (user) => user.knows('userPoolClientId', this.client.userPoolClientId);
}
