import { ok } from 'node:assert/strict';
import type { LocalCloud } from '#infra/local/cloud.ts';
import { startProgram } from '#infra/local/program.ts';
import { redeemPointer } from '#shared/table/keys.ts';
import { itemBytes, putUnits, unitBytes } from '#test/bench/item-size.ts';
import { row } from '#test/bench/row.ts';
import type { Bench, Suite } from '#test/bench/suite.ts';
import { avoidBankPause, type Citizen, type Journey, journey, type Market } from '#test/journeys/journey.ts';
import { type Item, journalsIn, story, wholeTable } from '#test/journeys/whole-table.ts';
import { type Person, people } from '#test/simulation/people.ts';

/**
 * A journey has eleven facts that nothing else can tell: registered, reached by phone, test begun, test scored, joined, decreed, bought, completed,
 * rated, linked, paid. That a test was begun is one of them: its deadline is counted from there, and nobody but the server may say when that was.
 */
const floorUnits = 11;
const target = 2;

/** Winners of the first round, and how many more the second has. What both rounds write alike falls out of the difference. */
const firstRound = 2;
const moreInSecond = 6;

/** One of each family: a second member would try the place of the first, which is not everybody's journey. */
function cast(count: number): Person[] {
  const byFamily = Map.groupBy(people('write units', count * 2), ({ familyCardNumber }) => familyCardNumber);
  const eldest = [...byFamily.values()].flatMap(([person]) => person ?? []).slice(0, count);
  ok(eldest.length === count, 'There are enough families');
  return eldest;
}

/** The journey but for its batch: what comes before it, and from its decree on. */
function winnersJourney(steps: Journey, market: Market) {
  return {
    async register(person: Person): Promise<{ citizen: Citizen; provinceCode: string }> {
      const citizen = await steps.signUp(person);
      await steps.register(citizen);
      ok((await steps.identity(citizen)) === 'verified', 'The civil registry knows everybody here');
      await steps.provePhone(citizen);
      await steps.takeTest(citizen);
      return { citizen, provinceCode: (await steps.ownFile(citizen)).registration.provinceCode };
    },

    async train(citizen: Citizen): Promise<void> {
      const { cardNumber } = await steps.decreed(citizen);
      const redeemCode = await steps.buy(market, citizen, cardNumber ?? '');
      await steps.redeem(market, citizen, redeemCode, 'commit');
      await steps.complete(market, redeemCode, `msg_${citizen.participantId.slice(0, 12)}`);
      const { purchaseId } = await steps.certified(citizen);
      await steps.rate(citizen, purchaseId);
      await steps.linkAccount(citizen);
    },
  };
}

async function unitsWritten(cloud: LocalCloud): Promise<number> {
  await cloud.idle();
  const totals = cloud.consumed?.totals();
  ok(totals, 'The cloud has a meter');
  return Object.values(totals).reduce((sum, { writeUnits }) => sum + writeUnits, 0);
}

/** Runs both rounds; answers write units by winner, and the table's items of the second round's winners. */
async function measured({ assembly, say }: Bench) {
  let sweeps = 0; // The clock's own: one unit a day swept, and how many there are depends on how long a round takes.
  const onLog = (line: string) => {
    if (line.includes('"due.swept"')) sweeps += Number(/"days":(\d+)/.exec(line)?.[1] ?? 0);
    // The gate of the civil registry, once a batch: nobody's own, and less the more people register. `registry.pace` measures it.
    if (line.includes('"identities.checked"') && /"asked":[1-9]/.test(line)) sweeps += 1;
  };
  const program = await startProgram({ assembly, meter: true, seed: 'write units', maxThreads: 40, onLog });
  try {
    const { cloud, operators } = program;
    avoidBankPause(program);
    const [one, two] = operators;
    const tokens = async () => [await one.signIn(), await two.signIn()] as const;
    const steps = journey(program);
    const { register, train } = winnersJourney(steps, await steps.openMarket(await one.signIn()));

    async function round(number: number, persons: readonly Person[]) {
      const before = (await unitsWritten(cloud)) - sweeps;
      const registered = await Promise.all(persons.map(register));
      const quotas = Object.fromEntries(registered.map(({ provinceCode }) => [provinceCode, persons.length]));
      const batchId = await steps.openBatch(await one.signIn(), { number, scheme: 'NORMAL_2023', quotas });
      const citizens = registered.map(({ citizen }) => citizen);
      await Promise.all(citizens.map((citizen) => steps.join(citizen, batchId)));
      await steps.drawAndApprove(batchId, tokens, `write units ${number}`);
      await Promise.all(citizens.map(train));
      await cloud.idle(); // Every claim is in the list: one release, of as many decisions as the other round's.
      await steps.release(`write-units-${number}`, citizens.length, tokens);
      await Promise.all(citizens.map((citizen) => steps.paid(citizen)));
      const units = (await unitsWritten(cloud)) - sweeps - before;
      say(`journey.write_units_ratio: ${citizens.length} winners and their batch wrote ${units} units`);
      return { units, citizens };
    }

    const all = cast(2 * firstRound + moreInSecond);
    const first = await round(1, all.slice(0, firstRound));
    const second = await round(2, all.slice(firstRound));
    return {
      unitsByWinner: (second.units - first.units) / moreInSecond,
      winners: second.citizens,
      items: await wholeTable(cloud),
    };
  } finally {
    await program.stop();
  }
}

