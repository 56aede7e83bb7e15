import { describe, expect, it } from 'vitest';
import { agreedOverrides, decreeChunks, isOver, overridden } from '#shared/selection/batch.ts';
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
  drawNumber,
  type Moment,
  manifestDigest,
  moments,
  noBatch,
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
    const promoted = [{ round: 1, count: 1, firstChunk: 1, chunkCount: 2 }];
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
      promoted: [{ round: 1, at: atOf('ordered') }],
      decreed: { byDraw: 9, at: atOf('decreed') },
      announced: { csvDigest: digest('1'), at: atOf('announced') },
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
    const proposed = decided(batch, proposeOverride(batch, 'one', third), atOf('approved'));
    expect(agreedOverrides(proposed).map(({ overrideId }) => overrideId)).toEqual(['first', 'second']);
    expect(overridden(proposed, 'exclude')).toEqual([drawNumber('a')]);
    expect(overridden(proposed, 'admit')).toEqual([drawNumber('b')]);
    const confirmed = decided(proposed, confirmOverride(proposed, 'two', 'third'), atOf('approved'));
    expect(overridden(confirmed, 'exclude')).toEqual([drawNumber('a'), drawNumber('c')]);
  });

  it('that nobody proposed change nothing when they are confirmed', () => {
    const drawn = batchIn('drawn');
    const stray = { events: [{ type: 'OverrideConfirmed', overrideId: 'stray', by: 'two' } as const] };
    expect(decided(drawn, stray, atOf('approved'))).toEqual(drawn);
  });
});

describe('files of decrees', () => {
  const [first, second] = [
    { round: 1, count: 1, firstChunk: 1, chunkCount: 2 },
    { round: 2, count: 700, firstChunk: 2, chunkCount: 4 },
  ];

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
  const fourteenDays = (milliseconds: number) =>
    new Date(atOf('closed').getTime() + 14 * 24 * 3_600_000 + milliseconds);
  const free = (at: Date) => moments.filter((moment) => isOver(batchIn(moment), at));

  it('is free when the decree is announced', () => {
    expect(free(atOf('closed'))).toEqual(['announced', 'deadline', 'reconciled']);
    expect(free(fourteenDays(0))).toEqual(['announced', 'deadline', 'reconciled']);
  });

  it('is free too when a closed batch was not approved for fourteen days', () => {
    const unapproved: Moment[] = ['closed', 'screening', 'screened', 'committed', 'seeded', 'made', 'drawn'];
    expect(free(fourteenDays(1))).toEqual([...unapproved, 'announced', 'deadline', 'reconciled']);
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
      ...{ csvDigest: digest('1'), documentDigest: digest('2') },
      reconciled: { ...counts, freePlaces },
    });
  });

  it('is a recovery where it gives away the places of others', () => {
    expect(seen('draft', { terms: { recovers: ['1'] } }).kind).toBe('recovery');
  });
});
