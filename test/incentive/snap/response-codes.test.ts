import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAccount, readBalance, readPayout, readStatus } from '#shared/incentive/snap/answers.ts';
import { meaningOf, responseCodes, statusOutcome, transactionStatuses } from '#shared/incentive/snap/response-codes.ts';
import { snapServices } from '#shared/incentive/snap/services.ts';
import { answered, reference } from '#test/incentive/snap/orders.ts';

const asked = { reference, amountRupiah: 600_000, serviceCode: '18' };
const pays = ['intrabank', 'interbank', 'e_money'] as const;
const unknown = (cause: string) => ({ kind: 'unknown', cause });
const refused = (reason: string, fault: string) => ({ kind: 'refused', reason, fault });

/** What each documented code means for a payout, written down a second time by hand. */
const documented: readonly [string, object, 'V' | 'B'][] = [
  ['200XX00', { kind: 'paid', partnerReference: 'R-1' }, 'V'],
  ['202XX00', { kind: 'in_progress' }, 'B'],
  ['400XX00', refused('request_invalid', 'ours'), 'V'],
  ['400XX01', refused('field_invalid', 'ours'), 'V'],
  ['400XX02', refused('field_missing', 'ours'), 'V'],
  ['401XX00', { kind: 'stop', reason: 'unauthorized' }, 'V'],
  ['401XX01', { kind: 'stop', reason: 'token_invalid' }, 'B'],
  ['403XX02', { kind: 'later', reason: 'limit_exceeded' }, 'B'],
  ['403XX09', refused('account_dormant', 'account'), 'V'],
  ['403XX14', { kind: 'stop', reason: 'funds_insufficient' }, 'V'],
  ['403XX18', refused('account_closed', 'account'), 'V'],
  ['404XX11', refused('account_unknown', 'account'), 'V'],
  ['409XX00', unknown('external_id'), 'B'],
  ['409XX01', unknown('duplicate'), 'V'],
  ['429XX00', { kind: 'later', reason: 'rate_limited' }, 'B'],
  ['500XX00', unknown('internal_error'), 'V'],
  ['500XX01', unknown('internal_error'), 'V'],
  ['500XX02', unknown('unreachable'), 'V'],
  ['504XX00', unknown('timeout'), 'B'],
];
const codeFor = (pattern: string, service: keyof typeof snapServices) =>
  pattern.replace('XX', snapServices[service].code);

describe('the table of response codes', () => {
  it('has the documented codes, and 404XX01 for inquiries alone', () => {
    const rows = responseCodes.map(({ code, source }) => [code, source]);
    const expected = [...documented.map(([code, , source]) => [code, source]), ['404XX01', 'V']];
    expect(rows.toSorted()).toEqual(expected.toSorted());
  });

  describe.each(pays)('for %s', (service) => {
    it.each(documented)('%s means %j', (pattern, result) => {
      const answer = answered(codeFor(pattern, service), { referenceNo: 'R-1', partnerReferenceNo: reference });
      expect(readPayout(service, asked, answer)).toEqual(result);
    });
  });

  it('says nothing of a transaction that is not found where no inquiry was made', () => {
    expect(readPayout('interbank', asked, answered('4041801'))).toEqual(unknown('code_4041801'));
    expect(meaningOf('transfer_status', answered('4043601')).meaning).toBe('not_found');
    expect(meaningOf('top_up_status', answered('4043901')).meaning).toBe('not_found');
    expect(meaningOf('account_external', answered('4041601')).meaning).toBe('unknown');
  });
});

