import '#test/platform/environment.ts';
import { ok } from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { registerPerson } from '#functions/registration/register.ts';
import { verifyIdentity } from '#functions/registration/verify-identity.ts';
import { serveApplications } from '#functions/selection/applications.ts';
import { type Participant, type Participants, participantFold, participants } from '#shared/journal/participant.ts';
import { signPass } from '#shared/registration/admission/admission-tokens.ts';
import { gate } from '#shared/registration/admission/gate.ts';
import { newDataKey } from '#shared/registration/person.ts';
import { personKeys } from '#shared/registration/privacy/person-keys.ts';
import { type Batches, batches } from '#shared/selection/batch.ts';
import { factsBeside } from '#shared/selection/facts-beside.ts';
import { compared, type Round, row } from '#test/bench/row.ts';
import type { Suite } from '#test/bench/suite.ts';
import { type Citizen, citizen, citizens, decided, declaring, fileAfter, keys } from '#test/journal/citizen.ts';
import { citizenClaims, failedIds, httpEvent, lambdaContext, queueEvent } from '#test/platform/events.ts';
import { memoryFiles } from '#test/platform/memory-files.ts';
import { openGate } from '#test/registration/admission/open-gate.ts';
import { roomAt } from '#test/registration/admission/opening-night.ts';
import { identityPorts } from '#test/registration/identity/identity-ports.ts';
import { batchIn, storeBatch } from '#test/selection/batch-fixture.ts';
import { startTable } from '#test/table/engine.ts';
import { watchedWrites } from '#test/table/watched-writes.ts';

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

const elsewhere = { files: memoryFiles(), publicUrl: () => 'https://prakerja.example' };
const bodyOf = ({ person, regencyCode }: Citizen) => ({ ...person, regencyCode, consentVersion: '2026-11' });

/** As many as tell whether one of them costs more than another. */
const measuredCitizens = 20;

/** Write units of registering, with the civil registry's answer, and of joining, as the engine reports them; against one for each fact. */
export const registrationWrites: Suite = {
  name: 'registration.write_units',
  async measure() {
    const engine = await startTable();
    try {
      const { table, writes } = watchedWrites(engine);
      const stores = {
        participants: participants(table),
        personKeys: personKeys(table),
        batches: batches(table),
        keys: async () => keys,
        gate: openGate,
      };
      const registering = registerPerson(stores);
      const beside = factsBeside(table, async () => keys);
      const joining = serveApplications({ ...stores, ...elsewhere, beside });
      const verifying = verifyIdentity({
        ...stores,
        ...identityPorts(engine.table), // The gate is nobody's own: `registry.pace` measures it.
        registry: { check: async () => ({ outcome: 'match', reasons: [] }) },
      });
      const batchId = await storeBatch(engine.table, 'open');
      const unitsOf = async (act: () => Promise<boolean>) => {
        ok(await act(), 'The step is done');
        return writes.splice(0).reduce((sum, { units }) => sum + units, 0);
      };
      const most = { register: 0, join: 0 };
      for (const each of citizens('write units of registration', measuredCitizens)) {
        const claims = citizenClaims(each.participantId);
        const register = await unitsOf(async () => {
          const { statusCode } = await registering(httpEvent({ body: bodyOf(each), claims }), lambdaContext);
          const failed = failedIds(await verifying(queueEvent([{ participantId: each.participantId }]), lambdaContext));
          return statusCode === 201 && failed.length === 0;
        });
        const join = await unitsOf(async () => {
          const event = httpEvent({ path: '/v1/applications', body: { batchId, declarations: declaring() }, claims });
          return (await joining(event, lambdaContext)).statusCode === 201;
        });
        most.register = Math.max(most.register, register);
        most.join = Math.max(most.join, join);
      }
      const units = { name: 'registration.write_units', unit: 'write units', target: 2 };
      return [
        row({ ...units, capability: 'registration/register', value: most.register, baseline: 2 }),
        row({ ...units, capability: 'selection/applications', value: most.join, baseline: 1 }),
      ];
    } finally {
      await engine.stop();
    }
  },
};

/** Headers and claims as they come from a phone: they are most of an event, and both sides read them. */
const phone = {
  accept: 'application/json',
  'accept-encoding': 'gzip, deflate, br',
  'accept-language': 'id-ID,id;q=0.9,en-US;q=0.8,en;q=0.7',
  authorization: `Bearer ${'x'.repeat(1_000)}`,
  'content-type': 'application/json',
  host: 'api.prakerja.example',
  'user-agent': 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile',
  'x-forwarded-for': '203.0.113.7',
  'x-forwarded-proto': 'https',
};
const claimsOf = ({ participantId }: Citizen) => ({
  ...citizenClaims(participantId),
  sub: participantId,
  iss: 'https://cognito.example/ap-southeast-3_example',
  token_use: 'access',
  scope: 'aws.cognito.signin.user.admin',
  auth_time: '1793502000',
  exp: '1793505600',
  iat: '1793502000',
  jti: 'x'.repeat(36),
});

