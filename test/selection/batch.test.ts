import { describe, expect, it } from 'vitest';
import { agreedOverrides, decreeChunks, isGivenUp, isOver, overridden } from '#shared/selection/batch.ts';
import { BatchView } from '#shared/selection/batch-api.ts';
import { confirmOverride, proposeOverride } from '#shared/selection/batch-steps.ts';
import { viewOf } from '#shared/selection/batch-view.ts';
import { minutesAfter } from '#test/journal/citizen.ts';
import {
  atOf,
  batchIn,
  correctionOf,
  decided,
  digest,
  digests,
  drawNumber,
  type Moment,
  manifestDigest,
  moments,
  noBatch,
  promotionOf,
  reconciledCounts,
  round,
  shareOf,
  signature,
} from '#test/selection/batch-fixture.ts';

describe('a batch', () => {
  it('goes through its states in one order', () => {
    expect(moments.map((moment) => [moment, batchIn(moment).state])).toEqual([
      ['unknown', 'unknown'],
      ['draft', 'draft'],
      ['open', 'open'],
      ['closed', 'closed'],
      ['screening', 'closed'],
      ['screened', 'screened'],
      ['committed', 'committed'],
      ['seeded', 'committed'],
      // Drawn is what everybody can look up.
      ['made', 'committed'],
      ['drawn', 'drawn'],
      ['approved', 'approved'],
      ['ordered', 'approved'],
      ['decreed', 'decreed'],
      ['announced', 'announced'],
      ['deadline', 'announced'],
      ['reconciled', 'reconciled'],
    ]);
  });

  it('remembers what happened, when, and by whom', () => {
    const promoted = [promotionOf(1, 1, 1, 2)];
    const batch = batchIn('reconciled', { promoted, overrides: [correctionOf()] });
    expect(batch).toMatchObject({
      created: { by: 'one', number: 7, at: atOf('draft') },
      opened: { by: 'one', at: atOf('open') },
      closed: { by: 'one', at: atOf('closed') },
      screening: { shardDigits: 1, groupDigits: 1, at: atOf('screening') },
      screened: { applicantCount: 20, at: atOf('screened') },
      committed: { round, at: atOf('committed') },
      seeded: { reveal: { kind: 'drand', signature }, at: atOf('seeded') },
      drawn: { manifestDigest, at: atOf('made') },
      published: { at: atOf('drawn') },
      approved: { by: 'two', at: atOf('approved') },
      ordered: { by: 'three', at: atOf('ordered') },
      promoted: [{ round: 1, digest: digest('b'), at: atOf('ordered') }],
      decreed: { byDraw: 9, at: atOf('decreed') },
      announced: { ...digests, at: atOf('announced') },
      deadline: { chunkCount: 1, at: atOf('deadline') },
      reconciled: { keptCount: 8, at: atOf('reconciled') },
      recoveredBy: null,
    });
    expect(batch.overrides.get('first')).toMatchObject({
      ...{ by: 'one', kind: 'exclude', at: atOf('approved') },
      confirmed: { by: 'two', at: atOf('approved') },
    });
  });

  it('of two operators remembers seals and shares', () => {
    const batch = batchIn('seeded', { terms: { randomness: 'two_operators' }, sealedBy: ['two', 'one'] });
    expect(batch.seals.map(({ by }) => by)).toEqual(['two', 'one']);
    expect(batch.revealedBy).toEqual(new Map(['two', 'one'].map((by) => [by, shareOf(by)])));
    expect(batch.seeded?.reveal).toEqual({ kind: 'two_operators', shares: [shareOf('two'), shareOf('one')] });
  });
});

describe('corrections', () => {
  it('count when a second operator agreed', () => {
    const admitted = correctionOf({ overrideId: 'second', kind: 'admit', drawNumber: drawNumber('b') });
    const batch = batchIn('approved', { overrides: [correctionOf(), admitted] });
    const third = correctionOf({ overrideId: 'third', drawNumber: drawNumber('c') });
    const proposed = decided(batch, proposeOverride(batch, 'one', third, atOf('approved')), atOf('approved'));
    expect(agreedOverrides(proposed).map(({ overrideId }) => overrideId)).toEqual(['first', 'second']);
    expect(overridden(proposed, 'exclude')).toEqual([drawNumber('a')]);
    expect(overridden(proposed, 'admit')).toEqual([drawNumber('b')]);
    const confirmed = decided(proposed, confirmOverride(proposed, 'two', 'third', atOf('approved')), atOf('approved'));
    expect(overridden(confirmed, 'exclude')).toEqual([drawNumber('a'), drawNumber('c')]);
  });

  it('that nobody proposed change nothing when they are confirmed', () => {
    const drawn = batchIn('drawn');
    const stray = { events: [{ type: 'OverrideConfirmed', overrideId: 'stray', by: 'two' } as const] };
    expect(decided(drawn, stray, atOf('approved'))).toEqual(drawn);
  });
});

