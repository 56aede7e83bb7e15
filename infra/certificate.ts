import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ApiFunction } from '#infra/blocks/api-function.ts';
import { QueueWorker } from '#infra/blocks/queue-worker.ts';
import type { Service } from '#infra/blocks/service.ts';
import {
  downloadCertificate,
  rateCourse,
  showCertificate,
  verifyCertificate,
} from '#shared/certificate/certificate-api.ts';

/** Certificates: issued, downloaded by their owner, checked by anybody; and what the owner thinks of the course. */
export class Certificate extends Construct {
  readonly certificateQueue: Queue;

  constructor(scope: Construct, id: string, service: Service) {
    super(scope, id);
    const { table, files, keys, publicUrl } = service;
    const check = { needs: [table.read, table.lookup, keys] };

    new ApiFunction(this, 'RateCourse', service, {
      endpoint: rateCourse,
      entry: 'certificate/rate-course',
      needs: [table.append],
    });
    new ApiFunction(this, 'DownloadCertificate', service, {
      endpoint: downloadCertificate,
      entry: 'certificate/download-certificate',
      needs: [table.read, files.read('certificates/')],
    });
    new ApiFunction(this, 'VerifyCertificate', service, {
      endpoint: verifyCertificate,
      entry: 'certificate/verify-certificate',
      ...check,
    });
    new ApiFunction(this, 'ShowCertificate', service, {
      endpoint: showCertificate,
      entry: 'certificate/show-certificate',
      ...check,
    });

    const { queue } = new QueueWorker(this, 'IssueCertificate', service, {
      entry: 'certificate/issue-certificate',
      impact: 'Citizens who completed a course have no certificate, and without it no incentive.',
      needs: [table.append, keys, files.write('certificates/'), publicUrl],
    });
    this.certificateQueue = queue;
  }
}
