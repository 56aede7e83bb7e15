import '#test/platform/environment.ts';
import { ok } from 'node:assert/strict';
import { DynamoDBClient, ReturnConsumedCapacity } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { payIncentives } from '#functions/incentive/pay-incentives.ts';
import { circuitBreaker } from '#shared/incentive/breaker.ts';
import { openPayouts } from '#shared/incentive/incentive.ts';
import { paymentPartners } from '#shared/incentive/payment-partners.ts';
import { foldEntries } from '#shared/journal/journal.ts';
import { participantFold, participants } from '#shared/journal/participant.ts';
import { slices } from '#shared/platform/slices.ts';
import { type Table, tableOf } from '#shared/table/table.ts';
import {
  type Citizen,
  citizens,
  type Journal,
  journeyUntil,
  keys,
  minutesAfter,
  start,
  store,
} from '#test/journal/citizen.ts';
import { failedIds, lambdaContext, queueEvent } from '#test/platform/events.ts';
import { startTable } from '#test/table/engine.ts';

/*
 * One process for one measure. Payouts that were claimed are paid by ten workers at a time, beside as many conditional puts by
 * the same client, by turns; prints what it took, as JSON. The partner answers in the process: what is measured is ours.
 */

const payouts = 600;
const rounds = 12;
const workers = 10;
const batchSize = 10;
/** Payouts whose write units are counted. */
const sampleSize = 20;
/** As many puts are under way as the workers have payouts under way. */
const putsAtOnce = workers * 5;

const now = minutesAfter(start, 60);
/** A machine that does other things too takes its time. */
const patientContext = { ...lambdaContext, getRemainingTimeInMillis: () => 600_000 };

/** Does work on each value, so many at a time. */
async function each<Value>(values: readonly Value[], atOnce: number, work: (value: Value) => Promise<void>) {
  const queue = values.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const value of queue) await work(value);
    }),
  );
}

/** Milliseconds that each of so many took. */
async function millisecondsOf(count: number, work: () => Promise<void>): Promise<number> {
  const started = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - started) / 1e6 / count;
}

/** The table with a client that adds up the write units that the engine says it took. */
function metered({ client, name }: Table): { readonly table: Table; readonly units: () => number } {
  let units = 0;
  const { endpoint, region, credentials } = client.config;
  const own = new DynamoDBClient({ ...(endpoint && { endpoint }), region, credentials });
  own.middlewareStack.add(
    (next, { commandName }) =>
      async (call) => {
        if (commandName !== 'PutItemCommand') return next(call);
        const input = { ...call.input, ReturnConsumedCapacity: ReturnConsumedCapacity.TOTAL };
        const done = await next({ ...call, input });
        const { ConsumedCapacity } = done.output as { ConsumedCapacity?: { CapacityUnits?: number } };
        ok(ConsumedCapacity?.CapacityUnits, 'The engine tells what a write has cost');
        units += ConsumedCapacity.CapacityUnits;
        return done;
      },
    { step: 'initialize', name: 'meter' },
  );
  return { table: tableOf(own, name), units: () => units };
}

/** Writes the last decision of a journey; those before it are there. */
async function storeLast(table: Table, { citizen: { participantId }, decisions, entries }: Journal): Promise<void> {
  const last = decisions.at(-1);
  ok(last, 'A journey has a decision');
  const before = foldEntries(entries.slice(0, -1), participantFold);
  await participants(table).append(participantId, before, last.decision, last.at);
}

function workerOf(table: Table) {
  return payIncentives({
    partner: paymentPartners.switching,
    participants: participants(table),
    keys: async () => keys,
    client: {
      pay: async ({ reference }) => ({ kind: 'paid', partnerReference: reference.slice(-12) }),
      inquire: async () => ({ kind: 'not_found' }),
    },
    permitOf: async () => ({ allowed: true, approvedAt: start }),
    isEnabled: async () => true,
    breaker: circuitBreaker(),
    pace: async () => {},
    now: () => now,
    random: Math.random,
  });
}

const messageOf = ({ citizen: { participantId }, file }: Journal) => ({
  step: 'pay',
  participantId,
  reference: openPayouts(file.incentives)[0]?.reference,
  releaseId: 'RELEASE-1',
  again: false,
});

async function pay(table: Table, journeys: readonly Journal[]): Promise<void> {
  const handlers = Array.from({ length: workers }, () => workerOf(table));
  await each(slices(journeys.map(messageOf), batchSize), workers, async (batch) => {
    const handler = handlers.pop();
    ok(handler, 'Each worker has one batch at a time');
    ok(failedIds(await handler(queueEvent(batch), patientContext)).length === 0, 'Every payout is paid');
    handlers.push(handler);
  });
}

/** The event of a payment, put where no journal is. */
async function put({ client, name }: Table, journeys: readonly Journal[], round: number): Promise<void> {
  await each(journeys, putsAtOnce, async ({ citizen: { participantId }, decisions }) => {
    const events = decisions.at(-1)?.decision.events ?? [];
    const Item = { pk: `RAW#${participantId}`, sk: `E#${round}`, at: now.toISOString(), provinceCode: '31', events };
    const ConditionExpression = 'attribute_not_exists(pk)';
    await client.send(new PutCommand({ TableName: name, Item, ConditionExpression }));
  });
}

/** Milliseconds by payout and by put, round by round: which of the two goes first changes, so that neither profits. */
async function measureRounds(table: Table, journeys: readonly Journal[]) {
  const times: { readonly payout: number; readonly put: number }[] = [];
  for (const [round, part] of slices(journeys, payouts / rounds).entries()) {
    const paying = () => millisecondsOf(part.length, () => pay(table, part));
    const putting = () => millisecondsOf(part.length, () => put(table, part, round));
    const put1 = round % 2 === 0 ? await putting() : null;
    const payout = await paying();
    times.push({ payout, put: put1 ?? (await putting()) });
  }
  return times;
}

/** Write units of one payout, from its claim on, in the scheme that has a next month to be reminded of: that takes an entry more. */
async function unitsOf(table: Table, sample: readonly Citizen[]): Promise<number> {
  const journeys = sample.map((citizen) => journeyUntil('link', { citizen, scheme: 'SEMI_BANSOS_2020' }));
  for (const journey of journeys) await store(table, { ...journey, decisions: journey.decisions.slice(0, -1) });
  const { table: counted, units } = metered(table);
  for (const journey of journeys) await storeLast(counted, journey);
  await pay(counted, journeys);
  return units() / sample.length;
}

async function main(): Promise<void> {
  const { table, stop } = await startTable();
  try {
    const everybody = citizens('throughput', payouts + sampleSize);
    const journeys = everybody.slice(0, payouts).map((citizen) => journeyUntil('link', { citizen }));
    await each(journeys, putsAtOnce, (journey) => store(table, journey));
    const unitsPerPayout = await unitsOf(table, everybody.slice(payouts));
    const times = await measureRounds(table, journeys);
    const files = await Promise.all(
      journeys.slice(-batchSize).map(({ citizen }) => participants(table).load(citizen.participantId)),
    );
    ok(
      files.every(({ state }) => state.balances.paid_to_citizen === 600_000),
      'What was measured was paid',
    );
    process.stdout.write(JSON.stringify({ payouts, times, unitsPerPayout }));
  } finally {
    await stop();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