describe('files of decrees', () => {
  const [first, second] = [promotionOf(1, 1, 1, 2), promotionOf(2, 700, 2, 4)];

  it.each([
    ['none before the order', batchIn('approved'), 0],
    ['those of the draw', batchIn('ordered', { drawn: { chunkCount: 3 } }), 3],
    ['one more for whom operators admitted', batchIn('ordered', { overrides: [correctionOf({ kind: 'admit' })] }), 2],
    ['those of a promotion', batchIn('ordered', { promoted: [first] }), 2],
    ['those of the last promotion', batchIn('ordered', { promoted: [first, second] }), 4],
  ])('are %s', (_, batch, count) => {
    expect(decreeChunks(batch)).toBe(count);
  });
});

describe('an applicant of an earlier batch', () => {
  const fourteenDaysAfter = (since: Date, milliseconds: number) =>
    new Date(since.getTime() + 14 * 24 * 3_600_000 + milliseconds);
  const free = (at: Date) => moments.filter((moment) => isOver(batchIn(moment), at));
  const givenUp = (at: Date) => moments.filter((moment) => isGivenUp(batchIn(moment), at));
  const announced: Moment[] = ['announced', 'deadline', 'reconciled'];
  const unapproved: Moment[] = ['closed', 'screening', 'screened', 'committed', 'seeded', 'made', 'drawn'];
  /** The time for objections ends a minute before the order of the fixture. */
  const objectionsUntil = minutesAfter(atOf('ordered'), -1);

  it.each<[string, Date, readonly Moment[]]>([
    ['at the closing', atOf('closed'), []],
    ['fourteen days after the closing', fourteenDaysAfter(atOf('closed'), 0), []],
    ['a millisecond later', fourteenDaysAfter(atOf('closed'), 1), unapproved],
    ['fourteen days after the objections', fourteenDaysAfter(objectionsUntil, 0), unapproved],
    ['a millisecond later than that', fourteenDaysAfter(objectionsUntil, 1), [...unapproved, 'approved']],
    ['a year later', minutesAfter(objectionsUntil, 365 * 24 * 60), [...unapproved, 'approved']],
  ])('is free when the decree is announced or the batch is given up: %s', (_, at, moments) => {
    expect(givenUp(at)).toEqual(moments);
    expect(free(at)).toEqual([...moments, ...announced]);
  });

  it('is free later where there was more time for objections', () => {
    const batch = batchIn('approved', { terms: { graceHours: 48 } });
    const until = minutesAfter(objectionsUntil, 24 * 60);
    for (const milliseconds of [0, 1])
      expect(isOver(batch, fourteenDaysAfter(until, milliseconds))).toBe(milliseconds === 1);
  });
});

describe('a batch as anybody may see it', () => {
  const seen = (moment: Moment, changes = {}) => BatchView.parse(viewOf('7', batchIn(moment, changes)));

  it.each(moments.filter((moment) => moment !== 'unknown'))(
    'is of the form that is promised when it is %s',
    (moment) => {
      expect(seen(moment)).toMatchObject({ batchId: '7', number: 7, kind: 'regular', placeCount: 10 });
    },
  );

  it('is none when there is none', () => {
    expect(() => viewOf('7', noBatch)).toThrow('batch.view_of_nothing');
  });

  it('says what was drawn only when everybody can look it up', () => {
    const nothing = { manifestDigest: null, winnerCount: null, waitingCount: null };
    expect(seen('made')).toMatchObject(nothing);
    expect(seen('drawn')).toMatchObject({ manifestDigest, winnerCount: 10, waitingCount: 8 });
  });

  it('shows who sealed and who revealed, and no seal', () => {
    const view = seen('seeded', { terms: { randomness: 'two_operators' } });
    expect(view).toMatchObject({ sealedBy: ['one', 'two'], revealedBy: ['one', 'two'], round: null, roundAt: null });
    expect(JSON.stringify(view)).not.toContain(shareOf('one'));
  });

  it('shows its end', () => {
    const { freePlaces, ...counts } = reconciledCounts;
    expect(seen('reconciled', { overrides: [correctionOf()] })).toMatchObject({
      ...{ applicantCount: 20, eligibleCount: 18, refused: { age_outside: 2 }, ...round },
      approvedAt: atOf('approved').toISOString(),
      objectionsUntil: minutesAfter(atOf('ordered'), -1).toISOString(),
      overrides: [{ overrideId: 'first', proposedBy: 'one', confirmedBy: 'two', note: 'Data keliru di Dukcapil' }],
      orderedAt: atOf('ordered').toISOString(),
      decreed: { byDraw: 9, byPromotion: 1, byOverride: 0 },
      announcedAt: atOf('announced').toISOString(),
      ...digests,
      reconciled: { ...counts, freePlaces },
    });
  });

  it('is a recovery where it gives away the places of others', () => {
    expect(seen('draft', { terms: { recovers: ['1'] } }).kind).toBe('recovery');
  });
});
