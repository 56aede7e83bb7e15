import '#test/platform/environment.ts';
import { setTimeout } from 'node:timers/promises';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { registerPerson } from '#functions/registration/register.ts';
import { openAccount } from '#functions/registration/sign-up.ts';
import { switchAdmission } from '#functions/registration/switch-admission.ts';
import { serveWaitingRoom } from '#functions/registration/waiting-room.ts';
import { serveApplications } from '#functions/selection/applications.ts';
import { participants } from '#shared/journal/participant.ts';
import { type RefusalCode, refusals } from '#shared/platform/refusal-codes.ts';
import { admissionEndpoints, waitingRoomEndpoints } from '#shared/registration/admission/admission-api.ts';
import {
  letInBy,
  memoryMilliseconds,
  slotBlocks,
  waitingRooms,
} from '#shared/registration/admission/admission-store.ts';
import { readTicket } from '#shared/registration/admission/admission-tokens.ts';
import { gate } from '#shared/registration/admission/gate.ts';
import { slotDesk } from '#shared/registration/admission/slots.ts';
import { personKeys } from '#shared/registration/privacy/person-keys.ts';
import { batches } from '#shared/selection/batch.ts';
import { factsBeside } from '#shared/selection/facts-beside.ts';
import type { Table } from '#shared/table/table.ts';
import { type Citizen, citizens, keys, minutesAfter, start } from '#test/journal/citizen.ts';
import { citizenClaims, httpEvent, lambdaContext, read } from '#test/platform/events.ts';
import { memoryFiles } from '#test/platform/memory-files.ts';
import { asking } from '#test/selection/asking.ts';
import { type Engine, startTable } from '#test/table/engine.ts';
import { watchedWrites } from '#test/table/watched-writes.ts';

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

let engine: Engine;
/** Each test has a night of its own; what a function knows of the room is no older than some seconds. */
let night = 0;
const reason = 'Malam pembukaan gelombang';
beforeAll(async () => {
  engine = await startTable();
});
afterAll(() => engine.stop());
beforeEach(async () => {
  night += 1;
  vi.setSystemTime(minutesAfter(start, night * 24 * 60));
});
afterEach(async () => {
  await instances().operate('closeWaitingRoom', { body: { reason } });
  vi.useRealTimers();
});
const later = (seconds: number) => vi.setSystemTime(new Date(Date.now() + seconds * 1_000));

const people = citizens('admission', 60);
function somebody(): Citizen {
  const next = people.pop();
  if (!next) throw new Error('There are enough citizens');
  return next;
}

const deskOf = (table: Table) => slotDesk(slotBlocks(table), { now: Date.now, sleep: setTimeout, random: Math.random });

/** One instance of each function. */
function instances(table: Table = engine.table) {
  const room = waitingRooms(table);
  const blocks = slotBlocks(table);
  const waiting = serveWaitingRoom({ room, desk: deskOf(table), letIn: letInBy(table), keys: async () => keys });
  const switching = switchAdmission({ room: waitingRooms(table), blocks });
  return {
    ask: asking(waiting, waitingRoomEndpoints),
    operate: asking(switching, admissionEndpoints),
    gate: gate({ room, keys: async () => keys }),
  };
}
async function opened(ratePerSecond: number) {
  const made = instances();
  expect(await made.operate('openWaitingRoom', { body: { ratePerSecond, reason } })).toMatchObject({ status: 200 });
  return made;
}
async function passOf(ask: ReturnType<typeof instances>['ask'], { person: { nik } }: Citizen) {
  const { ticket } = (await ask('takeTicket')).body;
  later(3);
  const { body } = await ask('exchangeTicket', { body: { waitingTicket: ticket, nik } });
  return String(body.pass);
}

