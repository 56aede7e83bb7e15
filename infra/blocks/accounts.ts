import { Duration } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnUserPoolGroup,
  UserPool,
  type UserPoolClient,
  UserPoolEmail,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { HouseFunction, Need } from '#infra/blocks/house-function.ts';
import type { Stage } from '#infra/stages.ts';
import { passwordRules } from '#shared/registration/account/password.ts';

/** What Cognito sends, as HTML: the code stands where the hashes are. */
const accountMail = {
  subject: 'Kode verifikasi Kartu Prakerja / Your verification code',
  body: [
    'Kode verifikasi akun Kartu Prakerja Anda / Your Kartu Prakerja verification code: <b>{####}</b>',
    'Jangan berikan kode ini kepada siapa pun. Bila Anda tidak memintanya, abaikan pesan ini.',
    'Give this code to nobody. If you did not ask for it, ignore this message.',
  ].join('<br><br>'),
};

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
      passwordPolicy: passwordRules,
      // One text for both: Cognito sends it to confirm an address and to reset a password.
      userVerification: { emailSubject: accountMail.subject, emailBody: accountMail.body },
      ...(stage.mailFrom && {
        email: UserPoolEmail.withSES({
          fromEmail: stage.mailFrom.address,
          fromName: 'Kartu Prakerja',
          sesVerifiedDomain: stage.mailFrom.domain,
        }),
      }),
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

  /** What a citizen does with a password, a code or a token in hand: open to everybody, so there is nothing to grant. */
  readonly signIn: Need = (user) => user.knows('userPoolClientId', this.client.userPoolClientId);

  /** See whether an account is confirmed, and how old it is. */
  readonly lookUp: Need = (user) => this.administers(user, 'AdminGetUser');

  /** Remove an account. Whoever may has to look first: see `shared/registration/account/replacement.ts`. */
  readonly remove: Need = (user) => this.administers(user, 'AdminDeleteUser');

  /** End all sessions of an account. */
  readonly endSessions: Need = (user) => this.administers(user, 'AdminUserGlobalSignOut');

  private administers(user: HouseFunction, operation: string): void {
    user.may([`cognito-idp:${operation}`], [this.pool.userPoolArn]);
    user.knows('userPoolId', this.pool.userPoolId);
  }
}
