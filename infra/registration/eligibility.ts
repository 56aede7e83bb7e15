import { Construct } from 'constructs';
import { ApiFunction } from '#infra/blocks/api-function.ts';
import type { Service } from '#infra/blocks/service.ts';
import { readDeclarations } from '#shared/registration/eligibility/eligibility-api.ts';
import { replayEligibility } from '#shared/registration/eligibility/replay-api.ts';

/** What applicants are asked, and decisions about them made again. */
export class Eligibility extends Construct {
  constructor(scope: Construct, id: string, service: Service) {
    super(scope, id);
    new ApiFunction(this, 'ShowDeclarations', service, {
      endpoint: readDeclarations,
      entry: 'registration/show-declarations',
    });
    const { table, files } = service;
    new ApiFunction(this, 'ReplayEligibility', service, {
      endpoint: replayEligibility,
      entry: 'registration/replay-eligibility',
      needs: [table.read, table.lookup, files.read('draws/')],
    });
  }
}
