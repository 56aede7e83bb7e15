import { ok } from 'node:assert/strict';
import { type Batch, decreeChunks, isGivenUp } from '#shared/selection/batch.ts';
import type { Progress } from '#shared/selection/batch-api.ts';
import { deadlineOf, decreeFrom, maxBeaconTries, screeningFrom } from '#shared/selection/batch-steps.ts';
import type { DrawFiles, Stage } from '#shared/selection/draw-files.ts';

type Running = {
  readonly stage: NonNullable<Progress['stage']>;
  /** Whose marks are counted; null where the work is one piece. */
  readonly marks: Stage | null;
  readonly parts: number;
  readonly since: Date;
};

/** What the workers are at, by what has happened and what has not; null while the batch waits for somebody or something. */
export function runningOf(batch: Batch): Running | null {
  const { screening, screened, seeded, drawn, published, ordered, decreed, announced, deadline } = batch;
  const shards = 16 ** (screening?.shardDigits ?? 1);
  if (deadline && !batch.reconciled)
    return { stage: 'revoking', marks: 'revoked', parts: deadline.chunkCount, since: deadline.at };
  if (decreed && !announced) return { stage: 'documenting', marks: null, parts: 1, since: decreed.at };
  if (ordered && !decreed)
    return { stage: 'decreeing', marks: 'decreed', parts: decreeChunks(batch), since: ordered.at };
  if (drawn && !published) return { stage: 'publishing', marks: 'published', parts: shards, since: drawn.at };
  if (seeded && !drawn) return { stage: 'drawing', marks: null, parts: 1, since: seeded.at };
  if (screening && !screened) return { stage: 'screening', marks: 'screened', parts: shards, since: screening.at };
  return null;
}

type Waiting = Pick<Progress, 'waitsFor' | 'waitsOn'>;
const waiting = (waitsOn: Waiting['waitsOn'], waitsFor: string | null): Waiting => ({ waitsFor, waitsOn });

/** What a batch stands still for, in a sentence, and who moves it on; nothing where it is at its end. */
export function waitingOf(batch: Batch, now: Date): Waiting {
  const { state, created, approved, ordered } = batch;
  if (isGivenUp(batch, now)) {
    const missed = approved ? 'ordered within two weeks of the objections' : 'approved within two weeks of its closing';
    return waiting(null, `nothing: it was not ${missed}, and is given up`);
  }
  switch (state) {
    case 'draft':
      return created?.opensAt
        ? waiting('clock', `the clock opens it at ${created.opensAt}`)
        : waiting('operator', 'an operator opens it');
    case 'open':
      return created?.closesAt
        ? waiting('clock', `the clock closes it at ${created.closesAt}`)
        : waiting('operator', 'an operator closes it');
    case 'closed':
      return beforeScreening(batch, now);
    case 'screened':
      return waiting('worker', 'the worker that commits the list');
    case 'committed':
      return beforeDraw(batch);
    case 'drawn':
      return waiting('operator', 'an operator who neither drafted nor closed it approves the draw');
    case 'approved': {
      const from = approved && decreeFrom(approved);
      return from && now < from
        ? waiting('clock', `objections until ${approved.objectionsUntil}; it can be ordered from ${from.toISOString()}`)
        : waiting('operator', 'another operator than the one who approved orders the decree');
    }
    case 'announced': {
      ok(created && ordered, 'An announced batch has an ordered decree');
      const due = deadlineOf(created, ordered.at).toISOString();
      return waiting('clock', `the purchase deadline of its recipients, which the clock keeps at ${due}`);
    }
    default:
      return waiting(null, null);
  }
}

function beforeScreening({ created, closed, seals }: Batch, now: Date): Waiting {
  const missing = created?.randomness === 'two_operators' ? 2 - seals.length : 0;
  if (missing > 0) return waiting('operator', `${missing} of two operators seal a share`);
  const from = closed && screeningFrom(closed);
  return from && now < from
    ? waiting('clock', `the minute after the closing, until ${from.toISOString()}: then its applicants are screened`)
    : waiting('worker', 'the worker that begins the screening');
}

function beforeDraw({ committed, beaconTries, revealedBy }: Batch): Waiting {
  if (!committed?.round) return waiting('operator', `${2 - revealedBy.size} of two operators reveal their share`);
  const { round, roundAt } = committed.round;
  return beaconTries < maxBeaconTries
    ? waiting('clock', `round ${round} of the beacon at ${roundAt}`)
    : waiting('operator', `somebody asks for round ${round} of the beacon: the clock has stopped asking`);
}

/** How far the workers of a batch are. */
export async function progressOf(batch: Batch, files: DrawFiles, now: Date): Promise<Progress> {
  const { state } = batch;
  ok(state !== 'unknown', 'Only a batch that is there has progress');
  const running = runningOf(batch);
  if (!running) {
    const still = { doneParts: 0, parts: 0, percent: 100, startedAt: null, partsPerMinute: null, expectedEndAt: null };
    return { state, stage: null, ...waitingOf(batch, now), ...still };
  }
  const { stage, marks, parts, since } = running;
  const doneParts = marks ? Math.min(parts, await files.countDone(marks)) : 0;
  const minutes = (now.getTime() - since.getTime()) / 60_000;
  const rate = doneParts > 0 && minutes > 0 ? doneParts / minutes : null;
  return {
    state,
    stage,
    ...waiting(null, null),
    doneParts,
    parts,
    percent: parts === 0 ? 100 : Math.floor((100 * doneParts) / parts),
    startedAt: since.toISOString(),
    partsPerMinute: rate === null ? null : Math.round(rate * 100) / 100,
    expectedEndAt: rate === null ? null : new Date(now.getTime() + ((parts - doneParts) / rate) * 60_000).toISOString(),
  };
}
