import type * as z from 'zod/mini';
import type { RefusalCode } from '#shared/platform/refusal-codes.ts';

export type Capability =
  | 'registration'
  | 'selection'
  | 'credit'
  | 'catalogue'
  | 'purchase'
  | 'training'
  | 'certificate'
  | 'incentive'
  | 'survey'
  | 'report'
  | 'operations';

/**
 * Who may call: anybody; a signed-in citizen; an operator (group `operators`); a partner by HMAC-SHA1 signature;
 * an institution by Standard Webhooks signature; a payment partner by its SNAP BI signature.
 */
export type Access = 'public' | 'citizen' | 'operator' | 'partner' | 'webhook' | 'payment_partner';

type Fields = z.ZodMiniObject;

/** The header that bears the pass of the waiting room. */
export const passHeader = 'prakerja-pass';

/** What is answered as it is, without a schema: pages, and files that were published. */
export type MediaType = 'text/html' | 'application/json';

/** One route: the only place that knows its address, who may call it, and what goes in and out. */
export interface Endpoint<
  Body extends z.ZodMiniType = z.ZodMiniType,
  Path extends Fields = Fields,
  Query extends Fields = Fields,
  Answer extends z.ZodMiniType = z.ZodMiniType,
> {
  /** Unique name of the operation, verb first. */
  readonly operation: string;
  readonly capability: Capability;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As API Gateway writes it: `/v1/batches/{batchId}/closing`. */
  readonly path: string;
  readonly access: Access;
  /** One sentence for the reference page. */
  readonly summary: string;
  readonly body?: Body;
  readonly pathParameters?: Path;
  /** Whether the header `prakerja-pass` is needed while the waiting room is open. */
  readonly needsPass?: true;
  readonly query?: Query;
  readonly status: 200 | 201 | 202 | 302;
  /** Schema of a JSON answer, or the media type of a page or a published file. */
  readonly answer: Answer | MediaType;
  /** Codes this operation may answer beside those that every operation can. */
  readonly refusals: readonly RefusalCode[];
}

/** Types an endpoint by its own schemas; adds nothing. */
export function endpoint<
  Body extends z.ZodMiniType = z.ZodMiniNever,
  Path extends Fields = z.ZodMiniObject<Record<never, never>>,
  Query extends Fields = z.ZodMiniObject<Record<never, never>>,
  Answer extends z.ZodMiniType = z.ZodMiniNever,
>(route: Endpoint<Body, Path, Query, Answer>): Endpoint<Body, Path, Query, Answer> {
  return route;
}
