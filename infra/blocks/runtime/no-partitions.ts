/*
 * Stands in for the list of regions and partitions of `@aws-sdk/core` in the bundles: `regional-endpoint.ts` knows our address without it.
 */
export const partitionsInfo = { partitions: [], version: 'none' };
