import { describe, expect, it } from 'vitest';
import type { Decision } from '#shared/journal/journal.ts';
import type { RefusalCode } from '#shared/platform/refusal-codes.ts';
import type { Batch } from '#shared/selection/batch.ts';
import type { BatchEvent, BatchTerms } from '#shared/selection/batch-events.ts';
import * as steps from '#shared/selection/batch-steps.ts';
import { sealOf } from '#shared/selection/draw/manifest.ts';
import { minutesAfter, start } from '#test/journal/citizen.ts';
import { expectRefusal } from '#test/platform/refused.ts';
import {
  atOf,
  batchIn,
  type Changes,
  commitmentDigest,
  correctionOf,
  decided,
  decreedCounts,
  digest,
  digests,
  digits,
  drawNumber,
  drawnCounts,
  type Moment,
  manifestDigest,
  moments,
  noBatch,
  promotionOf,
  reconciledCounts,
  round,
  screenedCounts,
  shareOf,
  signature,
  termsOf,
} from '#test/selection/batch-fixture.ts';

const id = '7';
/** After everything that a batch waits for, and before it would be given up. */
const later = minutesAfter(start, 60 * 24 * 10);
const fourteenDays = 14 * 24 * 60;
const byTwo = { terms: { randomness: 'two_operators' } } as const satisfies Changes;
const stated = { winnerCount: drawnCounts.winnerCount, manifestDigest, overrideCount: 0, openObjections: 0 };
const list = { commitmentDigest, root: digest('d'), round };
const promotion = promotionOf(1, 1, 1, 2);
const due = (at: Date | string, kind: string) => `${new Date(at).toISOString()}#${kind}#${id}`;

/** All moments from one on, and up to another. */
const between = (first: Moment, last: Moment = 'reconciled'): Moment[] =>
  moments.slice(moments.indexOf(first), moments.indexOf(last) + 1);
const from = between;

type Row = {
  readonly name: string;
  readonly act: (batch: Batch) => Decision<BatchEvent>;
  readonly changes?: Changes;
  /** Moments in which the step is made, and its events. */
  readonly made: readonly Moment[];
  readonly events: readonly string[];
  /** Moments in which it is a repeat. */
  readonly repeated: readonly Moment[];
  /** Moments in which only a mistake of ours can ask for it; in all others it is refused. */
  readonly asserted?: readonly Moment[];
};

const rows: readonly Row[] = [
  {
    name: 'drafting',
    act: (batch) => steps.create(batch, 'one', termsOf(), id, start),
    ...{ made: ['unknown'], events: ['BatchCreated'], repeated: from('draft') },
  },
  {
    name: 'opening',
    act: (batch) => steps.open(batch, 'one', id, later),
    ...{ made: ['draft'], events: ['BatchOpened'], repeated: ['open'] },
  },
  {
    name: 'opening by the clock',
    act: (batch) => steps.open(batch, 'clock', id, later),
    ...{ made: ['draft'], events: ['BatchOpened'], repeated: ['open'] },
  },
  {
    name: 'closing',
    act: (batch) => steps.close(batch, 'one', id, later),
    ...{ made: ['open'], events: ['BatchClosed'], repeated: from('closed') },
  },
  {
    name: 'closing by the clock what an operator closed',
    act: (batch) => steps.close(batch, 'clock', id, later),
    ...{ made: ['open'], events: ['BatchClosed'], repeated: from('closed') },
  },
  {
    name: 'closing by another operator',
    act: (batch) => steps.close(batch, 'two', id, later),
    ...{ made: ['open'], events: ['BatchClosed'], repeated: [] },
  },
  {
    name: 'closing by an operator what the clock closed',
    act: (batch) => steps.close(batch, 'one', id, later),
    changes: { closedBy: 'clock' },
    ...{ made: ['open'], events: ['BatchClosed'], repeated: [] },
  },
  {
    name: 'sealing',
    act: (batch) => steps.sealShare(batch, 'one', sealOf(shareOf('one'))),
    changes: byTwo,
    ...{ made: ['draft', 'open'], events: ['ShareSealed'], repeated: from('closed') },
  },
  {
    name: 'sealing by a third operator',
    act: (batch) => steps.sealShare(batch, 'three', sealOf(shareOf('three'))),
    changes: byTwo,
    ...{ made: ['draft', 'open'], events: ['ShareSealed'], repeated: [] },
  },
  {
    name: 'beginning the screening',
    act: (batch) => steps.beginScreening(batch, digits),
    ...{ made: ['closed'], events: ['ScreeningBegun'], repeated: from('screening') },
  },
  {
    name: 'ending the screening',
    act: (batch) => steps.screened(batch, screenedCounts),
    ...{ made: ['screening'], events: ['BatchScreened'], repeated: from('screened'), asserted: ['closed'] },
  },
  {
    name: 'committing',
    act: (batch) => steps.commit(batch, list, id, atOf('committed')),
    ...{ made: ['screened'], events: ['ListCommitted'], repeated: from('committed') },
  },
  {
    name: 'revealing the first share',
    act: (batch) => steps.reveal(batch, 'one', shareOf('one'), later),
    changes: byTwo,
    ...{ made: ['committed'], events: ['ShareRevealed'], repeated: from('seeded') },
  },
  {
    name: 'revealing by somebody who sealed nothing',
    act: (batch) => steps.reveal(batch, 'three', shareOf('three'), later),
    changes: byTwo,
    ...{ made: [], events: [], repeated: [] },
  },
  {
    name: 'taking the round of the beacon',
    act: (batch) => steps.revealBeacon(batch, signature),
    ...{ made: ['committed'], events: ['SeedRevealed'], repeated: from('seeded') },
  },
  {
    name: 'waiting for the beacon',
    act: (batch) => steps.awaitBeacon(batch, id, later),
    ...{ made: ['committed'], events: ['BeaconAwaited'], repeated: from('seeded') },
  },
  {
    name: 'drawing',
    act: (batch) => steps.draw(batch, drawnCounts),
    ...{ made: ['seeded'], events: ['DrawMade'], repeated: from('made'), asserted: between('unknown', 'committed') },
  },
  {
    name: 'publishing',
    act: (batch) => steps.publish(batch),
    ...{ made: ['made'], events: ['ResultsPublished'], repeated: from('drawn') },
    asserted: between('unknown', 'seeded'),
  },
  {
    name: 'approving',
    act: (batch) => steps.approve(batch, 'two', later),
    ...{ made: ['drawn'], events: ['DrawApproved'], repeated: from('approved') },
  },
  {
    name: 'approving by a third operator',
    act: (batch) => steps.approve(batch, 'three', later),
    ...{ made: ['drawn'], events: ['DrawApproved'], repeated: [] },
  },
  {
    name: 'proposing a correction',
    act: (batch) => steps.proposeOverride(batch, 'one', correctionOf(), later),
    ...{ made: ['drawn', 'approved'], events: ['OverrideProposed'], repeated: [] },
  },
  {
    name: 'ordering the decree',
    act: (batch) => steps.orderDecree(batch, 'three', stated, id, later),
    ...{ made: ['approved'], events: ['DecreeOrdered'], repeated: from('ordered') },
  },
  {
    name: 'ordering the decree by another operator',
    act: (batch) => steps.orderDecree(batch, 'four', stated, id, later),
    ...{ made: ['approved'], events: ['DecreeOrdered'], repeated: [] },
  },
  {
    name: 'promoting',
    act: (batch) => steps.promote(batch, promotion),
    ...{ made: ['approved', 'ordered'], events: ['PlacesPromoted'], repeated: [] },
  },
  {
    name: 'promoting again',
    act: (batch) => steps.promote(batch, promotion),
    changes: { promoted: [promotion] },
    ...{ made: ['approved'], events: ['PlacesPromoted'], repeated: from('ordered') },
  },
  {
    name: 'decreeing',
    act: (batch) => steps.decreed(batch, decreedCounts),
    ...{ made: ['approved', 'ordered'], events: ['BatchDecreed'], repeated: from('decreed') },
  },
  {
    name: 'announcing',
    act: (batch) => steps.announce(batch, digests),
    ...{ made: ['decreed'], events: ['BatchAnnounced'], repeated: from('announced') },
  },
  {
    name: 'reaching the deadline',
    act: (batch) => steps.reachDeadline(batch, 1, atOf('deadline')),
    ...{ made: ['announced'], events: ['DeadlineReached'], repeated: from('deadline') },
  },
  {
    name: 'reconciling',
    act: (batch) => steps.reconcile(batch, reconciledCounts),
    ...{ made: ['announced', 'deadline'], events: ['BatchReconciled'], repeated: ['reconciled'] },
  },
  {
    name: 'giving its free places to another batch',
    act: (batch) => steps.recover(batch, '9'),
    ...{ made: ['reconciled'], events: ['PlacesRecovered'], repeated: [] },
  },
];

