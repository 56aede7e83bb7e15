import { isDeepStrictEqual } from 'node:util';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { api, apiGroup } from '#shared/platform/http.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { type AnswerSheets, answerSheets } from '#shared/registration/aptitude/answer-store.ts';
import { type AptitudeTest, openTest, startTest, submitTest, testFor } from '#shared/registration/aptitude/aptitude.ts';
import * as routes from '#shared/registration/aptitude/aptitude-api.ts';
import { resultView, secondsLeft, testView } from '#shared/registration/aptitude/aptitude-view.ts';
import { currentBank } from '#shared/registration/aptitude/bank.ts';
import { askedIn, paperOf, scoreOf } from '#shared/registration/aptitude/paper.ts';
import { sealedSheets } from '#shared/registration/aptitude/scoring.ts';
import { answersOf, sheetOf } from '#shared/registration/aptitude/sheet.ts';
import { type Accesses, accesses as accessesOf } from '#shared/registration/privacy/accesses.ts';
import { type Registration, standing } from '#shared/registration/registration.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly participants: Participants;
  readonly sheets: AnswerSheets;
  readonly accesses: Pick<Accesses, 'record'>;
  readonly keys: () => Promise<Keys>;
};

/** What a citizen does with the aptitude test, and what an operator can check of it afterwards. */
export function serveAptitudeTests({ participants, sheets, accesses, keys }: Deps) {
  async function sheetsOf(participantId: string, registration: Registration) {
    const registered = standing(registration);
    return sealedSheets(await keys(), participantId, registered);
  }

  /** What is saved of a test that runs. */
  async function savedIn(participantId: string, registration: Registration, { attempt, scored }: AptitudeTest) {
    const saved = scored ? null : await sheets.read(participantId, attempt);
    return saved ? answersOf((await sheetsOf(participantId, registration)).open(saved)) : {};
  }

  const starting = api(routes.startAptitudeTest, async ({ caller, body: { scheme }, now }) => {
    const participantId = caller.username;
    const opened = await keys();
    const { version: bankVersion } = currentBank;
    const seedOf = (attempt: number) => opened.tag('aptitude-seed', `${participantId}#${attempt}`).slice(0, 32);
    const { registration, aptitude } = await participants.change(participantId, (file, at) =>
      startTest(file, { participantId, scheme, bankVersion, seedOf }, at),
    );
    const test = testFor(aptitude, scheme);
    if (!test) throw new Error('aptitude.missing');
    return testView(aptitude, test, await savedIn(participantId, registration, test), now);
  });

  const reading = api(routes.readAptitudeTest, async ({ caller, now }) => {
    const participantId = caller.username;
    const { registration, aptitude } = (await participants.load(participantId)).state;
    if (!registration.registered) throw new Refusal('not_registered');
    const test = aptitude.at(-1);
    if (!test) throw new Refusal('aptitude_test_unknown');
    return testView(aptitude, test, await savedIn(participantId, registration, test), now);
  });

  const saving = api(routes.saveAptitudeAnswers, async ({ caller, path, body: { answers } }) => {
    const participantId = caller.username;
    const { registration, aptitude } = (await participants.load(participantId)).state;
    const { seal } = await sheetsOf(participantId, registration);
    // The time after loading: the shorter the way from here to the store, the less can happen on it.
    const now = new Date();
    const test = openTest(aptitude, Number(path.attempt), now);
    await sheets.save(participantId, test, seal(sheetOf(answers, askedIn(test))), now);
    return { attempt: test.attempt, answered: Object.keys(answers).length, secondsLeft: secondsLeft(test, now) };
  });

  const submitting = api(routes.submitAptitudeTest, async ({ caller, path, body: { answers } }) => {
    const participantId = caller.username;
    const attempt = Number(path.attempt);
    const { aptitude } = await participants.change(participantId, async ({ registration, aptitude }, at) => {
      const { open, score } = await sheetsOf(participantId, registration);
      return submitTest(
        aptitude,
        attempt,
        {
          score: (test) => score(test, sheetOf(answers, askedIn(test))),
          isSame: (test, sealed) => open(sealed) === sheetOf(answers, askedIn(test)),
        },
        at,
      );
    });
    const test = aptitude[attempt - 1];
    const result = test && resultView(aptitude, test);
    if (!result) throw new Error('aptitude.missing');
    return result;
  });

  const rescoring = api(
    routes.rescoreAptitudeTest,
    async ({ caller, now, path: { participantId, attempt }, query }) => {
      const { registration, aptitude } = (await participants.load(participantId)).state;
      if (!registration.registered) throw new Refusal('participant_unknown');
      const test = aptitude[Number(attempt) - 1];
      if (!test?.scored) throw new Refusal('aptitude_test_unknown');
      const { open } = await sheetsOf(participantId, registration);
      const reader = { role: 'operator', by: caller.username, kind: 'aptitude_test', reason: query.reason } as const;
      await accesses.record(participantId, reader, now);
      const { parts, percent, answers } = test.scored;
      const recomputed = scoreOf(paperOf(test), open(answers));
      return {
        ...{ participantId, attempt: test.attempt, scheme: test.scheme, bankVersion: test.bankVersion },
        agrees: isDeepStrictEqual(recomputed, { parts, percent }),
        recorded: { percent, parts },
        recomputed,
      };
    },
  );

  return apiGroup([
    [routes.startAptitudeTest, starting],
    [routes.readAptitudeTest, reading],
    [routes.saveAptitudeAnswers, saving],
    [routes.submitAptitudeTest, submitting],
    [routes.rescoreAptitudeTest, rescoring],
  ]);
}

const table = programTable();
export const handler = serveAptitudeTests({
  participants: participants(table),
  sheets: answerSheets(table),
  accesses: accessesOf(table),
  keys: programKeys,
});
