import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { programProvinceOf } from '#shared/registration/regions.ts';
import { expectStatus } from '#test/journeys/http.ts';
import type { Citizen, Journey } from '#test/journeys/journey.ts';
import { noLeaks, type Started, startJourneys } from '#test/journeys/started.ts';
import { people } from '#test/simulation/people.ts';

/* A list that comes after the decree, through everything that is deployed: address, worker, stream, hold, report, release. */

let started: Started;
let steps: Journey;
let citizen: Citizen;
let tokens: readonly [string, string];
const [person, other] = people('a feed in the journeys', 2);
if (!person || !other) throw new Error('Two people are needed');

beforeAll(async () => {
  started = await startJourneys();
  steps = started.steps();
  started.known([person, other]);
  tokens = await started.operatorTokens();
  citizen = await steps.signUp(person);
  await steps.register(citizen);
  await steps.identity(citizen);
  await steps.provePhone(citizen);
  await steps.takeTest(citizen);
  const quotas = { [programProvinceOf(person.regencyCode)]: 1 };
  const batchId = await steps.openBatch(tokens[0], { number: 1, scheme: 'NORMAL_2023', quotas });
  await steps.join(citizen, batchId);
  await steps.drawAndApprove(batchId, started.operatorTokens, 'a feed');
  await steps.decreed(citizen);
});
afterAll(() => started.stop());

const Announced = z.object({ feedId: z.string(), uploadUrl: z.string() });
const Progress = z.looseObject({ state: z.string(), posted: z.unknown(), withdrawn: z.unknown() });
const Sanctions = z.looseObject({ holds: z.array(z.looseObject({ holdId: z.string(), by: z.string() })) });

async function until<Value>(ask: () => Promise<Value | null>): Promise<Value> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const value = await ask();
    if (value !== null) return value;
    await delay(100);
  }
  throw new Error('Waited in vain');
}

/** Announced and uploaded by one operator, posted by another; until its workers stand still. */
async function posted(text: string, kind: 'addition' | 'full_list') {
  const [one, two] = await started.operatorTokens();
  const day = new Date(started.cloud.clock.now().getTime() + 7 * 3_600_000).toISOString().slice(0, 10);
  const digest = createHash('sha256').update(text).digest('hex');
  const body = { source: 'education', kind, day, bytes: Buffer.byteLength(text), digest };
  const answer = await steps.api('POST', '/v1/feeds', { token: one, body });
  const { feedId, uploadUrl } = Announced.parse(expectStatus(answer, 201));
  expect((await fetch(uploadUrl, { method: 'PUT', body: text })).ok).toBe(true);
  const path = `/v1/feeds/${feedId}`;
  expectStatus(await steps.api('POST', `${path}/posting`, { token: two }), 202);
  const progress = await until(async () => {
    const found = Progress.parse(expectStatus(await steps.api('GET', path, { token: one }), 200));
    // Withdrawals wait for the index, by the clock.
    if (found.state === 'withdrawing') started.cloud.clock.advance(61_000);
    return found.state === 'posted' || found.state === 'refused' ? found : null;
  });
  return { feedId, progress };
}

const sanctions = async () => {
  const [token] = await started.operatorTokens();
  const path = `/v1/participants/${citizen.participantId}/sanctions`;
  return Sanctions.parse(expectStatus(await steps.api('GET', path, { token }), 200)).holds;
};

describe('a list that comes after the decree', () => {
  let feedId: string;

  it('is posted through what is deployed, the bad lines left out', async () => {
    const found = await posted(`\ufeffnik;until\r\n${person.nik};\r\n${other.nik};\r\nx;\r\n`, 'addition');
    feedId = found.feedId;
    expect(found.progress).toMatchObject({ state: 'posted', posted: { listed: 2, kept: 0, newer: 0 }, badRows: 1 });
  });

  it('holds the recipient by the table’s stream, and nobody else', async () => {
    const holds = await until(async () => ((await sanctions()).length > 0 ? sanctions() : null));
    expect(holds).toMatchObject([
      { reason: 'blacklisted', by: 'feed:education', feed: { feedId, heldRupiah: 700_000 } },
    ]);
    const [token] = await started.operatorTokens();
    const report = await steps.api('GET', `/v1/feeds/${feedId}/report`, { token });
    expect(expectStatus(report, 200)).toMatchObject({ matched: 1, held: { cases: 1, heldRupiah: 700_000 } });
  });

  it('is released by two operators', async () => {
    const [hold] = await sanctions();
    const path = `/v1/participants/${citizen.participantId}/holds/${hold?.holdId}`;
    const [one, two] = await started.operatorTokens();
    const body = { note: 'Sudah lulus' };
    expectStatus(await steps.api('POST', `${path}/release-proposal`, { token: one, body }), 200);
    expectStatus(await steps.api('POST', `${path}/release`, { token: two }), 200);
    expect(await sanctions()).toEqual([]);
  });

  it('ends for whom a full list no longer has, and holds nobody again whom a list confirms', async () => {
    const { progress } = await posted(`nik\n${person.nik}\n`, 'full_list');
    expect(progress).toMatchObject({ state: 'posted', posted: { kept: 1 }, withdrawn: 1 });
    await started.cloud.idle();
    expect(await sanctions()).toEqual([]);
  });

  it('leaves nothing private behind, and no message', async () => {
    await started.cloud.idle();
    expect(await started.leaks()).toEqual(noLeaks);
    expect(await started.messagesLeft()).toBe(0);
  });
});
