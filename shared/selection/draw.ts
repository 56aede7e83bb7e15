import { ok } from 'node:assert/strict';
import { createHash, hash } from 'node:crypto';
import * as z from 'zod/mini';

const sha256Hex = /^[0-9a-f]{64}$/;
const committedLine = /^[0-9a-f]{64},\d{2},[0-9a-f]{1,64}$/;

/** 32 bytes as 64 lowercase hex characters: digests, seals, shares and participant ids. */
export const Sha256Hex = z.string().check(z.regex(sha256Hex));
/** One of the program's 34 provinces, as its two-digit code. */
export const ProvinceCode = z.string().check(z.regex(/^\d{2}$/));
/** Keyed pseudonym of a family card; lowercase hex. */
export const FamilyTag = z.string().check(z.regex(/^[0-9a-f]{1,64}$/));

export const Applicant = z.strictObject({ participantId: Sha256Hex, province: ProvinceCode, familyTag: FamilyTag });
export type Applicant = Readonly<z.infer<typeof Applicant>>;

/** What was committed: the list in canonical order, its counts, and the digest that binds both. */
export type CommittedList = {
  readonly applicants: readonly Applicant[];
  readonly applicantCount: number;
  readonly byProvince: Readonly<Record<string, number>>;
  readonly listDigest: string;
};

/** An applicant's line in the committed list, without its line feed: `participantId,province,familyTag`. */
export function applicantLine({ participantId, province, familyTag }: Applicant): string {
  return `${participantId},${province},${familyTag}`;
}

const ascending = (left: string, right: string) => (left < right ? -1 : left > right ? 1 : 0);

/**
 * Puts the applicants in canonical order and digests them, whatever order they come in.
 *
 * Canonical list: one line for each applicant as `applicantLine` writes it, ascending by participantId, each ended by one
 * line feed, no header, ASCII. `listDigest` is the SHA-256 of those bytes, so `sha256sum` on the published file repeats it.
 *
 * An index page that is read twice repeats applicants: identical ones count once. The same id with another province or
 * family can only be our mistake, and asserts.
 */
export function commitApplicants(applicants: Iterable<Applicant>): CommittedList {
  const sorted = Array.from(applicants).sort((a, b) => ascending(a.participantId, b.participantId));
  const digest = createHash('sha256');
  const byProvince = new Map<string, number>();
  const list: Applicant[] = [];
  let last = { participantId: '', line: '' };

  for (const applicant of sorted) {
    const line = applicantLine(applicant);
    if (line === last.line) continue;
    ok(committedLine.test(line), 'An applicant has a 64-digit id, a two-digit province and a hex family tag');
    ok(applicant.participantId !== last.participantId, 'One id is never in two provinces or two families');
    last = { participantId: applicant.participantId, line };
    digest.update(`${line}\n`);
    byProvince.set(applicant.province, (byProvince.get(applicant.province) ?? 0) + 1);
    list.push(applicant);
  }

  return {
    applicants: list,
    applicantCount: list.length,
    byProvince: Object.fromEntries(byProvince),
    listDigest: digest.digest('hex'),
  };
}

/** The seal an operator publishes before the list is committed: SHA-256 of `prakerja-draw-seal-1\n<share>\n`, as hex. */
export function seal(share: string): string {
  ok(sha256Hex.test(share), 'A share is 32 bytes in lowercase hex');
  return hash('sha256', `prakerja-draw-seal-1\n${share}\n`);
}

/** Whether a revealed share is the one that was sealed. False, too, for a share that is not 32 bytes in lowercase hex. */
export function opensSeal(share: string, sealed: string): boolean {
  return sha256Hex.test(share) && seal(share) === sealed;
}

type SeedParts = { listDigest: string; firstShare: string; secondShare: string };

/**
 * The seed: SHA-256 of `prakerja-draw-seed-1\n<listDigest>\n<firstShare>\n<secondShare>\n`, as hex. Neither operator alone
 * can steer it, since both shares were sealed before either was shown, and another list has another seed.
 */
export function drawSeed({ listDigest, firstShare, secondShare }: SeedParts): string {
  for (const part of [listDigest, firstShare, secondShare]) ok(sha256Hex.test(part), 'A seed is made of 32-byte parts');
  return hash('sha256', `prakerja-draw-seed-1\n${listDigest}\n${firstShare}\n${secondShare}\n`);
}

/** Why somebody in the draw did not win. Where both hold it is `province_full`, so the province's threshold tells which. */
export type LossReason = 'province_full' | 'family_full';
/** `rank` counts all winners of the batch from 1, by score. */
export type Winner = { participantId: string; province: string; score: string; rank: number };
export type Loser = { participantId: string; province: string; score: string; reason: LossReason };
/** `lastScore` is the last winner's score once all places are given; null while places are left, or where there are none. */
export type Threshold = { places: number; taken: number; lastScore: string | null };

