import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';
import type { MotherNameUse } from '#shared/registration/identity/mother-name.ts';

export const StageName = z.enum(['development', 'staging', 'production']);
export type StageName = z.infer<typeof StageName>;

/** All that may differ between stages. What is not here is the same everywhere, point-in-time recovery included. */
export interface Stage {
  readonly logRetention: RetentionDays;
  /** Guards the table and the user pool against deletion by a command or a template. */
  readonly deletionProtection: boolean;
  /** What happens to stateful resources when they leave the template. */
  readonly removalPolicy: RemovalPolicy;
  /** CPU grows with memory: at 1,769 MB a function has one whole processor. */
  readonly memoryMegabytes: number;
  /** How far the timestamp of a signed partner request or webhook may lie from our clock. */
  readonly timestampToleranceSeconds: number;
  /** Of the whole API. The real peak of one program was 1,333 registrations a second. */
  readonly throttling: { readonly requestsPerSecond: number; readonly burst: number };
  /**
   * Sender of the e-mails of accounts, at a domain that SES has verified in this region. Null: Cognito sends them under its own address,
   * and no more than 50 a day.
   */
  readonly mailFrom: { readonly address: string; readonly domain: string } | null;
  /** What sends short messages: the gateway whose address the deployment names, or SNS. */
  readonly textsBy: 'gateway' | 'sns';
  /** What the civil registry takes of us: ours until the agreement with it says otherwise. */
  readonly registryChecksPerSecond: number;
  /** Whether people are asked for their mother's maiden name, and the civil registry with it. */
  readonly motherNameUse: MotherNameUse;
  readonly alarms: {
    /** Answers with status 5xx in five minutes that call somebody. */
    readonly serverErrors: number;
    /** How far a stream reader may fall behind. */
    readonly streamDelay: Duration;
  };
}

export const stages: Record<StageName, Stage> = {
  development: {
    logRetention: RetentionDays.ONE_WEEK,
    deletionProtection: false,
    removalPolicy: RemovalPolicy.DESTROY,
    memoryMegabytes: 512,
    timestampToleranceSeconds: 300,
    throttling: { requestsPerSecond: 200, burst: 400 },
    mailFrom: null,
    textsBy: 'gateway',
    registryChecksPerSecond: 50,
    motherNameUse: 'off',
    alarms: { serverErrors: 5, streamDelay: Duration.minutes(15) },
  },
  staging: {
    logRetention: RetentionDays.ONE_MONTH,
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
    memoryMegabytes: 1_024,
    timestampToleranceSeconds: 300,
    throttling: { requestsPerSecond: 2_000, burst: 4_000 },
    mailFrom: null,
    textsBy: 'gateway',
    registryChecksPerSecond: 50,
    motherNameUse: 'off',
    alarms: { serverErrors: 5, streamDelay: Duration.minutes(10) },
  },
  production: {
    logRetention: RetentionDays.ONE_YEAR,
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
    memoryMegabytes: 1_024,
    timestampToleranceSeconds: 300,
    throttling: { requestsPerSecond: 5_000, burst: 10_000 },
    mailFrom: null,
    textsBy: 'gateway',
    registryChecksPerSecond: 50,
    motherNameUse: 'off',
    alarms: { serverErrors: 10, streamDelay: Duration.minutes(5) },
  },
};
