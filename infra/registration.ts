import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ApiFunction } from '#infra/blocks/api-function.ts';
import { QueueWorker } from '#infra/blocks/queue-worker.ts';
import type { Service } from '#infra/blocks/service.ts';
import { Admission } from '#infra/registration/admission.ts';
import { Privacy } from '#infra/registration/privacy.ts';
import { confirmAccount, readFile, register, signIn, signUp } from '#shared/registration/registration-api.ts';

/** The waiting room, accounts, registration by NIK, and the identity check. */
export class Registration extends Construct {
  readonly privacyQueue: Queue;
  readonly identityQueue: Queue;

  constructor(scope: Construct, id: string, service: Service) {
    super(scope, id);
    const { table, accounts, keys, partners, civilRegistry } = service;

    new Admission(this, 'Admission', service);
    new ApiFunction(this, 'SignUp', service, {
      endpoint: signUp,
      entry: 'registration/sign-up',
      needs: [accounts, table.read, keys],
    });
    new ApiFunction(this, 'ConfirmAccount', service, {
      endpoint: confirmAccount,
      entry: 'registration/confirm-account',
      needs: [accounts],
    });
    new ApiFunction(this, 'SignIn', service, { endpoint: signIn, entry: 'registration/sign-in', needs: [accounts] });
    new ApiFunction(this, 'Register', service, {
      endpoint: register,
      entry: 'registration/register',
      needs: [table.append, keys],
    });
    new ApiFunction(this, 'ReadFile', service, {
      endpoint: readFile,
      entry: 'registration/read-file',
      needs: [table.read, keys],
    });

    this.privacyQueue = new Privacy(this, 'Privacy', service).privacyQueue;

    const { queue } = new QueueWorker(this, 'VerifyIdentity', service, {
      entry: 'registration/verify-identity',
      impact: 'Citizens have registered but stay unverified, and cannot join a batch before it closes.',
      needs: [table.append, keys, partners, civilRegistry],
    });
    this.identityQueue = queue;
  }
}
