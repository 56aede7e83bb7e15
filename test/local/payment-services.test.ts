import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fixedCases, shownName } from '#infra/local/simulators/payments/accounts.ts';
import { type Simulators, startSimulators } from '#infra/local/simulators/simulators.ts';
import { amountOf, nikDigestOf, snapBodies, snapClient } from '#test/local/payment-client.ts';

const clock = new Date('2026-11-24T01:00:00.000Z');
const now = () => clock;
let simulators: Simulators;
let bank: ReturnType<typeof snapClient>;
let switching: ReturnType<typeof snapClient>;
let fromBank: ReturnType<typeof snapBodies>;
let fromSwitching: ReturnType<typeof snapBodies>;
beforeAll(async () => {
  simulators = await startSimulators({ now });
  const { 'bank-induk': one, switching: other } = simulators.paymentPartners;
  [bank, switching] = [snapClient(one, now), snapClient(other, now)];
  [fromBank, fromSwitching] = [snapBodies(one, now), snapBodies(other, now)];
});
afterAll(() => simulators.stop());
beforeEach(() => {
  simulators.payments.holders.clear();
});

let references = 0;
const reference = () => {
  references += 1;
  return `T1A1${String(references).padStart(52, '0')}`;
};
const booked = (one: string) =>
  simulators.payments.book().filter(({ partnerReferenceNo }) => partnerReferenceNo === one);
const nik = '3273996503980001';

const interbank = (one: string, more: object = {}) =>
  switching.call('/v1.0/transfer-interbank', fromSwitching.interbank(one, more));
const topUp = (one: string, more: object = {}) => switching.call('/v1.0/emoney/topup', fromSwitching.topUp(one, more));
const inquireBank = (beneficiaryAccountNo: string, additionalInfo?: object) =>
  switching.call('/v1.0/account-inquiry-external', {
    partnerReferenceNo: 'ask',
    beneficiaryAccountNo,
    beneficiaryBankCode: '014',
    additionalInfo,
  });
const inquireWallet = (customerNumber: string, additionalInfo: object = {}) =>
  switching.call('/v1.0/emoney/account-inquiry', {
    partnerReferenceNo: 'ask',
    customerNumber,
    additionalInfo: { beneficiaryProvider: 'DANA', ...additionalInfo },
  });

