import * as z from 'zod/mini';
import { PayoutAccount } from '#shared/incentive/incentive.ts';
import { endpoint } from '#shared/platform/endpoint.ts';

export const linkPayoutAccount = endpoint({
  operation: 'linkPayoutAccount',
  capability: 'incentive',
  method: 'PUT',
  path: '/v1/payout-account',
  access: 'citizen',
  summary: 'Links the bank account or e-wallet that incentives go to, or replaces it. A repeat changes nothing.',
  body: z.strictObject({ account: PayoutAccount }),
  status: 200,
  answer: z.strictObject({ linked: z.literal(true), kind: z.string(), provider: z.string() }),
  refusals: [
    'not_registered',
    'not_recipient',
    'membership_revoked',
    'payout_account_differs',
    'attempts_exceeded',
    'conflict_persistent',
  ],
});
