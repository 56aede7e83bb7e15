/*
 * Stands in for what writes the headers of events in `@smithy/signature-v4` in the bundles: `no-event-streams.ts` says why. Every signer
 * makes one, and signs requests without it.
 */

export class HeaderFormatter {
  format(): never {
    throw new Error('Event streams are left out of the bundles: infra/blocks/sdk-for-lambda.ts');
  }
}
