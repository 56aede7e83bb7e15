import { type Command, type Group, NotDone } from '#ops/command.ts';
import { noteIn, participantIn, wholeNumber } from '#ops/fields.ts';
import { type Paint, row } from '#ops/render.ts';
import { rescoreAptitudeTest } from '#shared/registration/aptitude/aptitude-api.ts';

/* `npm run ops -- aptitude …`: what operators check of the aptitude test. */

type Marks = {
  readonly percent: number;
  readonly parts: readonly { readonly category: string; readonly right: number; readonly asked: number }[];
};

const marksLine = (paint: Paint, name: string, { percent, parts }: Marks) =>
  row(
    paint,
    name,
    [`${percent} %`, ...parts.map(({ category, right, asked }) => `${category} ${right} of ${asked}`)].join(', '),
  );

const rescore: Command = {
  name: 'rescore',
  summary:
    'Scores a test anew from its bank version, its seed and the sealed answers. The participant sees who asked, and why.',
  operands: ['PARTICIPANT'],
  usage: ['--reason TEXT', '[--attempt 1]'],
  options: {
    reason: { value: 'TEXT', help: 'why; one line, without numbers of people or accounts' },
    attempt: { value: '1', help: 'which test of the participant; else the first' },
  },
  async run(given, { api, show, terminal: { paint } }) {
    const [participantId] = given.operands;
    const path = {
      participantId: participantIn(participantId),
      attempt: String(wholeNumber('attempt', given.maybe('attempt') ?? '1')),
    };
    const reason = noteIn('reason', given.text('reason'));
    const reply = await api.ask(rescoreAptitudeTest, { path, query: { reason } });
    show(reply, ({ scheme, attempt, bankVersion, recorded, recomputed, agrees }) => [
      ...row(paint, 'Test', `${attempt}, ${scheme}, bank ${bankVersion}`),
      ...marksLine(paint, 'Recorded', recorded),
      ...marksLine(paint, 'Anew', recomputed),
      ...row(paint, 'Agrees', agrees ? 'yes' : paint('red', 'no')),
    ]);
    if (!reply.read().agrees) throw new NotDone('The recorded score is not what the answers are worth');
  },
};

export const aptitudeCommands: Group = {
  name: 'aptitude',
  summary: 'What the score of an aptitude test rests on',
  commands: [rescore],
};
