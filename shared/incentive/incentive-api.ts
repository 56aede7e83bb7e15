import * as z from 'zod/mini';
import { PayoutAccount } from '#shared/incentive/payout-account.ts';
import { endpoint } from '#shared/platform/endpoint.ts';

export const linkPayoutAccount = endpoint({
  operation: 'linkPayoutAccount',
  capability: 'incentive',
  method: 'PUT',
  path: '/v1/payout-account',
  access: 'citizen',
  summary:
    'Links the bank account or e-wallet that incentives go to, or replaces it, after its holder was checked. A repeat changes nothing.',
  body: z.strictObject({ account: PayoutAccount }),
  status: 200,
  answer: z.strictObject({
    linked: z.literal(true),
    kind: z.string(),
    provider: z.string(),
    /** Pending: the payment partner did not answer, and is asked again before anything is paid. */
    check: z.enum(['matched', 'pending']),
  }),
  refusals: [
    'processing_restricted',
    'consent_missing',
    'person_erased',
    'not_registered',
    'not_recipient',
    'membership_revoked',
    'payout_account_in_use',
    'payout_account_unknown',
    'payout_account_holder',
    'payout_account_kyc',
    'payout_route_missing',
    'attempts_exceeded',
    'conflict_persistent',
  ],
});

export const unlinkPayoutAccount = endpoint({
  operation: 'unlinkPayoutAccount',
  capability: 'incentive',
  method: 'DELETE',
  path: '/v1/payout-account',
  access: 'citizen',
  summary:
    'Disconnects the account that incentives go to. The phone number can be changed then. A repeat changes nothing.',
  status: 200,
  answer: z.strictObject({ linked: z.literal(false) }),
  refusals: ['not_registered', 'payout_account_in_use', 'conflict_persistent'],
});
