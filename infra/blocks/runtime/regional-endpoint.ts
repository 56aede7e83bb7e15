import { ok } from 'node:assert/strict';

type Parameters = {
  readonly Endpoint?: string;
  readonly Region?: string;
  readonly UseFIPS?: boolean;
  readonly UseDualStack?: boolean;
};

/** The address that the environment names, else the service's in our region: all that the SDK's rules come to for our functions. */
export function regionalEndpoint(service: string) {
  return ({ Endpoint, Region, UseFIPS, UseDualStack }: Parameters) => {
    ok(
      !UseFIPS && !UseDualStack,
      'The bundles know the usual addresses only: infra/blocks/runtime/regional-endpoint.ts',
    );
    ok(Endpoint || Region, 'Lambda gives every function its region');
    return { url: new URL(Endpoint ?? `https://${service}.${Region}.amazonaws.com`), properties: {}, headers: {} };
  };
}
