import type * as z from 'zod/mini';
import { bar, type Paint, row, some, wibTime, wibTimeBeside, width } from '#ops/render.ts';
import { grouped } from '#shared/platform/digits.ts';
import type {
  FeedProgress,
  FeedReport,
  FeedView,
  ListingsReport,
  readFeedHolds,
} from '#shared/registration/feeds/feeds-api.ts';

/* What the commands about feeds show. */

type View = z.output<typeof FeedView>;
type Holds = z.output<Exclude<typeof readFeedHolds.answer, string>>;
type Cases = FeedReport['held'];

const words = (code: string) => code.replaceAll('_', ' ');
const rupiah = (amount: number) => `Rp ${grouped(amount)}`;

/** `Feed 0f…  posted  education, full list of 2026-11-01`. */
function feedTitle(paint: Paint, { feedId, state, source, kind, day }: Omit<View, 'announcedBy'> | FeedReport): string {
  return `${paint('bold', `Feed ${feedId}`)}  ${paint('cyan', state)}  ${words(source)}, ${words(kind)} of ${day}`;
}

/** What an announced feed waits for. */
export function announcedLines(paint: Paint, feedId: string, state: string): string[] {
  return [
    `${paint('bold', `Feed ${feedId}`)}  ${paint('cyan', state)}`,
    ...row(paint, 'Next', state === 'announced' ? 'upload the file' : 'nothing: it stays as it is'),
  ];
}

/** The workers' line: stage, bar, percent, lines, rate, expected end. */
export function feedLine({
  stage,
  percent,
  doneRows,
  rows,
  rowsPerSecond,
  startedAt,
  expectedEndAt,
}: FeedProgress): string {
  const rate = rowsPerSecond === null ? '' : `  ${grouped(rowsPerSecond)}/s`;
  const end = expectedEndAt === null ? '' : `  ends about ${wibTimeBeside(expectedEndAt, startedAt ?? expectedEndAt)}`;
  const left = (stage ?? '').padEnd(11);
  const right = `${String(percent).padStart(3)} %  ${grouped(doneRows)}/${rows === null ? '?' : grouped(rows)}${rate}${end}`;
  const columns = Math.max(4, Math.min(24, width - 3 - left.length - right.length));
  return `${left} ${bar(percent, columns)} ${right}`;
}

/** A feed and what became of it so far. */
export function feedScreen(paint: Paint, feed: FeedProgress): string[] {
  const { rows, badRows, posted, withdrawn, refusal, stage, state, announcedBy, announcedAt, submittedBy } = feed;
  return [
    feedTitle(paint, feed),
    ...(stage === null ? [] : [feedLine(feed)]),
    ...row(paint, 'Announced', `by ${announcedBy}, ${wibTime(announcedAt)}`),
    ...(submittedBy === null ? [] : row(paint, 'Posted by', submittedBy)),
    ...(refusal === null ? [] : row(paint, 'Refused', words(refusal), (line) => paint('red', line))),
    ...(rows === null ? [] : row(paint, 'Lines', `${grouped(rows)}, of which ${grouped(badRows ?? 0)} are bad`)),
    ...(posted === null ? [] : row(paint, 'Listed', postedText(posted))),
    ...(withdrawn === null || withdrawn === 0 ? [] : row(paint, 'Withdrawn', grouped(withdrawn))),
    ...(state === 'withdrawing' && feed.percent === 0
      ? row(paint, 'Waits', 'two minutes for the index, then whom the list no longer has is withdrawn')
      : []),
    ...(state === 'announced' ? row(paint, 'Waits', 'for its file, and another operator who has it posted') : []),
  ];
}

const postedText = ({ listed, kept, newer }: { listed: number; kept: number; newer: number }) =>
  `${grouped(listed)} new, ${grouped(kept)} as before, ${grouped(newer)} left to newer feeds`;

export function feedsScreen(paint: Paint, feeds: readonly View[]): string[] {
  if (feeds.length === 0) return ['No feeds yet.'];
  return feeds.flatMap((feed) => [
    feedTitle(paint, feed),
    ...row(
      paint,
      '',
      feed.rows === null ? wibTime(feed.announcedAt) : `${grouped(feed.rows)} lines, ${wibTime(feed.announcedAt)}`,
    ),
  ]);
}

const casesText = ({ cases, heldRupiah, paidRupiah }: Cases) =>
  `${some(cases, 'recipient')}, ${rupiah(heldRupiah)} held, ${rupiah(paidRupiah)} paid before`;

export function reportScreen(paint: Paint, report: FeedReport): string[] {
  const { rows, badRows, matched, held, released } = report;
  const bad = Object.entries(badRows).map(([code, count]) => `${words(code)} ${grouped(count)}`);
  return [
    feedTitle(paint, report),
    ...row(paint, 'Lines', `${grouped(rows.read)} read`),
    ...row(paint, 'Listed', postedText(rows)),
    ...row(paint, 'Withdrawn', grouped(rows.withdrawn)),
    ...row(paint, 'Bad', rows.bad === 0 ? 'none' : `${grouped(rows.bad)}: ${bad.join(', ')}`),
    ...row(paint, 'Registered', grouped(matched)),
    ...row(paint, 'After decree', casesText(held)),
    ...row(paint, 'Released', casesText(released)),
  ];
}

export function totalScreen(paint: Paint, { sources, total }: ListingsReport): string[] {
  return [
    paint('bold', 'Recipients on a list after their decree'),
    ...sources.flatMap(({ source, held, released }) => [
      ...row(paint, words(source), casesText(held)),
      ...(released.cases > 0 ? row(paint, '', `of whom released: ${casesText(released)}`) : []),
    ]),
    ...row(paint, 'Together', casesText(total.held), (line) => paint('bold', line)),
    ...row(paint, 'Released', casesText(total.released)),
  ];
}

export function holdsScreen(paint: Paint, { holds, nextCursor }: Holds): string[] {
  if (holds.length === 0) return ['Nobody is held.'];
  return [
    ...holds.flatMap(({ participantId, holdId, heldRupiah, isListed, releaseProposedBy, releasedBy }) => {
      const release = releasedBy
        ? `released by ${releasedBy}`
        : releaseProposedBy
          ? `release proposed by ${releaseProposedBy}`
          : 'held';
      return [
        participantId,
        ...row(
          paint,
          '',
          `${release}, ${rupiah(heldRupiah)}${isListed ? '' : ', not listed any more'}; hold ${holdId}`,
        ),
      ];
    }),
    ...(nextCursor === null ? [] : ['', 'There are more: --all shows them.']),
  ];
}
