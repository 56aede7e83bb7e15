import { ok } from 'node:assert/strict';
import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { EntryPoint } from '#infra/blocks/bundle.ts';
import { HouseFunction, type Need } from '#infra/blocks/house-function.ts';
import type { Service } from '#infra/blocks/service.ts';
import type { Access, Endpoint } from '#shared/platform/endpoint.ts';

export interface ApiFunctionProps {
  /** One, or what operators do with one kind of thing. */
  readonly endpoint: Endpoint | readonly Endpoint[];
  readonly entry: EntryPoint;
  readonly needs?: readonly Need[];
}

/** Answers are there within a second. After ten a caller has given up, while API Gateway would wait for thirty. */
const timeout = Duration.seconds(10);

/** Whose requests bear a timestamp that a stage may tolerate differently. Payment partners have SNAP BI's own. */
const signedAccess: readonly Access[] = ['partner', 'webhook'];

/** A function behind its endpoints, with their routes. Who may call it is the endpoint's to say. */
export class ApiFunction extends HouseFunction {
  constructor(scope: Construct, id: string, service: Service, { endpoint, entry, needs = [] }: ApiFunctionProps) {
    const endpoints = Array.isArray(endpoint) ? endpoint : [endpoint];
    const signed = endpoints.some(({ access }) => signedAccess.includes(access));
    const all = signed ? [...needs, service.timestampTolerance] : needs;
    const [first] = endpoints;
    ok(first, 'A function behind routes has one');
    const logGroup = service.routes.logsOf(first.capability);
    super(scope, id, { stage: service.stage, entry, timeout, needs: all, logGroup });
    service.routes.add(endpoints, this, this);
  }
}
