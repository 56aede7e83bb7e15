import { ok } from 'node:assert/strict';
import { hash } from 'node:crypto';
import * as z from 'zod/mini';
import {
  Applicant,
  applicantLine,
  type CommittedList,
  type DrawOutcome,
  draw,
  drawSeed,
  FamilyTag,
  opensSeal,
  ProvinceCode,
  Sha256Hex,
  type Winner,
} from '#shared/selection/draw.ts';

/** How the draw was made, in words, inside every manifest: another method is another manifest version. */
const DRAW_ALGORITHM = {
  list: 'UTF-8 lines "participantId,province,familyTag", ascending by participantId, each ended by LF; listDigest = SHA-256 of the file',
  randomness: 'sealed two-party commit-reveal between two operators',
  seal: 'SHA-256("prakerja-draw-seal-1" LF share LF), share as 64 lowercase hex characters',
  seed: 'SHA-256("prakerja-draw-seed-1" LF listDigest LF firstShare LF secondShare LF)',
  score:
    'HMAC-SHA256(key = the 32 bytes of the seed, message = participantId as 64 ASCII characters), ascending as bytes',
  selection:
    'in order of score, ties by participantId: wins if the province has a place left and the family has fewer than maxPerFamily places, those of placesAlreadyTaken included',
  winners:
    'UTF-8 lines "rank,participantId,province,score", by rank from 1, each ended by LF; winnersDigest = SHA-256 of the file',
  digests: 'commitmentDigest and manifestDigest = SHA-256 of the canonical JSON (RFC 8785)',
} as const;

const Count = z.int().check(z.nonnegative());
const Seal = z.strictObject({ operator: z.string().check(z.regex(/^[\w.:@-]{1,128}$/)), seal: Sha256Hex });
const Seals = z
  .strictObject({ first: Seal, second: Seal })
  .check(z.refine(({ first, second }) => first.operator !== second.operator, 'Two operators seal a draw'))
  // A copied seal would let its owner choose both shares.
  .check(z.refine(({ first, second }) => first.seal !== second.seal, 'Each operator seals a share of their own'));
const FileKey = z.string().check(z.regex(/^[\w./=-]{1,512}$/));

const committed = {
  version: z.literal(1),
  batchId: z.string().check(z.minLength(1), z.maxLength(128)),
  batchNumber: z.int().check(z.positive()),
  scheme: z.string().check(z.minLength(1), z.maxLength(64)),
  algorithm: z.strictObject({
    list: z.literal(DRAW_ALGORITHM.list),
    randomness: z.literal(DRAW_ALGORITHM.randomness),
    seal: z.literal(DRAW_ALGORITHM.seal),
    seed: z.literal(DRAW_ALGORITHM.seed),
    score: z.literal(DRAW_ALGORITHM.score),
    selection: z.literal(DRAW_ALGORITHM.selection),
    winners: z.literal(DRAW_ALGORITHM.winners),
    digests: z.literal(DRAW_ALGORITHM.digests),
  }),
  quotas: z.record(ProvinceCode, Count),
  maxPerFamily: Count,
  /** By family tag: places held from earlier batches, only of families that are in the list. */
  placesAlreadyTaken: z.record(FamilyTag, Count),
  applicantCount: Count,
  byProvince: z.record(ProvinceCode, Count),
  listDigest: Sha256Hex,
  seals: Seals,
  committedAt: z.iso.datetime(),
};

/** What is published before either share is shown: everything that decides the draw except the randomness. */
export const DrawCommitment = z.strictObject(committed);
export type DrawCommitment = z.infer<typeof DrawCommitment>;

/** The commitment, then what came of it: enough to repeat the draw together with the two files it names. */
export const DrawManifest = z.strictObject({
  ...committed,
  commitmentDigest: Sha256Hex,
  shares: z.strictObject({ first: Sha256Hex, second: Sha256Hex }),
  seed: Sha256Hex,
  winnersDigest: Sha256Hex,
  winnerCount: Count,
  files: z.strictObject({ applicants: FileKey, winners: FileKey }),
  drawnAt: z.iso.datetime(),
});
export type DrawManifest = z.infer<typeof DrawManifest>;

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Canonical JSON after RFC 8785: keys in code unit order, no spaces. Numbers must be whole: nothing here has a fraction. */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number') ok(Number.isSafeInteger(value), 'Canonical numbers are whole');
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}

// Array.isArray does not narrow a readonly array.
const isArray = (value: object): value is readonly Json[] => Array.isArray(value);

const digestOf = (text: string) => hash('sha256', text);

/** SHA-256 of the canonical commitment, the one line to publish before the shares. Takes a manifest too. */
export function commitmentDigest(commitment: DrawCommitment): string {
  const { version, batchId, batchNumber, scheme, algorithm, quotas, maxPerFamily, placesAlreadyTaken } = commitment;
  const { applicantCount, byProvince, listDigest, seals, committedAt } = commitment;
  const rules = { version, batchId, batchNumber, scheme, algorithm, quotas, maxPerFamily, placesAlreadyTaken };
  return digestOf(canonicalJson({ ...rules, applicantCount, byProvince, listDigest, seals, committedAt }));
}

