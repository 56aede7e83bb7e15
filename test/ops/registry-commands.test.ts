import { describe, expect, it } from 'vitest';
import { usageOf, usageOfGroup } from '#ops/command.ts';
import { registryCommands } from '#ops/registry-commands.ts';
import { run } from './fake-api.ts';

const closed = {
  breaker: { state: 'closed', openedAt: null, retryAt: null, failuresInRow: 0 },
  checksPerSecond: 50,
  pending: { waiting: 1_234_567, delayed: 20, withWorker: 10 },
  oldest: { registeredAt: '2026-11-02T03:00:00.000Z', seenAt: '2026-11-02T05:00:00.000Z' },
  lastSwitch: null,
};
const open = {
  ...closed,
  breaker: {
    state: 'open',
    openedAt: '2026-11-02T03:00:00.000Z',
    retryAt: '2026-11-02T03:05:00.000Z',
    failuresInRow: 0,
  },
  oldest: null,
};
const held = {
  ...closed,
  breaker: { state: 'held_open', openedAt: '2026-11-02T03:00:00.000Z', retryAt: null, failuresInRow: 0 },
  lastSwitch: {
    position: 'open',
    reason: 'Maintenance of the registry',
    by: 'operator-satu',
    at: '2026-11-02T03:00:00.000Z',
  },
};

describe('ops registry', () => {
  it('shows the breaker, the bound and the backlog', async () => {
    const { code, out } = await run(['registry', 'show'], { readRegistry: closed });
    expect(code).toBe(0);
    expect(out).toContain('Civil registry  closed');
    expect(out).toContain('50 checks a second');
    expect(out).toContain('1.234.567 in the queue');
    const trouble = (await run(['registry', 'show'], { readRegistry: open })).out;
    expect(trouble).toContain('Next trial');
    expect(trouble).toContain('nobody was seen lately');
    for (const line of [...out.split('\n'), ...trouble.split('\n')]) expect(line.length).toBeLessThanOrEqual(80);
  });

  it.each([
    ['open', 'openRegistry', '/v1/registry/opening', held],
    ['close', 'closeRegistry', '/v1/registry/closing', closed],
  ])('%s says why, and shows what came of it', async (command, operation, path, view) => {
    const reason = 'Maintenance of the registry';
    const { code, received } = await run(['registry', command, '--reason', reason], { [operation]: view });
    expect({ code, received }).toMatchObject({ code: 0, received: [{ path, method: 'POST', body: { reason } }] });
  });

  it.each([
    ['--reason is missing', ['registry', 'open']],
    ['--reason has 3 to 300 characters', ['registry', 'close', '--reason', 'call 081234567890']],
  ])('is not sent when %s', async (message, args) => {
    const { code, err, received } = await run(args, {});
    expect({ code, received }).toEqual({ code: 64, received: [] });
    expect(err).toContain(message);
  });

  it('shows usages of 80 columns at most', () => {
    const usages = [
      usageOfGroup(registryCommands),
      ...registryCommands.commands.map((command) => usageOf('registry', command)),
    ];
    for (const line of usages.flat()) expect(line.length).toBeLessThanOrEqual(80);
  });
});
