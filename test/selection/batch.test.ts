import { describe, expect, it } from 'vitest';
import type { Decision } from '#shared/journal/journal.ts';
import type { RefusalCode } from '#shared/platform/refusal-codes.ts';
import {
  abandonedAfterDays,
  approve,
  type Batch,
  type BatchEvent,
  type BatchState,
  close,
  commit,
  create,
  evolveBatch,
  isOver,
  mayCommit,
  open,
  prepare,
  reveal,
  sealBatch,
} from '#shared/selection/batch.ts';
import { seal } from '#shared/selection/draw.ts';
import { expectRefusal } from '#test/platform/refused.ts';

const start = new Date('2026-11-02T03:00:00.000Z');
const shareOf = (digit: string) => digit.repeat(64);
const [first, second, foreign] = [shareOf('a'), shareOf('b'), shareOf('c')];
const creation = { number: 7, scheme: 'NORMAL_2023', quotas: { '32': 10 } } as const;
const digests = { listDigest: 'd'.repeat(64), commitmentDigest: 'e'.repeat(64), applicantCount: 20 };
const preparation = { manifestDigest: 'f'.repeat(64), winnerCount: 10, chunkCount: 1 };

/** Steps of a draw in order, and the state that each leads to. */
const steps: readonly (readonly [name: string, leadsTo: BatchState, (batch: Batch) => Decision<BatchEvent>])[] = [
  ['create', 'draft', (batch) => create(batch, 'one', creation)],
  ['open', 'open', (batch) => open(batch, 'one')],
  ['close', 'closed', (batch) => close(batch, 'one', seal(first))],
  ['seal', 'sealed', (batch) => sealBatch(batch, 'two', seal(second), '7', start)],
  ['commit', 'committed', (batch) => commit(batch, digests)],
  ['reveal the first share', 'committed', (batch) => reveal(batch, 'one', first)],
  ['reveal the second share', 'drawing', (batch) => reveal(batch, 'two', second)],
  ['prepare', 'drawn', (batch) => prepare(batch, preparation)],
  ['approve', 'approved', (batch) => approve(batch, 'two', '7', start)],
];

const nothing = {
  state: 'unknown',
  created: null,
  closed: null,
  sealed: null,
  committed: null,
  shares: { first: null, second: null },
  prepared: null,
  approved: null,
} as const satisfies Batch;

const decided = (batch: Batch, { events }: Decision<BatchEvent>) =>
  events.reduce((before, event) => evolveBatch(before, event, start), batch);

/** The batch after the first `count` steps. */
const afterSteps = (count: number): Batch =>
  steps.slice(0, count).reduce<Batch>((batch, [, , step]) => decided(batch, step(batch)), nothing);

const batchAfter = (name: string): Batch => afterSteps(steps.findIndex(([step]) => step === name) + 1);

describe('a batch', () => {
  it('goes through its states in one order', () => {
    const states = steps.map((_, index) => afterSteps(index + 1).state);
    expect(states).toEqual(steps.map(([, leadsTo]) => leadsTo));
  });

  const walk = steps.flatMap(([name, , step], index) =>
    Array.from({ length: steps.length + 1 }, (_, done) => ({ name, step, index, done, batch: afterSteps(done) })),
  );

  // Opening a batch that is closed already is no repeat: somebody wants it open.
  const isLateOpening = ({ name, done }: (typeof walk)[number]) => name === 'open' && done > 2;
  it.each(walk.filter((place) => place.done > place.index && !isLateOpening(place)))(
    '$name is a repeat after $done steps',
    ({ step, batch }) => {
      expect(step(batch).events).toEqual([]);
    },
  );

  it.each(walk.filter(isLateOpening))('$name is refused after $done steps', ({ step, batch }) => {
    expectRefusal(() => step(batch), 'batch_state');
  });

  // The two shares may be revealed in either order; every other step needs the one before.
  const isSecondShareEarly = ({ name, done }: (typeof walk)[number]) =>
    name === 'reveal the second share' && done === 5;
  it.each(walk.filter((place) => place.done < place.index && !isSecondShareEarly(place)))(
    '$name is refused after only $done steps',
    ({ step, batch, done }) => {
      expectRefusal(() => step(batch), done === 0 ? 'batch_unknown' : 'batch_state');
    },
  );

  it('takes the shares in either order', () => {
    const later = decided(batchAfter('commit'), reveal(batchAfter('commit'), 'two', second));
    expect(later.state).toBe('committed');
    expect(decided(later, reveal(later, 'one', first)).state).toBe('drawing');
  });
});

