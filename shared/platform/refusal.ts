import type { RefusalCode } from '#shared/platform/refusal-codes.ts';

/** Refusals that another try may change: they are ours to mend, not the caller's. The table gives them a status from 500 on. */
const passing: readonly RefusalCode[] = [
  'internal',
  'conflict_persistent',
  'service_unavailable',
  'payout_route_missing',
];

/** Why something was refused, for people: each reason with its code, and what can be done about it. */
export type RefusalReason = {
  readonly code: string;
  readonly id: string;
  readonly en: string;
  readonly remedy: { readonly id: string; readonly en: string };
};

/**
 * An expected "no": a stable code from the one table, and never personal data. The table's sentence stands for it unless the
 * rule says one of its own; workers and the partner API do not carry the sentences, only the codes.
 */
export class Refusal extends Error {
  readonly code: RefusalCode;
  /** A sentence for people that says more than the code's own; null where that says it all. */
  readonly sentence: string | null;
  /** Where in the request the fault lies, as field names; never the value itself. */
  readonly fields: readonly string[];
  /** All reasons, where a rule has several; the code is that of the first. */
  readonly reasons: readonly RefusalReason[];

  constructor(
    code: RefusalCode,
    sentence?: string,
    fields: readonly string[] = [],
    reasons: readonly RefusalReason[] = [],
  ) {
    super(sentence ?? code);
    this.name = 'Refusal';
    this.code = code;
    this.sentence = sentence ?? null;
    this.fields = fields;
    this.reasons = reasons;
  }

  /** Whether the same request may succeed later. */
  get isPassing(): boolean {
    return passing.includes(this.code);
  }
}
