import type * as z from 'zod/mini';
import * as screens from '#ops/batch-screens.ts';
import { type Command, type Given, type Group, NotDone, type Session, UsageError } from '#ops/command.ts';
import { fitting, noteIn, oneOf, places, wholeNumber, wibInstant } from '#ops/fields.ts';
import { Refused } from '#ops/http-client.ts';
import { row, wibTime } from '#ops/render.ts';
import { discardShare, keepNewShare, shareIn } from '#ops/share-file.ts';
import { watchProgress } from '#ops/watch.ts';
import { SchemeCode } from '#shared/credit/schemes.ts';
import { chosenName } from '#shared/platform/operator.ts';
import * as routes from '#shared/selection/batch-api.ts';
import { BatchId, Randomness } from '#shared/selection/batch-events.ts';
import { sealOf } from '#shared/selection/draw/manifest.ts';
import { DrawNumber, Stratum } from '#shared/selection/draw/record.ts';
import { readBatch } from '#shared/selection/draw-api.ts';

/* `npm run ops -- batch …`: what operators do with batches. */

const batchPath = ({ operands: [number] }: Given) => ({
  batchId: fitting(BatchId, number, `'${number}' is not the number of a batch: 1 to 999999`),
});
const drawNumberOf = (text: string | undefined) =>
  fitting(DrawNumber, text, `'${text}' is not a draw number: 32 lowercase hex digits, the last two 00`);

/** What a text means, where there is one. */
const when = <Value>(text: string | undefined, read: (text: string) => Value) =>
  text === undefined ? undefined : read(text);
const unlessEmpty = <List extends object>(list: List) => (Object.keys(list).length === 0 ? undefined : list);
const option = <Name extends string>(name: string, names: z.ZodMiniEnum<{ [N in Name]: N }>, text: string) =>
  fitting(names, text, `--${name} '${text}' is none of ${names.options.join(', ')}`);

/** The body of a draft. What was not given is left to the API. */
function draftOf(given: Given) {
  const number = (name: string) => when(given.maybe(name), (text) => wholeNumber(name, text));
  const instant = (name: string) => when(given.maybe(name), (text) => wibInstant(name, text));
  const body = {
    number: wholeNumber('number', given.text('number')),
    scheme: option('scheme', SchemeCode, given.text('scheme')),
    quotas: unlessEmpty(Object.fromEntries(places('quota', given.all('quota'), '32=100'))),
    regencyQuotas: unlessEmpty(Object.fromEntries(places('regency', given.all('regency'), '32.73=5'))),
    stratumQuotas: unlessEmpty(
      places('stratum', given.all('stratum'), 'migrant_worker=10').map(([stratum, count]) => ({
        stratum: option('stratum', Stratum, stratum),
        places: count,
      })),
    ),
    priorityRegencies: unlessEmpty([...given.all('priority')]),
    maxLots: number('max-lots'),
    randomness: when(given.maybe('randomness'), (text) => option('randomness', Randomness, text)),
    opensAt: instant('opens'),
    closesAt: instant('closes'),
    graceHours: number('grace-hours'),
    recovers: unlessEmpty(given.all('recovers').flatMap((text) => text.split(','))),
  };
  const [fault] = routes.createBatch.body?.safeParse(body).error?.issues ?? [];
  if (!fault) return body;
  const field = String(fault.path[0]);
  throw new UsageError(`--${optionOf[field] ?? field} is outside what a batch can have`);
}

/** Options whose name is not that of the field. */
const optionOf: Readonly<Record<string, string>> = {
  quotas: 'quota',
  regencyQuotas: 'regency',
  stratumQuotas: 'stratum',
  priorityRegencies: 'priority',
  maxLots: 'max-lots',
  opensAt: 'opens',
  closesAt: 'closes',
  graceHours: 'grace-hours',
};

