import type * as z from 'zod/mini';
import type { BatchView, Objection } from '#ops/batch-screens.ts';
import type { readProgress } from '#shared/selection/batch-api.ts';

type Progress = z.output<Exclude<typeof readProgress.answer, string>>;

export const drawNumber = `${'0123456789abcdef'.repeat(2).slice(0, 30)}00`;
export const digest = 'd0'.repeat(32);

/** A batch that was drafted a moment ago. */
export const batchWith = (facts: Partial<BatchView> = {}): BatchView => ({
  batchId: '7',
  number: 7,
  scheme: 'NORMAL_2023',
  kind: 'regular',
  state: 'draft',
  opensAt: null,
  closesAt: null,
  quotas: { '32': 100 },
  regencyQuotas: {},
  stratumQuotas: [],
  placeCount: 100,
  maxLots: 1,
  randomness: 'two_operators',
  sealedBy: [],
  applicantCount: null,
  eligibleCount: null,
  refused: {},
  commitmentDigest: null,
  round: null,
  roundAt: null,
  revealedBy: [],
  manifestDigest: null,
  winnerCount: null,
  waitingCount: null,
  approvedAt: null,
  objectionsUntil: null,
  overrides: [],
  orderedAt: null,
  decreed: null,
  announcedAt: null,
  csvDigest: null,
  documentDigest: null,
  overridesDigest: null,
  reconciled: null,
  recoveredBy: null,
  ...facts,
});

export const drawnBatch = (facts: Partial<BatchView> = {}) =>
  batchWith({ state: 'approved', winnerCount: 1_234, waitingCount: 12, manifestDigest: digest, ...facts });

export const overrideWith = (facts: Partial<BatchView['overrides'][number]> = {}): BatchView['overrides'][number] => ({
  overrideId: 'koreksi-1',
  kind: 'exclude',
  drawNumber,
  note: 'Two files of one person',
  proposedBy: 'ayu.lestari',
  proposedAt: '2026-11-27T05:00:00.000Z',
  confirmedBy: null,
  confirmedAt: null,
  ...facts,
});

export const objectionWith = (facts: Partial<Objection> = {}): Objection => ({
  drawNumber,
  participantId: 'ab'.repeat(32),
  ground: 'wrong_data',
  filedAt: '2026-11-27T05:00:00.000Z',
  answer: null,
  note: null,
  answeredBy: null,
  ...facts,
});

/** A batch that stands still. */
export const progressWith = (facts: Partial<Progress> = {}): Progress => ({
  state: 'drawn',
  stage: null,
  waitsFor: 'an operator who neither drafted nor closed it approves the draw',
  waitsOn: 'operator',
  doneParts: 0,
  parts: 0,
  percent: 100,
  startedAt: null,
  partsPerMinute: null,
  expectedEndAt: null,
  ...facts,
});

/** Workers that have done so many of sixteen parts. */
export const screening = (doneParts: number): Progress =>
  progressWith({
    state: 'closed',
    stage: 'screening',
    waitsFor: null,
    waitsOn: null,
    doneParts,
    parts: 16,
    percent: Math.floor((100 * doneParts) / 16),
    startedAt: '2026-11-27T05:00:00.000Z',
    partsPerMinute: 4,
    expectedEndAt: '2026-11-27T05:04:00.000Z',
  });