describe('a ticket', () => {
  it('is taken, waits, has its turn, and is exchanged for one pass', async () => {
    const { ask } = await opened(1);
    const { person } = somebody();
    const tickets = await Promise.all(Array.from({ length: 40 }, () => ask('takeTicket')));
    const ofLast = tickets.reduce((last, next) => (next.body.position > last.body.position ? next : last)).body;
    expect(ofLast).toMatchObject({ admitted: false, useUntil: null, estimateSeconds: ofLast.position });

    const path = { ticket: ofLast.ticket };
    const body = { waitingTicket: ofLast.ticket, nik: person.nik };
    expect((await ask('exchangeTicket', { body })).body.code).toBe('waiting_ticket_early');
    later(ofLast.position - 1);
    expect((await ask('readTicketStanding', { path })).body).toMatchObject({ position: 1, admitted: false });
    later(1);
    const turn = (await ask('readTicketStanding', { path })).body;
    expect(turn).toMatchObject({ position: 0, estimateSeconds: 0, admitted: true });
    expect(new Date(turn.useUntil).getTime() - Date.now()).toBe(15 * 60_000);

    const first = await ask('exchangeTicket', { body });
    expect(first).toMatchObject({ status: 201, body: { validUntil: minutesAfter(new Date(), 60).toISOString() } });
    later(60);
    expect(await ask('exchangeTicket', { body })).toMatchObject({ status: 201, body: first.body });
    const foreign = { ...body, nik: somebody().person.nik };
    expect((await ask('exchangeTicket', { body: foreign })).body.code).toBe('waiting_ticket_used');
  });

  it('lets one in of many who exchange it at once', async () => {
    const { ask } = await opened(100);
    const { ticket } = (await ask('takeTicket')).body;
    later(3);
    const holders = Array.from({ length: 12 }, somebody);
    const answers = await Promise.all(
      holders.map(({ person: { nik } }) => ask('exchangeTicket', { body: { waitingTicket: ticket, nik } })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'waiting_ticket_used')).toHaveLength(11);
  });

  it('is over when its turn was slept through, and with its opening', async () => {
    const { ask, operate } = await opened(100);
    const { ticket } = (await ask('takeTicket')).body;
    const told = async () => (await ask('readTicketStanding', { path: { ticket } })).body;
    later(15 * 60 - 1);
    expect(await told()).toMatchObject({ admitted: true });
    later(3);
    expect(await told()).toMatchObject({ code: 'waiting_ticket_invalid' });

    const { ticket: fresh } = (await ask('takeTicket')).body;
    await operate('closeWaitingRoom', { body: { reason } });
    later(memoryMilliseconds / 1_000);
    const closed = (await ask('readTicketStanding', { path: { ticket: fresh } })).body;
    expect(closed).toMatchObject({ code: 'waiting_room_closed' });
    expect((await ask('takeTicket')).body.code).toBe('waiting_room_closed');
    await operate('openWaitingRoom', { body: { ratePerSecond: 100, reason } });
    later(memoryMilliseconds / 1_000);
    const again = await ask('readTicketStanding', { path: { ticket: fresh } });
    expect(again.body).toMatchObject({ code: 'waiting_ticket_invalid' });
  });

  it('that was lost is taken again', async () => {
    const { ask } = await opened(1);
    const [first, second] = [await ask('takeTicket'), await ask('takeTicket')];
    expect(second.status).toBe(201);
    expect(second.body.ticket).not.toBe(first.body.ticket);
  });

  it('is for a NIK that can be one', async () => {
    const { ask } = await opened(100);
    const { ticket } = (await ask('takeTicket')).body;
    later(3);
    const body = { waitingTicket: ticket, nik: '0000000000000000' };
    expect((await ask('exchangeTicket', { body })).body.code).toBe('nik_invalid');
  });
});

describe('2,000 tickets at once, on 20 instances', () => {
  it('are 2,000 slots, and no item is written twice', { timeout: 120_000 }, async () => {
    vi.useRealTimers();
    const { operate } = instances();
    await operate('openWaitingRoom', { body: { ratePerSecond: 100, reason } });
    const watched = watchedWrites(engine);
    const room = await waitingRooms(engine.table).load();
    const desks = Array.from({ length: 20 }, () => deskOf(watched.table));
    const taken = await Promise.all(desks.flatMap((desk) => Array.from({ length: 100 }, () => desk.take(room))));
    expect(new Set(taken).size).toBe(2_000);

    const done = watched.writes.filter(({ isDone }) => isDone).map(({ key }) => key);
    expect(new Set(done).size).toBe(done.length);
    expect(done.length).toBeLessThan(2_000);
    // Lanes are filled evenly: none has more than its share of the writes and half as many again.
    const byLane = Map.groupBy(done, (key) => key.split(' ')[0]);
    expect(byLane.size).toBeGreaterThan(8);
    expect(Math.max(...[...byLane.values()].map((keys) => keys.length))).toBeLessThan((done.length / 16) * 1.5 + 4);
  });
});

