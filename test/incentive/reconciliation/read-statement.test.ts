import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { statementText } from '#infra/local/simulators/payments/statement.ts';
import { payoutReference } from '#shared/incentive/payout.ts';
import { type StatementLine, statementFormats } from '#shared/incentive/reconciliation/statement-line.ts';
import {
  type Booking,
  camtOf,
  csvHeader,
  csvOf,
  linesOf,
  mt940Of,
  referenceOf,
  statementDay,
  wrapped,
  writers,
} from '#test/incentive/reconciliation/statements.ts';

const hexId = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 });
const reference = fc
  .record({
    participantId: hexId,
    kind: fc.constantFrom('training' as const, 'survey' as const),
    number: fc.integer({ min: 1, max: 9 }),
    attempt: fc.integer({ min: 1, max: 99 }),
  })
  .map(payoutReference);
const bankReference = fc.string({ unit: fc.constantFrom(...'0123456789ABC'), minLength: 6, maxLength: 16 });
const booking: fc.Arbitrary<Booking> = fc.record(
  {
    direction: fc.constantFrom('debit' as const, 'credit' as const),
    amountRupiah: fc.integer({ min: 1, max: 1_000_000_000 }),
    bankReference,
    reference,
    about: fc.string({
      unit: fc.constantFrom('TRANSFER', 'INSENTIF ', '/', ' ', 'é', 'x'),
      minLength: 1,
      maxLength: 12,
    }),
    isReversal: fc.boolean(),
    isBanksOwn: fc.boolean(),
  },
  { requiredKeys: ['direction', 'amountRupiah', 'bankReference'] },
);

/** What every format must find of a booking; the number of its line is the format's own. */
const foundOf = ({ direction, amountRupiah, bankReference: bank, ...rest }: Booking) => ({
  kind: 'row',
  bookedOn: rest.day ?? statementDay,
  direction,
  amountRupiah,
  bankReference: bank,
  partnerReference: rest.reference ?? null,
  isReversal: rest.isReversal ?? false,
  isBanksOwn: rest.isBanksOwn ?? false,
});
const withoutLine = (line: StatementLine) => {
  if (line.kind === 'balance') return line;
  const { line: _, ...found } = line;
  return found;
};
const rowsOf = (lines: readonly StatementLine[]) => lines.filter(({ kind }) => kind === 'row');
const balancesOf = (lines: readonly StatementLine[]) =>
  lines.flatMap((line) => (line.kind === 'balance' ? [line.state] : []));
const codesOf = (lines: readonly StatementLine[]) =>
  lines.flatMap((line) => (line.kind === 'malformed' ? [`${line.line} ${line.code}`] : []));

const paid = (number: number, changes: Partial<Booking> = {}): Booking => ({
  direction: 'debit',
  amountRupiah: 600_000,
  bankReference: `BANK${number}`,
  reference: referenceOf(number),
  about: 'INSENTIF',
  ...changes,
});

