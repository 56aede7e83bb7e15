import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { circuitBreaker, failuresToOpen } from '#shared/incentive/breaker.ts';
import { atMost, pace } from '#shared/incentive/pace.ts';
import {
  deferredUntil,
  isEarly,
  mayResend,
  memoryMarginDays,
  openingUntil,
  refusalStands,
  switchedOffUntil,
} from '#shared/incentive/payout-timing.ts';
import { maxInquiries } from '#shared/incentive/settlement.ts';
import { openOne, outcomes, settled } from '#test/incentive/paying.ts';
import { fileAfter, minutesAfter, start } from '#test/journal/citizen.ts';

const day = 86_400_000;
const later = (milliseconds: number) => new Date(start.getTime() + milliseconds);

describe('sending a reference again', () => {
  const remembered = (60 - memoryMarginDays) * day;

  it.each<[string, number, Date | null, boolean]>([
    ['a millisecond before the margin of the memory', remembered - 1, null, true],
    ['at the margin', remembered, null, false],
    ['before the margin since the approval', remembered + day - 1, later(day), true],
    ['at the margin since the approval', remembered + day, later(day), false],
    ['at the margin since the claim, approved before it', remembered, later(-day), false],
  ])('%s', (_, milliseconds, approvedAt, expected) => {
    expect(mayResend({ unsentAt: start }, approvedAt, 60, later(milliseconds))).toBe(expected);
  });

  it('counts from the last deferral, where the journal has one, also when the outcome was unknown after it', () => {
    const claimed = fileAfter('link');
    const deferredAt = later(30 * day);
    const deferred = settled(claimed, outcomes.deferred, deferredAt);
    expect(openOne(deferred).unsentAt).toEqual(deferredAt);
    expect(openOne(settled(deferred, outcomes.unknown, later(31 * day))).unsentAt).toEqual(deferredAt);
  });

  it('never comes back once it has ended', () => {
    const days = fc.integer({ min: 0, max: 400 });
    const check = (since: number, until: number, more: number) => {
      const [unsentAt, approvedAt] = [later(since * day), null];
      const may = (at: number) => mayResend({ unsentAt }, approvedAt, 60, later((since + at) * day));
      if (!may(until)) expect(may(until + more)).toBe(false);
      else expect(until).toBeLessThan(60 - memoryMarginDays);
    };
    fc.assert(fc.property(days, days, days, check));
  });
});

describe('a deferral', () => {
  const minutes = (date: Date) => (date.getTime() - start.getTime()) / 60_000;

  it.each([
    [0, 1],
    [1, 5],
    [2, 15],
    [3, 60],
    [4, 240],
    [5, 720],
    [500, 720],
  ])('after %i others waits %i minutes, and up to a fifth more', (deferrals, expected) => {
    expect(minutes(deferredUntil(deferrals, 0, start))).toBe(expected);
    expect(minutes(deferredUntil(deferrals, 0.5, start))).toBeCloseTo(expected * 1.1);
  });

  it.each([
    [0, 15],
    [2, 15],
    [3, 60],
  ])('of a partner that is switched off, after %i others, waits %i minutes', (deferrals, expected) => {
    expect(minutes(switchedOffUntil(deferrals, 0, start))).toBe(expected);
  });

  it('of a partner that is closed ends in the five minutes after it opens', () => {
    expect(minutes(openingUntil(minutesAfter(start, 60), 0))).toBe(60);
    expect(minutes(openingUntil(minutesAfter(start, 60), 0.5))).toBe(62.5);
  });
});

describe('a message that comes early', () => {
  const claimed = fileAfter('link');
  const deferred = settled(claimed, { kind: 'deferred', reason: 'x', until: minutesAfter(start, 60) }, start);
  const unknown = settled(claimed, outcomes.unknown, start);

  it.each<[string, Parameters<typeof isEarly>[0], Date, boolean]>([
    ['for a claim, never', openOne(claimed), start, false],
    ['for a deferred one, until half a minute before its time', openOne(deferred), minutesAfter(start, 59.4), true],
    ['for a deferred one, no longer', openOne(deferred), minutesAfter(start, 59.5), false],
    ['for an unknown one, until half a minute before its inquiry', openOne(unknown), minutesAfter(start, 1.4), true],
    ['for an unknown one, no longer', openOne(unknown), minutesAfter(start, 1.5), false],
    ['where the clock asks no more, never', { ...openOne(unknown), inquiries: maxInquiries + 1 }, start, false],
  ])('%s', (_, payout, now, expected) => {
    expect(isEarly(payout, now)).toBe(expected);
  });
});

describe('a refusal in the journal', () => {
  const refusal = { reason: 'account_closed', fault: 'account' } as const;

  it.each([
    [89_999, false],
    [90_000, true],
  ])('stands after %i milliseconds: %s', (milliseconds, expected) => {
    expect(refusalStands({ refusal, openAt: start }, later(milliseconds))).toBe(expected);
  });

  it('that is none never stands', () => {
    expect(refusalStands({ refusal: null, openAt: start }, later(day))).toBe(false);
    expect(refusalStands({ refusal, openAt: null }, later(day))).toBe(false);
  });
});

