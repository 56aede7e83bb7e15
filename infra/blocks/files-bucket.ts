import { Duration } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Need } from '#infra/blocks/house-function.ts';
import type { Stage } from '#infra/stages.ts';

/** Folders of the bucket. A grant names one of them, never the whole. */
export type Folder =
  | 'draws/'
  | 'certificates/'
  | 'figures/'
  | 'payouts/'
  | 'feeds/'
  | 'photos/uploaded/'
  | 'photos/sealed/';

/** Draw manifests, certificates, figures, lists of payouts, lists of people from other authorities, and photos of documents. */
export class FilesBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { stage }: { readonly stage: Stage }) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      removalPolicy: stage.removalPolicy,
      lifecycleRules: [
        { abortIncompleteMultipartUploadAfter: Duration.days(1) },
        // Figures are written anew every minute from the table's stream: old versions prove nothing.
        // A photo in the clear is there until it is looked at; removing it leaves a version, which goes within a day.
        {
          prefix: 'photos/uploaded/',
          expiration: Duration.days(1),
          noncurrentVersionExpiration: Duration.days(1),
        },
        { prefix: 'figures/', noncurrentVersionExpiration: Duration.days(7), expiredObjectDeleteMarker: true },
        // Removed when the person is erased: what is left of it must not be read for long.
        { prefix: 'certificates/', noncurrentVersionExpiration: Duration.days(1), expiredObjectDeleteMarker: true },
        // Numbers of people are kept no longer than questions about an import come up; its source has them.
        {
          prefix: 'feeds/sources/',
          expiration: Duration.days(30),
          noncurrentVersionExpiration: Duration.days(1),
        },
        // Who was posted or withdrawn is in the listings. Numbers of bad lines, plans and marks stay.
        { prefix: 'feeds/rows/', expiration: Duration.days(90), noncurrentVersionExpiration: Duration.days(1) },
      ],
    });
  }

  /**
   * Read files of a folder. Listing is what makes S3 answer "not found" for a missing file instead of "forbidden"; S3 does not apply
   * a condition on the prefix there.
   */
  read(folder: Folder): Need {
    return (user) => {
      user.may(['s3:GetObject'], [this.filesOf(folder)]);
      user.may(['s3:ListBucket'], [this.bucket.bucketArn]);
      user.knows('filesBucket', this.bucket.bucketName);
    };
  }

  /** Put files into a folder. */
  write(folder: Folder): Need {
    return (user) => {
      user.may(['s3:PutObject'], [this.filesOf(folder)]);
      user.knows('filesBucket', this.bucket.bucketName);
    };
  }

  /** Remove files of a folder: for parts that have been merged into one. */
  remove(folder: Folder): Need {
    return (user) => {
      user.may(['s3:DeleteObject'], [this.filesOf(folder)]);
      user.knows('filesBucket', this.bucket.bucketName);
    };
  }

  private readonly filesOf = (folder: Folder) => this.bucket.arnForObjects(`${folder}*`);
}
