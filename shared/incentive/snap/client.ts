import type { PaymentPartner } from '#shared/incentive/payment-partners.ts';
import type { PayoutAccount } from '#shared/incentive/payout-account.ts';
import { accessTokens, type NoToken, readToken } from '#shared/incentive/snap/access-token.ts';
import {
  type AccountResult,
  type BalanceResult,
  type InquiryResult,
  type PayoutResult,
  readAccount,
  readBalance,
  readPayout,
  readStatus,
} from '#shared/incentive/snap/answers.ts';
import type { SnapCredentials } from '#shared/incentive/snap/credentials.ts';
import {
  type AccountQuestion,
  accountRequest,
  balanceRequest,
  type PayoutOrder,
  payoutRequest,
  type SignedRequest,
  type SnapRequest,
  signedRequest,
  statusRequest,
  tokenRequest,
} from '#shared/incentive/snap/requests.ts';
import { meaningOf } from '#shared/incentive/snap/response-codes.ts';
import { externalId } from '#shared/incentive/snap/signature.ts';
import { type Answer, postJsonText, ServiceFailed } from '#shared/platform/outside.ts';

/** A payout that may be with the partner; `account` need only name the provider. */
export type PayoutInquiry = Pick<PayoutOrder, 'reference' | 'amountRupiah'> & {
  readonly account: Pick<PayoutAccount, 'provider'>;
};

/** A payment partner. Nothing here throws for what a partner does: every answer, and none, is a result. */
export type PaymentClient = {
  /** Whose an account is, before anything is paid into it. */
  inquireAccount(account: PayoutAccount, question: AccountQuestion): Promise<AccountResult>;
  /** Sends a payout once. Whoever may have sent it before inquires first. */
  pay(payout: PayoutOrder): Promise<PayoutResult>;
  /** What became of a payout. `not_found` says so only while the partner `remembers` it. */
  inquire(payout: PayoutInquiry): Promise<InquiryResult>;
  /** What the program's account at the partner holds. */
  balance(): Promise<BalanceResult>;
};

type Deps = {
  readonly partner: PaymentPartner;
  readonly credentials: () => Promise<SnapCredentials>;
  readonly post?: typeof postJsonText;
  readonly now?: () => Date;
};

type Called = { readonly kind: 'answered'; readonly answer: Answer | null } | NoToken;

/**
 * A payment partner over SNAP BI. One call takes at most 40 seconds: token, request, and both once more where the partner does
 * not accept the token; a payout that is so sent again keeps its reference. @throws where the credentials cannot be read.
 */
export function snapClient({ partner, credentials, post = postJsonText, now = () => new Date() }: Deps): PaymentClient {
  async function send({ url, text, headers }: SignedRequest): Promise<Answer | null> {
    try {
      return await post(url, text, headers);
    } catch (error) {
      // No answer is not "no": the money may be on its way.
      if (error instanceof ServiceFailed) return null;
      throw error;
    }
  }

  const token = accessTokens(async () => {
    const askedAt = now();
    return readToken(await send(tokenRequest(await credentials(), askedAt)), askedAt);
  }, now);

  async function call(request: SnapRequest): Promise<Called> {
    const ours = await credentials();
    const attempt = (accessToken: string) => {
      const at = now();
      return send(signedRequest(ours, accessToken, request, { externalId: externalId(at), now: at }));
    };
    const first = await token();
    if (first.kind !== 'token') return first;
    const answer = await attempt(first.text);
    if (meaningOf(request.service, answer).meaning !== 'token') return { kind: 'answered', answer };
    const second = await token(first.text);
    return second.kind === 'token' ? { kind: 'answered', answer: await attempt(second.text) } : second;
  }

  return {
    async inquireAccount(account, question) {
      const request = accountRequest(partner, account, question);
      const called = await call(request);
      return called.kind === 'answered' ? readAccount(request.service, question, called.answer) : unsent(called);
    },

    async pay(payout) {
      const request = payoutRequest(partner, await credentials(), payout, now());
      const called = await call(request);
      return called.kind === 'answered' ? readPayout(request.service, payout, called.answer) : called;
    },

    async inquire(payout) {
      const request = statusRequest(partner, payout);
      const called = await call(request);
      if (called.kind !== 'answered') return unsent(called);
      const { serviceCode } = request.body;
      return readStatus(request.service, { ...payout, serviceCode }, called.answer);
    },

    async balance() {
      const called = await call(balanceRequest(await credentials(), externalId(now())));
      return called.kind === 'answered' ? readBalance(called.answer) : unsent(called);
    },
  };
}

/** A question that could not be asked has no answer. */
const unsent = ({ reason }: NoToken) => ({ kind: 'unknown', cause: reason }) as const;
