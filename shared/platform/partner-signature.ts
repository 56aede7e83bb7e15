import { createHmac } from 'node:crypto';
import { equalTexts } from '#shared/platform/keys.ts';

/** What a partner's signature covers. Source of the rules: the public developer pages and the official samples. */
export type SignedRequest = {
  readonly clientCode: string;
  /** Unix seconds, exactly as the header has it. */
  readonly timestamp: string;
  readonly method: string;
  readonly path: string;
  /** The body as it came over the wire, before any parsing. */
  readonly body: string;
  /** The Authorization header; the official Go sample puts it between path and body. */
  readonly authorization?: string;
};

/** Lowercase hex HMAC-SHA1 over the plain concatenation, keyed with the text of the sign key. */
export function partnerSignature(signKey: string, request: SignedRequest): string {
  const { clientCode, timestamp, method, path, body, authorization = '' } = request;
  return createHmac('sha1', signKey)
    .update(`${clientCode}${timestamp}${method}${path}${authorization}${body}`)
    .digest('hex');
}

/**
 * Whether a signature is right: over the bytes sent or over the compacted body (the official Python sample signs compact
 * and sends spaced), with or without the Authorization header. Takes the same time wherever it differs.
 */
export function signatureMatches(signKey: string, request: SignedRequest, signature: string): boolean {
  const { authorization, ...plain } = request;
  const path = collapsedPath(request.path);
  const bodies = [request.body, compactJson(request.body)];
  const candidates = bodies.flatMap((body) => [
    partnerSignature(signKey, { ...plain, path, body }),
    partnerSignature(signKey, { ...plain, path, body, ...(authorization && { authorization }) }),
  ]);
  return candidates.reduce((found, candidate) => equalTexts(candidate, signature) || found, false);
}

/** One slash where a client joined host and path with two. */
export const collapsedPath = (path: string): string => path.replace(/^\/{2,}/, '/');

/**
 * Drops white space outside strings; keeps key order and escapes, as a parse and stringify would not (`\/` becomes `/`
 * there, and PHP clients sign `\/`). Text that is not JSON is compacted all the same: its signature will tell.
 * One pass, since anybody can send anything here.
 */
export function compactJson(text: string): string {
  let compact = '';
  let keptFrom = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') {
      inString = true;
    } else if (character === ' ' || character === '\n' || character === '\r' || character === '\t') {
      compact += text.slice(keptFrom, at);
      keptFrom = at + 1;
    }
  }
  return compact + text.slice(keptFrom);
}

/** Whether a timestamp lies within the tolerance of now, both ways. */
export function isFresh(timestamp: string, now: Date, toleranceSeconds: number): boolean {
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  return Math.abs(now.getTime() / 1_000 - Number(timestamp)) <= toleranceSeconds;
}
