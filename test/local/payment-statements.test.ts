import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PartnerCode } from '#infra/local/simulators/payments/partners.ts';
import type { Posting } from '#infra/local/simulators/payments/payment-book.ts';
import { type StatementFormat, statementFormats, statementText } from '#infra/local/simulators/payments/statement.ts';
import { type Simulators, startSimulators } from '#infra/local/simulators/simulators.ts';
import { amountOf, snapBodies, snapClient } from '#test/local/payment-client.ts';

/* Each format is read here once more, by its own grammar, and compared with what was paid. */

type Line = {
  readonly changeRupiah: number;
  readonly bankReference: string;
  readonly text: string;
};
type Read = { readonly openingRupiah: number; readonly closingRupiah: number; readonly lines: readonly Line[] };

/** The only match of a pattern's first group. */
function only(pattern: RegExp, text: string): string {
  const [first, ...more] = text.matchAll(new RegExp(pattern, 'g'));
  if (first?.[1] === undefined || more.length > 0) throw new Error(`Not one of ${pattern}`);
  return first[1];
}

function csvFields(row: string): string[] {
  return [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}

function readCsv(text: string, day: string): Read {
  expect(text.endsWith('\r\n')).toBe(true);
  const [header, ...rows] = text.slice(0, -2).split('\r\n');
  expect(header).toBe(
    'booking_date,value_date,type,amount,currency,balance,bank_reference,partner_reference,description',
  );
  const read = rows.map(csvFields).map((fields) => {
    expect(fields).toHaveLength(9);
    const [booked, valued, type, amount = '', currency, balance = '', bankReference = '', ours = '', about = ''] =
      fields;
    expect([booked, valued, currency]).toEqual([day, day, 'IDR']);
    expect(amount).toMatch(/^[1-9]\d*\.00$/);
    expect(type).toMatch(/^[DC]$/);
    const changeRupiah = Number(amount) * (type === 'D' ? -1 : 1);
    return { line: { changeRupiah, bankReference, text: `${ours} ${about}` }, balanceRupiah: Number(balance) };
  });
  const [first] = read;
  const openingRupiah = first ? first.balanceRupiah - first.line.changeRupiah : 0;
  return { openingRupiah, closingRupiah: read.at(-1)?.balanceRupiah ?? 0, lines: read.map(({ line }) => line) };
}

const digitsOf = (day: string) => day.slice(2).replaceAll('-', '');

function readMt940(text: string, day: string): Read {
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  const lines = text.split('\r\n');
  expect(lines.slice(-2)).toEqual(['-', '']);
  const tags = lines.flatMap((line) => /^:(\d\d[A-Z]?):/.exec(line)?.[1] ?? []);
  expect(tags.slice(0, 4)).toEqual(['20', '25', '28C', '60F']);
  expect(tags.at(-1)).toBe('62F');
  expect(tags.slice(4, -1).join(' ')).toMatch(/^(61 86)?( 61 86)*$/);
  const balanceOf = (tag: string) => {
    const [, mark, on, amount = ''] = new RegExp(`:${tag}:([CD])(\\d{6})IDR(\\d{1,12},\\d\\d)\r\n`).exec(text) ?? [];
    expect(on).toBe(digitsOf(day));
    return Number(amount.replace(',', '.')) * (mark === 'D' ? -1 : 1);
  };
  const entries = [...text.matchAll(/^:61:(.*)\r\n:86:([\s\S]*?)(?=\r\n:\d\d)/gm)].map(([, entry = '', about = '']) => {
    for (const line of about.split('\r\n')) {
      expect(line.length).toBeLessThanOrEqual(65);
      expect(line).not.toMatch(/^[:-]/);
    }
    expect(about.split('\r\n').length).toBeLessThanOrEqual(6);
    const parts = /^(\d{6})(\d{4})(R?[CD])(\d{1,12},00)(NTRF|NCHG|NRTI)NONREF\/\/([A-Z0-9]{1,16})$/.exec(entry);
    const [, on, entered, mark = '', amount = '', , bankReference = ''] = parts ?? [];
    expect([on, entered]).toEqual([digitsOf(day), digitsOf(day).slice(2)]);
    const changeRupiah = Number(amount.replace(',', '.')) * (mark === 'D' || mark === 'RC' ? -1 : 1);
    return { changeRupiah, bankReference, text: about.replaceAll('\r\n', '') };
  });
  expect(entries).toHaveLength(tags.filter((tag) => tag === '61').length);
  return { openingRupiah: balanceOf('60F'), closingRupiah: balanceOf('62F'), lines: entries };
}

function readCamt(text: string, day: string): Read {
  expect(only(/<Document xmlns="([^"]*)">/, text)).toBe('urn:iso:std:iso:20022:tech:xsd:camt.053.001.08');
  // Well-formed: every element that is opened is closed in its place.
  const open: string[] = [];
  for (const [, slash, name = ''] of text.matchAll(/<(\/?)([A-Za-z]+)[^>]*>/g))
    if (slash) expect(open.pop()).toBe(name);
    else open.push(name);
  expect(open).toEqual([]);
  const signed = (part: string) => {
    const [, amount, direction] =
      /<Amt Ccy="IDR">(\d+\.00)<\/Amt>\s*<CdtDbtInd>(DBIT|CRDT)<\/CdtDbtInd>/.exec(part) ?? [];
    return Number(amount) * (direction === 'DBIT' ? -1 : 1);
  };
  const balanceOf = (code: string) =>
    signed(only(new RegExp(`<Bal><Tp><CdOrPrtry><Cd>${code}([\\s\\S]*?)</Bal>`), text));
  const lines = [...text.matchAll(/<Ntry>([\s\S]*?)<\/Ntry>/g)].map(([, entry = '']) => {
    const children = [...entry.matchAll(/^ {8}<(\w+)/gm)].map(([, name]) => name);
    const mandatory = ['Amt', 'CdtDbtInd', 'Sts', 'BookgDt', 'ValDt', 'AcctSvcrRef', 'BkTxCd', 'NtryDtls'];
    expect(children.filter((name) => name !== 'RvslInd')).toEqual(mandatory);
    expect(only(/<BookgDt><Dt>(.*?)<\/Dt>/, entry)).toBe(day);
    expect(only(/<EndToEndId>(.*?)<\/EndToEndId>/, entry).length).toBeLessThanOrEqual(35);
    const remittance = only(/<Ustrd>(.*?)<\/Ustrd>/, entry);
    const plain = remittance.replace(
      /&(amp|lt|gt|quot);/g,
      (_, name) => ({ amp: '&', lt: '<', gt: '>' })[String(name)] ?? '"',
    );
    const references = [...entry.matchAll(/<AcctSvcrRef>(.*?)<\/AcctSvcrRef>/g)].map(([, found]) => found);
    expect(new Set(references).size).toBe(1);
    return { changeRupiah: signed(entry), bankReference: references[0] ?? '', text: plain };
  });
  return { openingRupiah: balanceOf('OPBD'), closingRupiah: balanceOf('CLBD'), lines };
}

const readers: Readonly<Record<StatementFormat, (text: string, day: string) => Read>> = {
  csv: readCsv,
  mt940: readMt940,
  'camt.053': readCamt,
};
const sumOf = (lines: readonly Line[]) => lines.reduce((sum, { changeRupiah }) => sum + changeRupiah, 0);

let clock = new Date('2026-11-24T01:00:00.000Z');
const now = () => clock;
const at = (time: string) => {
  clock = new Date(time);
};
let simulators: Simulators;
const openingRupiah = 5_000_000;
const referenceOf = (number: number) => `T1A1${String(number).padStart(53, '0')}`;
const [ours, others, returned, pending] = [referenceOf(1), referenceOf(2), referenceOf(3), referenceOf(4)];

/** Pays by both partners over two days of WIB, and returns funds on the second. */
async function twoDays() {
  const of = (code: PartnerCode) => {
    const client = snapClient(simulators.paymentPartners[code], now);
    const bodies = snapBodies(simulators.paymentPartners[code], now);
    const send = async (path: string, body: object) => {
      client.forgetToken();
      return (await client.call(path, body)).body.referenceNo ?? '';
    };
    return { send, bodies };
  };
  const [bank, switching] = [of('bank-induk'), of('switching')];
  for (const code of ['bank-induk', 'switching'] as const) simulators.payments.setBalance(code, openingRupiah);

  at('2026-11-24T16:59:59.000Z'); // The last second of the 24th in Jakarta.
  const remark = 'Insentif, "pertama" & <kedua>';
  await switching.send('/v1.0/transfer-interbank', switching.bodies.interbank(ours, { remark }));
  await switching.send('/v1.0/emoney/topup', switching.bodies.topUp(returned, { amount: amountOf(50_000) }));
  await bank.send('/v1.0/transfer-intrabank', bank.bodies.intrabank(others));
  at('2026-11-24T17:00:00.000Z');
  simulators.payments.faults.next('in_progress_then_paid');
  await switching.send('/v1.0/emoney/topup', switching.bodies.topUp(pending));
  at('2026-11-24T18:00:00.000Z');
  simulators.payments.returnFunds(returned);
  simulators.payments.setBalance('switching', 10_000_000);
}

const read = (code: PartnerCode, day: string, format: StatementFormat) =>
  readers[format](simulators.payments.statement(code, day, format), day);

beforeAll(async () => {
  simulators = await startSimulators({ now });
  await twoDays();
});
afterAll(() => simulators.stop());
beforeEach(() => at('2026-11-26T01:00:00.000Z'));

describe.each(statementFormats)('a statement as %s', (format) => {
  it('has each payment with our reference and its fee without, between its two balances', () => {
    const { lines, ...balances } = read('switching', '2026-11-24', format);
    expect(lines.map(({ changeRupiah }) => changeRupiah)).toEqual([-600_000, -2_500, -50_000, -1_000]);
    expect(balances).toEqual({ openingRupiah, closingRupiah: openingRupiah - 653_500 });
    expect(lines.map(({ text }) => [ours, returned].find((reference) => text.includes(reference)))).toEqual([
      ours,
      undefined,
      returned,
      undefined,
    ]);
    expect(lines[1]?.text).toContain('BIAYA');
    expect(lines[0]?.text).toContain('Insentif');
  });

  it('begins the next day where the last one ended, with what came back and what ended in between', () => {
    const first = read('switching', '2026-11-24', format);
    const { lines, ...balances } = read('switching', '2026-11-25', format);
    const funded = 10_000_000 - (openingRupiah - 653_500 - 601_000 + 50_000);
    expect(lines.map(({ changeRupiah }) => changeRupiah)).toEqual([-600_000, -1_000, 50_000, funded]);
    expect(lines[0]?.text).toContain(pending);
    expect(lines[2]?.text).toContain(returned);
    expect(lines[2]?.text).toContain('RETUR');
    expect(balances).toEqual({ openingRupiah: first.closingRupiah, closingRupiah: 10_000_000 });
    expect(balances.closingRupiah).toBe(simulators.payments.balanceRupiah('switching'));
  });

  it('agrees with the book, by both references and by its sum', () => {
    const days = ['2026-11-24', '2026-11-25'];
    for (const code of ['bank-induk', 'switching'] as const) {
      const lines = days.flatMap((day) => read(code, day, format).lines);
      for (const { referenceNo, partnerReferenceNo, amountRupiah } of simulators.payments.book(code)) {
        const found = lines.filter(
          (line) => line.bankReference === referenceNo && line.text.includes(partnerReferenceNo),
        );
        expect(found).toMatchObject([{ changeRupiah: -amountRupiah }]);
      }
      const paid = lines.filter(({ text, changeRupiah }) => changeRupiah < 0 && /T1A1\d{53}/.test(text));
      const booked = simulators.payments.book(code).reduce((sum, { amountRupiah }) => sum + amountRupiah, 0);
      expect(sumOf(paid)).toBe(-booked);
    }
  });

  it('is of one partner alone', () => {
    const { lines } = read('bank-induk', '2026-11-24', format);
    expect(lines.map(({ changeRupiah }) => changeRupiah)).toEqual([-600_000]); // Within the bank it costs nothing.
    expect(lines[0]?.text).toContain(others);
    expect(read('bank-induk', '2026-11-25', format).lines).toEqual([]);
  });

  it('is published by the day', async () => {
    const ending = { csv: 'csv', mt940: 'sta', 'camt.053': 'xml' }[format];
    const type = { csv: 'text/csv', mt940: 'text/plain', 'camt.053': 'application/xml' }[format];
    const answer = await fetch(`${simulators.url}/payments/statements/switching/2026-11-24.${ending}`);
    expect(answer.headers.get('content-type')).toContain(type);
    expect(await answer.text()).toBe(simulators.payments.statement('switching', '2026-11-24', format));
  });

  it('carries any reference and any remark whole, or without what the format cannot write', () => {
    const reference = fc.stringMatching(/^[A-Za-z0-9-]{1,64}$/);
    const posting = fc
      .record({
        reference,
        description: fc.string({ maxLength: 70 }),
        changeRupiah: fc.integer({ min: 1, max: 250_000_000 }),
      })
      .map(
        (some): Posting => ({
          kind: 'payment',
          at: clock,
          changeRupiah: -some.changeRupiah,
          bankReference: 'SW26112600000001',
          partnerReferenceNo: some.reference,
          description: some.description.replaceAll(/[^ -~]/g, ' '),
        }),
      );
    const check = (postings: Posting[]) => {
      const day = '2026-11-26';
      const closingRupiah = openingRupiah + postings.reduce((sum, { changeRupiah }) => sum + changeRupiah, 0);
      const of = { partnerCode: 'switching', accountNo: '7700000000038', day, writtenAt: clock } as const;
      const text = statementText({ ...of, openingRupiah, closingRupiah, postings }, format);
      const { lines, ...balances } = readers[format](text, day);
      if (format !== 'csv' || postings.length > 0) expect(balances).toEqual({ openingRupiah, closingRupiah });
      expect(lines.map(({ changeRupiah }) => changeRupiah)).toEqual(postings.map(({ changeRupiah }) => changeRupiah));
      for (const [index, { partnerReferenceNo = '', description }] of postings.entries()) {
        expect(lines[index]?.text).toContain(partnerReferenceNo);
        if (format !== 'mt940') expect(lines[index]?.text).toContain(description);
      }
    };
    fc.assert(fc.property(fc.array(posting, { maxLength: 5 }), check), { numRuns: 300 });
  });
});

describe('statements', () => {
  it.each(['-', ':'])('in MT940 wrap before a %s only where it does not begin a line', (character) => {
    const partnerReferenceNo = `${'A'.repeat(59)}${character.repeat(3)}BB`; // The 65th character of the line is the last A.
    const facts = { kind: 'payment', at: clock, changeRupiah: -600_000, bankReference: 'SW26112600000001' } as const;
    const of = { partnerCode: 'switching', accountNo: '7700000000038', day: '2026-11-26', writtenAt: clock } as const;
    const postings = [{ ...facts, partnerReferenceNo, description: 'Insentif' }];
    const text = statementText({ ...of, openingRupiah, closingRupiah: openingRupiah - 600_000, postings }, 'mt940');
    expect(text).toContain(`:86:/EREF/${'A'.repeat(58)}\r\nA${character.repeat(3)}BB/REMI/Insentif\r\n`);
  });

  it.each([
    'switching/2026-11-24.pdf',
    'nobody/2026-11-24.csv',
    'switching/2026-13-24.csv',
    'switching/today.csv',
    'switching/',
  ])('of %s are not there', async (path) => {
    expect((await fetch(`${simulators.url}/payments/statements/${path}`)).status).toBe(404);
  });

  it('name what a line is where the format has a word for it', () => {
    const mt940 = simulators.payments.statement('switching', '2026-11-25', 'mt940');
    expect(mt940).toMatch(/^:61:2611251125RD50000,00NRTINONREF/m);
    expect(mt940).toMatch(/^:61:2611251125D1000,00NCHGNONREF/m);
    expect(mt940).toContain(':28C:329/1');
    const camt = simulators.payments.statement('switching', '2026-11-25', 'camt.053');
    expect(camt.match(/<RvslInd>true<\/RvslInd>/g)).toHaveLength(1);
    expect(camt).toContain('<EndToEndId>NOTPROVIDED</EndToEndId>'); // 57 characters do not fit.
  });
});