describe('no code outside the table', () => {
  const everyCode = function* (service: string) {
    for (let status = 100; status <= 599; status += 1)
      for (let number = 0; number <= 99; number += 1) yield `${status}${service}${String(number).padStart(2, '0')}`;
  };

  it.each(pays)('is paid, refused, put off or stopped: all codes of %s, one by one', (service) => {
    const byKind = new Map<string, string[]>();
    for (const code of everyCode(snapServices[service].code)) {
      const { kind } = readPayout(service, asked, answered(code, { referenceNo: 'R-1' }));
      if (kind !== 'unknown') byKind.set(kind, [...(byKind.get(kind) ?? []), code]);
    }
    const coded = (...patterns: string[]) => patterns.map((pattern) => codeFor(pattern, service));
    expect(Object.fromEntries(byKind)).toEqual({
      paid: coded('200XX00'),
      in_progress: coded('202XX00'),
      refused: coded('400XX00', '400XX01', '400XX02', '403XX09', '403XX18', '404XX11'),
      stop: coded('401XX00', '401XX01', '403XX14'),
      later: coded('403XX02', '429XX00'),
    });
  });

  it.each(['transfer_status', 'top_up_status'] as const)('ends an inquiry: all codes of %s, one by one', (service) => {
    const rest = { originalPartnerReferenceNo: reference, originalReferenceNo: 'R-1', latestTransactionStatus: '00' };
    const told = [...everyCode(snapServices[service].code)].flatMap((code) => {
      const { kind } = readStatus(service, asked, answered(code, rest));
      return kind === 'unknown' ? [] : [[kind, code]];
    });
    expect(told).toEqual([
      ['paid', codeFor('200XX00', service)],
      ['not_found', codeFor('404XX01', service)],
    ]);
  });

  it('means anything under the number of another service', () => {
    const sevenDigits = fc.stringMatching(/^[1-5]\d{6}$/);
    const check = (code: string) => {
      const answer = answered(code, { referenceNo: 'R-1' });
      const { kind } = readPayout('interbank', asked, answer);
      const isKnown =
        code.slice(3, 5) === '18' && documented.some(([pattern]) => codeFor(pattern, 'interbank') === code);
      if (!isKnown) expect(kind).toBe('unknown');
    };
    fc.assert(fc.property(sevenDigits, check), { numRuns: 2_000 });
    for (const other of ['2001700', '4041711', '2003800', '4043811', '2003600', '2007300'])
      expect(readPayout('interbank', asked, answered(other, { referenceNo: 'R-1' })).kind).toBe('unknown');
  });

  it('means anything under an HTTP status that is not its own', () => {
    const statuses = fc.integer({ min: 100, max: 599 });
    const check = (status: number, [pattern]: (typeof documented)[number]) => {
      const code = codeFor(pattern, 'interbank');
      fc.pre(!code.startsWith(String(status)));
      const answer = { status, body: { responseCode: code, referenceNo: 'R-1' } };
      expect(readPayout('interbank', asked, answer)).toEqual(unknown('status_differs'));
    };
    fc.assert(fc.property(statuses, fc.constantFrom(...documented), check), { numRuns: 1_000 });
  });
});

describe('the answer to a payout', () => {
  it.each([
    ['none', null, 'no_answer'],
    ['a page of a proxy', { status: 502, body: '<html>' }, 'answer_unreadable'],
    ['nothing', { status: 200, body: null }, 'answer_unreadable'],
    [
      'a code that is a number',
      { status: 200, body: { responseCode: 2_001_800, referenceNo: 'R' } },
      'answer_unreadable',
    ],
    ['a code that is cut', { status: 200, body: { responseCode: '200180', referenceNo: 'R' } }, 'answer_unreadable'],
    ['a code with a space', { status: 200, body: { responseCode: ' 2001800', referenceNo: 'R' } }, 'answer_unreadable'],
    ['success without a reference', answered('2001800'), 'answer_unreadable'],
    ['success with an empty reference', answered('2001800', { referenceNo: '' }), 'answer_unreadable'],
    ['success with an endless reference', answered('2001800', { referenceNo: 'R'.repeat(65) }), 'answer_unreadable'],
    ['a refusal with a broken amount', answered('4041811', { amount: 600_000 }), 'answer_unreadable'],
    [
      'success of another payout',
      answered('2001800', { referenceNo: 'R', partnerReferenceNo: `${reference}0` }),
      'answer_differs',
    ],
    ['a refusal of another payout', answered('4041811', { partnerReferenceNo: 'T1' }), 'answer_differs'],
    [
      'success with a rupiah less',
      answered('2001800', { referenceNo: 'R', amount: { value: '599999.00', currency: 'IDR' } }),
      'answer_differs',
    ],
    [
      'success with cents',
      answered('2001800', { referenceNo: 'R', amount: { value: '600000.01', currency: 'IDR' } }),
      'answer_differs',
    ],
    [
      'success in another currency',
      answered('2001800', { referenceNo: 'R', amount: { value: '600000.00', currency: 'USD' } }),
      'answer_unreadable',
    ],
  ])('is unknown when it is %s', (_, answer, cause) => {
    expect(readPayout('interbank', asked, answer)).toEqual(unknown(cause));
  });

  it('is paid when what it repeats is what was asked, and when it repeats nothing', () => {
    const amount = { value: '600000.00', currency: 'IDR' };
    const full = answered('2001800', { referenceNo: 'R', partnerReferenceNo: reference, amount });
    expect(readPayout('interbank', asked, full)).toEqual({ kind: 'paid', partnerReference: 'R' });
    const bare = answered('2001800', { referenceNo: 'R', partnerReferenceNo: '', amount: null });
    expect(readPayout('interbank', asked, bare)).toEqual({ kind: 'paid', partnerReference: 'R' });
  });

  it('never carries a text of the partner', () => {
    const leaky = { responseMessage: 'Siti 3273994501900001', referenceNo: 'R', beneficiaryAccountName: 'Siti' };
    const check = (code: string) => {
      expect(JSON.stringify(readPayout('interbank', asked, answered(code, leaky)))).not.toMatch(/Siti|3273/);
    };
    fc.assert(fc.property(fc.stringMatching(/^[1-5]\d{2}18\d{2}$/), check));
  });
});

