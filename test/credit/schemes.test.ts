import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completedYears, incentivesRupiah, isInForce, type Scheme, schemes } from '#shared/credit/schemes.ts';

describe('the dates of a scheme', () => {
  it.each([
    ['NORMAL_2023', '2023-02-16', false],
    ['NORMAL_2023', '2023-02-17', true],
    ['NORMAL_2023', '2099-12-31', true],
    ['SEMI_BANSOS_2020', '2020-03-19', false],
    ['SEMI_BANSOS_2020', '2020-03-20', true],
    ['SEMI_BANSOS_2020', '2022-12-31', true],
    ['SEMI_BANSOS_2020', '2023-01-01', false],
  ] as const)('of %s: on %s batches may open is %s', (code, day, isTrue) => {
    expect(isInForce(schemes[code], day)).toBe(isTrue);
  });
});

describe('an age', () => {
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
