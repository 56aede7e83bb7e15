import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { EntryPoint } from '#infra/blocks/bundle.ts';
import { HouseFunction, type Need } from '#infra/blocks/house-function.ts';
import type { Service } from '#infra/blocks/service.ts';
import type { Endpoint } from '#shared/platform/endpoint.ts';

export interface ApiFunctionProps {
  readonly endpoint: Endpoint;
  readonly entry: EntryPoint;
  readonly needs?: readonly Need[];
}

/** Answers are there within a second. After ten a caller has given up, while API Gateway would wait for thirty. */
const timeout = Duration.seconds(10);

/** A function behind one endpoint, with its route. Who may call it is the endpoint's to say. */
export class ApiFunction extends HouseFunction {
  constructor(scope: Construct, id: string, service: Service, { endpoint, entry, needs = [] }: ApiFunctionProps) {
    const signed = endpoint.access === 'partner' || endpoint.access === 'webhook';
    const all = signed ? [...needs, service.timestampTolerance] : needs;
    super(scope, id, { stage: service.stage, entry, timeout, needs: all });
    service.routes.add(endpoint, this, this);
  }
}