const draft: Command = {
  name: 'draft',
  summary: 'Drafts a batch. Its places, its calendar and its randomness are fixed with it.',
  operands: [],
  usage: [
    '--number N',
    '--scheme S',
    '[--quota 32=100]…',
    '[--regency 32.73=5]…',
    '[--stratum migrant_worker=10]…',
    '[--priority 32.73]…',
    '[--max-lots 3]',
    '[--randomness drand|two_operators]',
    '[--opens 2026-11-27T12:00]',
    '[--closes 2026-11-30T23:59]',
    '[--grace-hours 24]',
    '[--recovers 1,2]',
  ],
  options: {
    number: { value: 'N', help: 'of the batch, 1 to 999999' },
    scheme: { value: 'S', help: SchemeCode.options.join(' or ') },
    quota: { value: '32=100', isRepeated: true, help: 'places of a province' },
    regency: { value: '32.73=5', isRepeated: true, help: 'places set aside for a kabupaten or kota' },
    stratum: {
      value: 'S=10',
      isRepeated: true,
      help: `places set aside, in this order: ${Stratum.options.join(', ')}`,
    },
    priority: { value: '32.73', isRepeated: true, help: 'a regency whose residents count as extreme_poverty' },
    'max-lots': { value: '3', help: 'lots of who was not drawn before; else 1' },
    randomness: { value: 'R', help: 'drand, unless it is two_operators' },
    opens: { value: 'TIME', help: 'wall-clock time in WIB: 2026-11-27T12:00; else an operator opens it' },
    closes: { value: 'TIME', help: 'likewise' },
    'grace-hours': { value: '24', help: 'for objections, between approval and decree' },
    recovers: { value: '1,2', isRepeated: true, help: 'batches whose free places are given away' },
  },
  async run(given, { api, show, terminal: { paint } }) {
    const reply = await api.ask(routes.createBatch, { body: draftOf(given) });
    show(reply, (batch) => screens.batchScreen(paint, batch));
  },
};

type Step = typeof routes.openBatch | typeof routes.closeBatch | typeof routes.approveDraw;

/** A step that needs nothing but the number of the batch. */
function step(route: Step, words: Pick<Command, 'name' | 'summary'>, then: (batch: screens.BatchView) => string) {
  const plainStep: Command = {
    ...words,
    operands: ['N'],
    usage: [],
    options: {},
    async run(given, { api, show, terminal: { paint } }) {
      const reply = await api.ask(route, { path: batchPath(given) });
      show(reply, (batch) => [screens.title(paint, batch), ...row(paint, 'Next', then(batch))]);
    },
  };
  return plainStep;
}

const opening = step(
  routes.openBatch,
  { name: 'open', summary: 'Opens a draft: citizens can join.' },
  ({ closesAt }) => (closesAt ? `it closes ${wibTime(closesAt)}` : 'an operator closes it'),
);
const closing = step(
  routes.closeBatch,
  { name: 'close', summary: 'Closes a batch.' },
  () => 'its applicants are screened, a minute from the closing on',
);
const approving = step(
  routes.approveDraw,
  { name: 'approve', summary: 'Approves the draw. By an operator who has neither drafted nor closed the batch.' },
  ({ objectionsUntil }) =>
    `objections until ${objectionsUntil ? wibTime(objectionsUntil) : 'the decree'}; then another operator orders it`,
);

const shareFile = { 'share-file': { value: 'FILE', help: 'where the share is kept' } };

const seal: Command = {
  name: 'seal',
  summary: 'Seals a share of the randomness. A new share is kept in a file that only you can read; its seal is sent.',
  operands: ['N'],
  usage: ['--share-file FILE', '[--again]'],
  options: { ...shareFile, again: { help: 'sends the seal of the share that the file holds' } },
  async run(given, { api, fileAt, show, terminal: { paint } }) {
    const path = batchPath(given);
    const file = fileAt(given.text('share-file'));
    const isNew = !given.has('again');
    const share = isNew ? await keepNewShare(file) : await shareIn(file);
    const sealing = api.ask(routes.sealBatch, { path, body: { seal: sealOf(share) } });
    const reply = await sealing.catch(async (error: unknown) => {
      // Refused for good: the share is of no use. Anything else may have been done: the share is still needed.
      if (isNew && error instanceof Refused && error.status < 500) await discardShare(file);
      else if (isNew && error instanceof Error)
        error.message += ` The share is kept in ${file}: try again with --again.`;
      throw error;
    });
    show(reply, (batch) => [
      screens.title(paint, batch),
      ...row(paint, 'Sealed by', batch.sealedBy.join(', ')),
      ...row(paint, 'Share', `in ${file}: keep it, show it to nobody, reveal it when the list is committed`),
    ]);
  },
};