/** What one item is to the journey: the events of a decision, or what is claimed beside the journal. */
function stepOf(item: Item): string {
  const [decision] = journalsIn([item]).values();
  if (decision) return story(decision).join();
  if (item.sk.startsWith('T#')) return 'answers saved during the test';
  return item.pk.startsWith('K#') ? 'a place of the family' : 'the owner of the redeem code';
}

/** The items that winners have written: their journals, the places of their families and their redeem codes. */
function itemsOf(items: readonly Item[], winners: readonly Citizen[]): Item[] {
  const ids = new Set(winners.map(({ participantId }) => participantId));
  const prefix = redeemPointer('').pk;
  return items.filter(({ pk, participantId }) => {
    if (pk.startsWith('P#')) return ids.has(pk.slice(2));
    return (pk.startsWith('K#') || pk.startsWith(prefix)) && ids.has(String(participantId));
  });
}

/**
 * Where the units of one winner go, step by step; what is left counted the sign-up, under a hash that names nobody, or was spent on
 * attempts that another writer was before.
 */
function stepLines(items: readonly Item[], winnerCount: number, unitsByWinner: number): string[] {
  const steps = [...Map.groupBy(items, stepOf)].map(([step, of]) => {
    const units = of.map(putUnits);
    const own = units.reduce((sum, unit) => sum + unit.own, 0) / winnerCount;
    const index = units.reduce((sum, unit) => sum + unit.index, 0) / winnerCount;
    return { step, own, index, bytes: Math.max(...of.map(itemBytes)) };
  });
  const stored = steps.reduce((sum, { own, index }) => sum + own + index, 0);
  const largest = Math.max(...steps.map(({ bytes }) => bytes));
  const line = (step: string, own: string, index: string, bytes: string) =>
    `  ${step.padEnd(44)}${own.padStart(8)}${index.padStart(8)}${bytes.padStart(8)}`;
  return [
    line('write units of one winner', 'item', 'index', 'bytes'),
    ...steps.map(({ step, own, index, bytes }) => line(step, own.toFixed(2), index.toFixed(2), String(bytes))),
    line('count of the sign-up, repeated attempts', (unitsByWinner - stored).toFixed(2), '', ''),
    line('together', unitsByWinner.toFixed(2), '', `≤ ${largest}`),
    ...(largest > unitBytes ? [`  An item of ${largest} bytes costs more than one unit`] : []),
  ];
}

/** Write units of one winner's journey, indexes included, against the fewest that it could take. */
export const journeyWrites: Suite = {
  name: 'journey.write_units_ratio',
  async measure(bench) {
    const { unitsByWinner, winners, items } = await measured(bench);
    for (const line of stepLines(itemsOf(items, winners), winners.length, unitsByWinner)) bench.say(line);
    return [
      row({
        capability: 'journey',
        name: 'journey.write_units_ratio',
        value: unitsByWinner,
        unit: 'write units',
        baseline: floorUnits,
        target,
      }),
    ];
  },
};