describe('a payment', () => {
  it('goes within the bank, between banks and onto a wallet, and stands in the book of its partner', async () => {
    const [one, two, three] = [reference(), reference(), reference()];
    const within = await bank.call('/v1.0/transfer-intrabank', fromBank.intrabank(one));
    const between = await interbank(two);
    const onto = await topUp(three);

    const amount = amountOf(600_000);
    expect(within.body).toMatchObject({ responseCode: '2001700', partnerReferenceNo: one, amount });
    expect(between.body).toMatchObject({ responseCode: '2001800', partnerReferenceNo: two, amount });
    expect(onto.body).toMatchObject({ responseCode: '2003800', partnerReferenceNo: three, amount });
    expect(onto.body).toMatchObject({ customerNumber: '0812*****890' });

    const paid = { accountNo: '1234567890', amountRupiah: 600_000, at: clock.toISOString() };
    expect(simulators.payments.book('bank-induk')).toEqual([
      {
        ...paid,
        referenceNo: within.body.referenceNo,
        partnerReferenceNo: one,
        serviceCode: '17',
        partnerCode: 'bank-induk',
      },
    ]);
    expect(simulators.payments.book('switching')).toEqual([
      {
        ...paid,
        referenceNo: between.body.referenceNo,
        partnerReferenceNo: two,
        serviceCode: '18',
        bankCode: '014',
        partnerCode: 'switching',
      },
      {
        ...paid,
        referenceNo: onto.body.referenceNo,
        partnerReferenceNo: three,
        serviceCode: '38',
        accountNo: '081234567890',
        partnerCode: 'switching',
      },
    ]);
    const published = await (await fetch(`${simulators.url}/payments.json`)).json();
    expect(published).toEqual(simulators.payments.book());
    expect(published).toHaveLength(3);
  });

  it('is one under one reference, also when asked many times at once and by the other service', async () => {
    const one = reference();
    const answers = await Promise.all(Array.from({ length: 20 }, () => interbank(one)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(409)]);
    expect((await interbank(one)).body.responseCode).toBe('4091801');
    expect((await topUp(one)).body.responseCode).toBe('4093801');
    expect(booked(one)).toHaveLength(1);
  });

  it('is another at another partner: the books know nothing of each other', async () => {
    const one = reference();
    await interbank(one);
    const asked = fromBank.status(one, '18');
    expect((await bank.call('/v1.0/transfer/status', asked)).body.responseCode).toBe('4043601');
    expect((await bank.call('/v1.0/transfer-interbank', fromBank.interbank(one))).body.responseCode).toBe('2001800');
    expect(
      booked(one)
        .map(({ partnerCode }) => partnerCode)
        .sort(),
    ).toEqual(['bank-induk', 'switching']);
  });

  it('reaches the banks of its partner: the own bank’s accounts are not between banks', async () => {
    for (const beneficiaryBankCode of ['014', '002', '008', '009']) {
      const own = beneficiaryBankCode === '009';
      const answer = await bank.call(
        '/v1.0/transfer-interbank',
        fromBank.interbank(reference(), { beneficiaryBankCode }),
      );
      expect(answer.body.responseCode).toBe(own ? '4001800' : '2001800');
      expect((await interbank(reference(), { beneficiaryBankCode })).body.responseCode).toBe('2001800');
    }
  });

  it('between banks is at most Rp 250,000,000', async () => {
    expect((await interbank(reference(), { amount: amountOf(250_000_000) })).body.responseCode).toBe('2001800');
    expect((await interbank(reference(), { amount: amountOf(250_000_001) })).body.responseCode).toBe('4031802');
  });

  it('takes its amount and fee from the account at its partner, to the last rupiah and not beyond', async () => {
    const { payments } = simulators;
    const other = payments.balanceRupiah('bank-induk');
    payments.setBalance('switching', 602_499);
    const one = reference();
    expect((await interbank(one)).body.responseCode).toBe('4031814');
    expect(payments.balanceRupiah('switching')).toBe(602_499);
    payments.setBalance('switching', 602_500);
    expect((await interbank(one)).body.responseCode).toBe('2001800'); // Refused before, so its reference was free.
    expect(payments.balanceRupiah('switching')).toBe(0);
    expect((await topUp(reference())).body.responseCode).toBe('4033814');
    expect(payments.balanceRupiah('bank-induk')).toBe(other);
    payments.setBalance('switching', 900_000_000_000);
  });
});

