import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ApiFunction } from '#infra/blocks/api-function.ts';
import { settingNeed } from '#infra/blocks/needs.ts';
import type { Service } from '#infra/blocks/service.ts';
import { Account } from '#infra/registration/account.ts';
import { Admission } from '#infra/registration/admission.ts';
import { Aptitude } from '#infra/registration/aptitude.ts';
import { ExclusionFeeds } from '#infra/registration/feeds.ts';
import { Identity } from '#infra/registration/identity.ts';
import { Privacy } from '#infra/registration/privacy.ts';
import { readFile, register } from '#shared/registration/registration-api.ts';

/** The waiting room, accounts, registration by NIK, the identity check, the aptitude test, and the lists of who is excluded. */
export class Registration extends Construct {
  readonly privacyQueue: Queue;
  readonly identityQueue: Queue;
  readonly aptitudeQueue: Queue;
  readonly feeds: ExclusionFeeds;

  constructor(scope: Construct, id: string, service: Service) {
    super(scope, id);
    const { table, keys } = service;

    new Admission(this, 'Admission', service);
    new Account(this, 'Account', service);
    new ApiFunction(this, 'Register', service, {
      endpoint: register,
      entry: 'registration/register',
      needs: [table.append, keys, settingNeed('motherNameUse', service.stage.motherNameUse)],
    });
    new ApiFunction(this, 'ReadFile', service, {
      endpoint: readFile,
      entry: 'registration/read-file',
      needs: [table.read, keys],
    });

    this.privacyQueue = new Privacy(this, 'Privacy', service).privacyQueue;

    this.identityQueue = new Identity(this, 'Identity', service).identityQueue;

    this.aptitudeQueue = new Aptitude(this, 'Aptitude', service).queue;
    this.feeds = new ExclusionFeeds(this, 'Feeds', service);
  }
}
