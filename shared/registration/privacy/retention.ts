/** What is kept after an erasure, as data: of whom, what, how long, and why it may be. */
export type RetentionRule = {
  readonly rule: 'recipient' | 'applicant';
  /** Whether the same NIK may register anew. */
  readonly mayReturn: boolean;
  /** What stays, none of it with a name. */
  readonly kept: readonly string[];
  /** Years after the erasure; null: as long as the program has a ledger. */
  readonly keptYears: number | null;
  readonly source: string;
};

/**
 * The trace of a benefit stays, so that it is given once in a lifetime and the state's books can be audited: UU PDP 27/2022
 * art. 43 and 44 ask for erasure and destruction, and leave what another law has to be kept.
 */
export const retentionRules: Readonly<Record<RetentionRule['rule'], RetentionRule>> = {
  recipient: {
    rule: 'recipient',
    mayReturn: false,
    kept: ['participant_id', 'family_tag', 'regency', 'batches', 'ledger', 'certificate_number', 'accesses'],
    keptYears: null,
    source: 'Permenko 11/2020 art. 17 a and b: the card is given once only; the books of public money are kept whole',
  },
  applicant: {
    rule: 'applicant',
    mayReturn: true,
    kept: ['participant_id', 'family_tag', 'regency', 'batches', 'accesses'],
    keptYears: null,
    source: 'A draw is published and can be repeated by anybody (docs/draw.md): its list keeps its draw numbers',
  },
};

/** The rule for somebody on whom a lot ever fell, or for somebody who only applied. */
export function retentionOf(wasRecipient: boolean): RetentionRule {
  return wasRecipient ? retentionRules.recipient : retentionRules.applicant;
}
