import { createHash } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { open } from 'node:fs/promises';
import type * as z from 'zod/mini';
import { type Command, type Given, type Group, NotDone, type Session, UsageError } from '#ops/command.ts';
import * as screens from '#ops/feed-screens.ts';
import { fitting, noteIn, participantIn } from '#ops/fields.ts';
import { putFile } from '#ops/http-client.ts';
import { row } from '#ops/render.ts';
import { watchFeed } from '#ops/watch-feed.ts';
import { HoldId } from '#shared/incentive/incentive-events.ts';
import { liftHold, proposeHoldRelease } from '#shared/incentive/sanctions-api.ts';
import { Day, wibDay } from '#shared/platform/wib.ts';
import { FeedFacts } from '#shared/registration/feeds/feed.ts';
import * as routes from '#shared/registration/feeds/feeds-api.ts';
import { FeedId } from '#shared/registration/feeds/listing.ts';

/* `npm run ops -- feed …`: what operators do with lists of people from other authorities. */

const { source: Source, kind: Kind } = FeedFacts.shape;

const feedPath = ({ operands: [feedId] }: Given) => ({
  feedId: fitting(FeedId, feedId, `'${feedId}' is not the id of a feed: 32 lowercase hex digits`),
});

/** Size and digest of a file, read once. @throws UsageError for one that cannot be read. */
async function measured(path: string): Promise<{ bytes: number; digest: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    const file = await open(path);
    for await (const piece of file.createReadStream()) {
      hash.update(piece);
      bytes += piece.length;
    }
  } catch {
    throw new UsageError(`${path} cannot be read`);
  }
  return { bytes, digest: hash.digest('hex') };
}

const ofFile: Pick<Command, 'operands' | 'usage' | 'options'> = {
  operands: ['FILE'],
  usage: ['--source S', '--kind addition|full_list', '[--day 2026-11-01]'],
  options: {
    source: { value: 'S', help: Source.options.join(', ') },
    kind: { value: 'K', help: 'addition: whoever is in it is listed too; full_list: nobody else of the source' },
    day: { value: 'DAY', help: 'that it tells about; else today' },
  },
};

async function announced(given: Given, { api, fileAt }: Session) {
  const [name = ''] = given.operands;
  const [source, kind] = [given.text('source'), given.text('kind')];
  const facts = {
    source: fitting(Source, source, `--source '${source}' is none of ${Source.options.join(', ')}`),
    kind: fitting(Kind, kind, `--kind '${kind}' is none of ${Kind.options.join(', ')}`),
    day: fitting(Day, given.maybe('day') ?? wibDay(new Date()), '--day is a day of the form 2026-11-01'),
    ...(await measured(fileAt(name))),
  };
  return { file: fileAt(name), reply: await api.ask(routes.announceFeed, { body: facts }) };
}

const announce: Command = {
  name: 'announce',
  summary: 'Announces a list: its source, its day, and exactly which bytes.',
  ...ofFile,
  async run(given, session) {
    const { paint } = session.terminal;
    const { reply } = await announced(given, session);
    session.show(reply, ({ feedId, state }) => screens.announcedLines(paint, feedId, state));
  },
};

const upload: Command = {
  name: 'upload',
  summary: 'Uploads an announced list. One that is not announced yet is announced.',
  ...ofFile,
  async run(given, session) {
    const { paint } = session.terminal;
    const { file, reply } = await announced(given, session);
    const { feedId, uploadUrl, state } = reply.read();
    if (uploadUrl === null) throw new NotDone(`The feed is ${state}: its file stays as it is.`);
    await putFile(uploadUrl, await openAsBlob(file));
    session.show(reply, () => [
      `${paint('bold', `Feed ${feedId}`)}  uploaded`,
      ...row(paint, 'Next', 'another operator has it posted'),
      ...row(paint, '', `npm run ops -- feed post ${feedId}`),
    ]);
  },
};

const post: Command = {
  name: 'post',
  summary: 'Has a list posted. By another operator than who announced it.',
  operands: ['FEEDID'],
  usage: [],
  options: {},
  async run(given, { api, show, terminal: { paint } }) {
    const reply = await api.ask(routes.postFeed, { path: feedPath(given) });
    show(reply, ({ feedId, state }) => [
      `${paint('bold', `Feed ${feedId}`)}  ${paint('cyan', state)}`,
      ...row(paint, 'Next', `npm run ops -- feed progress ${feedId} --watch`),
    ]);
  },
};

const progress: Command = {
  name: 'progress',
  summary: 'Shows a list and how far its workers are.',
  operands: ['FEEDID'],
  usage: ['[--watch]'],
  options: { watch: { help: 'each second, until the workers stand still' } },
  async run(given, session) {
    const path = feedPath(given);
    const ask = () => session.api.ask(routes.readFeedProgress, { path });
    if (given.has('watch')) return watchFeed(ask, session);
    session.show(await ask(), (feed) => screens.feedScreen(session.terminal.paint, feed));
  },
};