describe('the gate', () => {
  const bodyOf = ({ person, regencyCode }: Citizen) => ({ ...person, regencyCode, consentVersion: '2026-11' });
  const signedUp: string[] = [];
  const accounts = {
    signUp: async (participantId: string) => void signedUp.push(participantId),
    awaitsConfirmation: async () => false,
  };
  const admin = { standingOf: async () => null };
  const replacement = { isHeld: async () => false, makePlace: async () => false };
  const codes = { claimSend: async () => undefined };
  /** What is guarded, asked with a pass or without. */
  function guarded({ gate }: ReturnType<typeof instances>) {
    const stores = { participants: participants(engine.table), batches: batches(engine.table), keys: async () => keys };
    const headersOf = (pass: string | null) => (pass === null ? {} : { 'prakerja-pass': pass });
    const files = memoryFiles();
    const joining = serveApplications({
      ...stores,
      beside: factsBeside(engine.table, async () => keys),
      gate,
      files,
      publicUrl: () => 'https://a.example',
    });
    const asked = async (handler: Handler, event: Parameters<typeof httpEvent>[0]) => {
      const answer = await handler(httpEvent(event), lambdaContext);
      return { ...read(answer), retryAfter: answer.headers?.['retry-after'] };
    };
    return {
      'signing up': ({ person }: Citizen, pass: string | null) => {
        const body = { email: `${person.nik}@example.id`, password: 'Belajar2026', nik: person.nik };
        const handler = openAccount({ accounts, admin, replacement, codes, keys: async () => keys, gate });
        return asked(handler, { body, headers: headersOf(pass) });
      },
      registering: (citizen: Citizen, pass: string | null) =>
        asked(registerPerson({ ...stores, personKeys: personKeys(engine.table), gate }), {
          body: bodyOf(citizen),
          claims: citizenClaims(citizen.participantId),
          headers: headersOf(pass),
        }),
      joining: ({ participantId }: Citizen, pass: string | null) =>
        asked(joining, {
          path: '/v1/applications',
          body: { batchId: '999' },
          claims: citizenClaims(participantId),
          headers: headersOf(pass),
        }),
    };
  }
  const acts = ['signing up', 'registering', 'joining'] as const;
  /** What the act answers once it is let in: nobody drafted the batch. */
  const through = { 'signing up': 201, registering: 201, joining: 404 };
  const closedOut = (code: RefusalCode) => ({ status: refusals[code].status, body: expect.objectContaining({ code }) });

  it.each(acts)('lets %s through with the own pass, and with nothing else', async (act) => {
    const made = await opened(100);
    const [owner, other] = [somebody(), somebody()];
    const { ticket } = (await made.ask('takeTicket')).body;
    const own = await passOf(made.ask, owner);
    const ask = guarded(made)[act];
    for (const pass of [null, '', 'nonsense', ticket, await passOf(made.ask, other), `${own}0`]) {
      const answer = await ask(owner, pass);
      expect(answer).toMatchObject(closedOut('waiting_room'));
      expect(answer.retryAfter).toBe('30');
    }
    expect((await participants(engine.table).load(owner.participantId)).version).toBe(0);
    expect(signedUp).not.toContain(owner.participantId);
    for (let times = 0; times < 2; times += 1) expect((await ask(owner, own)).status).toBe(through[act]);
    later(60 * 60 + 1);
    expect(await ask(owner, own)).toMatchObject(closedOut('waiting_room'));
    await made.operate('closeWaitingRoom', { body: { reason } });
    later(memoryMilliseconds / 1_000);
    expect((await ask(owner, null)).status).toBe(through[act]);
  });

  it('takes no pass of an earlier opening', async () => {
    const made = await opened(100);
    const owner = somebody();
    const pass = await passOf(made.ask, owner);
    await made.operate('closeWaitingRoom', { body: { reason } });
    await made.operate('openWaitingRoom', { body: { ratePerSecond: 100, reason } });
    later(memoryMilliseconds / 1_000);
    expect(await guarded(made).registering(owner, pass)).toMatchObject(closedOut('waiting_room'));
  });

  it('reads the room once in some seconds, and writes nothing', async () => {
    const watched = watchedWrites(engine);
    let reads = 0;
    watched.table.client.middlewareStack.add(
      (next) => (call) => {
        reads += 1;
        return next(call);
      },
      { step: 'initialize' },
    );
    const made = gate({ room: waitingRooms(watched.table), keys: async () => keys });
    const enter = () => made.enter(null, 'a'.repeat(64), new Date());
    await Promise.all(Array.from({ length: 50 }, enter));
    later(memoryMilliseconds / 1_000 - 1);
    await enter();
    expect([reads, watched.writes]).toEqual([1, []]);
    later(1);
    await enter();
    expect(reads).toBe(2);
  });
});