export type DrawOutcome = {
  /** By rank. */
  readonly winners: readonly Winner[];
  /** By score: the order in which a place that falls free would be offered. */
  readonly losers: readonly Loser[];
  readonly thresholds: Readonly<Record<string, Threshold>>;
};

export type DrawInput = {
  readonly seed: string;
  readonly applicants: Iterable<Applicant>;
  /** Places by province code. Every applicant's province must be named, with 0 where it has none. */
  readonly quotas: Readonly<Record<string, number>>;
  readonly maxPerFamily: number;
  /** By family tag: places its members hold from earlier batches. */
  readonly placesAlreadyTaken?: Readonly<Record<string, number>>;
};

/**
 * Draws the winners. Repeatable by anybody: it depends on the seed, the set of applicants and the rules, not on their order.
 *
 * Score: HMAC-SHA256 with the seed's 32 bytes as key and the participantId's 64 ASCII characters as message, all 32 bytes
 * compared as bytes (no modulo, hence no bias); equal scores would go by participantId.
 *
 * Selection: in ascending order of score over the whole country, an applicant wins when the province has a place left and
 * the family has fewer than `maxPerFamily` places. So a province is filled unless everybody left in it is refused by family.
 *
 * Asserts that ids are unique, every province has a quota, and quotas are whole numbers.
 */
export function draw({ seed, applicants, quotas, maxPerFamily, placesAlreadyTaken = {} }: DrawInput): DrawOutcome {
  ok(wholeNumber(maxPerFamily), 'The family limit is a whole number');
  const scored = inScoreOrder(seed, applicants);
  const provinces = openProvinces(quotas);
  const families = new Map(Object.entries(placesAlreadyTaken));
  const winners: Winner[] = [];
  const losers: Loser[] = [];

  for (const { participantId, province, familyTag, score } of scored) {
    const places = provinces.get(province);
    ok(places, `Province ${province} has applicants but no quota`);
    const held = families.get(familyTag) ?? 0;
    if (places.taken === places.places) losers.push({ participantId, province, score, reason: 'province_full' });
    else if (held >= maxPerFamily) losers.push({ participantId, province, score, reason: 'family_full' });
    else {
      places.taken += 1;
      if (places.taken === places.places) places.lastScore = score;
      families.set(familyTag, held + 1);
      winners.push({ participantId, province, score, rank: winners.length + 1 });
    }
  }

  return { winners, losers, thresholds: Object.fromEntries(provinces) };
}

const wholeNumber = (value: number) => Number.isSafeInteger(value) && value >= 0;

function openProvinces(quotas: DrawInput['quotas']): Map<string, Threshold> {
  const open = ([province, places]: [string, number]): [string, Threshold] => {
    ok(wholeNumber(places), `The quota of province ${province} is a whole number`);
    return [province, { places, taken: 0, lastScore: null }];
  };
  return new Map(Object.entries(quotas).map(open));
}

function inScoreOrder(seed: string, applicants: Iterable<Applicant>): (Applicant & { score: string })[] {
  const scoreOf = scoring(seed);
  const scored = Array.from(applicants, ({ participantId, province, familyTag }) => {
    return { participantId, province, familyTag, score: scoreOf(participantId) };
  });
  // Lowercase hex sorts as the bytes it stands for.
  scored.sort((a, b) => ascending(a.score, b.score) || ascending(a.participantId, b.participantId));
  scored.forEach(({ participantId }, index) => {
    ok(participantId !== scored[index - 1]?.participantId, 'Nobody is in the draw twice');
  });
  return scored;
}

/** HMAC-SHA256 written out over the one-shot hash: the same value as `createHmac`, in an eighth of its time. */
function scoring(seed: string): (participantId: string) => string {
  ok(sha256Hex.test(seed), 'A seed is 32 bytes in lowercase hex');
  const inner = Buffer.alloc(64 + 64, 0x36); // A block of padded key, then the id.
  const outer = Buffer.alloc(64 + 32, 0x5c); // A block of padded key, then the inner digest.
  Buffer.from(seed, 'hex').forEach((byte, index) => {
    inner[index] = byte ^ 0x36;
    outer[index] = byte ^ 0x5c;
  });

  return (participantId) => {
    ok(sha256Hex.test(participantId), 'A participant id is 32 bytes in lowercase hex');
    inner.write(participantId, 64, 'latin1');
    outer.set(hash('sha256', inner, 'buffer'), 64);
    return hash('sha256', outer);
  };
}
