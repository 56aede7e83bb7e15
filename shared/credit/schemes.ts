import * as z from 'zod/mini';

/**
 * The schemes as data. Amounts, counts, deadlines and ages as the program published them:
 * Permenko 11/2020 (semi-bansos) and the official answers of 29 November 2023 (normal scheme).
 */
const schemeTable = {
  SEMI_BANSOS_2020: {
    effectiveFrom: '2020-03-20',
    effectiveTo: '2022-12-31',
    trainingCreditRupiah: 1_000_000,
    incentive: { amountRupiah: 600_000, count: 4, everyMonths: 1 },
    survey: { amountRupiah: 50_000, count: 3, opensAfterDays: [30, 60, 90], openDays: 30, paidWithinDays: 14 },
    firstPurchaseDays: 30,
    ageYears: { from: 18, to: null },
    maxRecipientsPerFamilyCard: 2,
    aptitude: { minutes: 25, attempts: 3, waitDays: 7, passingPercent: null },
  },
  NORMAL_2023: {
    effectiveFrom: '2023-02-17',
    effectiveTo: null,
    trainingCreditRupiah: 3_500_000,
    incentive: { amountRupiah: 600_000, count: 1, everyMonths: null },
    survey: { amountRupiah: 50_000, count: 2, opensAfterDays: [30, 60], openDays: 30, paidWithinDays: 14 },
    firstPurchaseDays: 15,
    ageYears: { from: 18, to: 64 },
    maxRecipientsPerFamilyCard: 2,
    aptitude: { minutes: 40, attempts: 3, waitDays: 7, passingPercent: null },
  },
} as const;

export const SchemeCode = z.enum(['SEMI_BANSOS_2020', 'NORMAL_2023']);
export type SchemeCode = z.infer<typeof SchemeCode>;

export type Scheme = {
  /** Days in WIB on which its batches open, both inclusive; null: until further notice. */
  readonly effectiveFrom: string;
  readonly effectiveTo: string | null;
  readonly trainingCreditRupiah: number;
  /** `everyMonths` is null where there is one payment only. */
  readonly incentive: { readonly amountRupiah: number; readonly count: number; readonly everyMonths: number | null };
  readonly survey: {
    readonly amountRupiah: number;
    readonly count: number;
    /** Days after the first incentive, of each survey. The first is published (30); the later ones are ours to set. */
    readonly opensAfterDays: readonly number[];
    readonly openDays: number;
    readonly paidWithinDays: number;
  };
  /** Calendar days after the announcement, the last one until 23:59:59 WIB. */
  readonly firstPurchaseDays: number;
  /** Completed years on the day of joining, both inclusive; null: no upper limit. */
  readonly ageYears: { readonly from: number; readonly to: number | null };
  readonly maxRecipientsPerFamilyCard: number;
  /** The time is published; how often and how soon a test can be taken again is ours. */
  readonly aptitude: {
    readonly minutes: number;
    readonly attempts: number;
    /** Days, in WIB, from a failed test to the day of the next one. */
    readonly waitDays: number;
    /** Whole percent of right answers that it takes to pass; null: to have finished is enough. No passing score was ever published. */
    readonly passingPercent: number | null;
  };
};

export const schemes: Readonly<Record<SchemeCode, Scheme>> = schemeTable;

/** What one recipient's decree sets aside for incentives and surveys. */
export function incentivesRupiah({ incentive, survey }: Scheme): number {
  return incentive.amountRupiah * incentive.count + survey.amountRupiah * survey.count;
}

/** Whether batches of a scheme may open on a day, `YYYY-MM-DD`, in WIB; the first and the last one included. */
export function isInForce({ effectiveFrom, effectiveTo }: Scheme, day: string): boolean {
  return day >= effectiveFrom && (effectiveTo === null || day <= effectiveTo);
}

/** Completed years between two calendar days. Who is born on 29 February has the birthday on 1 March in common years. */
export function completedYears(birthDate: string, today: string): number {
  const years = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return today.slice(5) >= birthDate.slice(5) ? years : years - 1;
}
