import { describe, expect, it } from 'vitest';
import { checkFamilyCard, checkNik } from '#shared/registration/nik.ts';
import { isRegency, programProvinceOf } from '#shared/registration/regions.ts';
import { people, publishedWeights } from '#test/simulation/people.ts';

const many = people('people.test', 20_000);
const share = (of: (person: (typeof many)[number]) => boolean) => many.filter(of).length / many.length;

describe('synthetic applicants', () => {
  it('are the same for the same seed, other people for another', () => {
    expect(people('people.test', 100)).toEqual(many.slice(0, 100));
    const others = new Set(people('another', 1_000).map(({ nik }) => nik));
    expect(many.slice(0, 1_000).filter(({ nik }) => others.has(nik))).toEqual([]);
  });

  it('all have numbers without fault and a real domicile', () => {
    expect(many.flatMap((person) => checkNik(person.nik, person))).toEqual([]);
    expect(many.flatMap(({ familyCardNumber }) => checkFamilyCard(familyCardNumber))).toEqual([]);
    expect(many.filter(({ regencyCode }) => !isRegency(regencyCode))).toEqual([]);
  });

  it('share no NIK, phone or mail address', () => {
    for (const field of ['nik', 'phone', 'email'] as const)
      expect(new Set(many.map((person) => person[field])).size).toBe(many.length);
  });

  it('are 18 to 60 years old on the day asked for', () => {
    for (const on of ['2020-04-11', '2024-02-29', '2026-11-01']) {
      const birthDates = people('ages', 5_000, { on }).map(({ birthDate }) => birthDate);
      const yearsBefore = (years: number) => `${Number(on.slice(0, 4)) - years}${on.slice(4)}`;
      expect(birthDates.filter((date) => date > yearsBefore(18) || date <= yearsBefore(61))).toEqual([]);
    }
  });

  it('live where the published recipients lived', () => {
    const published = [...publishedWeights.values()].reduce((sum, weight) => sum + weight, 0);
    expect(published).toBe(53_334);
    for (const [province, weight] of publishedWeights) {
      const expected = weight / published;
      const deviation = Math.sqrt((expected * (1 - expected)) / many.length);
      const found = share(({ regencyCode }) => programProvinceOf(regencyCode) === province);
      expect(Math.abs(found - expected)).toBeLessThan(4 * deviation);
    }
  });

  it('share a family card one time in eight, within one regency, and some families have three', () => {
    const families = [...Map.groupBy(many, ({ familyCardNumber }) => familyCardNumber).values()];
    expect(1 - families.length / many.length).toBeCloseTo(1 / 8, 1);
    expect(families.filter((family) => new Set(family.map(({ regencyCode }) => regencyCode)).size > 1)).toEqual([]);
    expect(families.some((family) => family.length > 2)).toBe(true);
  });

  it('are women, first registered elsewhere, and paid to e-wallets as often as they should', () => {
    expect(share(({ sex }) => sex === 'female')).toBeCloseTo(0.51, 1);
    expect(share(({ payout }) => payout.kind === 'e_wallet')).toBeCloseTo(0.72, 1);
    const elsewhere = share(({ nik, regencyCode }) => nik.slice(0, 2) !== programProvinceOf(regencyCode));
    expect(elsewhere).toBeGreaterThan(0.05);
    expect(elsewhere).toBeLessThan(0.1);
  });

  it('can be reached nowhere: an unused prefix, a mail domain for examples, accounts that no rule refuses', () => {
    const wrong = many.filter(
      ({ phone, email, payout }) =>
        !/^\+62840\d{8}$/.test(phone) ||
        !/^[a-z.]+\.\d{8}@example\.id$/.test(email) ||
        payout.number.endsWith('0000') ||
        (payout.kind === 'e_wallet' ? payout.number !== phone.replace('+62', '0') : !/^\d{10}$/.test(payout.number)),
    );
    expect(wrong).toEqual([]);
  });
});
