/*
 * Stands in for `@smithy/core/event-streams` in the bundles. We call no operation that streams events (S3 Select, Transcribe, Kinesis
 * fan-out); the original is a binary codec, and its dynamic import keeps half of the SDK from being shaken out.
 */

const unused = () => new Error('Event streams are left out of the bundles: infra/blocks/sdk-for-lambda.ts');

export function resolveEventStreamSerdeConfig<Input>(input: Input): Input {
  return input;
}

export function eventStreamSerdeProvider(): never {
  throw unused();
}

export class EventStreamSerde {
  constructor() {
    throw unused();
  }
}