describe.each(statementFormats)('a statement in %s', (format) => {
  const write = writers[format];

  it('gives the bookings that it was made of, and its balances agree', async () => {
    const check = async (bookings: Booking[], newline: string) => {
      // CSV has one place for both words; a reversal of the bank's own is written as the bank's own.
      const made = bookings.map((one) =>
        one.isBanksOwn ? { ...one, isReversal: format !== 'csv' && !!one.isReversal } : one,
      );
      const lines = await linesOf(format, write(made, newline));
      expect(rowsOf(lines).map(withoutLine)).toEqual(made.map(foundOf));
      expect(codesOf(lines)).toEqual([]);
      if (made.length > 0) expect(balancesOf(lines)).toEqual(['ok']);
    };
    const newline = fc.constantFrom('\n', '\r\n');
    await fc.assert(fc.asyncProperty(fc.array(booking, { maxLength: 12 }), newline, check), { numRuns: 60 });
  });

  it('gives the same lines wherever its pieces end', async () => {
    const check = async (bookings: Booking[], sizes: number[], noise: string) => {
      const bytes = Buffer.from(write(bookings).replace('INSENTIF', noise));
      const whole = await linesOf(format, bytes).catch(codeOf);
      expect(await linesOf(format, bytes, sizes).catch(codeOf)).toEqual(whole);
    };
    const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 });
    const noise = fc.oneof(fc.string({ maxLength: 30 }), fc.constantFrom('"', '<', '&', '\n', '"\n"', '€', '\r'));
    const bookings = fc.array(booking, { minLength: 1, maxLength: 6 });
    await fc.assert(fc.asyncProperty(bookings, sizes, noise, check), { numRuns: 150 });
  });

  it('gives the same lines when it is cut at each of its bytes', async () => {
    const bytes = Buffer.from(
      write([paid(1), paid(2, { about: 'é, "x" & y' }), paid(3, { isReversal: true, direction: 'credit' })], '\r\n'),
    );
    const whole = await linesOf(format, bytes);
    expect(rowsOf(whole)).toHaveLength(3);
    for (let cut = 1; cut < bytes.length; cut += 1)
      expect(await linesOf(format, bytes, [cut, bytes.length])).toEqual(whole);
    expect(await linesOf(format, bytes, [1])).toEqual(whole);
  });

  it.each<readonly [string, string | Uint8Array]>([
    ['one that is empty', ''],
    ['one of zeros', Buffer.alloc(100_000)],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['a page', '<!DOCTYPE html><html><body>Maintenance</body></html>'],
    ['one without a line break', 'x'.repeat(200_000)],
    ...statementFormats
      .filter((other) => other !== format)
      .map((other) => [`one in ${other}`, writers[other]([paid(1)])] as const),
  ])('is refused as a whole when it is %s', async (_, content) => {
    await expect(linesOf(format, content)).rejects.toMatchObject({ name: 'Refusal', code: 'statement_format' });
  });
});

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error);