describe('what operators see', () => {
  it('is who waits and for how long, and who switched it last', async () => {
    const { ask, operate } = await opened(2);
    expect((await operate('readAdmission')).body).toMatchObject({ isOpen: true, ratePerSecond: 2, passedCount: 0 });
    const tickets = await Promise.all(Array.from({ length: 60 }, () => ask('takeTicket')));
    const slots = tickets.map(({ body }) => readTicket(keys, body.ticket)?.slot ?? 0);
    const { waitingCount, longestWaitSeconds } = (await operate('readAdmission')).body;
    expect(waitingCount).toBeGreaterThanOrEqual(59);
    expect(longestWaitSeconds).toBeGreaterThanOrEqual(Math.max(...slots) / 2);

    later(10);
    await operate('setAdmissionRate', { by: 'two', body: { ratePerSecond: 0, reason: 'Dukcapil tidak menjawab' } });
    const held = (await operate('readAdmission')).body;
    expect(held).toMatchObject({ ratePerSecond: 0, passedCount: 20, longestWaitSeconds: null });
    expect(held.lastStep).toMatchObject({ by: 'two', reason: 'Dukcapil tidak menjawab' });
    later(memoryMilliseconds / 1_000);
    const last = tickets.reduce((most, next) => (next.body.position > most.body.position ? next : most));
    expect((await ask('readTicketStanding', { path: { ticket: last.body.ticket } })).body).toMatchObject({
      admitted: false,
      estimateSeconds: null,
    });
    await operate('closeWaitingRoom', { body: { reason } });
    expect((await operate('readAdmission')).body).toMatchObject({ isOpen: false, waitingCount: 0, passedCount: 0 });
  });

  it('is refused what cannot be: a rate of a closed room, another opening, more than the API takes', async () => {
    const { operate } = instances();
    const body = { ratePerSecond: 10, reason };
    expect((await operate('setAdmissionRate', { body })).body.code).toBe('waiting_room_closed');
    await operate('openWaitingRoom', { body });
    expect(await operate('openWaitingRoom', { body })).toMatchObject({ status: 200 });
    expect((await operate('openWaitingRoom', { body: { ...body, ratePerSecond: 20 } })).body.code).toBe(
      'waiting_room_open',
    );
    for (const ratePerSecond of [-1, 1.5, 5_001])
      expect((await operate('setAdmissionRate', { body: { ratePerSecond, reason } })).body.code).toBe(
        'request_invalid',
      );
    expect((await instances().ask('readWaitingRoom')).body).toEqual({ isOpen: true, ratePerSecond: 10 });
    await operate('closeWaitingRoom', { body: { reason } });
    expect((await instances().ask('readWaitingRoom')).body).toEqual({ isOpen: false, ratePerSecond: null });
  });
});
