import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkAge, completedYears, incentivesRupiah, type Scheme, schemes } from '#shared/credit/schemes.ts';
import { expectRefusal } from '#test/platform/refused.ts';

describe('the age window of a scheme', () => {
  it.each([
    ['the 18th birthday', '2008-11-02', '2026-11-02'],
    ['the last day of being 64', '1961-11-03', '2026-11-02'],
    ['the day after the 18th birthday of somebody born on 29 February', '2008-02-29', '2026-03-01'],
  ])('takes somebody on %s', (_, birthDate, today) => {
    expect(checkAge(schemes.NORMAL_2023, birthDate, today)).toBeUndefined();
  });

  it.each([
    ['the day before the 18th birthday', '2008-11-03', '2026-11-02'],
    ['the 65th birthday', '1961-11-02', '2026-11-02'],
    ['28 February before an 18th birthday on the 29th', '2008-02-29', '2026-02-28'],
  ])('refuses somebody on %s', (_, birthDate, today) => {
    expectRefusal(() => checkAge(schemes.NORMAL_2023, birthDate, today), 'age_outside');
  });

  it('has no upper end where the scheme has none', () => {
    expect(checkAge(schemes.SEMI_BANSOS_2020, '1920-01-01', '2020-04-01')).toBeUndefined();
    expectRefusal(() => checkAge(schemes.SEMI_BANSOS_2020, '2002-04-02', '2020-04-01'), 'age_outside');
  });

  it('counts completed years as birthdays that have passed', () => {
    const day = fc.date({ min: new Date('1940-01-01'), max: new Date('2040-12-31'), noInvalidDate: true });
    const text = (date: Date) => date.toISOString().slice(0, 10);
    fc.assert(
      fc.property(day, day, (one, other) => {
        const [birth, today] = one < other ? [text(one), text(other)] : [text(other), text(one)];
        const birthdays = Array.from(
          { length: 102 },
          (_, years) => `${Number(birth.slice(0, 4)) + years}${birth.slice(4)}`,
        );
        // Texts of this form sort as days do; a birthday on 29 February falls before 1 March in every year.
        expect(completedYears(birth, today)).toBe(birthdays.filter((birthday) => birthday <= today).length - 1);
      }),
    );
  });
});

describe('the benefit of a scheme', () => {
  it.each<[string, Scheme, number, number]>([
    ['semi-bansos', schemes.SEMI_BANSOS_2020, 2_550_000, 3_550_000],
    ['normal', schemes.NORMAL_2023, 700_000, 4_200_000],
  ])('is the published sum: %s', (_, scheme, incentives, whole) => {
    expect(incentivesRupiah(scheme)).toBe(incentives);
    expect(scheme.trainingCreditRupiah + incentivesRupiah(scheme)).toBe(whole);
  });
});

describe('the surveys of a scheme', () => {
  it.each([
    ['semi-bansos', schemes.SEMI_BANSOS_2020],
    ['normal', schemes.NORMAL_2023],
  ])('open each on a day of its own, the first after 30 days: %s', (_, { survey }) => {
    expect(survey.opensAfterDays).toHaveLength(survey.count);
    expect(survey.opensAfterDays[0]).toBe(30);
    expect(survey.opensAfterDays).toEqual([...new Set(survey.opensAfterDays)].toSorted((left, right) => left - right));
    expect(survey).toMatchObject({ amountRupiah: 50_000, openDays: 30, paidWithinDays: 14 });
  });
});