/** A store that is there at once: what is left is what the function itself does. */
const standing = (file: Participant): Pick<Participants, 'change'> => ({
  async change(_, decide) {
    const at = new Date();
    return decided(file, await decide(file, at), at);
  },
});
const noStore = () => {
  throw new Error('This step asks no store');
};

type Work = () => unknown;
const rounds = 15;

async function cpuMicroseconds(work: Work, times: number): Promise<number> {
  const started = process.cpuUsage();
  for (let time = 0; time < times; time += 1) {
    const result = work();
    if (result instanceof Promise) await result;
  }
  const { user, system } = process.cpuUsage(started);
  return (user + system) / times;
}

/** By turns, so that both meet the same noise of the machine; the first round only warms up. */
async function byTurns(ours: Work, other: Work, times: number) {
  const made: Round[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const measured = { ours: await cpuMicroseconds(ours, times), other: await cpuMicroseconds(other, times) };
    if (round > 0) made.push(measured);
  }
  return { ...compared(made), unit: 'µs of CPU' };
}

/** An invocation as Lambda's runtime makes it: the event is parsed, the answer written. */
const invocation = (handler: Handler, event: string) => async () =>
  JSON.stringify(await handler(JSON.parse(event), lambdaContext));

/** A handler that only parses its body and writes the same answer, invoked in the same way. */
const bare =
  (answer: unknown): Handler =>
  async ({ body }) => {
    const parsed: unknown = JSON.parse(body ?? '');
    if (!parsed) throw new Error('There is a body');
    return { statusCode: 201, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) };
  };

/** What the functions of registering and joining cost beside a bare one, without what their stores cost. */
export const registrationCpu: Suite = {
  name: 'registration.handler_cpu',
  async measure() {
    const who = citizen('handler cost');
    const batch = batchIn('open');
    const files = { load: noStore, append: noStore, entries: noStore };
    const known: Pick<Batches, 'load'> = { load: async () => ({ state: batch, version: 2 }) };
    const personKeys = { rewrap: noStore, destroy: noStore, take: async () => newDataKey(keys, who.participantId) };
    const common = {
      personKeys,
      keys: async () => keys,
      gate: openGate,
      batches: { ...files, change: noStore, ...known },
    };
    const registering = registerPerson({ ...common, participants: { ...files, ...standing(participantFold.empty) } });
    const verified = fileAfter('verify', { citizen: who });
    const none = { beside: async () => ({ listings: [], familyRecipients: 0 }) };
    const store = { ...files, ...standing(verified) };
    const joining = serveApplications({ ...common, ...elsewhere, ...none, participants: store });

    const beside = async (handler: Handler, path: string, body: object) => {
      const event = JSON.stringify(httpEvent({ path, body, headers: phone, claims: claimsOf(who) }));
      const { statusCode, body: text = '' } = await handler(JSON.parse(event), lambdaContext);
      ok(statusCode === 201, `${path} answers ${statusCode}`);
      return byTurns(invocation(handler, event), invocation(bare(JSON.parse(text)), event), 2_000);
    };
    const cost = { name: 'registration.handler_cpu', target: 6 };
    const register = await beside(registering, '/v1/registrations', bodyOf(who));
    const join = await beside(joining, '/v1/applications', { batchId: '7', declarations: declaring() });
    return [
      row({ ...cost, capability: 'registration/register', ...register }),
      row({ ...cost, capability: 'selection/applications', ...join }),
    ];
  },
};

/** What the gate of an open waiting room costs beside the one keyed hash that it cannot do without. */
export const gateCpu: Suite = {
  name: 'registration.gate_cpu',
  async measure() {
    const { participantId } = citizen('gate cost');
    const room = roomAt(200);
    const now = new Date(room.openedAt ?? 0);
    const pass = signPass(
      keys,
      { opening: room.opening, slot: 81_234, until: new Date(now.getTime() + 60_000) },
      participantId,
    );
    const entrance = gate({ room: { current: async () => room }, keys: async () => keys });
    const text = pass.slice(0, pass.lastIndexOf('.'));
    const secret = 'the secret of this bench, 32 byte';
    const hash = () => createHmac('sha256', secret).update(`${text}#${participantId}`).digest('hex');
    const measured = await byTurns(() => entrance.enter(pass, participantId, now), hash, 10_000);
    return [row({ name: 'registration.gate_cpu', capability: 'registration', ...measured, target: 3 })];
  },
};
