import { wibDay } from '#shared/platform/wib.ts';

/** Every key of the table, in one place. What each serves: docs/access-patterns.md. */

const paddedDigits = 6;

/** Sort key of the n-th decision in a journal; versions start at 1. */
export const eventKey = (version: number): string => `E#${String(version).padStart(paddedDigits, '0')}`;

/** All decisions of a journal lie between these two, inclusive. */
export const eventKeyRange = { from: 'E#', to: 'E#~' } as const;

/** What stands beside the decisions of a participant and is read with them: these sort before every decision. */
export const besideKeys = { from: 'D#', dataKey: 'D#KEY' } as const;

/** The one place of a person's data key. Its destruction is the person's erasure. */
export const personKey = (participantId: string): { pk: string; sk: string } => ({
  pk: journalKeys.participant(participantId),
  sk: besideKeys.dataKey,
});

/** Who read a participant's data, in the order of reading; all of them lie between the two of `accessRange`. */
export const accessKey = (participantId: string, at: string, id: string): { pk: string; sk: string } => ({
  pk: journalKeys.participant(participantId),
  sk: `A#${at}#${id}`,
});
export const accessRange = { from: 'A#', to: 'A#~' } as const;

export const journalKeys = {
  participant: (participantId: string): string => `P#${participantId}`,
  batch: (batchId: string): string => `B#${batchId}`,
  course: (courseCode: string): string => `C#${courseCode}`,
  partner: (clientCode: string): string => `O#${clientCode}`,
  /** Payouts that are paid together, after two operators agreed. */
  release: (releaseId: string): string => `L#${releaseId}`,
  /** What operators have switched of a payment partner. */
  paymentPartner: (partnerCode: string): string => `Y#${partnerCode}`,
  /** One imported bank statement. */
  statement: (statementId: string): string => `T#${statementId}`,
  /** One day of one payment partner, until it is closed. */
  closing: (partnerCode: string, day: string): string => `Q#${partnerCode}#${day}`,
  /** What operators have switched of the waiting room. */
  waitingRoom: (room: string): string => `G#${room}`,
  /** One list of people that a source has sent. */
  feed: (feedId: string): string => `F#${feedId}`,
  /** What operators have switched of the civil registry. */
  registry: (registryId: string): string => `D#${registryId}`,
} as const;

/** Number of index partitions that the applicants of one batch, or the work of one day, are spread over. */
export const shards = 16;

/** The participant of a journal's key, as an index gives it back. */
export const participantOf = (pk: string): string => pk.slice(journalKeys.participant('').length);

/** The shard of a participant: the first hex digit of the keyed hash, so evenly spread. */
export const shardOf = (participantId: string): string => participantId.slice(0, 1);

export const allShards: readonly string[] = Array.from({ length: shards }, (_, index) => index.toString(16));

/** Sparse index `byLookup`: who has joined a batch or objects to it, which courses there are, whose certificate it is. */
export const lookups = {
  /** By the first hex digit of the draw number, which is also the sort key: so a family's members are neighbours. */
  applicants: (batchId: string, digit: string): string => `B#${batchId}#${digit}`,
  /** Who objects to a draw, by draw number; and whose objection is answered. */
  objections: (batchId: string): string => `OBJECTIONS#${batchId}`,
  answeredObjections: (batchId: string): string => `ANSWERED#${batchId}`,
  catalogue: 'CATALOGUE',
  /** Every release there is, by its id. */
  releases: 'RELEASES',
  /** Statements of one payment partner, by day. */
  statements: (partnerCode: string): string => `STATEMENTS#${partnerCode}`,
  certificate: (number: string): string => `CERT#${number}`,
  /** Whom a source names, by the feed that said so last: a full list withdraws those of older feeds. */
  listings: (source: string, shard: string): string => `X#${source}#${shard}`,
  /** Privacy requests, by the day (WIB) on which they were made. */
  privacyRequests: (day: string): string => `PRIVACY#${day}`,
  /** Reads of citizens' data, by the day (WIB) and the shard of the citizen. */
  accesses: (day: string, shard: string): string => `ACCESSES#${day}#${shard}`,
  /** Every feed there is, by when it was announced. */
  feeds: 'FEEDS',
  /** Who had registered when a feed listed them, or registered since. */
  matches: (feedId: string, shard: string): string => `MATCHED#${feedId}#${shard}`,
  /** Holds that feeds have placed on recipients, by feed and participant; and those that were released. */
  feedHolds: (shard: string): string => `HELD#${shard}`,
  releasedFeedHolds: (shard: string): string => `RELEASED#${shard}`,
} as const;

/** Sparse index `byDue`: what the clock owes, by day (WIB) and shard. */
export const dues = {
  day: (date: string, shard: string): string => `DUE#${date}#${shard}`,
  /** ISO instant first, so that one query reads what is due by now; then what kind of work it is. */
  instant: (at: string, kind: string): string => `${at}#${kind}`,
} as const;

