import { serveAptitudeTests } from '#functions/registration/aptitude-tests.ts';
import { scoreAptitude } from '#functions/registration/score-aptitude.ts';
import type { SchemeCode } from '#shared/credit/schemes.ts';
import { participants } from '#shared/journal/participant.ts';
import { answerSheets } from '#shared/registration/aptitude/answer-store.ts';
import type { AptitudeEvent, AptitudeTest } from '#shared/registration/aptitude/aptitude.ts';
import { paperOf } from '#shared/registration/aptitude/paper.ts';
import type { Answers, Letter } from '#shared/registration/aptitude/sheet.ts';
import { accesses } from '#shared/registration/privacy/accesses.ts';
import type { Table } from '#shared/table/table.ts';
import { keys } from '#test/journal/citizen.ts';
import {
  citizenClaims,
  failedIds,
  httpEvent,
  lambdaContext,
  operatorClaims,
  queueEvent,
  read,
} from '#test/platform/events.ts';

/** The handlers of the aptitude test over one table, as a citizen, the clock and an operator use them. */
export function aptitudeDesk(table: Table) {
  const files = participants(table);
  const reads = accesses(table);
  const deps = { participants: files, sheets: answerSheets(table), accesses: reads, keys: async () => keys };
  const handler = serveAptitudeTests(deps);
  const worker = scoreAptitude(deps);

  type Request = {
    readonly method: string;
    readonly path: string;
    readonly body?: string | object;
    readonly pathParameters?: Readonly<Record<string, string>>;
    readonly query?: Readonly<Record<string, string>>;
  };
  const ask = async (claims: Readonly<Record<string, string>>, request: Request) =>
    read(await handler(httpEvent({ ...request, claims }), lambdaContext));
  const sent = (attempt: number | string, answers: unknown) => ({
    pathParameters: { attempt: String(attempt) },
    body: { answers },
  });

  return {
    files,
    reads,
    ask,
    start: (id: string, scheme: SchemeCode = 'NORMAL_2023') =>
      ask(citizenClaims(id), { method: 'POST', path: '/v1/aptitude-tests', body: { scheme } }),
    current: (id: string) => ask(citizenClaims(id), { method: 'GET', path: '/v1/aptitude-tests/current' }),
    save: (id: string, answers: unknown, attempt: number | string = 1) =>
      ask(citizenClaims(id), {
        method: 'PUT',
        path: '/v1/aptitude-tests/{attempt}/answers',
        ...sent(attempt, answers),
      }),
    submit: (id: string, answers: unknown, attempt: number | string = 1) =>
      ask(citizenClaims(id), {
        method: 'POST',
        path: '/v1/aptitude-tests/{attempt}/submission',
        ...sent(attempt, answers),
      }),
    rescore: (participantId: string, attempt = '1') =>
      ask(operatorClaims('auditor'), {
        method: 'GET',
        path: '/v1/participants/{participantId}/aptitude-tests/{attempt}/score',
        pathParameters: { participantId, attempt },
        query: { reason: 'Audit of the tests' },
      }),
    /** The message of the clock, as the queue delivers it; the ids of those that must come again. */
    clock: async (participantId: string, attempt = 1) =>
      failedIds(await worker(queueEvent([{ participantId, attempt }]), lambdaContext)),

    events: async (id: string) => (await files.entries(id)).flatMap(({ events }) => events),
    types: async (id: string) => (await files.entries(id)).flatMap(({ events }) => events.map(({ type }) => type)),
    async test(id: string, attempt = 1): Promise<AptitudeTest> {
      const test = (await files.load(id)).state.aptitude[attempt - 1];
      if (!test) throw new Error('No test was started');
      return test;
    },
    async append(id: string, events: readonly AptitudeEvent[], at: Date): Promise<void> {
      await files.append(id, await files.load(id), { events }, at);
    },
  };
}
export type AptitudeDesk = ReturnType<typeof aptitudeDesk>;

/** All right answers of a test; what no citizen ever gets. */
export function keyOf(test: AptitudeTest): Answers {
  return Object.fromEntries(paperOf(test).map(({ right }, index) => [String(index + 1), right]));
}

/** The first `count` answers right, all others wrong. */
export function answersWith(test: AptitudeTest, count: number): Answers {
  const wrong = (right: Letter): Letter => (right === 'A' ? 'B' : 'A');
  return Object.fromEntries(
    paperOf(test).map(({ right }, index) => [String(index + 1), index < count ? right : wrong(right)]),
  );
}
