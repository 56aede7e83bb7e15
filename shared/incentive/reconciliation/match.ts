import type { Payout } from '#shared/incentive/incentive.ts';
import { openStates } from '#shared/incentive/payout.ts';
import type {
  MalformedCode,
  MalformedRow,
  StatementFormat,
  StatementRow,
} from '#shared/incentive/reconciliation/statement-line.ts';

/*
 * One line of a statement against what the journal knows of its payout and what the payment partner has said of it. What agrees is
 * matched, what only the statement can tell is posted, and everything else waits in the exception list for a person.
 */

export const exceptionKinds = [
  'malformed',
  /** No reference of ours, and not marked as the bank's own booking. */
  'no_reference',
  /** A reference in our form that nobody was ever to be paid under. */
  'reference_unknown',
  /** On the statement of another partner than the payout was given to. */
  'partner_differs',
  'amount_differs',
  /** The same payout has been debited twice. */
  'duplicate_debit',
  /** The partner refused the payout for good, and debited it all the same. */
  'paid_after_refusal',
  /** Debited, and by the journal or by the partner's own answer never sent. */
  'not_sent',
  /** Money came back, or was taken back, and the partner does not call the payout returned: the bank may correct itself. */
  'reversal_unmatched',
  /** The partner's own answer says that the payout failed. */
  'status_differs',
  /** The journal had been told something else when the line was to be posted. */
  'posting_overtaken',
] as const;
type ExceptionKind = (typeof exceptionKinds)[number];

/** A payout as the journal knows it. */
export type KnownPayout = Pick<Payout, 'reference' | 'amountRupiah' | 'state' | 'partnerCode'> & {
  /** The partner's reference of the payment, and whose word it is; null where none is recorded. */
  readonly paid: Pick<NonNullable<Payout['paid']>, 'partnerReference' | 'by'> | null;
  readonly isReturned: boolean;
  /** Whether a release has had it: without one, nothing was sent. */
  readonly isReleased: boolean;
};

/** What a partner says of a payout when it is asked. */
export type PartnerStatus = 'paid' | 'returned' | 'failed' | 'not_found' | 'unknown';

export type Compared = {
  readonly row: StatementRow;
  /** Null: no journal has it. */
  readonly payout: KnownPayout | null;
  /** Whose statement it is. */
  readonly partnerCode: string;
  readonly format: StatementFormat;
  /** What earlier lines of the same statement did under this reference. */
  readonly earlier: { readonly debited: boolean; readonly credited: boolean };
  /** Whether the statement shows a second debit of the payout, before this line or behind it. */
  readonly isDoubled: boolean;
  /** Null: the partner was not asked, or has not answered. */
  readonly status: PartnerStatus | null;
};

export type Verdict =
  | { readonly result: 'matched' }
  /** The bank's own booking: fee, tax, interest. */
  | { readonly result: 'banks_own' }
  | { readonly result: 'posted_paid' }
  | { readonly result: 'posted_returned' }
  | { readonly result: 'exception'; readonly exception: ExceptionKind; readonly code?: MalformedCode };

const exception = (kind: ExceptionKind): Verdict => ({ result: 'exception', exception: kind });

/** What a line is that cannot be read: an exception, with the code of what is wrong in it. */
export function malformedVerdict({ code }: MalformedRow): Verdict {
  return { result: 'exception', exception: 'malformed', code };
}

/** What a line is. What it posts is for the caller to post. */
export function matchRow(compared: Compared): Verdict {
  const { row, payout, partnerCode } = compared;
  // A fee may name the payout that it was taken for; it is not the payout.
  if (row.isBanksOwn) return { result: 'banks_own' };
  if (row.partnerReference === null) return exception('no_reference');
  if (!payout) return exception('reference_unknown');
  if (payout.partnerCode !== partnerCode) return exception('partner_differs');
  return row.direction === 'debit' ? matchDebit(compared, payout) : matchCredit(compared, payout);
}

function matchDebit({ row, format, earlier, status }: Compared, payout: KnownPayout): Verdict {
  // The bank takes back what it had given back.
  if (row.isReversal) return exception('reversal_unmatched');
  if (earlier.debited) return exception('duplicate_debit');
  if (row.amountRupiah !== payout.amountRupiah) return exception('amount_differs');
  if (payout.paid)
    return sameBankReference(payout.paid.partnerReference, row.bankReference, format)
      ? { result: 'matched' }
      : exception('duplicate_debit');
  if (!openStates.includes(payout.state)) return exception('paid_after_refusal');
  if (payout.state === 'claimed' && !payout.isReleased) return exception('not_sent');
  if (status === 'not_found') return exception('not_sent');
  if (status === 'failed') return exception('status_differs');
  return { result: 'posted_paid' };
}

/** A credit proves only that money moved: the same line is the bank's correction of its own second debit. */
function matchCredit({ row, earlier, isDoubled, status }: Compared, payout: KnownPayout): Verdict {
  if (earlier.credited || !payout.paid) return exception('reversal_unmatched');
  if (row.amountRupiah !== payout.amountRupiah) return exception('amount_differs');
  if (payout.isReturned) return { result: 'matched' };
  const isReturn = payout.state === 'paid' && status === 'returned' && !isDoubled;
  return isReturn ? { result: 'posted_returned' } : exception('reversal_unmatched');
}

/** Characters of a bank reference in MT940: a longer one is cut there. */
const cutAt = 16;

/** Whether a line's bank reference is the one that is kept; the line's may be cut where its format cuts. */
export function sameBankReference(kept: string, booked: string, format: StatementFormat): boolean {
  if (kept === booked) return true;
  return format === 'mt940' && booked.length === cutAt && kept.startsWith(booked);
}

/** A payout after a line was posted, for the lines behind it. */
export function afterPosting(payout: KnownPayout, { bankReference }: StatementRow, { result }: Verdict): KnownPayout {
  if (result === 'posted_paid')
    return { ...payout, state: 'paid', paid: { partnerReference: bankReference, by: 'statement' } };
  return result === 'posted_returned' ? { ...payout, state: 'returned', isReturned: true } : payout;
}

/** What the rules need of a payout. */
export function knownPayout(payout: Payout): KnownPayout {
  const { reference, amountRupiah, state, partnerCode, paid, failed, releaseId } = payout;
  const isReturned = paid !== null && failed !== null;
  return { reference, amountRupiah, state, partnerCode, paid, isReturned, isReleased: releaseId !== null };
}
