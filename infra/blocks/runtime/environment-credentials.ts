import { ok } from 'node:assert/strict';

/**
 * Stands in for `@aws-sdk/credential-provider-node` in the bundles. Lambda hands the role's credentials over in the environment and
 * starts a new instance before they end: no profile, no SSO, no metadata service has to be tried, or loaded.
 */
export function defaultProvider() {
  return async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
    ok(AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY, 'Lambda gives every function its credentials');
    return {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    };
  };
}
