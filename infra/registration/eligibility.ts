import { Construct } from 'constructs';
import { ApiFunction } from '#infra/blocks/api-function.ts';
import type { Service } from '#infra/blocks/service.ts';
import { readDeclarations } from '#shared/registration/eligibility/eligibility-api.ts';

/** What applicants are asked, and decisions about them made again. */
export class Eligibility extends Construct {
  constructor(scope: Construct, id: string, service: Service) {
    super(scope, id);
    new ApiFunction(this, 'ShowDeclarations', service, {
      endpoint: readDeclarations,
      entry: 'registration/show-declarations',
    });
  }
}
