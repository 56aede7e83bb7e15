import { describe, expect, it } from 'vitest';
import { checkCompletionTime } from '#shared/training/training.ts';
import { expectRefusal } from '#test/platform/refused.ts';

const schedule = { startsAt: '2026-11-10T02:00:00.000Z', endsAt: '2026-11-12T09:00:00.000Z' };

describe('the time of a completion', () => {
  it.each([
    ['a class', false, '2026-11-12T08:55:00.000Z', '2026-11-12T08:54:59.999Z'],
    ['a course at one’s own pace', true, '2026-11-10T01:55:00.000Z', '2026-11-10T01:54:59.999Z'],
  ])('of %s lies behind its end or start, give or take the clocks', (_, isSelfPaced, earliest, tooEarly) => {
    expect(checkCompletionTime(schedule, isSelfPaced, earliest)).toBeUndefined();
    expectRefusal(() => checkCompletionTime(schedule, isSelfPaced, tooEarly), 'completion_implausible');
  });
});