/** What the clock can owe: the first word of an entry's kind. What each becomes: `shared/operations/sweep.ts`. */
export const dueKinds = {
  /** Of a batch: it opens, it closes, its applicants are screened, its beacon's round has come, its purchase deadline has passed. */
  open: 'open',
  close: 'close',
  screen: 'screen',
  beacon: 'beacon',
  deadline: 'deadline',
  /** The next monthly incentive can be claimed. */
  claim: 'incentive',
  payout: 'payout',
  inquiry: 'inquiry',
  receivable: 'receivable',
  /** How far a release is. */
  check: 'release',
  dispatch: 'dispatch',
  survey: 'survey',
  /** The time of an aptitude test is over. */
  aptitude: 'aptitude',
  /** A citizen's request for erasure can no longer be taken back. */
  privacy: 'privacy',
  /** Of a full list: whom it no longer has. */
  withdraw: 'withdraw',
} as const;
type DueKind = (typeof dueKinds)[keyof typeof dueKinds];

/** Batches and releases share a shard: there are few of them in a day. */
export const sharedDueShard = '0';

/**
 * An entry of the due index, with what its message needs beside the journal that it stands in. Never less than a minute ahead of
 * the clock, so that the sweeper cannot have passed it: who decides sees to that.
 */
export function dueEntry(shard: string, at: Date, kind: DueKind, ...details: readonly (string | number)[]) {
  return { due: dues.day(wibDay(at), shard), dueSort: dues.instant(at.toISOString(), [kind, ...details].join('#')) };
}

/** Two places per family card, each an item that is claimed once. */
export const familySlot = (tag: string, place: number): { pk: string; sk: string } => ({
  pk: `K#${tag}`,
  sk: `PLACE#${place}`,
});

/** The one owner of a redeem code; the code is derived from the platform's invoice, so this also keeps invoices unique. */
export const redeemPointer = (redeemCode: string): { pk: string; sk: string } => ({
  pk: `R#${redeemCode}`,
  sk: 'OWNER',
});

/** One seat of a schedule with a limited number of places. */
export const seat = (courseCode: string, scheduleCode: string, number: number): { pk: string; sk: string } => ({
  pk: `S#${courseCode}#${scheduleCode}`,
  sk: `SEAT#${String(number).padStart(paddedDigits, '0')}`,
});

/** Who a bank's incoming transfer was posted for, by the digest of its reference. */
export const repaymentPointer = (digest: string): { pk: string; sk: string } => ({ pk: `W#${digest}`, sk: 'OWNER' });

/** What a source says of a person, in the person's own partition: there before the journal, and beside it. Of no source: how all begin. */
export const listingKey = (participantId: string, source: string): { pk: string; sk: string } => ({
  pk: journalKeys.participant(participantId),
  sk: `X#${source}`,
});

const blockDigits = 9;

/** The n-th block of a lane of the waiting room: slots that one function instance hands out. Each is claimed once, after the one before. */
export const slotBlock = (opening: number, lane: string, number: number): { pk: string; sk: string } => ({
  pk: `H#${opening}#${lane}`,
  sk: `BLOCK#${String(number).padStart(blockDigits, '0')}`,
});

/** Who a ticket of the waiting room has let in. */
export const letIn = (opening: number, slot: number): { pk: string; sk: string } => ({
  pk: `N#${opening}#${slot}`,
  sk: 'OWNER',
});

/** How many codes were sent to an account, by a keyed hash of its participant id or address. Gone when it says nothing any more. */
export const accountCodes = (tag: string): { pk: string; sk: string } => ({ pk: `U#${tag}`, sk: 'CODES' });

/** Who takes an account's place just now: the account that nobody confirmed is removed by one process only. */
export const accountReplacement = (participantId: string): { pk: string; sk: string } => ({
  pk: `U#${participantId}`,
  sk: 'REPLACEMENT',
});

/** The answers of an aptitude test that is being taken, in the person's own partition and beside the journal. */
export const answerSheetKey = (participantId: string, attempt: number): { pk: string; sk: string } => ({
  pk: journalKeys.participant(participantId),
  sk: `T#${attempt}`,
});

/** The feed of a source that is posted now, or was the last: one at a time. */
export const feedTurn = (source: string): { pk: string; sk: string } => ({ pk: `FEEDS#${source}`, sk: 'TURN' });

/** How far the due index has been swept. */
export const sweeperCursor = { pk: 'SWEEPER', sk: 'CURSOR' } as const;

/** What the workers share of the civil registry: turns and breaker. Written by them alone, never on a citizen's own way. */
export const registryGate = { pk: 'REGISTRY', sk: 'GATE' } as const;
