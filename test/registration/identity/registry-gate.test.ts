import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  breakerState,
  type CallOutcome,
  failuresToOpen,
  horizonMilliseconds,
  latenessMilliseconds,
  newGate,
  type RegistryGate,
  reportCalls,
  setByHand,
  takeTurns,
} from '#shared/registration/identity/registry-gate.ts';
import { mostInASecond } from '#test/registration/identity/most-in-a-second.ts';

const start = Date.parse('2026-11-02T03:00:00.000Z');
const later = (milliseconds: number) => new Date(start + milliseconds);
const wanting = (wanted: number, checksPerSecond = 50) => ({ wanted, checksPerSecond, oldestRegisteredAt: null });
const report = (gate: RegistryGate, outcomes: readonly CallOutcome[], at = 0) =>
  reportCalls(
    gate,
    outcomes.map((outcome) => ({ generation: gate.generation, outcome })),
    later(at),
  );
const times = (count: number, outcome: CallOutcome) => Array<CallOutcome>(count).fill(outcome);
const opened = report(newGate, times(failuresToOpen, 'failed'));

describe('turns', () => {
  it('never make more calls in a second than the bound, whoever asks when and however late each call is', () => {
    const asking = fc.record({
      pause: fc.integer({ min: 0, max: 700 }),
      wanted: fc.integer({ min: 0, max: 10 }),
      late: fc.integer({ min: 0, max: latenessMilliseconds }),
    });
    const check = (checksPerSecond: number, askings: readonly { pause: number; wanted: number; late: number }[]) => {
      let [gate, at] = [newGate, 0];
      const calls: number[] = [];
      for (const { pause, wanted, late } of askings) {
        at += pause;
        const given = takeTurns(gate, wanting(wanted, checksPerSecond), later(at));
        gate = given.gate;
        calls.push(...given.turns.map((turn, index) => turn.at + (index % 2) * late));
      }
      expect(mostInASecond(calls)).toBeLessThanOrEqual(checksPerSecond);
    };

    fc.assert(fc.property(fc.integer({ min: 1, max: 200 }), fc.array(asking, { maxLength: 60 }), check));
  });

  it('lie no further ahead than a worker can wait', () => {
    const { turns } = takeTurns(newGate, wanting(10_000), later(0));
    expect(turns.length).toBeGreaterThan(400);
    expect(Math.max(...turns.map(({ at }) => at)) - start).toBeLessThanOrEqual(horizonMilliseconds + 1);
    expect(takeTurns({ ...newGate, nextTurnAt: start + horizonMilliseconds + 1 }, wanting(1), later(0)).turns).toEqual(
      [],
    );
  });

  it('change nothing where nobody wants one', () => {
    expect(takeTurns(newGate, wanting(0), later(0)).gate).toBe(newGate);
  });
});

describe('the breaker', () => {
  it.each<[string, CallOutcome[], string]>([
    ['one failure fewer in a row', times(failuresToOpen - 1, 'failed'), 'closed'],
    ['failures in a row', times(failuresToOpen, 'failed'), 'open'],
    ['slow answers in a row', times(failuresToOpen, 'slow'), 'open'],
    ['half of many', [...times(5, 'failed'), ...times(5, 'answered')], 'open'],
    ['less than half of many', [...times(5, 'answered'), 'failed', 'answered', ...times(4, 'failed')], 'closed'],
    ['an answer before the last failures', [...times(4, 'failed'), ...times(2, 'answered')], 'closed'],
    ['a key that nobody knows', ['answered', 'stopped'], 'open'],
  ])('after %s', (_, outcomes, state) => {
    expect(breakerState(report(newGate, outcomes), later(1))).toBe(state);
  });

  it('counts over reports, and forgets after a minute what did not come in a row', () => {
    const twice = report(report(newGate, ['failed', 'failed', 'answered']), ['failed', 'failed']);
    expect(breakerState(report(twice, ['failed'], 59_000), later(59_000))).toBe('open');
    expect(breakerState(report(twice, ['answered', 'failed'], 60_001), later(60_001))).toBe('closed');
  });

  it('writes nothing down while all is well', () => {
    expect(report(newGate, times(10, 'answered'))).toBe(newGate);
  });

  it('lets one call try, and another only when that one could have reported', () => {
    expect(takeTurns(opened, wanting(5), later(29_999))).toMatchObject({ turns: [], againAt: start + 30_000 });
    const tried = takeTurns(opened, wanting(5), later(30_000));
    expect(tried.turns).toEqual([{ at: start + 30_050, generation: 1, isTrial: true }]);
    expect(takeTurns(tried.gate, wanting(5), later(59_999)).turns).toEqual([]);
    expect(takeTurns(tried.gate, wanting(5), later(60_000)).turns).toHaveLength(1);
  });

  it('doubles its wait with each trial that fails, up to five minutes, and is open since it opened first', () => {
    let gate = opened;
    const waits: number[] = [];
    for (let trial = 0; trial < 6; trial += 1) {
      gate = report(gate, [trial % 2 === 0 ? 'failed' : 'slow'], trial);
      waits.push((gate.retryAt ?? 0) - start - trial);
    }
    expect(waits).toEqual([60_000, 120_000, 240_000, 300_000, 300_000, 300_000]);
    expect(gate.openedAt).toBe(start);
  });

  it('closes with an answer, and takes no report of calls from before', () => {
    const closed = report(opened, ['answered'], 30_000);
    expect(breakerState(closed, later(30_000))).toBe('closed');
    const old = times(9, 'failed').map((outcome) => ({ generation: 0, outcome }));
    expect(reportCalls(closed, old, later(30_001))).toBe(closed);
    expect(closed.nextTurnAt).toBe(opened.nextTurnAt);
  });

  it('is held open by hand until somebody closes it, whatever calls report', () => {
    const held = setByHand(newGate, 'open', later(0));
    const years = later(1e11);
    expect(breakerState(held, years)).toBe('held_open');
    expect(takeTurns(held, wanting(1), years)).toMatchObject({ turns: [], againAt: null });
    expect(setByHand(held, 'open', years)).toBe(held);
    expect(breakerState(setByHand(held, 'closed', years), years)).toBe('closed');
    expect(breakerState(setByHand(opened, 'closed', later(1)), later(1))).toBe('closed');
    expect(setByHand(newGate, 'closed', later(0))).toBe(newGate);
  });
});

describe('who has waited longest', () => {
  const seen = (gate: RegistryGate, registered: number, at: number) =>
    takeTurns(gate, { ...wanting(0), oldestRegisteredAt: later(registered) }, later(at)).gate;

  it('is the earliest of the last minutes', () => {
    const one = seen(newGate, -1_000, 0);
    expect(seen(one, -5_000, 1).oldest?.registeredAt).toBe(start - 5_000);
    expect(seen(one, -500, 1)).toBe(one);
    expect(seen(one, -500, 20 * 60_000).oldest?.registeredAt).toBe(start - 500);
  });
});
