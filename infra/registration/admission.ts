import { Construct } from 'constructs';
import { ApiFunction } from '#infra/blocks/api-function.ts';
import type { Service } from '#infra/blocks/service.ts';
import { admissionEndpoints, waitingRoomEndpoints } from '#shared/registration/admission/admission-api.ts';

/** The waiting room of opening nights. Operators have a function of their own: they must not wait in it. */
export class Admission extends Construct {
  constructor(scope: Construct, id: string, service: Service) {
    super(scope, id);
    const { table, keys } = service;
    new ApiFunction(this, 'WaitingRoom', service, {
      endpoint: waitingRoomEndpoints,
      entry: 'registration/waiting-room',
      needs: [table.append, keys],
    });
    new ApiFunction(this, 'SwitchAdmission', service, {
      endpoint: admissionEndpoints,
      entry: 'registration/switch-admission',
      needs: [table.append],
    });
  }
}
