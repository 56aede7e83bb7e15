/*
 * Stands in for `@smithy/core/config` in the bundles: the same names, but settings come from the environment only. The original also
 * reads and parses ~/.aws/config and ~/.aws/credentials, which no function has, and asks a metadata service that Lambda lacks.
 */

type Environment = Record<string, string | undefined>;
type Selectors<Value> = {
  readonly environmentVariableSelector: (environment: Environment, options?: unknown) => Value | undefined;
  readonly default: Value | (() => Promise<Value>);
};

/** A setting, read once. */
export function loadConfig<Value>(
  { environmentVariableSelector, default: otherwise }: Selectors<Value>,
  options?: unknown,
) {
  let value: Promise<Value> | undefined;
  const read = async (): Promise<Value> => {
    const found = environmentVariableSelector(process.env, options);
    if (found !== undefined) return found;
    return otherwise instanceof Function ? otherwise() : otherwise;
  };
  return () => {
    value ??= read();
    return value;
  };
}

export const SelectorType = { ENV: 'env', CONFIG: 'shared config entry' } as const;
export const CONFIG_PREFIX_SEPARATOR = '.';

/** @throws Error when the variable is neither `true` nor `false`. */
export function booleanSelector(from: Environment, key: string, kind: string): boolean | undefined {
  const value = from[key];
  if (value === undefined) return undefined;
  if (value === 'true' || value === 'false') return value === 'true';
  throw new Error(`Cannot load ${kind} "${key}": expected "true" or "false"`);
}

export const REGION_ENV_NAME = 'AWS_REGION';
export const REGION_INI_NAME = 'region';
export const NODE_REGION_CONFIG_FILE_OPTIONS = {};
export const NODE_REGION_CONFIG_OPTIONS: Selectors<string> = {
  environmentVariableSelector: (environment) => environment[REGION_ENV_NAME],
  default: async () => {
    throw new Error('Region is missing');
  },
};

const switchedBy = (variable: string): Selectors<boolean> => ({
  environmentVariableSelector: (environment) => booleanSelector(environment, variable, SelectorType.ENV),
  default: false,
});
export const NODE_USE_DUALSTACK_ENDPOINT_CONFIG_OPTIONS = switchedBy('AWS_USE_DUALSTACK_ENDPOINT');
export const NODE_USE_FIPS_ENDPOINT_CONFIG_OPTIONS = switchedBy('AWS_USE_FIPS_ENDPOINT');

type RegionInput = {
  readonly region?: string | (() => Promise<string>);
  readonly useFipsEndpoint?: boolean | (() => Promise<boolean>);
};

/** Region and FIPS switch as functions, whatever form the caller gave them in. */
export function resolveRegionConfig<Input extends RegionInput>(input: Input) {
  const { region, useFipsEndpoint = false } = input;
  if (!region) throw new Error('Region is missing');
  return Object.assign(input, {
    region: async () => (typeof region === 'function' ? region() : region),
    useFipsEndpoint: async () => (typeof useFipsEndpoint === 'function' ? useFipsEndpoint() : useFipsEndpoint),
  });
}

/** We set time-outs and retries ourselves: the SDK's own defaults, named `legacy`, add nothing. */
export function resolveDefaultsModeConfig() {
  return async () => 'legacy';
}

/** An attempt at one of several sources failed; `tryNextLink` says whether the next is worth trying. */
export class ProviderError extends Error {
  readonly tryNextLink: boolean;

  constructor(message: string, options: boolean | { readonly tryNextLink?: boolean } = true) {
    super(message);
    this.name = 'ProviderError';
    this.tryNextLink = typeof options === 'boolean' ? options : (options.tryNextLink ?? true);
  }
}
