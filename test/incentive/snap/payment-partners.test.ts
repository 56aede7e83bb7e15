import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  opensAt,
  type PaymentPartnerCode,
  paymentPartners,
  remembers,
  routeOf,
} from '#shared/incentive/payment-partners.ts';

const all = () => true;
const only = (partnerCode: PaymentPartnerCode) => (code: PaymentPartnerCode) => code === partnerCode;

describe('a route', () => {
  it.each([
    ['BNI', 'bank-induk', 'intrabank'],
    ['BCA', 'bank-induk', 'interbank'],
    ['BRI', 'bank-induk', 'interbank'],
    ['MANDIRI', 'bank-induk', 'interbank'],
    ['OVO', 'switching', 'e_money'],
    ['DANA', 'switching', 'e_money'],
    ['GOPAY', 'switching', 'e_money'],
    ['LINKAJA', 'switching', 'e_money'],
  ] as const)('to %s is %s by %s while all partners are on', (provider, partnerCode, service) => {
    expect(routeOf(provider, all)).toEqual({ partnerCode, service });
  });

  it('goes to the next partner when operators switch the first off, and back', () => {
    expect(routeOf('BNI', only('switching'))).toEqual({ partnerCode: 'switching', service: 'interbank' });
    expect(routeOf('BNI', only('bank-induk'))).toEqual({ partnerCode: 'bank-induk', service: 'intrabank' });
  });

  it('is none where nobody that is on reaches the account', () => {
    expect(routeOf('OVO', only('bank-induk'))).toBeNull();
    expect(routeOf('BNI', () => false)).toBeNull();
  });

  it('follows the preference, but only to a partner that is on and reaches the account', () => {
    expect(routeOf('BCA', all, 'switching')).toEqual({ partnerCode: 'switching', service: 'interbank' });
    expect(routeOf('BCA', only('bank-induk'), 'switching')).toEqual({
      partnerCode: 'bank-induk',
      service: 'interbank',
    });
    expect(routeOf('OVO', all, 'bank-induk')).toEqual({ partnerCode: 'switching', service: 'e_money' });
  });
});

describe('the configuration', () => {
  it('names each partner by its own code, and no two with one priority', () => {
    const partners = Object.entries(paymentPartners);
    expect(partners.map(([code]) => code)).toEqual(partners.map(([, partner]) => partner.code));
    expect(new Set(partners.map(([, { priority }]) => priority)).size).toBe(partners.length);
  });

  it('lets every incentive and survey through its limits', () => {
    for (const { limits } of Object.values(paymentPartners)) {
      expect(limits.minimumRupiah).toBeLessThanOrEqual(50_000);
      expect(limits.maximumRupiah).toBeGreaterThanOrEqual(600_000);
    }
  });
});

/** An instant of a day in WIB. */
const wib = (clock: string, day = '2026-03-02') => new Date(`${day}T${clock}+07:00`);

describe('a partner with an end-of-day pause over midnight', () => {
  const partner = { pauses: [{ from: '23:30', until: '00:30' }] };

  it.each([
    ['23:29:59.999', null],
    ['23:30:00.000', wib('00:30:00', '2026-03-03')],
    ['23:59:59.999', wib('00:30:00', '2026-03-03')],
    ['00:00:00.000', wib('00:30:00')],
    ['00:29:59.999', wib('00:30:00')],
    ['00:30:00.000', null],
    ['12:00:00.000', null],
  ])('at %s opens at %j', (clock, opens) => {
    expect(opensAt(partner, wib(clock))).toEqual(opens);
  });
});

describe('opening', () => {
  it('is now where there is no pause', () => {
    expect(opensAt({ pauses: [] }, wib('03:00:00'))).toBeNull();
  });

  it('waits for the last of pauses that touch', () => {
    const pauses = [
      { from: '02:00', until: '03:00' },
      { from: '01:00', until: '02:00' },
      { from: '02:30', until: '05:00' },
    ];
    expect(opensAt({ pauses }, wib('01:30:00'))).toEqual(wib('05:00:00'));
  });

  const minute = 60_000;
  const clockOf = (minutes: number) =>
    `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  // Up to three pauses that together leave some of the day open.
  const pauses = fc.array(
    fc.record({ from: fc.nat({ max: 1_439 }), length: fc.integer({ min: 1, max: 400 }) }).map(({ from, length }) => ({
      from: clockOf(from),
      until: clockOf((from + length) % 1_440),
    })),
    { maxLength: 3 },
  );

  it('is the first open minute that follows, whatever the pauses are', () => {
    const check = (closed: { from: string; until: string }[], at: Date) => {
      const partner = { pauses: closed };
      const opens = opensAt(partner, at);
      if (!opens) return;
      expect(opens.getTime()).toBeGreaterThan(at.getTime());
      expect(opensAt(partner, opens)).toBeNull();
      expect(opensAt(partner, new Date(opens.getTime() - minute))).toEqual(opens);
      expect(opensAt(partner, new Date(opens.getTime() - 1))).toEqual(opens);
    };
    const instants = fc.date({ min: wib('00:00:00'), max: wib('00:00:00', '2026-03-05'), noInvalidDate: true });
    fc.assert(fc.property(pauses, instants, check), { numRuns: 500 });
  });
});

describe('the memory of a partner', () => {
  const { switching } = paymentPartners;
  const claimedAt = new Date('2026-03-02T00:00:00.000Z');

  it('ends sixty days after the claim', () => {
    expect(remembers(switching, claimedAt, new Date('2026-04-30T23:59:59.999Z'))).toBe(true);
    expect(remembers(switching, claimedAt, new Date('2026-05-01T00:00:00.000Z'))).toBe(false);
  });
});
