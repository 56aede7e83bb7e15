import * as z from 'zod/mini';
import { type Account, accounts, type Legs, moneyTable, noBalances } from '#shared/credit/ledger.ts';
import type { ParticipantEvent } from '#shared/journal/participant.ts';
import { dayMilliseconds } from '#shared/platform/wib.ts';

/** Steps of the funnel, each counted once per person. */
export const milestones = ['registered', 'verified', 'decreed', 'purchased', 'completed', 'paid', 'revoked'] as const;
export type Milestone = (typeof milestones)[number];

const Count = z.int().check(z.nonnegative());
const Counts = z.strictObject({
  registered: Count,
  verified: Count,
  decreed: Count,
  purchased: Count,
  completed: Count,
  paid: Count,
  revoked: Count,
});
const Money = z.strictObject({
  grantedRupiah: Count,
  spentRupiah: Count,
  paidRupiah: Count,
  forfeitedRupiah: Count,
  openRupiah: Count,
});
const Row = z.strictObject({ people: Counts, money: Money });

/** The public figures: the nation, and each of the program's 34 provinces; the nation is the sum of the provinces. */
export const Figures = z.strictObject({
  publishedAt: z.iso.datetime(),
  national: Row,
  provinces: z.array(z.extend(Row, { provinceCode: z.string(), provinceName: z.string() })),
});
export type Figures = z.infer<typeof Figures>;

const Balances = z.record(z.enum(accounts), z.int());
const Tally = z.object({ people: Counts, rupiah: Balances });
type Tally = z.infer<typeof Tally>;

/** What one decision adds to the figures. The id makes it count once, however often and in which order it arrives. */
export const Contribution = z.object({
  id: z.string(),
  provinceCode: z.string(),
  milestones: z.array(z.enum(milestones)),
  legs: z.array(z.object({ account: z.enum(accounts), rupiah: z.int() })),
});
export type Contribution = z.infer<typeof Contribution>;

/** What a decision adds; null when it neither moves money nor reaches a milestone. */
export function contributionOf(
  id: string,
  provinceCode: string,
  events: readonly ParticipantEvent[],
): Contribution | null {
  const reached = events.flatMap(milestoneOf);
  const legs: Legs = events.flatMap((event) => ('legs' in event ? (event.legs ?? []) : []));
  return reached.length + legs.length > 0 ? { id, provinceCode, milestones: reached, legs } : null;
}

function milestoneOf(event: ParticipantEvent): Milestone[] {
  switch (event.type) {
    case 'PersonRegistered':
      return event.attempt === 1 ? ['registered'] : [];
    case 'IdentityVerified':
      return ['verified'];
    case 'RecipientDecreed':
      return ['decreed'];
    case 'CoursePurchased':
      return event.ordinal === 1 ? ['purchased'] : [];
    case 'CourseCompleted':
      return event.ordinal === 1 ? ['completed'] : [];
    case 'IncentivePaid':
      return event.kind === 'training' && event.number === 1 && !event.again ? ['paid'] : [];
    case 'MembershipRevoked':
      return ['revoked'];
    default:
      return [];
  }
}

/** Running totals, and when each contribution of the last days was counted, so that a repeat counts nothing. */
export const Totals = z.object({
  byProvince: z.record(z.string(), Tally),
  counted: z.record(z.string(), z.number()),
});
export type Totals = z.infer<typeof Totals>;

export const noTotals: Totals = { byProvince: {}, counted: {} };

/** A stream delivers a record again for a day at most; what was counted before that need not be remembered. */
const rememberedMilliseconds = 3 * dayMilliseconds;

/** Adds contributions that were not counted yet, in any order. */
export function count(before: Totals, contributions: readonly Contribution[], now: Date): Totals {
  const byProvince = new Map(Object.entries(before.byProvince));
  const oldest = now.getTime() - rememberedMilliseconds;
  const counted = new Map(Object.entries(before.counted).filter(([, at]) => at >= oldest));
  for (const { id, provinceCode, milestones: reached, legs } of contributions) {
    if (counted.has(id)) continue;
    counted.set(id, now.getTime());
    byProvince.set(provinceCode, add(byProvince.get(provinceCode) ?? emptyTally(), reached, legs));
  }
  return { byProvince: Object.fromEntries(byProvince), counted: Object.fromEntries(counted) };
}

const emptyTally = (): Tally => ({
  people: { registered: 0, verified: 0, decreed: 0, purchased: 0, completed: 0, paid: 0, revoked: 0 },
  rupiah: { ...noBalances },
});

function add(
  before: Tally,
  reached: readonly Milestone[],
  legs: readonly { account: Account; rupiah: number }[],
): Tally {
  const people = { ...before.people };
  const rupiah = { ...before.rupiah };
  for (const milestone of reached) people[milestone] += 1;
  for (const leg of legs) rupiah[leg.account] += leg.rupiah;
  return { people, rupiah };
}

/** The public figures from the totals. `provinces` are the program's 34, named. */
export function publish(
  { byProvince }: Totals,
  provinces: readonly { code: string; name: string }[],
  now: Date,
): Figures {
  const row = (tally: Tally) => ({ people: tally.people, money: moneyTable({ ...noBalances, ...tally.rupiah }) });
  const national = Object.values(byProvince).reduce(sum, emptyTally());
  return {
    publishedAt: now.toISOString(),
    national: row(national),
    provinces: provinces.map(({ code, name }) => ({
      provinceCode: code,
      provinceName: name,
      ...row(byProvince[code] ?? emptyTally()),
    })),
  };
}

function sum(left: Tally, right: Tally): Tally {
  const people = { ...left.people };
  const rupiah = { ...left.rupiah };
  for (const milestone of milestones) people[milestone] += right.people[milestone];
  for (const account of accounts) rupiah[account] += right.rupiah[account];
  return { people, rupiah };
}
