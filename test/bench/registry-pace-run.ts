import '#test/platform/environment.ts';
import { ok } from 'node:assert/strict';
import { participants } from '#shared/journal/participant.ts';
import { type Citizen, citizens, journeyUntil, store } from '#test/journal/citizen.ts';
import { checkDesk } from '#test/registration/identity/check-desk.ts';
import { mostInASecond } from '#test/registration/identity/most-in-a-second.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

/* In a process of its own: registers people, lets five workers check them all, and prints how long it took. */

const bound = 50;
const checks = 600;
const groupSize = 50;
/** What the registry takes for one answer. */
const answerMilliseconds = 50;

async function registered(engine: Engine): Promise<Citizen[]> {
  const people = citizens('registry pace', checks);
  for (let from = 0; from < checks; from += groupSize)
    await Promise.all(
      people.slice(from, from + groupSize).map((citizen) => store(engine.table, journeyUntil('register', { citizen }))),
    );
  return people;
}

async function measure() {
  const engine = await startTable();
  const desk = checkDesk(engine, { checksPerSecond: bound });
  try {
    const people = await registered(engine);
    desk.registryAnswers(async () => {
      await new Promise((resolve) => setTimeout(resolve, answerMilliseconds));
      return { outcome: 'match', reasons: [] };
    });
    await desk.put(people);
    const from = performance.now();
    await desk.work();
    const secondsTaken = (performance.now() - from) / 1_000;
    for (const { participantId } of people)
      ok((await participants(engine.table).load(participantId)).state.registration.identity === 'verified');
    ok(desk.calls.length === checks, 'Everybody is asked about once');
    const gateWrites = (await desk.gates.read()).version;
    return { checks, bound, secondsTaken, mostInASecond: mostInASecond(desk.calls), gateWrites };
  } finally {
    desk.stop();
    await engine.stop();
  }
}

process.stdout.write(JSON.stringify(await measure()));
