import { describe, expect, it } from 'vitest';
import { NotDone } from '#ops/command.ts';
import { watchProgress } from '#ops/watch.ts';
import { progressWith, screening } from './batch-samples.ts';
import { fakeTerminal, Refusing, run } from './fake-api.ts';

const still = progressWith();
const watch = ['batch', 'progress', '7', '--watch'];

describe('watching a batch', () => {
  it('asks each second until an operator is needed, and says what for', async () => {
    const readProgress = [screening(0), screening(8), screening(8), screening(12), still];
    const { code, out, pauses, received } = await run(watch, { readProgress });

    expect(code).toBe(0);
    expect(received).toHaveLength(5);
    expect(new Set(pauses)).toEqual(new Set([1_000]));
    expect(out.split('\n').map((line) => line.replace(/ {2}(\d+\/min|ends).*/, ''))).toEqual([
      'screening   ░░░░░░░░░░░░░░░░░░░░░░░░   0 %  0/16',
      'screening   ████████████░░░░░░░░░░░░  50 %  8/16',
      'screening   ██████████████████░░░░░░  75 %  12/16',
      'screening   ████████████████████████ 100 %  16/16',
      'Batch 7  drawn',
      'Waits         an operator who neither drafted nor closed it approves the draw',
      'The watch ends: an operator is needed.',
      '',
    ]);
  });

  it('draws one line again on a terminal', async () => {
    const { out } = await run(watch, { readProgress: [screening(0), screening(8), still] }, { isTTY: true });
    const [drawn = '', ...others] = out.split('\n');

    expect(drawn.split('\r\x1b[2K').map((line) => line.slice(0, 9))).toEqual(['', ...Array(3).fill('screening')]);
    expect(others).toHaveLength(4);
    expect(others[0]).toBe('\r\x1b[2KBatch 7  drawn');
  });

  it('goes on where one stage follows on another, with a moment between them', async () => {
    const publishing = { ...screening(3), stage: 'publishing', state: 'committed' };
    const between = progressWith({
      state: 'screened',
      waitsFor: 'the worker that commits the list',
      waitsOn: 'worker',
    });
    const readProgress = [screening(15), publishing, between, between, publishing, still];
    const { out, pauses, received } = await run(watch, { readProgress });

    expect(received).toHaveLength(6);
    expect(new Set(pauses)).toEqual(new Set([1_000]));
    expect(out).toMatch(/screening.*100 %.*publishing.*18 %.*the worker that commits.*publishing.*100 %.*Batch 7/s);
    expect(out.match(/the worker that commits/g)).toHaveLength(1);
  });

  const byClock = (state: 'committed' | 'approved', waitsFor: string) =>
    progressWith({ state, waitsFor, waitsOn: 'clock' });
  const objections = byClock('approved', 'objections until 2026-11-27T05:00:00.000Z');

  it('goes on while only the clock is awaited, ever so long, and asks less often', async () => {
    const order = progressWith({ state: 'approved', waitsFor: 'another operator orders the decree' });
    const readProgress = [...Array(400).fill(objections), order];
    const { code, out, pauses } = await run(watch, { readProgress });

    expect(code).toBe(0);
    expect(pauses).toEqual(Array(400).fill(10_000));
    expect(out.split('\n')).toEqual([
      'Batch 7  approved',
      'Waits         objections until 27 Nov 2026 12:00 WIB',
      'Watching      until an operator is needed or the batch is over; Ctrl-C ends it',
      'Batch 7  approved',
      'Waits         another operator orders the decree',
      'The watch ends: an operator is needed.',
      '',
    ]);
  });

  it.each([
    ['goes on longer than a day of questions while the clock is awaited', objections, still, true],
    ['ends after a day of questions while the workers are', screening(8), still, false],
  ])('%s', async (_, before, after, isEnded) => {
    let asked = 0;
    const ask = async () => {
      asked += 1;
      return { text: '', read: () => (asked > 86_400 ? after : before) };
    };
    const { terminal, shown } = fakeTerminal();
    const watched = await watchProgress(ask, '7', { terminal, isJson: false }).catch((error: unknown) => error);

    expect(watched instanceof NotDone).toBe(!isEnded);
    expect(shown.out.includes('The watch ends')).toBe(isEnded);
  });

  it('follows the workers again when the clock has set them to work', async () => {
    const round = byClock('committed', 'round 4242 of the beacon at 2026-11-27T05:00:00.000Z');
    const publishing = { ...screening(3), stage: 'publishing', state: 'committed' };
    const { out, pauses } = await run(watch, { readProgress: [round, publishing, still] }, { isTTY: true });

    expect(pauses).toEqual([10_000, 1_000]);
    expect(out).toMatch(/round 4242 of the beacon at 27 Nov 2026 12:00 WIB.*publishing.*100 %.*approves the draw/s);
  });

  it('bears a failure at the pace of the clock', async () => {
    const no = new Refusing('service_unavailable');
    const { code, pauses } = await run(watch, { readProgress: [objections, no, no, still] });

    expect({ code, pauses }).toEqual({ code: 0, pauses: [10_000, 10_000, 10_000] });
  });

  it('asks once where an operator is needed', async () => {
    const { code, out, received } = await run(watch, { readProgress: still });

    expect({ code, asked: received.length }).toEqual({ code: 0, asked: 1 });
    expect(out).toContain('an operator is needed');
  });

  it('says that it is over where a batch was given up', async () => {
    const waitsFor = 'nothing: it was not approved within two weeks of its closing, and is given up';
    const { code, out } = await run(watch, { readProgress: progressWith({ waitsFor, waitsOn: null }) });

    expect(code).toBe(0);
    expect(out).toMatch(/Waits {9}nothing: .*given up\nThe watch ends: the batch is over\.\n$/s);
  });

  it('says so at the end of a batch', async () => {
    const over = progressWith({ waitsFor: null, waitsOn: null, state: 'reconciled' });

    expect((await run(watch, { readProgress: over })).out).toMatch(/for nothing: it is at its end\nThe watch ends: /);
  });

  it('prints each answer with --json', async () => {
    const { out } = await run(
      [...watch, '--json'],
      { readProgress: [screening(8), objections, still] },
      { isTTY: true },
    );

    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).stage),
    ).toEqual(['screening', null, null]);
  });

  it('bears failures that pass, and gives up when they do not', async () => {
    const no = new Refusing('service_unavailable');
    const passing = await run(watch, { readProgress: [screening(8), no, no, no, no, screening(9), still] });
    const lasting = await run(watch, { readProgress: [screening(8), no] });

    expect(passing.code).toBe(0);
    expect(lasting).toMatchObject({ code: 2, err: expect.stringMatching(/^service_unavailable/) });
    expect(lasting.received).toHaveLength(6);
  });

  it('ends at once when it is refused', async () => {
    const { code, received } = await run(watch, { readProgress: [screening(8), new Refusing('role_missing')] });

    expect({ code, asked: received.length }).toEqual({ code: 2, asked: 2 });
  });
});
