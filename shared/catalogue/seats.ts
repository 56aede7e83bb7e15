import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Schedule } from '#shared/catalogue/course.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { seat } from '#shared/table/keys.ts';
import { ifFreeOrOwn, putIf } from '#shared/table/put-if.ts';
import type { Table } from '#shared/table/table.ts';

/** What a schedule without a limit shows as its quota, as the platforms are used to it. */
export const unlimitedQuota = 999_999;

/** Seats of schedules with a limited number of places: each is an item that one purchase claims. */
export function seats(table: Table) {
  async function claimOne(
    courseCode: string,
    scheduleCode: string,
    number: number,
    purchaseId: string,
  ): Promise<boolean> {
    const item = { ...seat(courseCode, scheduleCode, number), purchaseId };
    return (await putIf(table, item, ifFreeOrOwn('purchaseId', purchaseId))).isStored;
  }

  return {
    /** Places left; the unlimited quota where there is no limit. At most 150 seats are counted, in one page. */
    async left(courseCode: string, { scheduleCode, places }: Schedule): Promise<number> {
      if (places === undefined) return unlimitedQuota;
      const { Count } = await table.client.send(
        new QueryCommand({
          TableName: table.name,
          ConsistentRead: true,
          Select: 'COUNT',
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': seat(courseCode, scheduleCode, 0).pk },
        }),
      );
      return Math.max(places - (Count ?? 0), 0);
    },

    /**
     * Claims a seat for a purchase; a repeat keeps the seat it has. Starts at a place that depends on the purchase, so
     * that a crowd does not queue at the first one. @throws Refusal `quota_full`.
     */
    async claim(courseCode: string, { scheduleCode, places }: Schedule, purchaseId: string): Promise<void> {
      if (places === undefined) return;
      const start = Number(BigInt(`0x${purchaseId.replaceAll('-', '').slice(0, 12)}`) % BigInt(places));
      for (let step = 0; step < places; step += 1) {
        const number = (start + step) % places;
        if (await claimOne(courseCode, scheduleCode, number, purchaseId)) return;
      }
      throw new Refusal('quota_full');
    },
  };
}
export type Seats = ReturnType<typeof seats>;