describe('the breaker', () => {
  const second = 1_000;
  const failing = (times: number) => {
    const breaker = circuitBreaker();
    for (let failures = 0; failures < times; failures += 1) breaker.enter(start)?.('failed', start);
    return breaker;
  };

  it('stays closed one failure before it opens', () => {
    expect(failing(failuresToOpen - 1).enter(start)).not.toBeNull();
    expect(failing(failuresToOpen).enter(start)).toBeNull();
  });

  it('counts failures in a row: an answer between them begins anew', () => {
    const breaker = failing(failuresToOpen - 1);
    breaker.enter(start)?.('answered', start);
    breaker.enter(start)?.('failed', start);
    expect(breaker.enter(start)).not.toBeNull();
  });

  it('lets one call through after half a minute, and all of them once that is answered', () => {
    const breaker = failing(failuresToOpen);
    expect(breaker.enter(later(30 * second - 1))).toBeNull();
    const trial = breaker.enter(later(30 * second));
    expect(trial).not.toBeNull();
    expect(breaker.enter(later(30 * second))).toBeNull();
    trial?.('answered', later(31 * second));
    expect(breaker.enter(later(31 * second))).not.toBeNull();
    expect(breaker.enter(later(31 * second))).not.toBeNull();
  });

  it('waits twice as long after each trial that fails, and never more than five minutes', () => {
    const breaker = failing(failuresToOpen);
    let now = 30 * second;
    for (const wait of [60, 120, 240, 300, 300]) {
      breaker.enter(later(now))?.('failed', later(now));
      expect(breaker.enter(later(now + wait * second - 1))).toBeNull();
      now += wait * second;
    }
    expect(breaker.enter(later(now))).not.toBeNull();
  });

  it('lets another call try it when the one that tried it never came back', () => {
    const breaker = failing(failuresToOpen);
    breaker.enter(later(30 * second));
    expect(breaker.enter(later(59 * second))).toBeNull();
    expect(breaker.enter(later(60 * second))).not.toBeNull();
  });

  it('opens at once for five minutes when the partner stops us', () => {
    const breaker = circuitBreaker();
    breaker.enter(start)?.('stopped', start);
    expect(breaker.enter(later(300 * second - 1))).toBeNull();
    expect(breaker.enter(later(300 * second))).not.toBeNull();
  });

  it('hears nothing from calls that began before it opened', () => {
    const breaker = circuitBreaker();
    const [slow, slower] = [breaker.enter(start), breaker.enter(start)];
    for (let failures = 0; failures < failuresToOpen; failures += 1) breaker.enter(start)?.('failed', start);
    slow?.('answered', start);
    slower?.('stopped', start);
    expect(breaker.enter(later(29 * second))).toBeNull();
    expect(breaker.enter(later(30 * second))).not.toBeNull();
  });
});

describe('the pace', () => {
  /** Clock that only sleepers move. */
  function clock() {
    let now = 0;
    return {
      now: () => now,
      sleep: async (milliseconds: number) => {
        const wakesAt = now + milliseconds;
        await Promise.resolve();
        now = Math.max(now, wakesAt);
      },
      pass: (milliseconds: number) => {
        now += milliseconds;
      },
    };
  }

  it('gives evenly spaced turns to those who come at once', async () => {
    const time = clock();
    const turn = pace(2.5, time);
    const turns: number[] = [];
    for (let count = 0; count < 5; count += 1) {
      await turn();
      turns.push(time.now());
    }
    expect(turns).toEqual([0, 400, 800, 1200, 1600]);
  });

  it('does not make up for time that nobody used', async () => {
    const time = clock();
    const turn = pace(2.5, time);
    await turn();
    time.pass(60_000);
    const turns: number[] = [];
    for (let count = 0; count < 3; count += 1) {
      await turn();
      turns.push(time.now());
    }
    expect(turns).toEqual([60_000, 60_400, 60_800]);
  });

  it('never gives more turns than its rate in any second, whoever comes when', async () => {
    const arrivals = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 40 });
    const check = async (waits: readonly number[]) => {
      const time = clock();
      const turn = pace(4, time);
      const turns: number[] = [];
      for (const wait of waits) {
        time.pass(wait);
        await turn();
        turns.push(time.now());
      }
      for (const [index, at] of turns.entries())
        expect(turns.slice(index).filter((other) => other - at < 1_000).length).toBeLessThanOrEqual(4);
    };
    await fc.assert(fc.asyncProperty(arrivals, check));
  });
});

describe('work that goes on at the same time', () => {
  it('is never more than allowed, and all of it is done, in order, also after failures', async () => {
    const inTurn = atMost(3);
    const begun: number[] = [];
    let [running, most] = [0, 0];
    const work = Array.from({ length: 20 }, (_, index) =>
      inTurn(async () => {
        begun.push(index);
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, index % 4));
        running -= 1;
        if (index % 5 === 0) throw new Error(`${index}`);
        return index;
      }),
    );
    const results = await Promise.allSettled(work);
    expect(most).toBe(3);
    expect(begun).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(4);
    expect(await inTurn(async () => 'more')).toBe('more');
  });
});
