/*
 * Stands in for the adaptive retry strategy of `@smithy/core` in the bundles. Our clients retry in the standard mode; the original
 * brings a rate limiter that measures across many calls of one process, and a function instance makes a few.
 */

export class AdaptiveRetryStrategy {
  constructor() {
    throw new Error('Adaptive retries are left out of the bundles: infra/blocks/sdk-for-lambda.ts');
  }
}