const table = rows.flatMap(({ name, changes = {}, ...row }) =>
  moments.map((moment) => ({ name, moment, batch: batchIn(moment, changes), ...row })),
);
const isMade = ({ made, moment }: (typeof table)[number]) => made.includes(moment);
const isRepeat = ({ repeated, moment }: (typeof table)[number]) => repeated.includes(moment);
const isAsserted = ({ asserted = [], moment }: (typeof table)[number]) => asserted.includes(moment);

describe('a step of a batch', () => {
  it.each(table.filter(isMade))('$name is made in a batch that is $moment', ({ act, batch, events }) => {
    expect(act(batch).events.map(({ type }) => type)).toEqual(events);
  });

  it.each(table.filter(isMade))('$name once more, from $moment, changes nothing', ({ act, batch, name }) => {
    const after = decided(batch, act(batch), later);
    // Each answer of a beacon that has nothing counts.
    if (name === 'waiting for the beacon') expect(act(after).events).toMatchObject([{ tries: 2 }]);
    else expect(act(after)).toEqual({ events: [] });
  });

  it.each(table.filter(isRepeat))('$name is a repeat in a batch that is $moment', ({ act, batch }) => {
    expect(act(batch)).toEqual({ events: [] });
  });

  it.each(table.filter(isAsserted))('$name is our mistake in a batch that is $moment', ({ act, batch }) => {
    expect(() => act(batch)).toThrowError(expect.objectContaining({ code: 'ERR_ASSERTION' }));
  });

  const isRefused = (row: (typeof table)[number]) => !isMade(row) && !isRepeat(row) && !isAsserted(row);
  it.each(table.filter(isRefused))('$name is refused in a batch that is $moment', ({ act, batch, moment, name }) => {
    const isStranger =
      name === 'revealing by somebody who sealed nothing' && ['committed', 'seeded', 'made'].includes(moment);
    if (isStranger) expectRefusal(() => act(batch), 'same_operator');
    else expectRefusal(() => act(batch), moment === 'unknown' ? 'batch_unknown' : 'batch_state');
  });
});

