import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as screens from '#ops/batch-screens.ts';
import { bar, inWib, plain, row, wibTime, wrapped } from '#ops/render.ts';
import { programProvinceCodes } from '#shared/registration/regions.ts';
import { BatchView, readObjections, readProgress } from '#shared/selection/batch-api.ts';
import { batchStates } from '#shared/selection/batch-events.ts';
import {
  batchWith,
  digest,
  drawnBatch,
  objectionWith,
  overrideWith,
  progressWith,
  screening,
} from './batch-samples.ts';

const paint = (_: unknown, text: string) => text;
const widest = (lines: readonly string[]) => Math.max(...lines.map((line) => [...line].length));
const long = 'x'.repeat(128);
const at = '2026-11-27T16:59:59.000Z';

/** A batch in which everything has happened, and everything is as long as it can be. */
const fullBatch = BatchView.parse(
  batchWith({
    batchId: '999999',
    number: 999_999,
    scheme: 'SEMI_BANSOS_2020',
    kind: 'recovery',
    state: 'reconciled',
    opensAt: at,
    closesAt: at,
    quotas: Object.fromEntries(programProvinceCodes.map((code) => [code, 1_000_000])),
    regencyQuotas: { '71.08': 1_000_000, '32.73': 5 },
    stratumQuotas: [{ stratum: 'extreme_poverty', places: 1_000_000 }],
    placeCount: 34_000_000,
    maxLots: 8,
    sealedBy: [long, long],
    revealedBy: [long, long],
    applicantCount: 12_345_678,
    eligibleCount: 12_345_678,
    refused: { identity_unverified: 1_000_000, identity_refused: 1_000_000, membership_revoked: 3, age_outside: 0 },
    commitmentDigest: digest,
    round: 2 ** 40,
    roundAt: at,
    manifestDigest: digest,
    winnerCount: 34_000_000,
    waitingCount: 3_400_000,
    approvedAt: at,
    objectionsUntil: at,
    overrides: [
      overrideWith({ overrideId: 'z'.repeat(64), note: 'y'.repeat(300), proposedBy: long }),
      overrideWith({ kind: 'admit', confirmedBy: long, confirmedAt: at }),
    ],
    orderedAt: at,
    decreed: { byDraw: 34_000_000, byPromotion: 3_400_000, byOverride: 100 },
    announcedAt: at,
    csvDigest: digest,
    documentDigest: digest,
    reconciled: {
      keptCount: 34_000_000,
      revokedCount: 34_000_000,
      returnedRupiah: 119_000_000_000_000,
      freePlaces: Object.fromEntries(programProvinceCodes.map((code) => [code, 1_000_000])),
    },
    recoveredBy: '999999',
  }),
);
const fullObjections = {
  openCount: 1_000_000,
  objections: [
    objectionWith({ ground: 'refused_wrongly', filedAt: at }),
    objectionWith({ answer: 'dismissed', note: 'n'.repeat(300), answeredBy: long }),
  ],
  next: '0'.repeat(32),
};