describe('an inquiry', () => {
  it('of the balance tells what the account holds', async () => {
    simulators.payments.setBalance('switching', 5_000_000);
    const { sourceAccountNo } = simulators.paymentPartners.switching;
    const ask = (accountNo: string) =>
      switching.call('/v1.0/balance-inquiry', { partnerReferenceNo: 'ask', accountNo });
    expect((await ask(sourceAccountNo)).body).toMatchObject({
      responseCode: '2001100',
      accountInfos: [{ balanceType: 'Cash', amount: amountOf(5_000_000), availableBalance: amountOf(5_000_000) }],
    });
    await topUp(reference());
    expect((await ask(sourceAccountNo)).body).toMatchObject({ accountInfos: [{ amount: amountOf(4_399_000) }] });
    expect((await ask('1234567890')).body.responseCode).toBe('4041111');
    simulators.payments.setBalance('switching', 900_000_000_000);
  });

  it.each([
    ['/v1.0/transfer-interbank', '/v1.0/transfer/status', '18', '2003600', '4043601'],
    ['/v1.0/emoney/topup', '/v1.0/emoney/topup-status', '38', '2003900', '4043901'],
  ])(
    'of what %s did tells what was paid, and knows nothing else',
    async (path, statusPath, serviceCode, found, none) => {
      const one = reference();
      const ask = (other: string) => switching.call(statusPath, fromSwitching.status(other, serviceCode));
      expect((await ask(one)).body.responseCode).toBe(none);
      const body = serviceCode === '18' ? fromSwitching.interbank(one) : fromSwitching.topUp(one);
      const { referenceNo } = (await switching.call(path, body)).body;
      expect((await ask(one)).body).toMatchObject({
        responseCode: found,
        originalReferenceNo: referenceNo,
        originalPartnerReferenceNo: one,
        serviceCode,
        amount: amountOf(600_000),
        transactionDate: '2026-11-24T08:00:00+07:00',
        latestTransactionStatus: '00',
        transactionStatusDesc: 'success',
      });
    },
  );

  it('of a transfer by another service’s number finds nothing', async () => {
    const one = reference();
    await interbank(one);
    const asked = fromSwitching.status(one, '17');
    expect((await switching.call('/v1.0/transfer/status', asked)).body.responseCode).toBe('4043601');
  });

  it('of an account that nobody told of names no holder, and knows the NIK that is asked about', async () => {
    const nikDigest = nikDigestOf(nik, 'ask');
    const account = await inquireBank('5550002222', { nikDigest });
    expect(account.body).toMatchObject({
      responseCode: '2001600',
      beneficiaryAccountNo: '5550002222',
      additionalInfo: { accountStatus: 'active', kycLevel: 'full', nikMatch: 'Y' },
    });
    expect(account.body).not.toHaveProperty('beneficiaryAccountName');
    expect((await inquireBank('5550002222')).body['additionalInfo']).not.toHaveProperty('nikMatch');

    const wallet = await inquireWallet('081234567890', { nikDigest });
    expect(wallet.body).toMatchObject({
      responseCode: '2003700',
      feeAmount: amountOf(1000),
      additionalInfo: { kycLevel: 'full', nikMatch: 'Y' },
    });
    expect(wallet.body).not.toHaveProperty('customerName');
  });

  it('of an account that was told of compares the digest of its NIK under the reference of the inquiry', async () => {
    simulators.payments.holders.set('5550001111', { name: 'Bestari Kalpataru', nik, shown: 'whole' });
    const matchOf = async (nikDigest: string) =>
      (await inquireBank('5550001111', { nikDigest })).body['additionalInfo'];
    expect(await matchOf(nikDigestOf(nik, 'ask'))).toMatchObject({ nikMatch: 'Y' });
    expect(await matchOf(nikDigestOf(nik, 'another-reference'))).toMatchObject({ nikMatch: 'N' });
    expect(await matchOf(nikDigestOf('3273996503980002', 'ask'))).toMatchObject({ nikMatch: 'N' });
    expect((await inquireBank('5550001111')).body).toMatchObject({ beneficiaryAccountName: 'BESTARI KALPATARU' });
  });

  it('within the bank answers as one between banks', async () => {
    simulators.payments.holders.set('5550001111', { name: 'Bestari', shown: 'whole', kyc: 'basic', status: 'dormant' });
    const body = { partnerReferenceNo: 'ask', beneficiaryAccountNo: '5550001111' };
    expect((await bank.call('/v1.0/account-inquiry-internal', body)).body).toMatchObject({
      responseCode: '2001500',
      beneficiaryAccountName: 'BESTARI',
      additionalInfo: { accountStatus: 'dormant', kycLevel: 'basic' },
    });
    expect((await bank.call('/v1.0/account-inquiry-external', { ...body, beneficiaryBankCode: '009' })).status).toBe(
      400,
    );
  });

  it('of a wallet finds it however its number is written', async () => {
    simulators.payments.holders.set('081299990001', { name: 'Ayuni', shown: 'whole' });
    for (const number of ['081299990001', '6281299990001', '+6281299990001'])
      expect((await inquireWallet(number)).body).toMatchObject({ customerName: 'AYUNI' });
  });

  it('shows a name whole, masked or cut, always the same for a number', async () => {
    const name = 'Siti Contoh Kusumawardhani';
    expect(shownName(name, 'whole')).toBe('SITI CONTOH KUSUMAWARDHANI');
    expect(shownName(name, 'masked')).toBe('SIT* CON*** KUS***********');
    expect(shownName(name, 'cut')).toBe('SITI CONTOH KUSUMAWA');
    const shown = new Set<unknown>();
    for (let last = 1; last <= 9; last += 1) {
      const number = `555000123${last}`;
      simulators.payments.holders.set(number, { name });
      const first = (await inquireBank(number)).body['beneficiaryAccountName'];
      expect((await inquireBank(number)).body['beneficiaryAccountName']).toBe(first);
      shown.add(first);
    }
    expect(shown.size).toBe(3);
  });
});

