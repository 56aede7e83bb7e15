import { describe, expect, it } from 'vitest';
import { admissionCommands, admissionScreen } from '#ops/admission-commands.ts';
import { usageOf } from '#ops/command.ts';
import type { AdmissionView } from '#shared/registration/admission/admission-api.ts';
import { Refusing, run } from './fake-api.ts';

const admission: AdmissionView = {
  ...{ isOpen: true, opening: 3, ratePerSecond: 200, openedAt: '2026-11-27T05:00:00.000Z' },
  ...{ passedCount: 12_000, waitingCount: 68_211, longestWaitSeconds: 342 },
  lastStep: { reason: 'Malam pembukaan gelombang', by: 'ayu.lestari', at: '2026-11-27T05:00:00.000Z' },
};
const reason = 'Opening night of batch 7';
const noteOf = ['--note', reason];

describe('an admission command', () => {
  it.each<[string, string[], string, string, unknown]>([
    ['show', ['show'], 'readAdmission', 'GET /v1/waiting-room/admission', undefined],
    [
      'open',
      ['open', '--rate', '200', ...noteOf],
      'openWaitingRoom',
      'POST /v1/waiting-room/opening',
      { ratePerSecond: 200, reason },
    ],
    ['rate', ['rate', '0', ...noteOf], 'setAdmissionRate', 'PUT /v1/waiting-room/rate', { ratePerSecond: 0, reason }],
    ['close', ['close', ...noteOf], 'closeWaitingRoom', 'POST /v1/waiting-room/closing', { reason }],
  ])('%s asks the API once, and shows the waiting room', async (_, args, operation, request, body) => {
    const { code, out, received } = await run(['admission', ...args], { [operation]: admission });
    expect(code).toBe(0);
    expect(received.map(({ method, path, body: sent }) => [`${method} ${path}`, sent])).toEqual([[request, body]]);
    expect(out).toContain('Waiting room  open  opening 3');
    expect(out).toContain('at most 68.211 people');
  });

  it.each([
    ['--rate is missing', ['open', ...noteOf]],
    ["--rate '1.5' is not a whole number", ['open', '--rate', '1.5', ...noteOf]],
    ['A rate is 0 to 5000 people a second', ['open', '--rate', '5001', ...noteOf]],
    ['N is missing', ['rate', ...noteOf]],
    ["'-1' is not a whole number", ['rate', ...noteOf, '--', '-1']],
    ['--note is missing', ['close']],
    ['--note has 3 to 300 characters', ['close', '--note', 'nomor 3273994207010001']],
  ])('says "%s" before anything is sent', async (message, args) => {
    const { code, err, received } = await run(['admission', ...args], {});
    expect({ code, received }).toEqual({ code: 64, received: [] });
    expect(err).toContain(message);
  });

  it('ends with 2 when it is refused', async () => {
    const answers = { openWaitingRoom: new Refusing('waiting_room_open') };
    expect(await run(['admission', 'open', '--rate', '9', ...noteOf], answers)).toMatchObject({ code: 2 });
  });
});

describe('the screens', () => {
  const plain = (_: unknown, text: string) => text;

  it('have 80 columns at most', () => {
    const long = {
      ...admission,
      lastStep: { reason: 'panjang '.repeat(30), by: 'ayu.lestari', at: '2026-11-27T05:00:00.000Z' },
    };
    const usages = admissionCommands.commands.flatMap((command) => usageOf('admission', command));
    expect(Math.max(...[...admissionScreen(plain, long), ...usages].map((line) => line.length))).toBeLessThanOrEqual(
      80,
    );
  });

  it.each<[Partial<AdmissionView>, string]>([
    [{}, '6 minutes'],
    [{ longestWaitSeconds: 1 }, '1 second'],
    [{ ratePerSecond: 0, longestWaitSeconds: null }, 'nobody is let in'],
    [{ isOpen: false }, 'everybody, without a pass'],
  ])('say in words how it is: %j', (changes, words) => {
    expect(admissionScreen(plain, { ...admission, ...changes }).join('\n')).toContain(words);
  });
});