describe('the same number', () => {
  it.each<[string, () => unknown]>([
    ['another scheme', () => create(batchAfter('create'), 'one', { ...creation, scheme: 'SEMI_BANSOS_2020' })],
    ['other places', () => create(batchAfter('create'), 'one', { ...creation, quotas: { '32': 11 } })],
    [
      'places in one more province',
      () => create(batchAfter('create'), 'one', { ...creation, quotas: { '32': 10, '31': 1 } }),
    ],
    ['another operator', () => create(batchAfter('create'), 'two', creation)],
  ])('with %s is refused', (_, act) => {
    expectRefusal(act, 'batch_exists');
  });

  it('with a province that has no places is the same batch', () => {
    expect(create(batchAfter('create'), 'one', { ...creation, quotas: { '31': 0, '32': 10 } }).events).toEqual([]);
  });
});

describe('two operators', () => {
  it.each<[RefusalCode, string, () => unknown]>([
    [
      'same_operator',
      'the closing operator seals again',
      () => sealBatch(batchAfter('close'), 'one', seal(second), '7', start),
    ],
    [
      'share_mismatch',
      'the second seal is a copy',
      () => sealBatch(batchAfter('close'), 'two', seal(first), '7', start),
    ],
    ['same_operator', 'a third operator reveals', () => reveal(batchAfter('commit'), 'three', second)],
    ['same_operator', 'the closing operator approves', () => approve(batchAfter('prepare'), 'one', '7', start)],
    ['share_mismatch', 'the first share is another', () => reveal(batchAfter('commit'), 'one', foreign)],
    ['share_mismatch', 'the second share is the first', () => reveal(batchAfter('commit'), 'two', first)],
    ['share_mismatch', 'a share is not 32 bytes', () => reveal(batchAfter('commit'), 'two', 'bb')],
    [
      'batch_state',
      'a revealed share is exchanged',
      () => reveal(batchAfter('reveal the second share'), 'one', foreign),
    ],
    ['batch_state', 'a closed batch gets another seal', () => close(batchAfter('close'), 'one', seal(foreign))],
    ['batch_state', 'another operator closes again', () => close(batchAfter('close'), 'two', seal(first))],
    [
      'batch_state',
      'a sealed batch gets another seal',
      () => sealBatch(batchAfter('seal'), 'three', seal(foreign), '7', start),
    ],
    ['batch_state', 'a third operator approves again', () => approve(batchAfter('approve'), 'three', '7', start)],
  ])('are needed: %s when %s', (code, _, act) => {
    expectRefusal(act, code);
  });
});

describe('the list', () => {
  const at = (milliseconds: number) => new Date(start.getTime() + milliseconds);

  it('is fixed no earlier than a minute after the closing', () => {
    expect(mayCommit(batchAfter('seal'), at(59_999))).toBe(false);
    expect(mayCommit(batchAfter('seal'), at(60_000))).toBe(true);
  });

  it('is fixed only between the second seal and the commitment', () => {
    const may = steps.filter((_, index) => mayCommit(afterSteps(index + 1), at(3_600_000))).map(([name]) => name);
    expect(may).toEqual(['seal']);
  });

  it('is put on the clock by the second seal, ahead of it', () => {
    const { index } = sealBatch(batchAfter('close'), 'two', seal(second), '7', new Date('2026-11-02T16:59:30.000Z'));
    // Half a minute before midnight in Jakarta: due on the next day.
    expect(index).toEqual({ due: 'DUE#2026-11-03#0', dueSort: '2026-11-02T17:00:30.000Z#commit#7' });
  });
});

describe('the approval', () => {
  it('puts the purchase deadline of all winners on the clock, a minute after its last instant', () => {
    const { index } = approve(batchAfter('prepare'), 'two', '7', start);
    expect(index).toEqual({ due: 'DUE#2026-11-18#0', dueSort: '2026-11-17T17:00:59.999Z#deadline#7#1' });
  });

  it('may be given by a third operator', () => {
    expect(approve(batchAfter('prepare'), 'three', '7', start).events).toEqual([
      { type: 'DrawApproved', by: 'three', chunkCount: 1 },
    ]);
  });
});

describe('an applicant of an earlier batch', () => {
  const closedAt = batchAfter('close').closed?.at ?? start;
  const later = (milliseconds: number) => new Date(closedAt.getTime() + abandonedAfterDays * 86_400_000 + milliseconds);

  it('is free when it is approved', () => {
    expect(isOver(batchAfter('approve'), closedAt)).toBe(true);
  });

  it('is bound while it may still be drawn, and free when it is given up', () => {
    expect(isOver(batchAfter('prepare'), later(0))).toBe(false);
    expect(isOver(batchAfter('prepare'), later(1))).toBe(true);
    expect(isOver(batchAfter('open'), later(1))).toBe(false);
  });
});
