/**
 * How long our SDK clients wait, and how often they try: an API function lives ten seconds, and its caller has given up by
 * then. The SDK alone would wait without end.
 */
export const clientDefaults = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
} as const;