describe('a draft', () => {
  const draft = (terms: Partial<BatchTerms>, at = start) => steps.create(noBatch, 'one', termsOf(terms), id, at);
  const inSeconds = (seconds: number) => new Date(start.getTime() + seconds * 1_000).toISOString();

  it('keeps its terms, and who drafted it', () => {
    expect(draft({}).events).toEqual([{ type: 'BatchCreated', by: 'one', ...termsOf() }]);
    expect(draft({}).index).toBeUndefined();
  });

  it('with a calendar is opened by the clock', () => {
    const opensAt = '2026-11-02T17:00:00.000Z';
    const { index } = draft({ opensAt, closesAt: '2026-11-09T17:00:00.000Z' });
    // Midnight in Jakarta: due on the day that begins.
    expect(index).toEqual({ due: 'DUE#2026-11-03#0', dueSort: due(opensAt, 'open') });
  });

  it('with a closing alone is opened by an operator', () => {
    expect(draft({ closesAt: inSeconds(60) }).index).toBeUndefined();
  });

  it.each<[string, Partial<BatchTerms>, boolean]>([
    ['opens in a minute', { opensAt: inSeconds(60) }, true],
    ['opens a millisecond earlier', { opensAt: inSeconds(59.999) }, false],
    ['closes in a minute', { closesAt: inSeconds(60) }, true],
    ['closes a millisecond earlier', { closesAt: inSeconds(59.999) }, false],
    ['opened yesterday', { opensAt: inSeconds(-86_400) }, false],
    ['closes a millisecond after the opening', { opensAt: inSeconds(60), closesAt: inSeconds(60.001) }, true],
    ['closes with the opening', { opensAt: inSeconds(60), closesAt: inSeconds(60) }, false],
    ['closes before the opening', { opensAt: inSeconds(120), closesAt: inSeconds(60) }, false],
    [
      'closes with the opening, otherwise written',
      { opensAt: '2026-11-03T03:00:00.000Z', closesAt: '2026-11-03T03:00:00Z' },
      false,
    ],
    [
      'closes after the opening, otherwise written',
      { opensAt: '2026-11-03T03:00:00Z', closesAt: '2026-11-03T03:00:00.500Z' },
      true,
    ],
  ])('that %s', (_, terms, isTaken) => {
    if (isTaken) expect(draft(terms).events).toHaveLength(1);
    else expectRefusal(() => draft(terms), 'calendar_past');
  });

  it.each<[string, Partial<BatchTerms>, boolean]>([
    ['no places at all', { quotas: {} }, false],
    ['provinces without places', { quotas: { '32': 0, '33': 0 }, regencyQuotas: { '32.73': 0 } }, false],
    ['a stratum without places', { quotas: {}, stratumQuotas: [{ stratum: 'disability', places: 0 }] }, false],
    ['one place in a province', { quotas: { '32': 0, '33': 1 } }, true],
    ['one place in a regency', { quotas: {}, regencyQuotas: { '32.73': 1 } }, true],
    ['one place for a stratum', { quotas: {}, stratumQuotas: [{ stratum: 'disability', places: 1 }] }, true],
  ])('with %s', (_, terms, isTaken) => {
    if (isTaken) expect(draft(terms).events).toHaveLength(1);
    else expectRefusal(() => draft(terms), 'quotas_empty');
  });

  it.each<[string, Partial<BatchTerms>, boolean]>([
    ['two million places', { quotas: { '32': 1_999_999, '33': 1 } }, true],
    ['one more', { quotas: { '32': 1_999_999, '33': 2 } }, false],
    [
      'two million of all kinds',
      {
        ...{ quotas: { '32': 1_999_998 }, regencyQuotas: { '32.73': 1 } },
        stratumQuotas: [{ stratum: 'disability', places: 1 }],
      },
      true,
    ],
    ['one more in a regency', { quotas: { '32': 2_000_000 }, regencyQuotas: { '32.73': 1 } }, false],
    [
      'one more for a stratum',
      { quotas: { '32': 2_000_000 }, stratumQuotas: [{ stratum: 'disability', places: 1 }] },
      false,
    ],
  ])('has at most two million places: with %s', (_, terms, isTaken) => {
    if (isTaken) expect(draft(terms).events).toHaveLength(1);
    else expectRefusal(() => draft(terms), 'quotas_exceeded');
  });

  it('counts all its places', () => {
    const stratumQuotas = [
      { stratum: 'disability', places: 100 },
      { stratum: 'migrant_worker', places: 1_000 },
    ] as const;
    const terms = { quotas: { '32': 1, '33': 2 }, regencyQuotas: { '32.73': 10 }, stratumQuotas: [...stratumQuotas] };
    expect(steps.placesOf(termsOf(terms))).toBe(1_113);
  });
});

describe('the same number', () => {
  const terms = termsOf({
    quotas: { '32': 10, '33': 5 },
    regencyQuotas: { '32.73': 2, '33.74': 1 },
    stratumQuotas: [
      { stratum: 'disability', places: 2 },
      { stratum: 'migrant_worker', places: 1 },
    ],
    priorityRegencies: ['32.73', '33.74'],
    recovers: ['1', '2'],
    opensAt: '2026-11-03T03:00:00.000Z',
    closesAt: '2026-11-09T03:00:00.000Z',
  });
  const drafted = batchIn('draft', { terms });
  const again = (changes: Partial<BatchTerms>, by = 'one') =>
    steps.create(drafted, by, { ...terms, ...changes }, id, later);

  it.each<[string, Partial<BatchTerms>]>([
    ['long after its calendar', {}],
    ['with provinces in another order', { quotas: { '33': 5, '32': 10 } }],
    ['with a province that has no places', { quotas: { '31': 0, '32': 10, '33': 5 } }],
    ['with regencies in another order', { regencyQuotas: { '33.74': 1, '32.73': 2 } }],
    ['with a regency that has no places', { regencyQuotas: { '11.01': 0, '32.73': 2, '33.74': 1 } }],
    ['with priority regencies in another order', { priorityRegencies: ['33.74', '32.73'] }],
    ['with recovered batches in another order', { recovers: ['2', '1'] }],
  ])('is the same batch %s', (_, changes) => {
    expect(again(changes)).toEqual({ events: [] });
  });

  it.each<[string, Partial<BatchTerms>]>([
    ['another scheme', { scheme: 'SEMI_BANSOS_2020' }],
    ['other places', { quotas: { '32': 11, '33': 5 } }],
    ['places in one more province', { quotas: { '31': 1, '32': 10, '33': 5 } }],
    ['places in one province less', { quotas: { '32': 10 } }],
    ['other places in a regency', { regencyQuotas: { '32.73': 3, '33.74': 1 } }],
    ['other places for a stratum', { stratumQuotas: [{ stratum: 'disability', places: 2 }] }],
    ['strata in another order', { stratumQuotas: terms.stratumQuotas.toReversed() }],
    ['another priority regency', { priorityRegencies: ['32.73'] }],
    ['more lots', { maxLots: 2 }],
    ['another randomness', { randomness: 'two_operators' }],
    ['another opening', { opensAt: null }],
    ['another closing', { closesAt: null }],
    ['more time for objections', { graceHours: 25 }],
    ['other recovered batches', { recovers: ['1'] }],
  ])('with %s is another batch', (_, changes) => {
    expectRefusal(() => again(changes), 'batch_exists');
  });

  it('by another operator is another batch', () => {
    expectRefusal(() => again({}, 'two'), 'batch_exists');
  });
});