describe('the fixed cases', () => {
  it('are these', () => {
    expect(fixedCases.map(({ ending }) => ending)).toEqual(['0000', '0001', '0002', '0003', '0004', '0005', '0006']);
  });

  const account = (ending: string) => `555666${ending}`;
  const wallet = (ending: string) => `08129999${ending}`;
  const digest = { nikDigest: nikDigestOf(nik, 'ask') };

  it.each([
    ['0000', '4041611', '4043711', '4041811', '4043811'],
    ['0001', '2001600', '4033709', '4031809', '4033809'],
    ['0002', '2001600', '4033718', '4031818', '4033818'],
    ['0003', '2001600', '2003700', '2001800', '2003800'],
    ['0004', '2001600', '2003700', '2001800', '2003800'],
    ['0005', '2001600', '2003700', '2001800', '2003800'],
    ['0006', '2001600', '2003700', '2001800', '4033802'],
    ['0007', '2001600', '2003700', '2001800', '2003800'],
  ])('end in %s', async (ending, ofBank, ofWallet, transferred, toppedUp) => {
    const one = reference();
    expect((await inquireBank(account(ending), digest)).body.responseCode).toBe(ofBank);
    expect((await inquireWallet(wallet(ending), digest)).body.responseCode).toBe(ofWallet);
    expect((await interbank(one, { beneficiaryAccountNo: account(ending) })).body.responseCode).toBe(transferred);
    const two = reference();
    expect((await topUp(two, { customerNumber: wallet(ending) })).body.responseCode).toBe(toppedUp);
    expect(booked(one)).toHaveLength(transferred.startsWith('200') ? 1 : 0);
    expect(booked(two)).toHaveLength(toppedUp.startsWith('200') ? 1 : 0);
  });

  it('say by the inquiry what is wrong', async () => {
    const told = async (ending: string) => (await inquireBank(account(ending), digest)).body;
    expect(await told('0001')).toMatchObject({ additionalInfo: { accountStatus: 'dormant' } });
    expect(await told('0002')).toMatchObject({ additionalInfo: { accountStatus: 'closed' } });
    const another = await told('0003');
    expect(another['beneficiaryAccountName']).toMatch(/^ORA/);
    expect(another['additionalInfo']).not.toHaveProperty('nikMatch');
    expect(await told('0004')).toMatchObject({ additionalInfo: { nikMatch: 'N' } });
    expect(await told('0005')).toMatchObject({ additionalInfo: { kycLevel: 'basic', nikMatch: 'Y' } });
  });
});

describe('a wallet', () => {
  it.each([
    ['full', 20_000_000],
    ['basic', 2_000_000],
  ] as const)('with %s KYC holds at most Rp %i, counting what arrives and goes back', async (kyc, limit) => {
    const customerNumber = `08127777${kyc === 'full' ? '1111' : '2222'}`;
    simulators.payments.holders.set(customerNumber, { kyc, balanceRupiah: limit - 700_000 });
    const [one, two, three] = [reference(), reference(), reference()];
    const ontoIt = async (other: string, rupiah: number) =>
      (await topUp(other, { customerNumber, amount: amountOf(rupiah) })).body.responseCode;

    expect(await ontoIt(one, 600_000)).toBe('2003800');
    expect(await ontoIt(two, 100_001)).toBe('4033802');
    expect(await ontoIt(two, 100_000)).toBe('2003800');
    expect(await ontoIt(three, 1)).toBe('4033802');
    expect(simulators.payments.returnFunds(two)).toBe(true);
    expect(await ontoIt(three, 100_000)).toBe('2003800');
  });

  it('that nobody told of is spent empty between payments', async () => {
    const customerNumber = '081277773333';
    for (let time = 0; time < 3; time += 1) {
      const answer = await topUp(reference(), { customerNumber, amount: amountOf(15_000_000) });
      expect(answer.body.responseCode).toBe('2003800');
    }
    const answer = await topUp(reference(), { customerNumber, amount: amountOf(20_000_001) });
    expect(answer.body.responseCode).toBe('4033802');
  });
});
