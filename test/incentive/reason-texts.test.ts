import { describe, expect, it } from 'vitest';
import { accountReasons } from '#shared/incentive/account-check.ts';
import { receivableReasons } from '#shared/incentive/clawback.ts';
import { holdReasons } from '#shared/incentive/hold.ts';
import { reasonOf } from '#shared/incentive/reason-texts.ts';
import { responseCodes, transactionStatuses } from '#shared/incentive/snap/response-codes.ts';

const refusedForTheAccount = responseCodes.filter((code) => code.meaning === 'refused' && code.fault === 'account');
const refusedLater = transactionStatuses.flatMap((status) => (status.outcome === 'refused' ? [status.reason] : []));
const codes = [
  ...accountReasons,
  ...Object.keys(holdReasons),
  ...receivableReasons,
  ...refusedForTheAccount.map(({ reason }) => reason),
  ...refusedLater,
  'returned',
  'forfeited',
  'limit_exceeded',
];

describe('the sentence for a reason', () => {
  const general = reasonOf('rate_limited').text;

  it.each([...new Set(codes)])('is one of its own for %s', (code) => {
    expect(reasonOf(code)).toEqual({ code, text: expect.stringMatching(/\.$/) });
    expect(reasonOf(code).text).not.toBe(general);
  });

  it('asks nothing of the citizen where the reason is ours to mend', () => {
    expect(general).toContain('Anda tidak perlu melakukan apa pun.');
    expect(reasonOf('field_invalid').text).toBe(general);
  });
});