describe('the calendar', () => {
  const closesAt = '2026-11-09T03:00:00.000Z';
  const drafted = batchIn('draft', { terms: { closesAt } });

  it.each([
    ['at its hour', start, closesAt],
    ['a minute after an opening that came late', new Date(closesAt), '2026-11-09T03:01:00.000Z'],
    ['a minute after an opening just before', new Date('2026-11-09T02:59:00.001Z'), '2026-11-09T03:00:00.001Z'],
  ])('closes a batch %s', (_, at, closing) => {
    expect(steps.open(drafted, 'one', id, at).index).toEqual({
      due: 'DUE#2026-11-09#0',
      dueSort: due(closing, 'close'),
    });
  });

  it('closes no batch that operators close', () => {
    expect(steps.open(batchIn('draft'), 'one', id, start).index).toBeUndefined();
  });

  it.each(['opening', 'closing'] as const)('is kept at the %s by operators, and the clock may come before', (name) => {
    const terms = { opensAt: '2026-11-03T03:00:00.000Z', closesAt };
    const isOpening = name === 'opening';
    const batch = batchIn(isOpening ? 'draft' : 'open', { terms });
    const instant = Date.parse(isOpening ? terms.opensAt : closesAt);
    const step = (by: string, milliseconds: number) =>
      (isOpening ? steps.open : steps.close)(batch, by, id, new Date(instant + milliseconds)).events;
    expectRefusal(() => step('one', -1), 'calendar_kept');
    expectRefusal(() => step('two', -86_400_000), 'calendar_kept');
    expect(step('clock', -1)).toHaveLength(1);
    for (const milliseconds of [0, 1]) expect(step('one', milliseconds)).toHaveLength(1);
  });

  it('binds no step for which it has no instant', () => {
    expect(steps.open(batchIn('draft', { terms: { closesAt } }), 'one', id, start).events).toHaveLength(1);
    const opened = batchIn('open', { terms: { opensAt: '2026-11-03T03:00:00.000Z' } });
    expect(steps.close(opened, 'one', id, start).events).toHaveLength(1);
  });

  it('once kept lets nobody do it again', () => {
    const before = new Date(Date.parse(closesAt) - 1);
    expect(steps.close(batchIn('closed', { terms: { closesAt } }), 'clock', id, before)).toEqual({ events: [] });
    expectRefusal(() => steps.close(batchIn('closed', { terms: { closesAt } }), 'one', id, before), 'batch_state');
  });

  it.each(['one', 'clock'])('has the screening a minute after the closing by %s', (by) => {
    const { index } = steps.close(batchIn('open'), by, id, new Date('2026-11-02T16:59:30.000Z'));
    // Half a minute before midnight in Jakarta: due on the next day.
    expect(index).toEqual({ due: 'DUE#2026-11-03#0', dueSort: due('2026-11-02T17:00:30.000Z', 'screen') });
  });

  it('has the screening no earlier than a minute after the closing', () => {
    const at = (milliseconds: number) => new Date(atOf('closed').getTime() + milliseconds);
    expect(steps.maySettle(batchIn('closed'), at(59_999))).toBe(false);
    expect(steps.maySettle(batchIn('closed'), at(60_000))).toBe(true);
    expect(steps.maySettle(batchIn('open'), later)).toBe(false);
  });
});

describe('a sealed share', () => {
  const sealing = (batch: Batch, by: string, share = shareOf(by)) => steps.sealShare(batch, by, sealOf(share));
  const unsealed = { ...byTwo, sealedBy: [] };
  const sealedBy = (...operators: string[]) =>
    operators.reduce((batch, by) => decided(batch, sealing(batch, by), start), batchIn('draft', unsealed));

  it.each(between('draft', 'closed'))('is taken in a batch that is %s', (moment) => {
    expect(sealing(batchIn(moment, unsealed), 'one').events).toEqual([
      { type: 'ShareSealed', by: 'one', seal: sealOf(shareOf('one')) },
    ]);
  });

  it.each(between('screening'))('is not taken any more in a batch that is %s', (moment) => {
    // Before the list is committed, also where it would be the second or the first.
    const isBefore = between('screening', 'screened').includes(moment);
    for (const sealers of isBefore ? [[], ['one']] : [['one', 'two']]) {
      const batch = batchIn(moment, { ...byTwo, sealedBy: sealers });
      expectRefusal(() => sealing(batch, 'three'), 'batch_state');
    }
  });

  it('that was taken is a repeat also when the list is being made', () => {
    for (const moment of between('screening', 'screened'))
      expect(sealing(batchIn(moment, { ...byTwo, sealedBy: ['one'] }), 'one')).toEqual({ events: [] });
  });

  it.each<[RefusalCode, string, () => unknown]>([
    ['randomness_differs', 'a beacon is used', () => sealing(batchIn('open'), 'one')],
    ['same_operator', 'the same operator seals another', () => sealing(sealedBy('one'), 'one', shareOf('other'))],
    ['share_mismatch', 'the seal is copied', () => sealing(sealedBy('one'), 'two', shareOf('one'))],
    ['batch_state', 'two operators have', () => sealing(sealedBy('one', 'two'), 'three')],
    ['same_operator', 'it is the second of one of the two', () => sealing(sealedBy('one', 'two'), 'two', shareOf('x'))],
    ['batch_unknown', 'there is no batch', () => sealing(noBatch, 'one')],
  ])('is refused as %s when %s', (code, _, act) => {
    expectRefusal(act, code);
  });

  it('is needed twice before the list is committed', () => {
    const operators = [[], ['one'], ['one', 'two']];
    const screened = operators.map((sealedBy) => batchIn('screened', { ...byTwo, sealedBy }));
    expect(screened.map(steps.isBound)).toEqual([false, false, true]);
    for (const batch of screened.slice(0, 2))
      expect(() => steps.commit(batch, { ...list, round: null }, id, later)).toThrowError(
        expect.objectContaining({ code: 'ERR_ASSERTION' }),
      );
  });

  it('is not needed where a beacon is used', () => {
    expect(moments.filter((moment) => steps.isBound(batchIn(moment)))).toEqual(from('draft'));
  });
});

