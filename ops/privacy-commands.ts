import type * as z from 'zod/mini';
import { type Command, type Group, NotDone } from '#ops/command.ts';
import { fitting, noteIn, participantIn, wibInstant } from '#ops/fields.ts';
import { indented, type Paint, row, some, wibTime } from '#ops/render.ts';
import { Day } from '#shared/platform/wib.ts';
import { RequestId } from '#shared/registration/privacy/privacy.ts';
import { liftRestriction, listPrivacyRequests, reportBreach } from '#shared/registration/privacy/privacy-api.ts';

/* `npm run ops -- privacy …`: what operators do about citizens' data. */

type Answer<Route extends { readonly answer: unknown }> = z.output<Extract<Route['answer'], z.ZodMiniType>>;

/** Whole hours and minutes: `11 h 05 min`, or how long ago the limit was. */
function timeLeft(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const text = `${hours} h ${String(rest).padStart(2, '0')} min`;
  return minutes < 0 ? `${text} too late` : `${text} left`;
}

function requestLines(paint: Paint, request: Answer<typeof listPrivacyRequests>['requests'][number]): string[] {
  const { participantId, requestId, kind, state, requestedAt, dueUntil, minutesLeft, isLate } = request;
  const mark = (line: string) => (isLate ? paint('red', line) : line);
  const left = minutesLeft === null ? 'nothing to do' : timeLeft(minutesLeft);
  return [
    '',
    ...row(paint, kind, `${state}, ${left}`, mark),
    ...row(paint, 'Request', requestId),
    ...row(paint, 'Asked', `${wibTime(requestedAt)}, due until ${wibTime(dueUntil)}`),
    ...row(paint, 'Participant', participantId),
  ];
}

const requests: Command = {
  name: 'requests',
  summary: 'Shows what citizens asked on a day, and how much time is left of 3 x 24 hours.',
  operands: [],
  usage: ['[--day 2026-11-27]', '[--after PLACE]'],
  options: {
    day: { value: '2026-11-27', help: 'on which they were made, in WIB; else today' },
    after: { value: 'PLACE', help: 'where the page before ended' },
  },
  async run(given, { api, show, terminal: { paint } }) {
    const day = given.maybe('day');
    const after = given.maybe('after');
    const query = {
      ...(day !== undefined && { day: fitting(Day, day, `--day '${day}' is not a day of the form 2026-11-27`) }),
      ...(after !== undefined && { after }),
    };
    show(await api.ask(listPrivacyRequests, { query }), ({ day: shown, requests: found, after: next }) => [
      `${paint('bold', shown)}  ${some(found.length, 'request')}`,
      ...found.flatMap((request) => requestLines(paint, request)),
      ...(next === null ? [] : ['', ...row(paint, 'More', `--day ${shown} --after '${next}'`)]),
    ]);
  },
};

const lifting: Command = {
  name: 'lift',
  summary: 'Proposes to lift a restriction; lifts it when another operator proposed it before.',
  operands: ['PARTICIPANT', 'REQUEST'],
  usage: ['--note TEXT'],
  options: { note: { value: 'TEXT', help: 'why; one line, without numbers of people or accounts' } },
  async run(given, { api, show, terminal: { paint } }) {
    const [participantId, requestId] = given.operands;
    const path = {
      participantId: participantIn(participantId),
      requestId: fitting(RequestId, requestId, `'${requestId}' is not the id of a request`),
    };
    const note = noteIn('note', given.text('note'));
    show(await api.ask(liftRestriction, { path, body: { note } }), ({ state, isLiftProposed }) => [
      ...row(paint, 'State', state),
      ...(isLiftProposed ? row(paint, 'Next', 'another operator lifts it with the same command') : []),
    ]);
  },
};

const countLines = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .sort(([, left], [, right]) => right - left)
    .flatMap(([name, count]) => indented(`${some(count, 'read')}  ${name}`, 4));

const breach: Command = {
  name: 'breach',
  summary: 'Shows whose data was read in a time, for the report that is due within 3 x 24 hours of knowing.',
  operands: [],
  usage: ['--from TIME', '--until TIME', '--known TIME', '[--operator NAME]'],
  options: {
    from: { value: 'TIME', help: 'first instant, in WIB: 2026-11-27T12:00' },
    until: { value: 'TIME', help: 'last instant, at most 30 days later' },
    known: { value: 'TIME', help: 'when the breach became known' },
    operator: { value: 'NAME', help: 'whose reads; else those of everybody' },
  },
  async run(given, { api, show, terminal: { paint } }) {
    const instant = (name: string) => wibInstant(name, given.text(name));
    const operator = given.maybe('operator');
    const times = { from: instant('from'), until: instant('until'), knownAt: instant('known') };
    const reply = await api.ask(reportBreach, { query: { ...times, ...(operator !== undefined && { operator }) } });
    show(reply, (report) => [
      ...row(paint, 'Report', `until ${wibTime(report.reportUntil)}, ${timeLeft(report.minutesLeft)}`),
      ...row(
        paint,
        'Affected',
        `${some(report.participantCount, 'person', 'people')}, ${some(report.readCount, 'read')}`,
      ),
      'By kind',
      ...countLines(report.byKind),
      'By operator',
      ...countLines(report.byOperator),
      'Participants',
      ...report.participantIds.map((id) => `    ${id}`),
    ]);
    if (!reply.read().isComplete)
      throw new NotDone('There are more reads than one report counts: ask for shorter times');
  },
};

export const privacyCommands: Group = {
  name: 'privacy',
  summary: 'What citizens ask about their data, and what a breach reached',
  commands: [requests, lifting, breach],
};