const report: Command = {
  name: 'report',
  summary: 'Shows what a list came to. Its lines, and whom they name among participants and recipients.',
  operands: ['FEEDID'],
  usage: [],
  options: {},
  async run(given, { api, show, terminal: { paint } }) {
    const reply = await api.ask(routes.readFeedReport, { path: feedPath(given) });
    show(reply, (answer) => screens.reportScreen(paint, answer));
  },
};

const total: Command = {
  name: 'total',
  summary: 'Shows the cases of all lists. Recipients who turned up on one after their decree, by source.',
  operands: [],
  usage: [],
  options: {},
  async run(_, { api, show, terminal: { paint } }) {
    show(await api.ask(routes.readListingsReport, {}), (answer) => screens.totalScreen(paint, answer));
  },
};

/** More than a source can fill. */
const maxPages = 100_000;

/** Goes through pages, each of which answers where the next one begins; the first one alone unless `isAll`. @throws NotDone where they do not end. */
async function pages(isAll: boolean, page: (cursor: string | null) => Promise<string | null>): Promise<void> {
  let cursor: string | null = null;
  for (let number = 0; number < maxPages; number += 1) {
    const next: string | null = await page(cursor);
    if (next === null || !isAll) return;
    if (next === cursor) break;
    cursor = next;
  }
  throw new NotDone('The pages do not end.');
}

const all = { all: { help: 'goes on to the last one' } } as const;

const list: Command = {
  name: 'list',
  summary: 'Shows the lists, the newest first. Fifty at a time.',
  operands: [],
  usage: ['[--all]'],
  options: all,
  run: (given, { api, show, terminal: { paint } }) =>
    pages(given.has('all'), async (cursor) => {
      const reply = await api.ask(routes.listFeeds, { query: { ...(cursor !== null && { cursor }) } });
      show(reply, ({ feeds }) => screens.feedsScreen(paint, feeds));
      return reply.read().nextCursor;
    }),
};

const holds: Command = {
  name: 'holds',
  summary: 'Shows the recipients whom a list holds. Fifty at a time.',
  operands: ['FEEDID'],
  usage: ['[--all]'],
  options: all,
  run: (given, { api, show, terminal: { paint } }) =>
    pages(given.has('all'), async (cursor) => {
      const query = { ...(cursor !== null && { cursor }) };
      const reply = await api.ask(routes.readFeedHolds, { path: feedPath(given), query });
      const answer = reply.read();
      const shown = given.has('all') ? { ...answer, nextCursor: null } : answer;
      show(reply, () => screens.holdsScreen(paint, shown));
      return answer.nextCursor;
    }),
};

const errors: Command = {
  name: 'errors',
  summary:
    'Prints the bad lines of a list as CSV, all of them. Their numbers in the file and what is wrong, never what they say.',
  operands: ['FEEDID'],
  usage: [],
  options: {},
  async run(given, { api, isJson, terminal: { out } }) {
    const path = feedPath(given);
    if (!isJson) out.write('row,code\n');
    await pages(true, async (cursor) => {
      const reply = await api.ask(routes.readFeedErrors, { path, query: { ...(cursor !== null && { cursor }) } });
      const answer = reply.read();
      out.write(
        isJson ? `${reply.text.trimEnd()}\n` : answer.errors.map(({ row: line, code }) => `${line},${code}\n`).join(''),
      );
      return answer.nextCursor;
    });
  },
};

const holdPath = ({ operands: [participantId, holdId] }: Given) => ({
  participantId: participantIn(participantId),
  holdId: fitting(HoldId, holdId, `'${holdId}' is not the id of a hold`),
});

type Sanctions = z.output<Exclude<typeof liftHold.answer, string>>;
const standing = ({ holds: left }: Sanctions) =>
  left.length === 0 ? 'no hold stands' : left.map(({ holdId, reason }) => `${holdId} (${reason})`).join(', ');

const proposeRelease: Command = {
  name: 'propose-release',
  summary: 'Proposes that somebody whom a list holds be released, and why.',
  operands: ['PARTICIPANT', 'HOLDID'],
  usage: ['--note TEXT'],
  options: { note: { value: 'TEXT', help: 'why; who releases reads it' } },
  async run(given, { api, show, terminal: { paint } }) {
    const note = noteIn('note', given.text('note'));
    const reply = await api.ask(proposeHoldRelease, { path: holdPath(given), body: { note } });
    show(reply, () => row(paint, 'Next', 'another operator releases'));
  },
};

const release: Command = {
  name: 'release',
  summary: 'Releases somebody, as another operator proposed.',
  operands: ['PARTICIPANT', 'HOLDID'],
  usage: [],
  options: {},
  async run(given, { api, show, terminal: { paint } }) {
    const reply = await api.ask(liftHold, { path: holdPath(given) });
    show(reply, (sanctions) => row(paint, 'Left', standing(sanctions)));
  },
};

export const feedCommands: Group = {
  name: 'feed',
  summary: 'Lists of people from other authorities, and whom they hold',
  commands: [announce, upload, post, progress, list, errors, report, total, holds, proposeRelease, release],
};
