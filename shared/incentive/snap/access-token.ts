import * as z from 'zod/mini';
import { meaningOf } from '#shared/incentive/snap/response-codes.ts';
import type { Answer } from '#shared/platform/outside.ts';

export type Token = { readonly kind: 'token'; readonly text: string; readonly goodUntil: Date };
/** Without a token nothing is sent: tried later, or stopped where the partner does not accept who we are. */
export type NoToken = { readonly kind: 'later' | 'stop'; readonly reason: string };

const TokenAnswer = z.object({
  accessToken: z.string().check(z.minLength(1), z.maxLength(2_048)),
  /** Seconds, as text by the standard. */
  expiresIn: z.optional(z.union([z.string().check(z.regex(/^\d{1,6}$/)), z.int().check(z.nonnegative())])),
});

const usualSeconds = 900;
/** A token is not used in its last minute, so that it does not end on its way; a very short one not in its second half. */
const marginSeconds = 60;

/** Reads the answer to the request for a token, which was made at `askedAt`. */
export function readToken(answer: Answer | null, askedAt: Date): Token | NoToken {
  const said = meaningOf('token', answer);
  const reason = `token_${said.reason}`;
  if (said.meaning === 'token' || said.meaning === 'refused') return { kind: 'stop', reason };
  if (said.meaning !== 'success') return { kind: 'later', reason };
  const parsed = TokenAnswer.safeParse(answer?.body);
  if (!parsed.success) return { kind: 'later', reason: 'token_unreadable' };
  const seconds = Number(parsed.data.expiresIn ?? usualSeconds);
  const goodSeconds = Math.max(seconds - marginSeconds, seconds / 2);
  const goodUntil = new Date(askedAt.getTime() + goodSeconds * 1_000);
  return { kind: 'token', text: parsed.data.accessToken, goodUntil };
}

/** Keeps a token while it is good. Callers at the same time share one request for the next. */
export function accessTokens(ask: () => Promise<Token | NoToken>, now: () => Date) {
  let latest: Promise<Token | NoToken> | null = null;

  /** A good token; `rejected` is one that the partner did not accept, and is not given again. */
  return async function token(rejected?: string): Promise<Token | NoToken> {
    const seen = latest;
    const known = await seen?.catch(() => null);
    if (known?.kind === 'token' && known.text !== rejected && now() < known.goodUntil) return known;
    // Whoever comes first after the wait asks; the others find that request in its place.
    const next = latest && latest !== seen ? latest : ask();
    latest = next;
    return next;
  };
}
