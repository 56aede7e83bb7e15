import { describe, expect, it } from 'vitest';
import { progressWith, screening } from './batch-samples.ts';
import { Refusing, run } from './fake-api.ts';

const still = progressWith();
const watch = ['batch', 'progress', '7', '--watch'];

describe('watching a batch', () => {
  it('asks each second until the workers stand still, and says what the batch waits for', async () => {
    const readProgress = [screening(0), screening(8), screening(8), screening(12), still, still];
    const { code, out, pauses, received } = await run(watch, { readProgress });

    expect(code).toBe(0);
    expect(received).toHaveLength(6);
    expect(new Set(pauses)).toEqual(new Set([1_000]));
    expect(out.split('\n').map((line) => line.replace(/ {2}(\d+\/min|ends).*/, ''))).toEqual([
      'screening   ░░░░░░░░░░░░░░░░░░░░░░░░   0 %  0/16',
      'screening   ████████████░░░░░░░░░░░░  50 %  8/16',
      'screening   ██████████████████░░░░░░  75 %  12/16',
      'screening   ████████████████████████ 100 %  16/16',
      'Batch 7  drawn',
      'Waits         an operator who neither drafted nor closed it approves the draw',
      '',
    ]);
  });

  it('draws one line again on a terminal', async () => {
    const { out } = await run(watch, { readProgress: [screening(0), screening(8), still, still] }, { isTTY: true });
    const [drawn = '', ...others] = out.split('\n');

    expect(drawn.split('\r\x1b[2K').map((line) => line.slice(0, 9))).toEqual(['', ...Array(3).fill('screening')]);
    expect(others).toHaveLength(3);
    expect(others[0]).toBe('\r\x1b[2KBatch 7  drawn');
  });

  it('goes on where one stage follows on another, with a moment between them', async () => {
    const publishing = { ...screening(3), stage: 'publishing', state: 'committed' };
    const readProgress = [screening(15), publishing, still, publishing, still, still];
    const { out, received } = await run(watch, { readProgress });

    expect(received).toHaveLength(6);
    expect(out).toMatch(/screening.*100 %.*publishing.*18 %.*publishing.*100 %.*Batch 7/s);
  });

  it('asks once where nothing runs', async () => {
    const waiting = progressWith({ waitsFor: 'objections until 2026-11-27T05:00:00.000Z', state: 'approved' });
    const { code, out, received } = await run(watch, { readProgress: waiting });

    expect({ code, asked: received.length }).toEqual({ code: 0, asked: 1 });
    expect(out).toBe('Batch 7  approved\nWaits         objections until 27 Nov 2026 12:00 WIB\n');
  });

  it('says so at the end of a batch', async () => {
    const over = progressWith({ waitsFor: null, state: 'reconciled' });

    expect((await run(watch, { readProgress: over })).out).toContain('for nothing: it is at its end');
  });

  it('prints each answer with --json', async () => {
    const { out } = await run([...watch, '--json'], { readProgress: [screening(8), still, still] }, { isTTY: true });

    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).stage),
    ).toEqual(['screening', null, null]);
  });

  it('bears failures that pass, and gives up when they do not', async () => {
    const no = new Refusing('service_unavailable');
    const passing = await run(watch, { readProgress: [screening(8), no, no, no, no, screening(9), still, still] });
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
