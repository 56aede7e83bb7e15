import { Construct } from 'constructs';
import { ApiFunction } from '#infra/blocks/api-function.ts';
import type { Service } from '#infra/blocks/service.ts';
import {
  checkRedeemCode,
  commitRedeemCode,
  confirmAttendance,
  generateUrl,
  receiveCompletion,
  showAttendancePage,
} from '#shared/training/training-api.ts';

/** What training institutions call: redeem codes, attendance, completion. */
export class Training extends Construct {
  constructor(scope: Construct, id: string, service: Service) {
    super(scope, id);
    const { table, keys, publicUrl } = service;
    const read = { needs: [table.read, table.pointer, keys] };
    const append = { needs: [table.append, table.pointer, keys] };

    new ApiFunction(this, 'GenerateUrl', service, {
      endpoint: generateUrl,
      entry: 'training/generate-url',
      needs: [table.read, table.pointer, keys, publicUrl],
    });
    new ApiFunction(this, 'CheckRedeemCode', service, {
      endpoint: checkRedeemCode,
      entry: 'training/check-redeem-code',
      ...read,
    });
    new ApiFunction(this, 'CommitRedeemCode', service, {
      endpoint: commitRedeemCode,
      entry: 'training/commit-redeem-code',
      ...append,
    });
    new ApiFunction(this, 'ShowAttendancePage', service, {
      endpoint: showAttendancePage,
      entry: 'training/show-attendance-page',
      needs: [table.read, keys],
    });
    new ApiFunction(this, 'ConfirmAttendance', service, {
      endpoint: confirmAttendance,
      entry: 'training/confirm-attendance',
      needs: [table.append, keys],
    });
    new ApiFunction(this, 'ReceiveCompletion', service, {
      endpoint: receiveCompletion,
      entry: 'training/receive-completion',
      ...append,
    });
  }
}