describe('the balances', () => {
  const closing = { mt940: /(:62F:C\d{6}IDR)/, camt053: /(CLBD<.*?IDR">)/ } as const;
  it.each(['mt940', 'camt053'] as const)('of %s differ when the closing balance is another', async (format) => {
    const text = writers[format]([paid(1), paid(2), paid(3)]);
    expect(balancesOf(await linesOf(format, text))).toEqual(['ok']);
    expect(balancesOf(await linesOf(format, text.replace(closing[format], '$11')))).toEqual(['differs']);
  });

  it('of CSV differ when a line in the middle is missing or cannot be read', async () => {
    const [header = '', first = '', second = '', third = ''] = csvOf([paid(1), paid(2), paid(3)]).split('\n');
    for (const changed of [[], [second.replace('D', 'X')]])
      expect(balancesOf(await linesOf('csv', [header, first, ...changed, third].join('\n')))).toEqual(['differs']);
  });

  it('are missing when they are not stated', async () => {
    const csv = csvOf([paid(1)]).replace(/IDR,[\d.]+,/, 'IDR,,');
    expect(balancesOf(await linesOf('csv', csv))).toEqual(['missing']);
    const mt940 = mt940Of([paid(1)]);
    expect(balancesOf(await linesOf('mt940', mt940.replace(/:62F:.*\n/, '')))).toEqual(['missing']);
    expect(balancesOf(await linesOf('mt940', mt940.replace(/:60F:.*\n/, '')))).toContain('missing');
    const camt = camtOf([paid(1)]);
    expect(balancesOf(await linesOf('camt053', camt.replace('CLBD', 'ITBD')))).toEqual(['missing']);
    expect(balancesOf(await linesOf('camt053', camt.replace('OPBD', 'ITBD')))).toEqual(['missing']);
  });

  it.each([
    ['C', '499999400000,37'],
    ['D', '499999399999,63'],
  ])('count a line with sen, which is not posted: %s', async (mark, closing) => {
    const interest = `:61:2611021102${mark}0,37NINTNONREF//INT1\n:62F:C261102IDR${closing}\n`;
    const lines = await linesOf('mt940', mt940Of([paid(1)]).replace(/:62F:.*\n/, interest));
    expect(codesOf(lines)).toEqual(['7 amount_not_whole']);
    expect(balancesOf(lines)).toEqual(['ok']);
  });
});

describe('lines of CSV', () => {
  const good = csvOf([paid(1)]).split('\n')[1] ?? '';
  const fields = good.split(',');
  const changed = (column: number, value: string) =>
    fields.map((field, at) => (at === column ? value : field)).join(',');
  const fileOf = (...lines: string[]) => [csvHeader, ...lines].join('\n');

  it.each([
    ['has a day that is none', changed(0, '2026-02-30'), 'date_invalid'],
    ['has a day in another form', changed(0, '02/11/2026'), 'date_invalid'],
    ['neither takes nor gives', changed(2, 'X'), 'direction_invalid'],
    ['has an amount with a comma', changed(3, '"600000,00"'), 'amount_invalid'],
    ['has an amount with separators', changed(3, '"600,000.00"'), 'amount_invalid'],
    ['has a negative amount', changed(3, '-600000.00'), 'amount_invalid'],
    ['has no amount', changed(3, ''), 'amount_invalid'],
    ['has an amount of zero', changed(3, '0.00'), 'amount_invalid'],
    ['has an amount that is too large', changed(3, '10000000000001'), 'amount_invalid'],
    ['has sen', changed(3, '600000.01'), 'amount_not_whole'],
    ['has three decimals', changed(3, '600000.001'), 'amount_invalid'],
    ['is in dollars', changed(4, 'USD'), 'currency_not_rupiah'],
    ['has no reference of the bank', changed(6, ''), 'bank_reference_invalid'],
    ['has a reference of the bank that is too long', changed(6, 'B'.repeat(65)), 'bank_reference_invalid'],
    ['has a column too few', fields.slice(0, 8).join(','), 'columns_wrong'],
    ['has a column too many', `${good},`, 'columns_wrong'],
    ['is too long', changed(8, 'x'.repeat(5_000)), 'line_too_long'],
    [
      'names two payouts',
      changed(7, '').replace(/,[^,]*$/, `,${referenceOf(1)} ${referenceOf(2)}`),
      'reference_ambiguous',
    ],
  ])('are malformed when one %s, and the others are read', async (_, line, code) => {
    const lines = await linesOf('csv', fileOf(good, line, good));
    expect(codesOf(lines)).toEqual([`3 ${code}`]);
    expect(rowsOf(lines)).toMatchObject([{ line: 2 }, { line: 4 }]);
  });

  it.each([
    ['whole', '600000', 600_000],
    ['with one decimal', '600000.0', 600_000],
    ['the smallest', '1.00', 1],
    ['the largest', '10000000000000.00', 10_000_000_000_000],
  ])('take an amount that is %s', async (_, text, amountRupiah) => {
    expect(rowsOf(await linesOf('csv', fileOf(changed(3, text))))).toMatchObject([{ amountRupiah }]);
  });

  it('are counted by the lines of the file, also behind quotes with line breaks', async () => {
    const about = `${fields.slice(0, 8).join(',')},"two ""lines"",\r\nof text"`;
    const lines = await linesOf('csv', fileOf(good, about, '', good));
    expect(rowsOf(lines)).toMatchObject([{ line: 2 }, { line: 3 }, { line: 6 }]);
  });

  it('are not lost behind a quote that is never closed', async () => {
    const lines = await linesOf('csv', fileOf(good, `"${good}`, good, good));
    expect(codesOf(lines)).toEqual(['3 quote_unclosed']);
    expect(rowsOf(lines)).toMatchObject([{ line: 2 }, { line: 4 }, { line: 5 }]);
  });

  it('need no line break at the end, and may begin with a byte order mark', async () => {
    expect(rowsOf(await linesOf('csv', `\ufeff${fileOf(good)}`, [1]))).toHaveLength(1);
  });

  it('may carry our reference in the description', async () => {
    const line = changed(7, '').replace(/,[^,]*$/, `,INSENTIF/${referenceOf(7)}/PRAKERJA`);
    expect(rowsOf(await linesOf('csv', fileOf(line)))).toMatchObject([{ partnerReference: referenceOf(7) }]);
  });

  it.each([
    ['followed by a letter', `${referenceOf(7)}X`],
    ['behind a letter', `X${referenceOf(7)}`],
    ['in small letters', referenceOf(7).toLowerCase()],
    ['a character short', referenceOf(7).slice(0, -1)],
  ])('do not take for our reference what is %s', async (_, text) => {
    const line = changed(7, '').replace(/,[^,]*$/, `,${text}`);
    expect(rowsOf(await linesOf('csv', fileOf(line)))).toMatchObject([{ partnerReference: null }]);
  });
});

describe('lines of MT940', () => {
  it('find a reference that is wrapped at any place', async () => {
    for (let wrapAt = 5; wrapAt <= 65; wrapAt += 1) {
      const bookings = [paid(1, { reference: referenceOf(123_456, 12), about: 'INSENTIF PRAKERJA' })];
      const lines = await linesOf('mt940', mt940Of(bookings, '\r\n', wrapAt));
      expect(rowsOf(lines)).toMatchObject([{ partnerReference: referenceOf(123_456, 12) }]);
    }
  });

  it('do not confuse an attempt with what follows on the next line', async () => {
    const ours = `T1A1${'2'.padEnd(52, 'A')}`;
    const text = mt940Of([paid(1, { reference: ours, about: '' })]).replace(ours, `${ours}\nPRAKERJA`);
    expect(rowsOf(await linesOf('mt940', text))).toMatchObject([{ partnerReference: ours }]);
  });

  it.each([
    ['D', 'debit', false],
    ['C', 'credit', false],
    ['RD', 'credit', true],
    ['RC', 'debit', true],
    ['DR', 'debit', false],
    ['CR', 'credit', false],
  ])('with the mark %s are a %s', async (mark, direction, isReversal) => {
    const text = mt940Of([paid(1)]).replace(/(:61:\d{10})D/, `$1${mark}`);
    expect(rowsOf(await linesOf('mt940', text))).toMatchObject([{ direction, isReversal }]);
  });

  it.each([
    ['261102', '', '2026-11-02'],
    ['261102', '1103', '2026-11-03'],
    ['261231', '0101', '2027-01-01'],
    ['270101', '1231', '2026-12-31'],
  ])('of the value date %s with the entry date "%s" are booked on %s', async (value, entry, bookedOn) => {
    const text = mt940Of([paid(1)]).replace(/:61:\d{10}/, `:61:${value}${entry}`);
    expect(rowsOf(await linesOf('mt940', text))).toMatchObject([{ bookedOn }]);
  });

  it.each([
    ['is not readable', ':61:nonsense', 'entry_unreadable'],
    ['has a day that is none', ':61:2613021102D600000,00NTRFNONREF//B', 'date_invalid'],
    ['has an amount with two commas', ':61:2611021102D600,000,00NTRFNONREF//B', 'amount_invalid'],
    ['has a text without end', `:61:2611021102D600000,00NTRFNONREF//B\n:86:${'x\n'.repeat(1_500)}`, 'entry_too_large'],
    ['has a line without end', `:61:2611021102D600000,00NTRFNONREF//B\n:86:${'x'.repeat(70_000)}`, 'entry_too_large'],
  ])('are malformed when one %s, and the others are read', async (_, spoilt, code) => {
    const text = mt940Of([paid(1), paid(2)]).replace(':61:', `${spoilt}\n:61:`);
    const lines = await linesOf('mt940', text);
    expect(codesOf(lines)).toEqual([`5 ${code}`]);
    expect(rowsOf(lines)).toMatchObject([{ partnerReference: referenceOf(1) }, { partnerReference: referenceOf(2) }]);
    expect(await linesOf('mt940', text, [7])).toEqual(lines);
  });

  it('in another currency are malformed', async () => {
    expect(codesOf(await linesOf('mt940', mt940Of([paid(1)]).replaceAll('IDR', 'USD')))).toEqual([
      '5 currency_not_rupiah',
    ]);
  });

  it('stand in a SWIFT message, in several statements, each with its balances', async () => {
    const one = mt940Of([paid(1)]);
    const text = `{1:F01BANKIDJA0000000000}{2:I940BANKIDJAN}{4:\n${one}-}\n${mt940Of([paid(2)])}`;
    const lines = await linesOf('mt940', text);
    expect(rowsOf(lines)).toHaveLength(2);
    expect(balancesOf(lines)).toEqual(['ok', 'ok']);
  });

  it('do not take the information behind the closing balance for the text of a booking', async () => {
    const text = mt940Of([paid(1, { reference: '', about: '' })]).replace(/\n-\n/, `\n:86:${referenceOf(1)}\n-\n`);
    expect(rowsOf(await linesOf('mt940', text))).toMatchObject([{ partnerReference: null }]);
  });
});

describe('bookings of camt.053', () => {
  const batch = (amounts: readonly number[]) => {
    const details = amounts.map(
      (amount, index) =>
        `<TxDtls><Refs><AcctSvcrRef>D${index}</AcctSvcrRef><EndToEndId>${referenceOf(index + 1)}</EndToEndId></Refs><AmtDtls><InstdAmt><Amt Ccy="USD">1</Amt></InstdAmt><TxAmt><Amt Ccy="IDR">${amount}</Amt></TxAmt></AmtDtls></TxDtls>`,
    );
    return camtOf([paid(1, { reference: '', about: '', amountRupiah: 1_200_000 })]).replace(
      '</Ntry>',
      `<NtryDtls>${details.join('')}</NtryDtls></Ntry>`,
    );
  };

  it('may have a prefix, comments, sections and entities', async () => {
    const text = camtOf([paid(1, { about: 'a & b' })], '\n', 'n:')
      .replace('<n:Ntry>', '<!-- <n:Ntry> -->\n<n:Ntry >')
      .replace('a &amp; b', `<![CDATA[<x>&]]> &#x41;&#66; ${referenceOf(1)}`);
    const lines = await linesOf('camt053', text, [1]);
    expect(rowsOf(lines)).toMatchObject([{ partnerReference: referenceOf(1) }]);
    expect(balancesOf(lines)).toEqual(['ok']);
  });

  it('count as their transactions when they are one sum', async () => {
    const lines = await linesOf('camt053', batch([600_000, 600_000]));
    expect(rowsOf(lines)).toMatchObject([
      { line: 1, partnerReference: referenceOf(1), amountRupiah: 600_000, bankReference: 'D0', direction: 'debit' },
      { line: 2, partnerReference: referenceOf(2), amountRupiah: 600_000, bankReference: 'D1', direction: 'debit' },
    ]);
    expect(balancesOf(lines)).toEqual(['ok']);
  });

  it('are malformed when their transactions do not give their sum', async () => {
    const lines = await linesOf('camt053', batch([600_000, 599_999]));
    expect(codesOf(lines)).toEqual(['1 details_differ']);
    expect(balancesOf(lines)).toEqual(['ok']);
  });

  it('find a reference that is wrapped over two lines of remittance text', async () => {
    const ours = referenceOf(99);
    const text = camtOf([paid(1, { reference: '', about: 'X' })]).replace(
      '<Ustrd>X</Ustrd>',
      `<Ustrd>INSENTIF ${ours.slice(0, 20)}</Ustrd><Ustrd>${ours.slice(20)}</Ustrd>`,
    );
    expect(rowsOf(await linesOf('camt053', text))).toMatchObject([{ partnerReference: ours }]);
  });

  it.each([
    ['<DtTm>2026-11-02T23:30:00+07:00</DtTm>', '2026-11-02'],
    ['<DtTm>2026-11-02T17:00:00Z</DtTm>', '2026-11-03'],
    ['<DtTm>2026-11-02T16:59:59.999Z</DtTm>', '2026-11-02'],
    ['<DtTm>2026-11-02T23:30:00</DtTm>', '2026-11-02'],
  ])('at %s are booked on %s', async (instant, bookedOn) => {
    const text = camtOf([paid(1)]).replace(`<Dt>${statementDay}</Dt>`, instant);
    expect(rowsOf(await linesOf('camt053', text))).toMatchObject([{ bookedOn }]);
  });

  it.each([
    ['has no day', /<BookgDt>.*<\/BookgDt>/, '', 'date_invalid'],
    ['has a direction that is none', 'DBIT', 'DEBIT', 'direction_invalid'],
    ['is in dollars', '<Ntry><Amt Ccy="IDR">', '<Ntry><Amt Ccy="USD">', 'currency_not_rupiah'],
    ['has no amount', /<Ntry><Amt[^/]*\/Amt>/, '<Ntry>', 'currency_not_rupiah'],
    ['has more text than a booking can', 'INSENTIF', 'x'.repeat(4_097), 'entry_too_large'],
  ])('are malformed when one %s, and the others are read', async (_, from, to, code) => {
    const lines = await linesOf('camt053', camtOf([paid(1), paid(2)]).replace(from, to));
    expect(codesOf(lines)).toEqual([`1 ${code}`]);
    expect(rowsOf(lines)).toMatchObject([{ line: 2 }]);
  });

  it.each([
    ['has a document type', (text: string) => text.replace('?>', '?><!DOCTYPE Document [<!ENTITY a "b">]>')],
    ['has an entity that XML does not know', (text: string) => text.replace('INSENTIF', '&a;')],
    ['has a bare ampersand', (text: string) => text.replace('INSENTIF', 'a & b')],
    ['breaks off', (text: string) => text.slice(0, -20)],
    ['closes what it did not open', (text: string) => text.replace('</Ntry>', '</Stmt>')],
    ['goes on behind its end', (text: string) => `${text}<Document/>`],
    ['has an element without end', (text: string) => text.replace('INSENTIF', 'x'.repeat(9_000))],
    ['has a tag without end', (text: string) => text.replace('<Sts>', `<Sts a="${'x'.repeat(3_000)}">`)],
    ['is nested too deep', (text: string) => text.replace('INSENTIF', `${'<a>'.repeat(70)}${'</a>'.repeat(70)}`)],
    ['is another message', (text: string) => text.replace('camt.053', 'camt.052')],
  ])('are refused as a whole when the document %s', async (_, spoil) => {
    const text = spoil(camtOf([paid(1)]));
    for (const sizes of [[1_000_000], [1]])
      await expect(linesOf('camt053', text, sizes)).rejects.toMatchObject({
        name: 'Refusal',
        code: 'statement_format',
      });
  });
});

describe('a statement of the simulated partner', () => {
  const ours = referenceOf(123_456_789, 12);
  const at = new Date(`${statementDay}T03:00:00.000Z`);
  const postings = [
    { kind: 'funding', changeRupiah: 2_000_000, bankReference: 'F1', description: 'PEMINDAHAN DANA PROGRAM' },
    { kind: 'payment', changeRupiah: -600_000, bankReference: 'P1', partnerReferenceNo: ours, description: 'Insentif' },
    { kind: 'fee', changeRupiah: -2_500, bankReference: 'B1', description: 'BIAYA P1' },
    { kind: 'return', changeRupiah: 600_000, bankReference: 'R1', partnerReferenceNo: ours, description: 'RETUR P1' },
  ] as const;
  const formats = { csv: 'csv', mt940: 'mt940', camt053: 'camt.053' } as const;

  it.each(statementFormats)('in %s is read as what it was made of', async (format) => {
    const text = statementText(
      {
        partnerCode: 'switching',
        accountNo: '0123456789',
        day: statementDay,
        openingRupiah: 1_000_000,
        closingRupiah: 2_997_500,
        postings: postings.map((posting) => ({ ...posting, at })),
        writtenAt: at,
      },
      formats[format],
    );
    const lines = await linesOf(format, text);
    const of = { bookedOn: statementDay, isReversal: false, isBanksOwn: false, partnerReference: null };
    expect(rowsOf(lines)).toMatchObject([
      { ...of, direction: 'credit', amountRupiah: 2_000_000, bankReference: 'F1' },
      { ...of, direction: 'debit', amountRupiah: 600_000, bankReference: 'P1', partnerReference: ours },
      { ...of, direction: 'debit', amountRupiah: 2_500, bankReference: 'B1', isBanksOwn: true },
      {
        ...of,
        direction: 'credit',
        amountRupiah: 600_000,
        bankReference: 'R1',
        partnerReference: ours,
        isReversal: true,
      },
    ]);
    expect(lines).toHaveLength(5);
    expect(balancesOf(lines)).toEqual(['ok']);
  });
});

describe('wrapping', () => {
  it('keeps the text', () => {
    expect(wrapped('abcdefg', 3).join('')).toBe('abcdefg');
  });
});
