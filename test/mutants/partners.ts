import { inFile, type Mutant } from './mutant.ts';

const tests = {
  codes: 'test/incentive/snap/response-codes.test.ts',
  partners: 'test/incentive/snap/payment-partners.test.ts',
  match: 'test/incentive/reconciliation/match.test.ts',
} as const;

/** What partners and statements say, and what is made of it. */
export const partnerMutants: readonly Mutant[] = [
  ...inFile(
    'shared/incentive/snap/response-codes.ts',
    [
      'a timeout that counts as refused',
      "code: '504XX00', meaning: 'unknown'",
      "code: '504XX00', meaning: 'refused', fault: 'ours'",
      [tests.codes],
    ],
    [
      'an internal error of the partner that counts as refused',
      "code: '500XX01', meaning: 'unknown'",
      "code: '500XX01', meaning: 'later'",
      [tests.codes],
    ],
    [
      'a duplicate that counts as refused',
      "code: '409XX01', meaning: 'duplicate'",
      "code: '409XX01', meaning: 'refused', fault: 'ours'",
      [tests.codes],
    ],
    ['"not found" as the answer to a payment', ", source: 'V', only: inquiries }", ", source: 'V' }", [tests.codes]],
    [
      'a code under another status',
      "  if (!responseCode.startsWith(String(answer.status))) return { meaning: 'unknown', reason: 'status_differs' };\n",
      '',
      [tests.codes],
    ],
    [
      'the code of another service',
      'const said = isOfService ? meanings.get(responseCode) : undefined;',
      'const said = meanings.get(responseCode);',
      [tests.codes],
    ],
    [
      'no answer that counts as later',
      "{ meaning: 'unknown', reason: 'no_answer' }",
      "{ meaning: 'later', reason: 'no_answer' }",
      [tests.codes],
    ],
    [
      'a status that nobody knows counts as failed',
      "?? { outcome: 'unknown' }",
      "?? { outcome: 'refused', reason: 'failed' }",
      [tests.codes],
    ],
    [
      'a pending payment that counts as failed',
      "{ status: '03', outcome: 'in_progress', source",
      "{ status: '03', outcome: 'refused', reason: 'failed', source",
      [tests.codes],
    ],
  ),
  ...inFile('shared/incentive/payment-partners.ts', [
    '"not found" that is trusted for ever',
    'return now.getTime() - claimedAt.getTime() < memoryDays * dayMilliseconds;',
    'return true;',
    [tests.partners],
  ]),
  ...inFile(
    'shared/incentive/reconciliation/match.ts',
    [
      'the payout of another partner',
      "  if (payout.partnerCode !== partnerCode) return exception('partner_differs');\n",
      '',
      [tests.match],
    ],
    [
      'a second debit in one statement',
      "  if (earlier.debited) return exception('duplicate_debit');\n",
      '',
      [tests.match],
    ],
    [
      'another amount than was claimed',
      "  if (row.amountRupiah !== payout.amountRupiah) return exception('amount_differs');\n  if (payout.paid)",
      '  if (payout.paid)',
      [tests.match],
    ],
    [
      'a payment after a refusal that posts by itself',
      "  if (!openStates.includes(payout.state)) return exception('paid_after_refusal');\n",
      '',
      [tests.match],
    ],
    [
      'a statement that overrules the partner in silence',
      "  if (status === 'failed') return exception('status_differs');\n",
      '',
      [tests.match],
    ],
    [
      'money that is taken back counted as paid',
      "  if (row.isReversal) return exception('reversal_unmatched');\n",
      '',
      [tests.match],
    ],
    [
      'a payment that nobody sent',
      "  if (payout.state === 'claimed' && !payout.isReleased) return exception('not_sent');\n",
      '',
      [tests.match],
    ],
    [
      'a payment that the partner does not find',
      "  if (status === 'not_found') return exception('not_sent');\n",
      '',
      [tests.match],
    ],
    [
      'a return that the partner does not confirm',
      "payout.state === 'paid' && status === 'returned' && !isDoubled",
      "payout.state === 'paid' && !isDoubled",
      [tests.match],
    ],
    [
      'a correction of a double debit that posts as a return',
      "payout.state === 'paid' && status === 'returned' && !isDoubled",
      "payout.state === 'paid' && status === 'returned'",
      [tests.match],
    ],
    ['a reference that is cut in any format', "format === 'mt940' && booked.length", 'booked.length', [tests.match]],
    ['money that comes back twice in one statement', 'earlier.credited || !payout.paid', '!payout.paid', [tests.match]],
    [
      'another reference of the bank for the same payment',
      'return sameBankReference(payout.paid.partnerReference, row.bankReference, format)\n',
      'return payout.paid\n',
      [tests.match],
    ],
  ),
];
