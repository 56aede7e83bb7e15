import { randomUUID } from 'node:crypto';

interface Place {
  readonly SequenceNumber: string;
  /** Seconds since the epoch. */
  readonly ApproximateCreationDateTime: number;
}

interface Failure {
  readonly functionArn: string;
  readonly attempts: number;
  readonly at: Date;
  readonly shardId: string;
  readonly first: Place;
  readonly last: Place;
  readonly batchSize: number;
  readonly streamArn: string | undefined;
}

const arrival = ({ ApproximateCreationDateTime }: Place) => new Date(ApproximateCreationDateTime * 1000).toISOString();

/** What the failure destination of a stream gets: where the lost records stand, not the records. */
export function failureRecord({ functionArn, attempts, at, shardId, first, last, batchSize, streamArn }: Failure) {
  return {
    requestContext: {
      requestId: randomUUID(),
      functionArn,
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: attempts,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: at.toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: first.SequenceNumber,
      endSequenceNumber: last.SequenceNumber,
      approximateArrivalOfFirstRecord: arrival(first),
      approximateArrivalOfLastRecord: arrival(last),
      batchSize,
      streamArn,
    },
  };
}
