import { randomUUID } from 'node:crypto';
import { checkOf } from '#shared/incentive/account-check.ts';
import type { AccountCheck } from '#shared/incentive/incentive-events.ts';
import type { Routing } from '#shared/incentive/partner-switch.ts';
import { type PaymentPartnerCode, routeOf } from '#shared/incentive/payment-partners.ts';
import type { PayoutAccount } from '#shared/incentive/payout-account.ts';
import type { PaymentClient } from '#shared/incentive/snap/client.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import type { Person } from '#shared/registration/person.ts';

type Deps = {
  readonly clientOf: (code: PaymentPartnerCode) => Pick<PaymentClient, 'inquireAccount'>;
  /** What operators have switched by now. */
  readonly routing: () => Promise<Routing>;
  /** How long an answer is waited for; a later one is lost, and the question is asked again. */
  readonly waitMilliseconds: number;
};

/** Asks about an account. Null: nobody could tell just now. @throws Refusal `payout_route_missing`. */
export type AccountInquiry = (
  account: PayoutAccount,
  person: Pick<Person, 'nik' | 'name'>,
) => Promise<AccountCheck | null>;

/** Asks the payment partner that would pay into an account whether it is the person's. */
export function accountInquiry({ clientOf, routing, waitMilliseconds }: Deps): AccountInquiry {
  return async (account, person) => {
    const { enabled, preferred } = await routing();
    const route = routeOf(account.provider, enabled, preferred);
    if (!route) throw new Refusal('payout_route_missing');
    const { partnerCode } = route;
    // Another one for each question, so that the digests of one NIK differ too.
    const question = { reference: randomUUID().replaceAll('-', ''), nik: person.nik };
    const answer = await within(waitMilliseconds, clientOf(partnerCode).inquireAccount(account, question));
    return answer && checkOf(answer, person, account.kind, partnerCode);
  };
}

/** What comes in time; null otherwise. */
async function within<Value>(milliseconds: number, work: Promise<Value>): Promise<Value | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, milliseconds, null);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
