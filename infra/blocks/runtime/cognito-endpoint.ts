import { regionalEndpoint } from '#infra/blocks/runtime/regional-endpoint.ts';

/* Stands in for the endpoint rules of `@aws-sdk/client-cognito-identity-provider` in the bundles, as `dynamodb-endpoint.ts` does. */
export const defaultEndpointResolver = regionalEndpoint('cognito-idp');