describe('a committed list', () => {
  const screened = batchIn('screened');

  const fiveMinutesBefore = minutesAfter(new Date(round.roundAt), -5);
  const millisecondsBehind = (milliseconds: number) => new Date(fiveMinutesBefore.getTime() + milliseconds);

  it.each([
    ['ten minutes ahead', atOf('committed')],
    ['five minutes ahead', fiveMinutesBefore],
  ])('has the round of its beacon on the clock, %s', (_, at) => {
    expect(steps.commit(screened, list, id, at).index).toEqual({
      due: 'DUE#2026-11-02#0',
      dueSort: due(round.roundAt, 'beacon'),
    });
  });

  it.each([
    ['a millisecond nearer than five minutes', millisecondsBehind(1)],
    ['in its instant', new Date(round.roundAt)],
    ['long past', later],
  ])('has no round that is %s', (_, at) => {
    expect(() => steps.commit(screened, list, id, at)).toThrow('draw.round_too_near');
  });

  it('stands, however near its round is by now', () => {
    expect(steps.commit(batchIn('committed'), list, id, later)).toEqual({ events: [] });
  });

  it('has nothing on the clock where operators reveal', () => {
    const { index, events } = steps.commit(batchIn('screened', byTwo), { ...list, round: null }, id, later);
    expect(index).toBeUndefined();
    expect(events).toEqual([{ type: 'ListCommitted', ...list, round: null }]);
  });
});

describe('a revealed share', () => {
  const committed = batchIn('committed', byTwo);
  const revealing = (batch: Batch, by: string, share = shareOf(by)) => steps.reveal(batch, by, share, later);
  const shares = [shareOf('one'), shareOf('two')];

  it.each([
    ['one', 'two'],
    ['two', 'one'],
  ])('of %s waits for that of %s; then the seed has both in the order of the seals', (first, second) => {
    const half = decided(committed, revealing(committed, first), later);
    expect(half).toMatchObject({ state: 'committed', seeded: null });
    expect(revealing(half, second).events).toEqual([
      { type: 'ShareRevealed', by: second, share: shareOf(second) },
      { type: 'SeedRevealed', reveal: { kind: 'two_operators', shares } },
    ]);
  });

  it.each<[RefusalCode, string, () => unknown]>([
    ['same_operator', 'a third operator reveals', () => revealing(committed, 'three', shareOf('one'))],
    ['share_mismatch', 'it is another than the sealed one', () => revealing(committed, 'one', shareOf('x'))],
    ['share_mismatch', "it is the other operator's", () => revealing(committed, 'two', shareOf('one'))],
    ['share_mismatch', 'it is exchanged', () => revealing(batchIn('seeded', byTwo), 'one', shareOf('x'))],
    ['same_operator', 'a beacon is used', () => revealing(batchIn('committed'), 'one')],
  ])('is refused as %s when %s', (code, _, act) => {
    expectRefusal(act, code);
  });
});

describe('a beacon', () => {
  const committed = batchIn('committed');

  it('is taken by its signature', () => {
    expect(steps.revealBeacon(committed, signature).events).toEqual([
      { type: 'SeedRevealed', reveal: { kind: 'drand', signature } },
    ]);
  });

  it('is no seed of a batch of two operators', () => {
    expect(() => steps.revealBeacon(batchIn('committed', byTwo), signature)).toThrowError(
      expect.objectContaining({ code: 'ERR_ASSERTION' }),
    );
  });

  it('that has nothing is asked again later each time, and not for ever', () => {
    let [batch, at] = [committed, new Date(round.roundAt)];
    const waits: number[] = [];
    for (let tries = 1; tries <= steps.maxBeaconTries; tries += 1) {
      const decision = steps.awaitBeacon(batch, id, at);
      expect(decision.events).toEqual([{ type: 'BeaconAwaited', tries }]);
      batch = decided(batch, decision, at);
      const [, instant = ''] = /^(.*)#beacon#7$/.exec(decision.index?.dueSort ?? '') ?? [];
      if (tries === steps.maxBeaconTries) expect(decision.index).toBeUndefined();
      else waits.push((Date.parse(instant) - at.getTime()) / 60_000);
      at = new Date(Date.parse(instant) || at);
    }
    expect(waits).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, ...Array.from({ length: 50 }, () => 10)]);
    // Asked once more by hand, it is still not on the clock.
    expect(steps.awaitBeacon(batch, id, at).index).toBeUndefined();
    expect(steps.revealBeacon(batch, signature).events).toHaveLength(1);
  });
});

describe('the approval', () => {
  const approving = (batch: Batch, by: string) => steps.approve(batch, by, later);

  it.each<[string, Changes, readonly string[], string]>([
    ['who drafted it and who closed it', { draftedBy: 'two', closedBy: 'one' }, ['two', 'one'], 'three'],
    ['who did both', { draftedBy: 'one', closedBy: 'one' }, ['one'], 'two'],
    ['who drafted it, where the clock closed it', { draftedBy: 'two', closedBy: 'clock' }, ['two'], 'one'],
    ['its makers, but by who opened it', { openedBy: 'three' }, ['one'], 'three'],
  ])('is not given by %s', (_, changes, makers, checker) => {
    const drawn = batchIn('drawn', changes);
    for (const maker of makers) {
      expect(steps.isMaker(drawn, maker)).toBe(true);
      expectRefusal(() => approving(drawn, maker), 'same_operator');
    }
    expect(steps.isMaker(drawn, checker)).toBe(false);
    expect(approving(drawn, checker).events).toHaveLength(1);
  });

  it('has no maker to differ from before there is a batch, and the drafter alone before it is closed', () => {
    expect(steps.isMaker(noBatch, 'one')).toBe(false);
    const opened = batchIn('open', { draftedBy: 'two', openedBy: 'one' });
    expect(['one', 'two'].map((by) => steps.isMaker(opened, by))).toEqual([false, true]);
  });

  it.each([
    [0, '2026-11-12T03:00:00.000Z'],
    [24, '2026-11-13T03:00:00.000Z'],
    [720, '2026-12-12T03:00:00.000Z'],
  ])('with %i hours for objections lasts until %s', (graceHours, objectionsUntil) => {
    expect(approving(batchIn('drawn', { terms: { graceHours } }), 'two').events).toEqual([
      { type: 'DrawApproved', by: 'two', objectionsUntil },
    ]);
  });
});

