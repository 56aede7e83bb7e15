/*
 * Stands in for `@aws-sdk/middleware-endpoint-discovery` in the bundles. DynamoDB has one address a region; discovery and its cache
 * serve none of our calls.
 */

export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => undefined,
  default: undefined,
};

export function resolveEndpointDiscoveryConfig<Input>(input: Input): Input {
  return input;
}
