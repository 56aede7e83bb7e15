import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SchemeCode, schemes } from '#shared/credit/schemes.ts';
import type { Participant } from '#shared/journal/participant.ts';
import { wibDay } from '#shared/platform/wib.ts';
import { openSurvey, surveyState, surveysOf, windowOf } from '#shared/survey/survey-window.ts';
import { answered, forfeited, openOne, outcomes, relinked, settled } from '#test/incentive/paying.ts';
import { fileAfter, minutesAfter } from '#test/journal/citizen.ts';

const codes = ['SEMI_BANSOS_2020', 'NORMAL_2023'] as const;
/** The first incentive is paid on 2 November 2026. */
const paid = (scheme: SchemeCode = 'SEMI_BANSOS_2020') => fileAfter('settle', { scheme });
const at = (text: string) => new Date(`${text}+07:00`);
const millisecond = (date: Date, by: number) => new Date(date.getTime() + by);

describe('when a survey can be answered', () => {
  it.each<[SchemeCode, number, from: string, until: string]>([
    ['SEMI_BANSOS_2020', 1, '2026-12-02', '2026-12-31'],
    ['SEMI_BANSOS_2020', 2, '2027-01-01', '2027-01-30'],
    ['SEMI_BANSOS_2020', 3, '2027-01-31', '2027-03-01'],
    ['NORMAL_2023', 1, '2026-12-02', '2026-12-31'],
    ['NORMAL_2023', 2, '2027-01-01', '2027-01-30'],
  ])('%s, survey %i: from %s to the end of %s', (scheme, number, from, until) => {
    const file = paid(scheme);
    const opensAt = at(`${from}T00:00:00.000`);
    const closesAt = at(`${until}T23:59:59.999`);
    expect(windowOf(file, number)).toEqual({ opensAt, closesAt });
    expect(surveyState(file, number, millisecond(opensAt, -1))).toBe('not_yet');
    expect(surveyState(file, number, opensAt)).toBe('open');
    expect(openSurvey(file, opensAt)).toBe(number);
    expect(surveyState(file, number, closesAt)).toBe('open');
    expect(openSurvey(file, closesAt)).toBe(number);
    expect(surveyState(file, number, millisecond(closesAt, 1))).toBe('closed');
    expect(openSurvey(file, millisecond(closesAt, 1))).not.toBe(number);
  });

  it('is counted in days of WIB, whatever the hour of the payment', () => {
    const unpaid = fileAfter('link', { scheme: 'NORMAL_2023' });
    const minute = fc.integer({ min: 0, max: 60 * 24 * 40 });
    const { opensAfterDays, openDays } = schemes.NORMAL_2023.survey;
    fc.assert(
      fc.property(minute, fc.constantFrom(1, 2), (minutes, number) => {
        const paidAt = minutesAfter(at('2026-11-03T00:00:00'), minutes);
        const window = windowOf(settled(unpaid, outcomes.paid, paidAt), number);
        const days = opensAfterDays[number - 1] ?? 0;
        const day = Date.parse(`${wibDay(paidAt)}T00:00:00+07:00`);
        expect(window?.opensAt.getTime()).toBe(day + days * 86_400_000);
        expect(window?.closesAt.getTime()).toBe(day + (days + openDays) * 86_400_000 - 1);
      }),
    );
  });

  it('is never before the first incentive is paid, nor for a survey that the scheme does not have', () => {
    const late = at('2027-02-01T00:00:00');
    expect(windowOf(fileAfter('link'), 1)).toBeNull();
    expect(surveyState(fileAfter('link'), 1, late)).toBe('not_yet');
    expect(openSurvey(fileAfter('link'), late)).toBeNull();
    expect(windowOf(paid('NORMAL_2023'), 3)).toBeNull();
    expect(windowOf(paid(), 0)).toBeNull();
    expect(windowOf(fileAfter('join'), 1)).toBeNull();
  });

  it('counts from the first payment, also when that money came back and was paid again', () => {
    const first = paid('NORMAL_2023');
    const [reference = ''] = first.incentives.payouts.keys();
    const later = at('2026-11-20T10:00:00');
    const returned = settled(first, outcomes.returned, later, reference);
    const again = settled(relinked(returned, '2', later), outcomes.paid, later);
    expect(windowOf(again, 1)).toEqual(windowOf(first, 1));
  });
});

describe('the surveys of a citizen', () => {
  const open = at('2026-12-10T10:00:00');

  it.each(codes)('are those of the scheme: %s', (scheme) => {
    const { survey } = schemes[scheme];
    const all = surveysOf(paid(scheme), open);
    expect(all.map(({ number }) => number)).toEqual(Array.from({ length: survey.count }, (_, index) => index + 1));
    expect(all.map(({ amountRupiah }) => amountRupiah)).toEqual(all.map(() => 50_000));
    expect(all.map(({ state }) => state)).toEqual(['open', ...all.slice(1).map(() => 'not_yet')]);
  });

  it('are none without a decree', () => {
    expect(surveysOf(fileAfter('join'), open)).toEqual([]);
  });

  it('tell by which day the answers are paid for, and when they are', () => {
    const surveyed = answered(paid('NORMAL_2023'), 1, open);
    expect(surveysOf(surveyed, open)[0]).toMatchObject({
      state: 'answered',
      answeredAt: open.toISOString(),
      payByDay: '2026-12-24',
    });
    expect(openSurvey(surveyed, open)).toBeNull();
    const claim = (file: Participant) => relinked(file, 'another', open);
    const settledFile = settled(claim(surveyed), outcomes.paid, open, openOne(claim(surveyed)).reference);
    expect(surveysOf(settledFile, open)[0]?.state).toBe('paid');
  });

  it('are closed for who has no right to incentives any more', () => {
    const file = forfeited(paid('NORMAL_2023'), open);
    expect(surveysOf(file, open).map(({ state }) => state)).toEqual(['closed', 'closed']);
    expect(openSurvey(file, open)).toBeNull();
  });
});