const reveal: Command = {
  name: 'reveal',
  summary: 'Reveals the share that you sealed. After the list is committed.',
  operands: ['N'],
  usage: ['--share-file FILE'],
  options: shareFile,
  async run(given, { api, fileAt, show, terminal: { paint } }) {
    const path = batchPath(given);
    const share = await shareIn(fileAt(given.text('share-file')));
    const reply = await api.ask(routes.revealShare, { path, body: { share } });
    show(reply, (batch) => [
      screens.title(paint, batch),
      ...row(paint, 'Revealed by', batch.revealedBy.join(', ')),
      ...row(paint, 'Next', batch.revealedBy.length < 2 ? 'the other operator reveals' : 'the draw runs'),
    ]);
  },
};

/** More than objections can fill. */
const maxPages = 20_000;

const objections: Command = {
  name: 'objections',
  summary: 'Shows the objections to the draw. Fifty at a time.',
  operands: ['N'],
  usage: ['[--all]'],
  options: { all: { help: 'goes on to the last one' } },
  async run(given, { api, show, terminal: { paint } }) {
    const path = batchPath(given);
    let cursor: string | undefined;
    for (let page = 0; page < maxPages; page += 1) {
      const reply = await api.ask(routes.readObjections, { path, query: { ...(cursor !== undefined && { cursor }) } });
      const { next } = reply.read();
      const isLast = next === null || !given.has('all');
      show(reply, (answer) => {
        const shown = given.has('all') ? { ...answer, next: null } : answer;
        return screens.objectionsScreen(paint, shown, page === 0);
      });
      if (isLast) return;
      if (cursor !== undefined && next <= cursor) break;
      cursor = next;
    }
    throw new NotDone('The pages of the objections do not end.');
  },
};

const answer: Command = {
  name: 'answer',
  summary: 'Answers an objection. What an upheld one changes is proposed as an override.',
  operands: ['N', 'DRAWNUMBER'],
  usage: ['--upheld|--dismissed', '--note TEXT'],
  options: {
    upheld: { help: 'the applicant is right' },
    dismissed: { help: 'the draw is right' },
    note: { value: 'TEXT', help: 'why; the applicant reads it' },
  },
  async run(given, { api, show, terminal: { paint } }) {
    const path = { ...batchPath(given), drawNumber: drawNumberOf(given.operands[1]) };
    const body = { answer: oneOf(['upheld', 'dismissed'], given.has), note: noteIn('note', given.text('note')) };
    const reply = await api.ask(routes.answerObjection, { path, body });
    show(reply, (objection) => screens.objectionLines(paint, objection));
  },
};

/** Shows the correction that was meant. */
const correction =
  (overrideId: string, { terminal: { paint } }: Session) =>
  (batch: screens.BatchView) => [
    screens.title(paint, batch),
    ...batch.overrides
      .filter((override) => override.overrideId === overrideId)
      .flatMap((override) => screens.overrideLines(paint, override, batch.orderedAt !== null)),
  ];

const override: Command = {
  name: 'override',
  summary: 'Proposes a correction of the draw. It is public at once, and counts when a second operator agrees.',
  operands: ['N'],
  usage: ['--id ID', '--exclude|--admit DRAWNUMBER', '--note TEXT'],
  options: {
    id: { value: 'ID', help: 'a name of your choice: letters, digits, hyphens' },
    exclude: { value: 'DRAWNUMBER', help: 'takes the place from a winner' },
    admit: { value: 'DRAWNUMBER', help: 'gives a place' },
    note: { value: 'TEXT', help: 'why; everybody reads it' },
  },
  async run(given, session) {
    const kind = oneOf(['exclude', 'admit'], given.has);
    const overrideId = given.text('id');
    const body = {
      overrideId,
      kind,
      drawNumber: drawNumberOf(given.text(kind)),
      note: noteIn('note', given.text('note')),
    };
    const expected = `--id '${overrideId}' is not of letters, digits and hyphens, 64 at most, no eight digits in a row`;
    fitting(chosenName(64), overrideId, expected);
    const reply = await session.api.ask(routes.proposeOverride, { path: batchPath(given), body });
    session.show(reply, correction(overrideId, session));
  },
};

