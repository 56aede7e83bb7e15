import { closingEndpoints } from '#shared/incentive/reconciliation/closings-api.ts';
import { statementEndpoints } from '#shared/incentive/reconciliation/statements-api.ts';

/** Everything that operators do about bank statements and the days of payment partners. */
export const reconciliationEndpoints = [...statementEndpoints, ...closingEndpoints] as const;
