import { regionalEndpoint } from '#infra/blocks/runtime/regional-endpoint.ts';

/*
 * Stands in for the endpoint rules of `@aws-sdk/client-dynamodb` in the bundles. The original weighs every kind of address that AWS has
 * in any partition, by account, by the table's ARN, with a decision diagram and its evaluator.
 */
export const defaultEndpointResolver = regionalEndpoint('dynamodb');
