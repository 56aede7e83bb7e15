import { dayAfter } from '#shared/platform/wib.ts';

/** A payment near midnight is booked by the bank, or heard of by us, on the day beside it. */
export const daysBeside = (day: string): readonly string[] => [dayAfter(day, -1), day, dayAfter(day, 1)];