describe('objections', () => {
  const until = minutesAfter(atOf('approved'), 24 * 60);
  const millisecondAfter = new Date(until.getTime() + 1);

  it('are taken from the publication on, until the last instant after the approval', () => {
    expect(steps.mayObject(batchIn('drawn'), later)).toBe(true);
    expect(steps.mayObject(batchIn('approved'), until)).toBe(true);
    expect(steps.mayObject(batchIn('approved'), millisecondAfter)).toBe(false);
  });

  it.each(moments.filter((moment) => !['drawn', 'approved', 'ordered'].includes(moment)))(
    'are not taken in a batch that is %s',
    (moment) => {
      expect(steps.mayObject(batchIn(moment), atOf('approved'))).toBe(false);
    },
  );
});

describe('a correction', () => {
  const drawn = batchIn('drawn');
  const proposing = (batch: Batch, changes = {}, by = 'one') =>
    steps.proposeOverride(batch, by, correctionOf(changes), later);
  const proposed = (moment: Moment = 'drawn') => decided(batchIn(moment), proposing(drawn), later);
  const confirming = (batch: Batch, by: string, overrideId = 'first') =>
    steps.confirmOverride(batch, by, overrideId, later);
  const agreed = (moment: Moment = 'approved') => batchIn(moment, { overrides: [correctionOf()] });

  it('is proposed with its note', () => {
    expect(proposing(drawn).events).toEqual([{ type: 'OverrideProposed', by: 'one', ...correctionOf() }]);
  });

  it.each(between('drawn'))('proposed again changes nothing in a batch that is %s', (moment) => {
    expect(proposing(proposed(moment))).toEqual({ events: [] });
  });

  it.each<[string, object, string?]>([
    ['another operator', {}, 'two'],
    ['another kind', { kind: 'admit' }],
    ['another draw number', { drawNumber: drawNumber('b') }],
    ['another note', { note: 'Data lain di Dukcapil' }],
  ])('is refused with %s under the same id', (_, changes, by) => {
    expectRefusal(() => proposing(proposed(), changes, by), 'override_exists');
  });

  it.each(['exclude', 'admit'] as const)('to %s is proposed beside one that nobody agreed to', (kind) => {
    const second = { overrideId: 'second', kind };
    expect(proposing(proposed(), second, 'two').events).toEqual([
      { type: 'OverrideProposed', by: 'two', ...correctionOf(second) },
    ]);
  });

  it.each(['exclude', 'admit'] as const)('to %s is not proposed beside one that two agreed to', (kind) => {
    expectRefusal(() => proposing(agreed(), { overrideId: 'second', kind }), 'override_exists');
    const other = { overrideId: 'second', kind, drawNumber: drawNumber('b') };
    expect(proposing(agreed(), other).events).toHaveLength(1);
  });

  it('is agreed once for a draw number: the other proposals for it are nothing then', () => {
    const second = { overrideId: 'second', kind: 'admit' };
    const both = decided(proposed(), proposing(proposed(), second), later);
    const firstAgreed = decided(both, confirming(both, 'two'), later);
    expectRefusal(() => confirming(firstAgreed, 'two', 'second'), 'override_exists');
    const secondAgreed = decided(both, confirming(both, 'two', 'second'), later);
    expectRefusal(() => confirming(secondAgreed, 'two'), 'override_exists');
    // What was agreed stays a repeat, and what was proposed too.
    expect(confirming(firstAgreed, 'two')).toEqual({ events: [] });
    expect(proposing(firstAgreed, second)).toEqual({ events: [] });
  });

  it.each([
    ['won', 'exclude'],
    ['waiting', 'exclude'],
    ['waiting', 'admit'],
    ['not_drawn', 'admit'],
    ['family_full', 'admit'],
    ['refused', 'admit'],
  ])('of somebody who is %s is to %s, where it says so', (outcome, kind) => {
    const may = (['exclude', 'admit'] as const).filter((one) => steps.mayCorrect(one, outcome));
    expect(may).toContain(kind);
    expect(may).toHaveLength(outcome === 'waiting' ? 2 : 1);
  });

  const nth = (number: number) => ({
    overrideId: `id-${number}`,
    drawNumber: drawNumber(number.toString(16).padStart(4, '0')),
  });
  /** A batch with so many proposals, the first ones of which are agreed. */
  function many(count: number, agreedCount: number): Batch {
    let batch = drawn;
    for (let number = 1; number <= count; number += 1) batch = decided(batch, proposing(batch, nth(number)), later);
    for (let number = 1; number <= agreedCount; number += 1)
      batch = decided(batch, confirming(batch, 'two', nth(number).overrideId), later);
    return batch;
  }

  it('is one of a hundred agreed ones at most: no other is proposed or agreed then', () => {
    const almost = many(101, 99);
    expect(proposing(almost, nth(102)).events).toHaveLength(1);
    const all = decided(almost, confirming(almost, 'two', 'id-100'), later);
    expectRefusal(() => confirming(all, 'two', 'id-101'), 'overrides_exceeded');
    expectRefusal(() => proposing(all, nth(102)), 'overrides_exceeded');
    expect(proposing(all, nth(101))).toEqual({ events: [] });
    expect(confirming(all, 'two', 'id-100')).toEqual({ events: [] });
  });

  it('is one of five hundred proposals at most, which are agreed all the same', () => {
    const almost = many(499, 0);
    const all = decided(almost, proposing(almost, nth(500)), later);
    expect(all.overrides.size).toBe(500);
    expectRefusal(() => proposing(all, nth(501)), 'overrides_exceeded');
    expect(proposing(all, nth(500))).toEqual({ events: [] });
    expect(confirming(all, 'two', 'id-500').events).toHaveLength(1);
  });

  it.each(['drawn', 'approved'] as const)('is agreed by a second operator in a batch that is %s', (moment) => {
    const { events } = confirming(proposed(moment), 'two');
    expect(events).toEqual([{ type: 'OverrideConfirmed', overrideId: 'first', by: 'two' }]);
  });

  it.each(between('ordered'))('is not agreed any more in a batch that is %s', (moment) => {
    expectRefusal(() => confirming(proposed(moment), 'two'), 'batch_state');
  });

  it.each(between('approved'))('agreed again changes nothing in a batch that is %s', (moment) => {
    expect(confirming(agreed(moment), 'two')).toEqual({ events: [] });
  });

  it.each<[RefusalCode, string, () => unknown]>([
    ['same_operator', 'by who proposed it', () => confirming(proposed(), 'one')],
    ['override_unknown', 'under another id', () => confirming(proposed(), 'two', 'second')],
    ['batch_unknown', 'in no batch', () => confirming(noBatch, 'two')],
    ['batch_state', 'by a third operator after the second', () => confirming(agreed(), 'three')],
  ])('is refused as %s when it is agreed %s', (code, _, act) => {
    expectRefusal(act, code);
  });
});

