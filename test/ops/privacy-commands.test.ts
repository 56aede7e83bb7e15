import { describe, expect, it } from 'vitest';
import { readSealingKeys } from '#shared/platform/sealing-keys.ts';
import { run } from './fake-api.ts';

const participantId = 'a'.repeat(64);
const at = '2026-11-27T05:00:00.000Z';
const request = {
  participantId,
  requestId: 'erase-1',
  kind: 'erasure',
  state: 'open',
  requestedAt: at,
  dueUntil: '2026-11-30T05:00:00.000Z',
  revocableUntil: '2026-11-29T05:00:00.000Z',
  restrictedAt: at,
  endedAt: null,
  reasons: [],
  isLiftProposed: false,
  minutesLeft: 665,
  isLate: true,
};

describe('the privacy commands', () => {
  it('show the requests of a day with the time that is left', async () => {
    const more = `${at}#${participantId}#erase-1`;
    const listPrivacyRequests = { day: '2026-11-27', requests: [request], after: more };
    const shown = await run(['privacy', 'requests', '--day', '2026-11-27'], { listPrivacyRequests });
    expect([shown.code, shown.received[0]?.path]).toEqual([0, '/v1/privacy-requests?day=2026-11-27']);
    expect(shown.out).toContain('open, 11 h 05 min left');
    expect(shown.out).toContain('erase-1');
    expect(shown.out.replaceAll(/\s+/g, '')).toContain(`--after'${more}'`);
    const next = await run(['privacy', 'requests', '--after', more], { listPrivacyRequests });
    expect(new URL(`http://a${next.received[0]?.path}`).searchParams.get('after')).toBe(more);
    expect((await run(['privacy', 'requests', '--day', 'today'], {})).code).toBe(64);
  });

  it('say when the limit has passed, and when nothing is to be done', async () => {
    const late = { ...request, minutesLeft: -61 };
    const done = { ...request, state: 'completed', minutesLeft: null, isLate: false };
    const listPrivacyRequests = { day: '2026-11-27', requests: [late, done], after: null };
    const { out } = await run(['privacy', 'requests'], { listPrivacyRequests });
    expect(out).toContain('open, 1 h 01 min too late');
    expect(out).toContain('completed, nothing to do');
  });

  it('lift a restriction by two', async () => {
    const { participantId: _, minutesLeft: __, isLate: ___, ...view } = request;
    const proposed = { ...view, kind: 'restriction', state: 'in_force', isLiftProposed: true };
    const lift = ['privacy', 'lift', participantId, 'stop-1', '--note', 'Asked for at the counter'];
    const first = await run(lift, { liftRestriction: proposed });
    expect(first.out).toContain('another operator');
    expect(first.received[0]).toMatchObject({
      method: 'POST',
      path: `/v1/participants/${participantId}/privacy-requests/stop-1/lifting`,
      body: { note: 'Asked for at the counter' },
    });
    const second = { ...proposed, state: 'lifted', isLiftProposed: false };
    expect((await run(lift, { liftRestriction: second })).out).toMatch(/^State +lifted\n$/);
    expect((await run(['privacy', 'lift', 'nobody', 'stop-1', '--note', 'Why not'], {})).code).toBe(64);
    expect((await run([...lift.slice(0, -1), 'NIK 3273994207010001'], {})).code).toBe(64);
  });

  it('report what a breach reached, and fail where it is more than one report counts', async () => {
    const report = {
      ...{ from: at, until: at, reportUntil: '2026-11-30T05:00:00.000Z', minutesLeft: 4_319, readCount: 3 },
      ...{ participantCount: 1, byKind: { journal: 2, payout: 1 }, byOperator: { eve: 3 } },
      ...{ participantIds: [participantId], isComplete: true },
    };
    const times = ['--from', '2026-11-27T12:00', '--until', '2026-11-28T12:00', '--known', '2026-11-28T09:00'];
    const whole = await run(['privacy', 'breach', ...times, '--operator', 'eve'], { reportBreach: report });
    expect(whole.code).toBe(0);
    expect(whole.out).toContain('1 person, 3 reads');
    expect(whole.out).toContain('2 reads  journal');
    expect(whole.out).toContain(participantId);
    expect(Object.fromEntries(new URL(`http://a${whole.received[0]?.path}`).searchParams)).toEqual({
      from: at,
      until: '2026-11-28T05:00:00.000Z',
      knownAt: '2026-11-28T02:00:00.000Z',
      operator: 'eve',
    });
    const cut = await run(['privacy', 'breach', ...times], { reportBreach: { ...report, isComplete: false } });
    expect([cut.code, cut.err]).toEqual([1, expect.stringContaining('shorter times')]);
    expect((await run(['privacy', 'breach', ...times.slice(0, 4)], {})).code).toBe(64);
  });
});

describe('the keys commands', () => {
  it('show versions and no secret', async () => {
    const versions = [
      { version: 1, from: '1970-01-01T00:00:00.000Z' },
      { version: 2, from: at },
    ];
    const { out } = await run(['keys', 'show'], { readSealingKeys: { sealsWith: 1, versions } });
    expect(out).toMatch(/Version 1 +seals now\nVersion 2 +from 27 Nov 2026 12:00 WIB/);
  });

  it('print the secret with one version more, and never what is no secret of sealing keys', async () => {
    const secret = JSON.stringify({ version: 1, secret: 's'.repeat(64) });
    const { code, out, received } = await run(['keys', 'rotate'], {}, { typed: secret });
    const versions = readSealingKeys(out);
    expect([code, versions.map(({ version }) => version)]).toEqual([0, [1, 2]]);
    expect(versions[0]?.secret).toBe('s'.repeat(64));
    expect(versions[1]?.secret).toMatch(/^[\w-]{64}$/);
    expect(received).toEqual([]);
    const another = await run(['keys', 'rotate'], {}, { typed: 'another-secret' });
    expect([another.code, another.out]).toEqual([64, '']);
    expect(another.err).not.toContain('another-secret');
  });
});