describe('a screen', () => {
  it.each([
    ['a batch', screens.batchScreen(paint, fullBatch)],
    ['a decree', screens.decreeScreen(paint, fullBatch, 1_000_000)],
    ['objections', screens.objectionsScreen(paint, fullObjections)],
    ...batchStates.map((state): [string, string[]] => [
      `what a batch that is ${state} waits for`,
      screens.progressScreen(paint, '999999', progressWith({ state, waitsFor: `round 123456789012 at ${at} ${long}` })),
    ]),
  ])('of %s has no line of more than 80 columns, however long its values are', (_, lines) => {
    expect(widest(lines)).toBeLessThanOrEqual(80);
  });

  it('of a batch has every province with its places', () => {
    const text = screens.batchScreen(paint, fullBatch).join('\n');

    for (const code of programProvinceCodes) expect(text).toMatch(new RegExp(`${code} .*1\\.000\\.000`));
  });

  it('of a draft says what operators do and what the clock does', () => {
    const draft = batchWith({ opensAt: '2026-11-27T05:00:00.000Z', regencyQuotas: { '32.73': 5 } });

    expect(screens.batchScreen(paint, draft)).toEqual([
      'Batch 7  draft  NORMAL_2023, regular',
      '',
      'Opens         27 Nov 2026 12:00 WIB',
      'Closes        by an operator',
      'Randomness    shares of two operators',
      'Sealed by     nobody yet',
      'Revealed by   nobody yet',
      '',
      'Places        100, one lot each',
      '  32.73 Kota Bandung                                     5',
      '  32 Jawa Barat                                        100',
    ]);
  });

  it('of a correction says that it waits, and after the order that it was not applied', () => {
    expect(screens.overrideLines(paint, overrideWith(), false).at(-1)).toContain('Waits for another operator');
    expect(screens.overrideLines(paint, overrideWith(), true).at(-1)).toContain('not applied');
  });

  it('of a decree counts what was agreed, and warns of what was not', () => {
    const overrides = [
      overrideWith({ confirmedBy: 'budi', confirmedAt: at }),
      overrideWith({ overrideId: 'two', kind: 'admit' }),
    ];
    const text = screens.decreeScreen(paint, drawnBatch({ overrides }), 2).join('\n');

    expect(text).toContain('1.234 winners of 100 places; 12 waiting');
    expect(text).toContain('1 excluded, 0 admitted');
    expect(text).toContain('1 without a second operator: not applied');
    expect(text).toContain('2 without an answer');
    expect(text).toContain(digest);
  });

  it('shows nothing that a terminal takes for a command', () => {
    const overrides = [overrideWith({ note: 'red \u001b[31m and \u202e back', proposedBy: 'a\u0007b' })];

    expect(screens.batchScreen(paint, drawnBatch({ overrides })).join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe('the line of the workers', () => {
  it('has stage, bar, percent, parts, rate, and the expected end in WIB', () => {
    expect(screens.progressLine(screening(4))).toBe(
      'screening   ██████░░░░░░░░░░░░░░░░░░  25 %  4/16  4/min  ends about 12:04 WIB',
    );
  });

  it('names the day where the end is not on the day of the beginning', () => {
    const line = screens.progressLine({ ...screening(4), expectedEndAt: '2026-11-27T18:00:00.000Z' });

    expect(line).toContain('ends about 28 Nov 2026 01:00 WIB');
  });

  it('says since when, while there is no rate', () => {
    const line = screens.progressLine({ ...screening(0), partsPerMinute: null, expectedEndAt: null });

    expect(line).toContain('0 %  0/16  since 27 Nov 2026 12:00 WIB');
  });

  it('fits whatever the workers are at', () => {
    const Answer = readProgress.answer;
    const numbers = fc.record({
      doneParts: fc.nat(99_999),
      percent: fc.nat(100),
      partsPerMinute: fc.option(fc.double({ min: 0, max: 9_999_999, noNaN: true })),
    });
    fc.assert(
      fc.property(numbers, (facts) => {
        const progress = { ...screening(0), ...facts, stage: 'documenting', parts: 99_999, expectedEndAt: at } as const;
        expect(typeof Answer === 'string' || Answer.safeParse(progress).success).toBe(true);
        expect(widest([screens.progressLine(progress)])).toBeLessThanOrEqual(80);
      }),
    );
  });
});

describe('rendering', () => {
  it('breaks a text into lines that are full and lose nothing', () => {
    const texts = fc.stringMatching(/^[a-z ]{0,200}$/);
    fc.assert(
      fc.property(texts, fc.integer({ min: 3, max: 80 }), (text, columns) => {
        const lines = wrapped(text, columns);
        expect(widest(lines)).toBeLessThanOrEqual(columns);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });

  it('hangs what does not fit under the text, not under the label', () => {
    expect(row(paint, 'Label', 'w '.repeat(40).trim())).toEqual([
      `Label         ${'w '.repeat(33).trim()}`,
      `              ${'w '.repeat(7).trim()}`,
    ]);
  });

  it('writes instants in WIB, with seconds where there are some', () => {
    expect(wibTime('2026-12-31T17:00:00.000Z')).toBe('1 Jan 2027 00:00 WIB');
    expect(wibTime('2026-12-31T16:59:59.999Z')).toBe('31 Dec 2026 23:59:59 WIB');
    expect(inWib('objections until 2026-11-27T05:00:07.000Z')).toBe('objections until 27 Nov 2026 12:00:07 WIB');
  });

  it('draws a bar that is full at a hundred percent, and not before', () => {
    expect([bar(0, 4), bar(50, 4), bar(99, 4), bar(100, 4)]).toEqual(['░░░░', '██░░', '███░', '████']);
  });

  it('leaves letters of every language as they are', () => {
    expect(plain('Ketut Sri Ayu, é 漢')).toBe('Ketut Sri Ayu, é 漢');
  });

  it('has a sample that the schemas know', () => {
    const { answer } = readObjections;
    expect(typeof answer === 'string' || answer.safeParse(fullObjections).success).toBe(true);
  });
});