describe('the order of the decree', () => {
  const approved = batchIn('approved');
  const until = atOf('ordered');
  const ordering = (batch: Batch, by = 'three', changes: Partial<typeof stated> = {}, at = until) =>
    steps.orderDecree(batch, by, { ...stated, ...changes }, id, at);

  it('comes no earlier than a minute after the time for objections', () => {
    expect(until.getTime() - Date.parse(approved.approved?.objectionsUntil ?? '')).toBe(60_000);
    expectRefusal(() => ordering(approved, 'three', {}, new Date(until.getTime() - 1)), 'grace_period');
    expect(ordering(approved).events).toEqual([{ type: 'DecreeOrdered', by: 'three', chunkCount: 1 }]);
  });

  it.each([
    ['during the time for objections', 0, -60_001, '3 Nov 2026 19:00 WIB', '3 Nov 2026 19:01 WIB'],
    ['in the minute after it', 0, -1, '3 Nov 2026 19:00 WIB', '3 Nov 2026 19:01 WIB'],
    // Nobody who comes at the second that was named is told to wait once more.
    ['within a second', 1, -1, '3 Nov 2026 19:00 WIB', '3 Nov 2026 19:01:01 WIB'],
  ])('that comes too early, %s, is told why and until when', (_, lateBy, before, until, from) => {
    const drawn = batchIn('drawn');
    const at = new Date(atOf('approved').getTime() + lateBy);
    const batch = decided(drawn, steps.approve(drawn, 'two', at), at);
    const tooEarly = new Date(at.getTime() + 86_460_000 + before);
    expect(() => ordering(batch, 'three', {}, tooEarly)).toThrowError(
      expect.objectContaining({
        code: 'grace_period',
        sentence: `Objections are taken until ${until}, and the last ones need a minute to be counted: the decree can be ordered from ${from} on`,
      }),
    );
  });

  it.each<[RefusalCode, string, () => unknown]>([
    ['same_operator', 'who approved orders it', () => ordering(approved, 'two')],
    ['objections_open', 'an objection has no answer', () => ordering(approved, 'three', { openObjections: 1 })],
    ['draw_differs', 'fewer winners are stated', () => ordering(approved, 'three', { winnerCount: 9 })],
    ['draw_differs', 'another manifest is stated', () => ordering(approved, 'three', { manifestDigest: digest('e') })],
    ['draw_differs', 'a correction is stated', () => ordering(approved, 'three', { overrideCount: 1 })],
  ])('is refused as %s when %s', (code, _, act) => {
    expectRefusal(act, code);
  });

  it.each<[Partial<typeof stated>, string]>([
    [{ winnerCount: 9 }, 'another number of winners than the draw has'],
    [{ manifestDigest: digest('e') }, 'another digest of the manifest than the draw has'],
    [{ overrideCount: 1 }, 'another number of agreed corrections than the draw has'],
    [
      { winnerCount: 9, manifestDigest: digest('e') },
      'another number of winners and another digest of the manifest than the draw has',
    ],
  ])('says which of its facts differ from the draw, and no value: %j', (changes, sentence) => {
    const refused = { code: 'draw_differs', fields: Object.keys(changes), sentence: `The order states ${sentence}` };
    expect(() => ordering(approved, 'three', changes)).toThrowError(expect.objectContaining(refused));
  });

  it('may be given by who closed the batch', () => {
    expect(ordering(approved, 'one').events).toHaveLength(1);
  });

  it('states how many corrections two operators agree on', () => {
    const overrides = [correctionOf(), correctionOf({ overrideId: 'second', drawNumber: drawNumber('b') })];
    const corrected = batchIn('approved', { overrides });
    const third = correctionOf({ overrideId: 'third', drawNumber: drawNumber('c') });
    // One that is only proposed does not count.
    const batch = decided(corrected, steps.proposeOverride(corrected, 'one', third, until), until);
    for (const overrideCount of [0, 1, 3])
      expectRefusal(() => ordering(batch, 'three', { overrideCount }), 'draw_differs');
    expect(ordering(batch, 'three', { overrideCount: 2 }).events).toHaveLength(1);
  });

  it('stands when it is repeated, whatever objections there are by now', () => {
    for (const moment of from('ordered'))
      expect(ordering(batchIn(moment), 'three', { openObjections: 1 })).toEqual({ events: [] });
  });

  it.each(from('ordered'))('is no repeat with other totals in a batch that is %s', (moment) => {
    for (const other of [{ winnerCount: 9 }, { manifestDigest: digest('e') }, { overrideCount: 1 }])
      expectRefusal(() => ordering(batchIn(moment), 'three', other), 'batch_state');
  });

  it.each(from('ordered'))(
    'stands with its corrections, and is no repeat without them, in a batch that is %s',
    (moment) => {
      const corrected = batchIn(moment, { overrides: [correctionOf()] });
      expect(ordering(corrected, 'three', { overrideCount: 1 })).toEqual({ events: [] });
      for (const overrideCount of [0, 2])
        expectRefusal(() => ordering(corrected, 'three', { overrideCount }), 'batch_state');
    },
  );

  it('has one file more where somebody is admitted, and not for who is excluded or only proposed', () => {
    const admitted = correctionOf({ kind: 'admit' });
    const other = correctionOf({ overrideId: 'second', drawNumber: drawNumber('b') });
    const chunkCount = (batch: Batch, overrideCount: number) => ordering(batch, 'three', { overrideCount }).events;
    expect(chunkCount(batchIn('approved', { overrides: [other] }), 1)).toMatchObject([{ chunkCount: 1 }]);
    expect(chunkCount(batchIn('approved', { overrides: [admitted, other] }), 2)).toMatchObject([{ chunkCount: 2 }]);
    const onlyProposed = decided(approved, steps.proposeOverride(approved, 'one', admitted, later), later);
    expect(chunkCount(onlyProposed, 0)).toMatchObject([{ chunkCount: 1 }]);
    const nobody = { drawn: { winnerCount: 0, chunkCount: 0 } };
    expect(ordering(batchIn('approved', nobody), 'three', { winnerCount: 0 }).events).toMatchObject([
      { chunkCount: 0 },
    ]);
  });

  it.each([
    ['NORMAL_2023', 'DUE#2026-11-19#0', '2026-11-18T17:00:59.999Z'],
    ['SEMI_BANSOS_2020', 'DUE#2026-12-04#0', '2026-12-03T17:00:59.999Z'],
  ] as const)(
    'puts the purchase deadline of %s on the clock, a minute after its last instant',
    (scheme, day, instant) => {
      // Ordered on 3 November, 19:00 WIB. No batch of the older scheme is drafted any more; its deadline is a rule all the same.
      const approved = batchIn('approved');
      const batch = { ...approved, created: approved.created && { ...approved.created, scheme } };
      expect(ordering(batch).index).toEqual({
        due: day,
        dueSort: due(instant, 'deadline'),
      });
    },
  );
});

