import { type Command, type Group, UsageError } from '#ops/command.ts';
import { fitting, noteIn, wholeNumber } from '#ops/fields.ts';
import { type Paint, row, some, wibTime } from '#ops/render.ts';
import { grouped } from '#shared/platform/digits.ts';
import * as routes from '#shared/registration/admission/admission-api.ts';
import { AdmissionRate } from '#shared/registration/admission/waiting-room.ts';

/* `npm run ops -- admission …`: the waiting room of opening nights. */

const rateFrom = (number: number) => fitting(AdmissionRate, number, 'A rate is 0 to 5000 people a second');

/** How long somebody waits, in words that an operator compares. */
function waitOf(seconds: number | null): string {
  if (seconds === null) return 'nobody is let in';
  if (seconds < 120) return some(seconds, 'second');
  return `${grouped(Math.round(seconds / 60))} minutes`;
}

/** The waiting room as it stands, at most 80 columns wide. */
export function admissionScreen(paint: Paint, admission: routes.AdmissionView): string[] {
  const { isOpen, opening, ratePerSecond, openedAt, passedCount, waitingCount, longestWaitSeconds, lastStep } =
    admission;
  const state = isOpen ? paint('green', 'open') : paint('dim', 'closed');
  return [
    `${paint('bold', 'Waiting room')}  ${state}${opening > 0 ? `  opening ${opening}` : ''}`,
    ...(isOpen
      ? [
          ...row(paint, 'Lets in', `${grouped(ratePerSecond)} people a second`),
          ...row(paint, 'Opened', openedAt ? wibTime(openedAt) : 'never'),
          ...row(paint, 'Turns passed', grouped(passedCount)),
          ...row(paint, 'Waiting', `at most ${some(waitingCount, 'person', 'people')}`),
          ...row(paint, 'Longest wait', waitOf(longestWaitSeconds)),
        ]
      : row(paint, 'Lets in', 'everybody, without a pass')),
    ...(lastStep ? row(paint, 'Last step', `${lastStep.by}, ${wibTime(lastStep.at)}: ${lastStep.reason}`) : []),
  ];
}

const note = { value: 'TEXT', help: 'why, for those who look later' } as const;

const showing: Command = {
  name: 'show',
  summary: 'Shows the waiting room: who waits, and for how long.',
  operands: [],
  usage: [],
  options: {},
  async run(_given, { api, show, terminal: { paint } }) {
    show(await api.ask(routes.readAdmission, {}), (admission) => admissionScreen(paint, admission));
  },
};

const opening: Command = {
  name: 'open',
  summary: 'Opens the waiting room: from now on a pass is needed. Every function knows it within five seconds.',
  operands: [],
  usage: ['--rate N', '--note TEXT'],
  options: { rate: { value: 'N', help: 'people let in a second, 0 to 5000' }, note },
  async run(given, { api, show, terminal: { paint } }) {
    const body = {
      ratePerSecond: rateFrom(wholeNumber('rate', given.text('rate'))),
      reason: noteIn('note', given.text('note')),
    };
    show(await api.ask(routes.openRoom, { body }), (admission) => admissionScreen(paint, admission));
  },
};

const pacing: Command = {
  name: 'rate',
  summary: 'Changes how many are let in a second. Who waits keeps their place; 0 lets nobody in.',
  operands: ['N'],
  usage: ['--note TEXT'],
  options: { note },
  async run(given, { api, show, terminal: { paint } }) {
    const [text = ''] = given.operands;
    if (!/^\d+$/.test(text)) throw new UsageError(`'${text}' is not a whole number`);
    const body = { ratePerSecond: rateFrom(Number(text)), reason: noteIn('note', given.text('note')) };
    show(await api.ask(routes.setRate, { body }), (admission) => admissionScreen(paint, admission));
  },
};

const closing: Command = {
  name: 'close',
  summary: 'Closes the waiting room: nobody needs a pass. Tickets are of no use in the next opening.',
  operands: [],
  usage: ['--note TEXT'],
  options: { note },
  async run(given, { api, show, terminal: { paint } }) {
    const body = { reason: noteIn('note', given.text('note')) };
    show(await api.ask(routes.closeRoom, { body }), (admission) => admissionScreen(paint, admission));
  },
};

export const admissionCommands: Group = {
  name: 'admission',
  summary: 'The waiting room of opening nights',
  commands: [showing, opening, pacing, closing],
};
