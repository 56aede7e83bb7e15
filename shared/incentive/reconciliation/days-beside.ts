const dayMilliseconds = 86_400_000;

/** The day that lies some days after another one. */
function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00.000Z`) + days * dayMilliseconds).toISOString().slice(0, 10);
}

/** A payment near midnight is booked by the bank, or heard of by us, on the day beside it. */
export const daysBeside = (day: string): readonly string[] => [dayAfter(day, -1), day, dayAfter(day, 1)];