describe('a batch that stands still', () => {
  const sinceClosing = minutesAfter(atOf('closed'), fourteenDays);
  // The time for objections ends a minute before the order of the fixture.
  const sinceObjections = minutesAfter(atOf('ordered'), fourteenDays - 1);
  const millisecondAfter = (at: Date) => new Date(at.getTime() + 1);
  const withProposal = (moment: Moment) => {
    const batch = batchIn(moment);
    return decided(batch, steps.proposeOverride(batch, 'one', correctionOf(), atOf(moment)), atOf(moment));
  };
  const second = correctionOf({ overrideId: 'second', drawNumber: drawNumber('b') });

  it.each<[string, Batch, Date, (batch: Batch, at: Date) => Decision<BatchEvent>]>([
    [
      'a share is revealed',
      batchIn('committed', byTwo),
      sinceClosing,
      (batch, at) => steps.reveal(batch, 'one', shareOf('one'), at),
    ],
    ['the draw is approved', batchIn('drawn'), sinceClosing, (batch, at) => steps.approve(batch, 'two', at)],
    [
      'a correction of a drawn batch is proposed',
      batchIn('drawn'),
      sinceClosing,
      (batch, at) => steps.proposeOverride(batch, 'one', second, at),
    ],
    [
      'a correction of an approved batch is proposed',
      batchIn('approved'),
      sinceObjections,
      (batch, at) => steps.proposeOverride(batch, 'one', second, at),
    ],
    [
      'a correction of a drawn batch is agreed',
      withProposal('drawn'),
      sinceClosing,
      (batch, at) => steps.confirmOverride(batch, 'two', 'first', at),
    ],
    [
      'a correction of an approved batch is agreed',
      withProposal('approved'),
      sinceObjections,
      (batch, at) => steps.confirmOverride(batch, 'two', 'first', at),
    ],
    [
      'the decree is ordered',
      batchIn('approved'),
      sinceObjections,
      (batch, at) => steps.orderDecree(batch, 'three', stated, id, at),
    ],
  ])('goes on within fourteen days and is given up after them: %s', (_, batch, last, act) => {
    expect(act(batch, last).events).toHaveLength(1);
    expectRefusal(() => act(batch, millisecondAfter(last)), 'batch_given_up');
    // What was done in time stays a repeat.
    expect(act(decided(batch, act(batch, last), last), minutesAfter(last, fourteenDays))).toEqual({ events: [] });
  });

  it('is given up before anything else is looked at', () => {
    const at = millisecondAfter(sinceClosing);
    expectRefusal(() => steps.approve(batchIn('drawn'), 'one', at), 'batch_given_up');
    expectRefusal(() => steps.reveal(batchIn('committed', byTwo), 'one', shareOf('x'), at), 'batch_given_up');
    const other = { ...stated, winnerCount: 9 };
    const order = () => steps.orderDecree(batchIn('approved'), 'two', other, id, millisecondAfter(sinceObjections));
    expectRefusal(order, 'batch_given_up');
  });

  it('takes no objections any more: nobody would act on them', () => {
    expect(steps.mayObject(batchIn('drawn'), sinceClosing)).toBe(true);
    expect(steps.mayObject(batchIn('drawn'), millisecondAfter(sinceClosing))).toBe(false);
  });

  it('is not given up once its decree is ordered', () => {
    const late = minutesAfter(sinceObjections, fourteenDays);
    expectRefusal(() => steps.proposeOverride(batchIn('ordered'), 'one', second, late), 'batch_state');
    expectRefusal(() => steps.orderDecree(batchIn('ordered'), 'four', stated, id, late), 'batch_state');
  });
});

describe('promotions', () => {
  it('follow each other by their rounds, each once', () => {
    const second = promotionOf(2, 3, 2, 3);
    const once = batchIn('ordered', { promoted: [promotion] });
    expect(steps.promote(once, second).events).toEqual([{ type: 'PlacesPromoted', ...second }]);
    const twice = batchIn('ordered', { promoted: [promotion, second] });
    for (const again of [promotion, second]) expect(steps.promote(twice, again)).toEqual({ events: [] });
  });
});

describe('free places', () => {
  it('are recovered by one batch', () => {
    const reconciled = batchIn('reconciled');
    const recovered = decided(reconciled, steps.recover(reconciled, '9'), later);
    expect(recovered.recoveredBy).toBe('9');
    expect(steps.recover(recovered, '9')).toEqual({ events: [] });
    expectRefusal(() => steps.recover(recovered, '10'), 'places_recovered');
  });
});
