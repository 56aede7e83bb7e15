import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moneyTable } from '#shared/credit/ledger.ts';
import type { ParticipantEvent } from '#shared/journal/participant.ts';
import { programProvinces } from '#shared/registration/region-names.ts';
import {
  type Contribution,
  contributionOf,
  count,
  Figures,
  milestones,
  noTotals,
  publish,
} from '#shared/report/figures.ts';
import { citizens, type Journal, journeyUntil, type StepName, start, stepNames } from '#test/journal/citizen.ts';

const now = start;
const provinces = programProvinces();

/** What a journal adds to the figures, decision by decision. */
function contributionsOf({ citizen: { participantId, provinceCode }, entries }: Journal): Contribution[] {
  return entries.flatMap(({ version, events }) => {
    const added = contributionOf(`${participantId}#${version}`, provinceCode, events);
    return added ? [added] : [];
  });
}

/** Journals of many citizens, each as far as another step. */
const people = citizens('figures', 40);
const journals = (ends: readonly StepName[]) =>
  ends.map((last, index) => journeyUntil(last, { ...(people[index] && { citizen: people[index] }) }));
const everyEnd = journals(people.map((_, index) => stepNames[index % stepNames.length] ?? 'register'));
const contributions = everyEnd.flatMap(contributionsOf);
const figuresOf = (parts: readonly Contribution[]) => publish(count(noTotals, parts, now), provinces, now);

describe('a contribution', () => {
  it.each<[StepName, string[]]>([
    ['register', ['registered']],
    ['verify', ['verified']],
    ['join', []],
    ['decree', ['decreed']],
    ['reserve', []],
    ['pay', ['purchased']],
    ['redeem', []],
    ['complete', ['completed']],
    ['certify', []],
    ['rate', []],
    ['link', []],
    ['settle', ['paid']],
  ])('of the step %s reaches %j', (step, reached) => {
    const journey = journeyUntil(step);
    const last = contributionsOf(journey).find(({ id }) => id.endsWith(`#${journey.entries.length}`));
    expect(last?.milestones ?? []).toEqual(reached);
  });

  it('is nothing where neither money moves nor a step is reached', () => {
    expect(contributionOf('1', '32', [{ type: 'CourseRated', purchaseId: 'p', stars: 5, review: 'r' }])).toBeNull();
  });

  const again = { purchaseId: 'p', ordinal: 2 };
  const paid = { invoiceCode: 'i', invoiceUrl: 'u', transactionCode: 't', redeemCode: 'r', legs: [] };
  const completed = { webhookId: 'w', completedAt: '2026-11-02T03:00:00.000Z', certificateNumber: 'N' };
  const proof = { evidenceDigest: '0'.repeat(64), by: 'answer' } as const;
  const payment = { reference: 'r', partnerCode: 'c', partnerReference: 'p', ...proof, legs: [] };
  it.each<[string, ParticipantEvent]>([
    ['a second purchase', { type: 'CoursePurchased', ...again, ...paid }],
    ['a second completion', { type: 'CourseCompleted', ...again, ...completed }],
    ['a second payment', { type: 'IncentivePaid', kind: 'training', number: 2, ...payment }],
    [
      'a payment after the first came back',
      { type: 'IncentivePaid', kind: 'training', number: 1, ...payment, again: true },
    ],
    ['the payment of a survey', { type: 'IncentivePaid', kind: 'survey', number: 1, ...payment }],
  ])('counts nobody twice for %s', (_, event) => {
    expect(contributionOf('1', '32', [event])?.milestones ?? []).toEqual([]);
  });
});

describe('figures', () => {
  it('count people as their journals say', () => {
    const reached = (step: StepName) =>
      everyEnd.filter(({ entries }) => entries.length > stepNames.indexOf(step)).length;
    expect(figuresOf(contributions).national.people).toEqual({
      registered: reached('register'),
      verified: reached('verify'),
      decreed: reached('decree'),
      purchased: reached('pay'),
      completed: reached('complete'),
      paid: reached('settle'),
      revoked: 0,
    });
  });

  it('have the money that the files have', () => {
    const { national } = figuresOf(contributions);
    const expected = { grantedRupiah: 0, spentRupiah: 0, paidRupiah: 0, forfeitedRupiah: 0, openRupiah: 0 };
    for (const { file } of everyEnd) {
      const money = moneyTable(file.balances);
      expected.grantedRupiah += money.grantedRupiah;
      expected.spentRupiah += money.spentRupiah;
      expected.paidRupiah += money.paidRupiah;
      expected.forfeitedRupiah += money.forfeitedRupiah;
      expected.openRupiah += money.openRupiah;
    }
    expect(national.money).toEqual(expected);
    expect(expected.grantedRupiah).toBeGreaterThan(0);
  });

  it('are the same for every order, with every repeat, however they are divided into runs', () => {
    const copies = fc.array(fc.integer({ min: 1, max: 3 }), {
      minLength: contributions.length,
      maxLength: contributions.length,
    });
    const repeated = copies
      .map((times) => contributions.flatMap((part, index) => Array<Contribution>(times[index] ?? 1).fill(part)))
      .chain((parts) => fc.shuffledSubarray(parts, { minLength: parts.length }));
    const expected = figuresOf(contributions);
    const check = (parts: readonly Contribution[], cut: number) => {
      const at = cut % (parts.length + 1);
      const first = count(noTotals, parts.slice(0, at), now);
      expect(publish(count(first, parts.slice(at), now), provinces, now)).toEqual(expected);
    };
    fc.assert(fc.property(repeated, fc.nat(), check), { numRuns: 100 });
  });

  it('of the nation are the sum of the provinces, and balance in each', () => {
    const some = fc.subarray(contributions);
    const check = (parts: readonly Contribution[]) => {
      const { national, provinces: rows } = figuresOf(parts);
      for (const milestone of milestones)
        expect(rows.reduce((sum, { people: { [milestone]: people } }) => sum + people, 0)).toBe(
          national.people[milestone],
        );
      const names = ['grantedRupiah', 'spentRupiah', 'paidRupiah', 'forfeitedRupiah', 'openRupiah'] as const;
      for (const name of names)
        expect(rows.reduce((sum, { money }) => sum + money[name], 0)).toBe(national.money[name] + 0);
    };
    fc.assert(fc.property(some, check), { numRuns: 50 });
    for (const { money } of [...figuresOf(contributions).provinces, figuresOf(contributions).national])
      expect(money.grantedRupiah + 0).toBe(
        money.spentRupiah + money.paidRupiah + money.forfeitedRupiah + money.openRupiah,
      );
  });

  it('show all 34 provinces, also where nobody has registered', () => {
    const { provinces: rows } = figuresOf([]);
    expect(rows.map(({ provinceCode }) => provinceCode)).toEqual(provinces.map(({ code }) => code));
    expect(rows).toHaveLength(34);
    expect(Figures.parse(JSON.parse(JSON.stringify(figuresOf(contributions))))).toMatchObject({
      publishedAt: now.toISOString(),
    });
  });

  it('remember what they counted for three days, and then forget it', () => {
    const day = 86_400_000;
    const [one] = contributions;
    if (!one) throw new Error('There are contributions');
    const counted = count(noTotals, [one], now);
    const remembered = (milliseconds: number) => count(counted, [], new Date(now.getTime() + milliseconds)).counted;
    expect(remembered(3 * day)).toEqual({ [one.id]: now.getTime() });
    expect(remembered(3 * day + 1)).toEqual({});
  });
});