/** The manifest's file: its canonical JSON, so that `sha256sum` on it gives `manifestDigest`. */
export function writeManifest(manifest: DrawManifest): string {
  return canonicalJson(DrawManifest.parse(manifest));
}

/** SHA-256 of the manifest's file, as hex. */
export function manifestDigest(manifest: DrawManifest): string {
  return digestOf(writeManifest(manifest));
}

const fileOf = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

function linesOf(file: string): string[] {
  const lines = file.split('\n');
  ok(lines.pop() === '', 'The last line of a draw file ends too: a file without its end was cut');
  return lines;
}

/** The applicants' file of a committed list: its canonical bytes. */
export function writeApplicants({ applicants }: Pick<CommittedList, 'applicants'>): string {
  return fileOf(applicants.map(applicantLine));
}

/** Reads an applicants' file. Throws on a line that is not `participantId,province,familyTag`. */
export function parseApplicants(file: string): Applicant[] {
  return linesOf(file).map((line) => {
    const [participantId, province, familyTag, ...rest] = line.split(',');
    ok(rest.length === 0, 'An applicant has three columns');
    return Applicant.parse({ participantId, province, familyTag });
  });
}

const WinnerLine = z.strictObject({
  rank: z.pipe(z.string().check(z.regex(/^[1-9]\d{0,9}$/)), z.transform(Number)),
  participantId: Sha256Hex,
  province: ProvinceCode,
  score: Sha256Hex,
});

/** The winners' file: `rank,participantId,province,score` by rank, one line each, no header. */
export function writeWinners(winners: readonly Winner[]): string {
  return fileOf(
    winners.map(({ rank, participantId, province, score }) => `${rank},${participantId},${province},${score}`),
  );
}

/** Reads a winners' file. Throws on a line that is not `rank,participantId,province,score` or on ranks out of order. */
export function parseWinners(file: string): Winner[] {
  return linesOf(file).map((line, index) => {
    const [rank, participantId, province, score, ...rest] = line.split(',');
    ok(rest.length === 0, 'A winner has four columns');
    const winner = WinnerLine.parse({ rank, participantId, province, score });
    ok(winner.rank === index + 1, 'Ranks count from 1 without a gap');
    return winner;
  });
}

type Batch = Pick<
  DrawCommitment,
  'batchId' | 'batchNumber' | 'scheme' | 'quotas' | 'maxPerFamily' | 'seals' | 'committedAt'
>;
type Terms = Batch & { readonly list: CommittedList; readonly placesAlreadyTaken?: Readonly<Record<string, number>> };

/**
 * States what the draw is bound to: to be published, with its digest, before either share is shown. Keeps from
 * `placesAlreadyTaken` only families in the list. Asserts that every applicant's province has a quota, 0 included.
 */
export function commitDraw({ list, placesAlreadyTaken = {}, ...batch }: Terms): DrawCommitment {
  const { applicantCount, byProvince, listDigest, applicants } = list;
  for (const province of Object.keys(byProvince)) ok(province in batch.quotas, `Province ${province} has no quota`);
  const families = new Set(applicants.map(({ familyTag }) => familyTag));
  const held = Object.entries(placesAlreadyTaken).filter(([tag, places]) => places > 0 && families.has(tag));
  const commitment = { version: 1, algorithm: DRAW_ALGORITHM, ...batch, applicantCount, byProvince, listDigest };
  return DrawCommitment.parse({ ...commitment, placesAlreadyTaken: Object.fromEntries(held) });
}

type Reveal = {
  readonly commitment: DrawCommitment;
  readonly list: CommittedList;
  readonly shares: DrawManifest['shares'];
  readonly files: DrawManifest['files'];
  readonly drawnAt: string;
};

/**
 * Draws a committed batch once both shares are shown, and states the result. Repeating it gives the same bytes but `drawnAt`.
 * Asserts that the list is the committed one, that both shares open their seals, and that the draw follows the commitment.
 */
export function concludeDraw({ commitment, list, shares, files, drawnAt }: Reveal): {
  manifest: DrawManifest;
  outcome: DrawOutcome;
  winnersFile: string;
} {
  const { listDigest, seals, quotas, maxPerFamily, placesAlreadyTaken } = commitment;
  ok(list.listDigest === listDigest, 'The list drawn from is the committed one');
  ok(opensSeal(shares.first, seals.first.seal), 'The first share opens its seal');
  ok(opensSeal(shares.second, seals.second.seal), 'The second share opens its seal');
  ok(Date.parse(drawnAt) >= Date.parse(commitment.committedAt), 'A draw follows its commitment');

  const seed = drawSeed({ listDigest, firstShare: shares.first, secondShare: shares.second });
  const outcome = draw({ seed, applicants: list.applicants, quotas, maxPerFamily, placesAlreadyTaken });
  const winnersFile = writeWinners(outcome.winners);
  const result = { seed, winnersDigest: digestOf(winnersFile), winnerCount: outcome.winners.length };
  const sealed = { ...commitment, commitmentDigest: commitmentDigest(commitment), shares };
  return { manifest: DrawManifest.parse({ ...sealed, ...result, files, drawnAt }), outcome, winnersFile };
}