const confirmOverride: Command = {
  name: 'confirm-override',
  summary: 'Agrees to what another operator proposed.',
  operands: ['N', 'ID'],
  usage: [],
  options: {},
  async run(given, session) {
    const [, overrideId = ''] = given.operands;
    const reply = await session.api.ask(routes.confirmOverride, { path: { ...batchPath(given), overrideId } });
    session.show(reply, correction(overrideId, session));
  },
};

/** A number as somebody types it who has read it as `1.234`. */
function typedNumber(text: string): number {
  if (!/^(\d{1,9}|\d{1,3}(\.\d{3})+)$/.test(text)) throw new NotDone('That is not a number: nothing was ordered.');
  return Number(text.replaceAll('.', ''));
}

const decree: Command = {
  name: 'decree',
  summary:
    'Orders the decrees. Shows what was drawn, asks for the number of winners, and states both; by another operator than the one who approved.',
  operands: ['N'],
  usage: ['[--winners N]'],
  options: { winners: { value: 'N', help: 'states the number of winners, and is not asked for it' } },
  async run(given, { api, isJson, show, terminal: { ask, err, out, paint } }) {
    const path = batchPath(given);
    const stated = given.maybe('winners');
    const count = stated === undefined ? undefined : wholeNumber('winners', stated);
    const batch = (await api.ask(readBatch, { path })).read();
    const { openCount } = (await api.ask(routes.readObjections, { path, query: {} })).read();
    const { manifestDigest, state, overrides } = batch;
    if (manifestDigest === null) throw new Refused('batch_state', `The batch is ${state}: nothing is drawn yet`, 409);
    // A pipe gets the answer alone.
    const shownOn = isJson ? err : out;
    shownOn.write(`${screens.decreeScreen(paint, batch, openCount).join('\n')}\n\n`);
    const winnerCount = count ?? typedNumber(((await ask('Number of winners, to order the decree: ')) ?? '').trim());
    // What was shown is what is ordered: a correction that was agreed on since is refused.
    const overrideCount = overrides.filter(({ confirmedBy }) => confirmedBy !== null).length;
    const body = { winnerCount, manifestDigest, overrideCount };
    const reply = await api.ask(routes.orderDecree, { path, body });
    show(reply, ({ batchId, orderedAt }) => [
      ...row(paint, 'Ordered', orderedAt ? wibTime(orderedAt) : 'yes'),
      ...row(paint, 'Next', `the decrees are written: npm run ops -- batch progress ${batchId} --watch`),
    ]);
  },
};

const showing: Command = {
  name: 'show',
  summary: 'Shows what is public of a batch. Needs no token.',
  operands: ['N'],
  usage: [],
  options: {},
  async run(given, { api, show, terminal: { paint } }) {
    const reply = await api.ask(readBatch, { path: batchPath(given) });
    show(reply, (batch) => screens.batchScreen(paint, batch));
  },
};

const progress: Command = {
  name: 'progress',
  summary: 'Shows how far the workers are. Or what the batch waits for, where they stand still.',
  operands: ['N'],
  usage: ['[--watch]'],
  options: { watch: { help: 'goes on until an operator is needed or the batch is over' } },
  async run(given, session) {
    const path = batchPath(given);
    const { api, show, terminal } = session;
    const ask = () => api.ask(routes.readProgress, { path });
    if (given.has('watch')) return watchProgress(ask, path.batchId, session);
    show(await ask(), (answered) => screens.progressScreen(terminal.paint, path.batchId, answered));
  },
};

export const batchCommands: Group = {
  name: 'batch',
  summary: 'Batches, from the draft to the decree',
  commands: [
    draft,
    opening,
    seal,
    closing,
    reveal,
    approving,
    objections,
    answer,
    override,
    confirmOverride,
    decree,
    showing,
    progress,
  ],
};
