import type { Entry, File } from '#shared/journal/journal.ts';
import type { Participant, ParticipantEvent } from '#shared/journal/participant.ts';
import { noticeAfter } from '#shared/operations/notice-kinds.ts';
import type { Keys } from '#shared/platform/keys.ts';
import { openPerson, openWithDataKey } from '#shared/registration/person.ts';
import type { Accesses } from '#shared/registration/privacy/accesses.ts';
import { consentsOf, requestView } from '#shared/registration/privacy/privacy-view.ts';
import { standing } from '#shared/registration/registration.ts';
import { accessRange, besideKeys, eventKeyRange, journalKeys } from '#shared/table/keys.ts';
import { pagesOf } from '#shared/table/pages.ts';
import type { Table } from '#shared/table/table.ts';

/** Reads that one export tells of; `GET /v1/participants/me/accesses` has them all. */
const maxAccesses = 500;

type Held = {
  readonly participantId: string;
  readonly file: File<Participant>['state'];
  readonly entries: readonly Entry<ParticipantEvent>[];
  readonly beside: readonly Readonly<Record<string, unknown>>[];
  readonly reads: Awaited<ReturnType<Accesses['page']>>;
};

/** Everything in a participant's partition: the decisions, what lists say of the person, and who read it. */
export function heldAbout(table: Table, accesses: Pick<Accesses, 'page'>) {
  /** What is neither a decision nor a key nor an access: items of other capabilities, such as listings. */
  async function others(participantId: string): Promise<Record<string, unknown>[]> {
    const ranges = [
      [accessRange.to, besideKeys.from],
      [eventKeyRange.to, '~'],
    ];
    const found: Record<string, unknown>[] = [];
    for (const [from, until] of ranges) {
      const query = {
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk and sk between :from and :until',
        ExpressionAttributeValues: { ':pk': journalKeys.participant(participantId), ':from': from, ':until': until },
      };
      for await (const { Items = [] } of pagesOf(table, query)) {
        found.push(...Items);
        if (found.length >= maxOthers) break;
      }
    }
    return found;
  }

  return async (participantId: string) => ({
    beside: await others(participantId),
    reads: await accesses.page(participantId, maxAccesses),
  });
}

/** Items beside a journal: a handful of lists name a person. */
const maxOthers = 500;

/** Everything that is held about a person, opened for them. @throws Refusal `not_registered`, `person_erased`. */
export function exportOf(keys: Keys, { participantId, file, entries, beside, reads }: Held, now: Date) {
  const registered = standing(file.registration);
  const open = opener(keys, participantId, registered.dataKey);
  const decisions = entries.map(({ version, at, events }) => ({
    version,
    at: at.toISOString(),
    events: events.map((event) => opened(event, open)),
  }));
  const all = decisions.flatMap(({ at, events }) => events.map((event) => ({ at, event })));
  return {
    schema: 'prakerja-export-1' as const,
    exportedAt: now.toISOString(),
    participantId,
    person: openPerson(keys, participantId, registered),
    payoutAccounts: all.flatMap(({ at, event: { type, account } }) =>
      type === 'PayoutAccountLinked' && isObject(account) ? [{ linkedAt: at, ...account }] : [],
    ),
    consents: consentsOf(file.privacy),
    requests: [...file.privacy.requests.values()].map(requestView),
    decisions,
    notices: noticesOf(entries),
    files: [...file.certificates.issued.values()].map(({ fileKey, fileDigest }) => ({
      file: fileKey,
      digest: fileDigest,
    })),
    listings: beside.map(({ pk: _pk, sk: _sk, lookup: _lookup, lookupSort: _sort, ...facts }) => opened(facts, open)),
    accesses: reads.accesses,
    hasMoreAccesses: reads.before !== null,
  };
}

type Open = (sealed: Uint8Array) => unknown;

/** Opens whatever is sealed with the person's key; null for what is sealed with a key that is gone. */
function opener(keys: Keys, participantId: string, dataKey: Uint8Array): Open {
  return (sealed) => {
    try {
      const text = openWithDataKey(keys, participantId, dataKey, sealed);
      return parsed(text);
    } catch {
      return null;
    }
  };
}

/** Sealed values are texts, most of them JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Facts with what is sealed in them opened. A key is no fact about the person; nor is the seed of a test, which opens what is right. */
function opened<Facts extends object>(facts: Facts, open: Open): Facts & Record<string, unknown> {
  const shown = Object.entries(facts).flatMap(([name, value]) => {
    if (name === 'dataKey' || name === 'seed') return [];
    return [[name, value instanceof Uint8Array ? open(value) : value] as const];
  });
  return { ...facts, ...Object.fromEntries(shown), dataKey: undefined, seed: undefined };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** The notices that the decisions brought with them. Their texts are made when they are sent, and kept nowhere. */
function noticesOf(entries: Held['entries']): { at: string; notice: string }[] {
  return entries.flatMap(({ at, events }) =>
    events.flatMap((event) => {
      const notice = noticeAfter(event);
      return notice ? [{ at: at.toISOString(), notice }] : [];
    }),
  );
}