const statusAnswer = (changes: object = {}) =>
  answered('2003600', {
    originalReferenceNo: 'R-9',
    originalPartnerReferenceNo: reference,
    serviceCode: '18',
    amount: { value: '600000.00', currency: 'IDR' },
    latestTransactionStatus: '00',
    transactionStatusDesc: 'text',
    ...changes,
  });
const statusOf = (answer: Parameters<typeof readStatus>[2]) => readStatus('transfer_status', asked, answer);

/** Again by hand. */
const statuses: readonly [string, object, 'V' | 'B'][] = [
  ['00', { kind: 'paid', partnerReference: 'R-9' }, 'V'],
  ['01', { kind: 'in_progress' }, 'B'],
  ['02', { kind: 'in_progress' }, 'B'],
  ['03', { kind: 'in_progress' }, 'B'],
  ['04', { kind: 'returned', partnerReference: 'R-9' }, 'B'],
  ['05', refused('cancelled', 'account'), 'B'],
  ['06', refused('failed', 'account'), 'V'],
  ['07', { kind: 'not_found' }, 'V'],
];

describe('the status of a payout', () => {
  it('has eight values', () => {
    const rows = transactionStatuses.map(({ status, source }) => [status, source]);
    expect(rows).toEqual(statuses.map(([status, , source]) => [status, source]));
  });

  it.each(statuses)('%s means %j', (latestTransactionStatus, result) => {
    expect(statusOf(statusAnswer({ latestTransactionStatus }))).toEqual(result);
  });

  it('is unknown with any other value', () => {
    const check = (status: string) => {
      fc.pre(!/^0[0-7]$/.test(status));
      expect(statusOf(statusAnswer({ latestTransactionStatus: status }))).toEqual(unknown('status_unknown'));
      expect(statusOutcome(status)).toEqual({ outcome: 'unknown' });
    };
    fc.assert(fc.property(fc.oneof(fc.stringMatching(/^\d{1,3}$/), fc.string()), check));
  });

  it('may be told without amount, service and currency of it', () => {
    const bare = statusAnswer({ amount: null, serviceCode: undefined });
    expect(statusOf(bare)).toEqual({ kind: 'paid', partnerReference: 'R-9' });
  });

  it.each([
    ['another reference', { originalPartnerReferenceNo: `${reference}X` }, 'answer_differs'],
    ['no reference', { originalPartnerReferenceNo: undefined }, 'answer_unreadable'],
    ['an empty reference', { originalPartnerReferenceNo: '' }, 'answer_unreadable'],
    ['another amount', { amount: { value: '50000.00', currency: 'IDR' } }, 'answer_differs'],
    ['an amount that is none', { amount: { value: 'all', currency: 'IDR' } }, 'answer_differs'],
    ['another service', { serviceCode: '17' }, 'answer_differs'],
    ['no reference of the partner', { originalReferenceNo: null }, 'answer_unreadable'],
    ['no status', { latestTransactionStatus: null }, 'status_unknown'],
    ['a status that is a number', { latestTransactionStatus: 0 }, 'answer_unreadable'],
  ])('is unknown with %s, also where it says that all is well', (_, changes, cause) => {
    expect(statusOf(statusAnswer(changes))).toEqual(unknown(cause));
  });

  it.each(['05', '06', '07'])('%s of another payout refuses and re-sends nothing', (latestTransactionStatus) => {
    const other = statusAnswer({ latestTransactionStatus, originalPartnerReferenceNo: 'T1A1' });
    expect(statusOf(other)).toEqual(unknown('answer_differs'));
  });

  it('is "not found" by its code, unless that is said of another payout', () => {
    expect(statusOf(answered('4043601'))).toEqual({ kind: 'not_found' });
    expect(statusOf(answered('4043601', { originalPartnerReferenceNo: reference }))).toEqual({ kind: 'not_found' });
    expect(statusOf(answered('4043601', { originalPartnerReferenceNo: 'T1' }))).toEqual(unknown('answer_differs'));
    expect(statusOf({ status: 200, body: { responseCode: '4043601' } })).toEqual(unknown('status_differs'));
    expect(statusOf({ status: 404, body: '<html>' })).toEqual(unknown('answer_unreadable'));
  });

  it.each(['4003600', '4033609', '4043611', '4093601', '4293600', '5003600', '5043600', '4013600'])(
    'is unknown when the inquiry itself met %s',
    (code) => {
      expect(statusOf(answered(code, { latestTransactionStatus: '06' })).kind).toBe('unknown');
    },
  );
});

