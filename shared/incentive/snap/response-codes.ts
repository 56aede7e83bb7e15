import * as z from 'zod/mini';
import { type SnapService, snapServices } from '#shared/incentive/snap/services.ts';
import type { Answer } from '#shared/platform/outside.ts';

/** What an answer means for what was asked. */
export type Meaning =
  | { readonly meaning: 'success' }
  /** The partner has it and has not finished. */
  | { readonly meaning: 'in_progress' }
  /** For good. Where the account is at fault the citizen can change it; otherwise it is ours to mend. */
  | { readonly meaning: 'refused'; readonly fault: 'account' | 'ours' }
  /** Not now, and nothing was done. */
  | { readonly meaning: 'later' }
  /** Another access token, once. */
  | { readonly meaning: 'token' }
  /** Nothing more to this partner until somebody has looked. */
  | { readonly meaning: 'stop' }
  /** The answer to an inquiry: the partner never had the reference. */
  | { readonly meaning: 'not_found' }
  /** The X-EXTERNAL-ID was used today: ask what became of the reference. */
  | { readonly meaning: 'external_id' }
  /** The reference is there already: ask what became of it. */
  | { readonly meaning: 'duplicate' }
  | { readonly meaning: 'unknown' };

/** Where a row is known from: seen on a public developer page, or background knowledge of the standard. */
type Source = 'V' | 'B';

/** XX is the number of the service; `only` are the services in whose answers the code means this. */
type ResponseCode = Meaning & {
  readonly code: `${number}XX${number}`;
  /** As journals and logs have it. */
  readonly reason: string;
  readonly source: Source;
  readonly only?: readonly SnapService[];
};

const inquiries: readonly SnapService[] = ['transfer_status', 'top_up_status'];

/** All response codes that are documented. Whatever is not here is unknown. */
export const responseCodes: readonly ResponseCode[] = [
  { code: '200XX00', meaning: 'success', reason: 'success', source: 'V' },
  { code: '202XX00', meaning: 'in_progress', reason: 'in_progress', source: 'B' },
  { code: '400XX00', meaning: 'refused', fault: 'ours', reason: 'request_invalid', source: 'V' },
  { code: '400XX01', meaning: 'refused', fault: 'ours', reason: 'field_invalid', source: 'V' },
  { code: '400XX02', meaning: 'refused', fault: 'ours', reason: 'field_missing', source: 'V' },
  { code: '401XX00', meaning: 'token', reason: 'unauthorized', source: 'V' },
  { code: '401XX01', meaning: 'token', reason: 'token_invalid', source: 'B' },
  { code: '403XX02', meaning: 'later', reason: 'limit_exceeded', source: 'B' },
  { code: '403XX09', meaning: 'refused', fault: 'account', reason: 'account_dormant', source: 'V' },
  { code: '403XX14', meaning: 'stop', reason: 'funds_insufficient', source: 'V' },
  { code: '403XX18', meaning: 'refused', fault: 'account', reason: 'account_closed', source: 'V' },
  { code: '404XX01', meaning: 'not_found', reason: 'not_found', source: 'V', only: inquiries },
  { code: '404XX11', meaning: 'refused', fault: 'account', reason: 'account_unknown', source: 'V' },
  { code: '409XX00', meaning: 'external_id', reason: 'external_id', source: 'B' },
  { code: '409XX01', meaning: 'duplicate', reason: 'duplicate', source: 'V' },
  { code: '429XX00', meaning: 'later', reason: 'rate_limited', source: 'B' },
  { code: '500XX00', meaning: 'unknown', reason: 'internal_error', source: 'V' },
  { code: '500XX01', meaning: 'unknown', reason: 'internal_error', source: 'V' },
  { code: '500XX02', meaning: 'unknown', reason: 'unreachable', source: 'V' },
  { code: '504XX00', meaning: 'unknown', reason: 'timeout', source: 'B' },
];

/** `404XX11` of the service 18 is `4041811`. */
const codeOf = (pattern: string, service: SnapService): string => pattern.replace('XX', snapServices[service].code);

const services = Object.keys(snapServices).filter((name): name is SnapService => name in snapServices);
const meanings: ReadonlyMap<string, Said> = new Map(
  services.flatMap((service) =>
    responseCodes
      .filter(({ only }) => !only || only.includes(service))
      .map(({ code, source: _, only: __, ...said }) => [codeOf(code, service), said] as const),
  ),
);

/** A meaning, and why. */
export type Said = Meaning & { readonly reason: string };

const Coded = z.object({ responseCode: z.string().check(z.regex(/^\d{7}$/)) });

/**
 * What an answer to a call of a service means. Only a documented code of that very service, under the HTTP status that it
 * names, means anything but unknown.
 */
export function meaningOf(service: SnapService, answer: Answer | null): Said {
  if (!answer) return { meaning: 'unknown', reason: 'no_answer' };
  const coded = Coded.safeParse(answer.body);
  if (!coded.success) return { meaning: 'unknown', reason: 'answer_unreadable' };
  const { responseCode } = coded.data;
  if (!responseCode.startsWith(String(answer.status))) return { meaning: 'unknown', reason: 'status_differs' };
  // Codes of all services are in one map, and each bears its service: the code of another one is as unknown as any.
  const isOfService = responseCode.slice(3, 5) === snapServices[service].code;
  const said = isOfService ? meanings.get(responseCode) : undefined;
  return said ?? { meaning: 'unknown', reason: `code_${responseCode}` };
}

/** What became of a payment, by its status: see `latestTransactionStatus` in the standard. */
export type StatusOutcome =
  | { readonly outcome: 'paid' | 'in_progress' | 'returned' | 'not_found' | 'unknown' }
  | { readonly outcome: 'refused'; readonly reason: string };

/** `latestTransactionStatus` of status answers and notifications. */
export const transactionStatuses: readonly (StatusOutcome & { readonly status: string; readonly source: Source })[] = [
  { status: '00', outcome: 'paid', source: 'V' },
  { status: '01', outcome: 'in_progress', source: 'B' },
  { status: '02', outcome: 'in_progress', source: 'B' },
  { status: '03', outcome: 'in_progress', source: 'B' },
  { status: '04', outcome: 'returned', source: 'B' },
  { status: '05', outcome: 'refused', reason: 'cancelled', source: 'B' },
  { status: '06', outcome: 'refused', reason: 'failed', source: 'V' },
  { status: '07', outcome: 'not_found', source: 'V' },
];

/** What a `latestTransactionStatus` says. */
export function statusOutcome(status: string): StatusOutcome {
  return transactionStatuses.find((row) => row.status === status) ?? { outcome: 'unknown' };
}
