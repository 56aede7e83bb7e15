import { type Participants, participants } from '#shared/journal/participant.ts';
import { AptitudeMessage } from '#shared/operations/messages.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { worker } from '#shared/platform/worker.ts';
import { type AnswerSheets, answerSheets } from '#shared/registration/aptitude/answer-store.ts';
import { closeTest } from '#shared/registration/aptitude/aptitude.ts';
import { askedIn } from '#shared/registration/aptitude/paper.ts';
import { sealedSheets } from '#shared/registration/aptitude/scoring.ts';
import { emptySheet } from '#shared/registration/aptitude/sheet.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = { readonly participants: Participants; readonly sheets: AnswerSheets; readonly keys: () => Promise<Keys> };

/** Queue `aptitude`: scores a test whose time is over by the answers that were saved. What the citizen has submitted stands. */
export function scoreAptitude({ participants, sheets, keys }: Deps) {
  return worker('scoreAptitude', AptitudeMessage, async ({ participantId, attempt }) => {
    const opened = await keys();
    const saved = await sheets.read(participantId, attempt);
    await participants.change(participantId, ({ registration, aptitude }, at) => {
      // Who was erased meanwhile has no answers any more.
      if (!registration.registered || registration.erased) return { events: [] };
      const { open, score } = sealedSheets(opened, participantId, registration.registered);
      return closeTest(aptitude, attempt, (test) => score(test, saved ? open(saved) : emptySheet(askedIn(test))), at);
    });
  });
}

const table = programTable();
export const handler = scoreAptitude({
  participants: participants(table),
  sheets: answerSheets(table),
  keys: programKeys,
});