describe('the answer about an account', () => {
  const found = (changes: object = {}) => answered('2001600', { beneficiaryAccountName: 'SITI CONTOH', ...changes });
  const accountOf = (answer: Parameters<typeof readAccount>[2]) => readAccount('account_external', asked, answer);

  it('names the holder, and what the partner knows of the owner', () => {
    const additionalInfo = { accountStatus: 'active', nikMatch: 'Y', kycLevel: 'full' };
    const holder = { kind: 'found', holderName: 'SITI CONTOH' };
    expect(accountOf(found({ partnerReferenceNo: reference, additionalInfo }))).toEqual({
      ...holder,
      status: 'active',
      nikMatch: true,
      kyc: 'full',
    });
    expect(accountOf(found())).toEqual({ ...holder, status: 'unknown', nikMatch: null, kyc: 'unknown' });
  });

  it.each([
    [{ accountStatus: 'dormant' }, { status: 'dormant' }],
    [{ accountStatus: 'closed' }, { status: 'closed' }],
    [{ accountStatus: 'frozen' }, { status: 'unknown' }],
    [{ nikMatch: 'N' }, { nikMatch: false }],
    [{ nikMatch: 'yes' }, { nikMatch: null }],
    [{ nikMatch: '' }, { nikMatch: null }],
    [{ kycLevel: 'basic' }, { kyc: 'basic' }],
    [{ kycLevel: 'FULL' }, { kyc: 'unknown' }],
    [{ kycLevel: 'constructor' }, { kyc: 'unknown' }],
  ])('with %j says %j', (additionalInfo, said) => {
    expect(accountOf(found({ additionalInfo }))).toMatchObject(said);
  });

  it.each([
    ['none', answered('2001600', { additionalInfo: { nikMatch: 'Y' } })],
    ['an empty one', found({ beneficiaryAccountName: ' ', additionalInfo: { nikMatch: 'Y' } })],
    ['that of a wallet', answered('2001600', { customerName: 'SITI', additionalInfo: { nikMatch: 'Y' } })],
  ])('may have no name, here %s', (_, answer) => {
    expect(accountOf(answer)).toMatchObject({ kind: 'found', holderName: null, nikMatch: true });
  });

  it('names the owner of an e-wallet', () => {
    const answer = answered('2003700', { customerName: ' S*** C***** ', beneficiaryAccountName: 'X' });
    expect(readAccount('account_e_money', asked, answer)).toMatchObject({ kind: 'found', holderName: 'S*** C*****' });
  });

  it.each([
    ['4041611', refused('account_unknown', 'account')],
    ['4031618', refused('account_closed', 'account')],
    ['4031609', refused('account_dormant', 'account')],
    ['4001601', refused('field_invalid', 'ours')],
    ['4291600', unknown('rate_limited')],
    ['5041600', unknown('timeout')],
    ['2021600', unknown('in_progress')],
    ['4011600', unknown('unauthorized')],
    ['4041601', unknown('code_4041601')],
  ])('%s means %j', (code, result) => {
    expect(accountOf(answered(code))).toEqual(result);
  });

  it.each([
    ['the name is a number', found({ beneficiaryAccountName: 7 }), 'answer_unreadable'],
    ['it is about another question', found({ partnerReferenceNo: 'other' }), 'answer_differs'],
    ['it is a refusal of another question', answered('4041611', { partnerReferenceNo: 'other' }), 'answer_differs'],
  ])('is unknown when %s', (_, answer, cause) => {
    expect(accountOf(answer)).toEqual(unknown(cause));
  });
});

describe('the balance', () => {
  const infos = (value: string, balanceType = 'Cash') =>
    answered('2001100', { accountInfos: [{ balanceType, availableBalance: { value, currency: 'IDR' } }] });

  it.each([
    ['0.00', 0],
    ['599999.99', 599_999],
    ['999999999999999.00', 999_999_999_999_999],
  ])('of %s is %d rupiah', (value, availableRupiah) => {
    expect(readBalance(infos(value))).toEqual({ kind: 'known', availableRupiah });
  });

  it.each([
    ['it is overdrawn', infos('-1.00')],
    ['it is no number', infos('much')],
    ['only a credit line is there', infos('1.00', 'Credit')],
    ['no account is there', answered('2001100', { accountInfos: [] })],
    ['the list is missing', answered('2001100')],
    ['it was refused', answered('4031118')],
    ['there was no answer', null],
  ])('is unknown when %s', (_, answer) => {
    expect(readBalance(answer).kind).toBe('unknown');
  });
});
