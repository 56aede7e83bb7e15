import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apportion } from '#test/simulation/demo-places.ts';
import { progressLine, progressOn } from '#test/simulation/demo-progress.ts';
import { movement, report, whatIsWrong } from '#test/simulation/demo-report.ts';
import { type Evidence, endingOf } from '#test/simulation/demo-run.ts';
import { differences, funnelOf, type Journal, moneyOf, stages } from '#test/simulation/demo-sums.ts';

const weights = fc.dictionary(fc.stringMatching(/^\d\d$/), fc.integer({ min: 1, max: 10_000 }), { minKeys: 1 });
const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);

describe('places by province', () => {
  it('are all given out, and each province gets its exact share rounded down or up', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), weights, (places, given) => {
        const total = sumOf(Object.values(given));
        const shares = apportion(places, new Map(Object.entries(given)));
        expect(sumOf(Object.values(shares))).toBe(places);
        for (const [code, weight] of Object.entries(given)) {
          const exact = (places * weight) / total;
          expect(Math.abs((shares[code] ?? 0) - exact)).toBeLessThan(1);
        }
      }),
    );
  });

  it('go to the largest remainder first, and to the lower code where remainders are equal', () => {
    const of = (...given: number[]) => new Map(given.map((weight, index) => [`1${index + 1}`, weight]));
    expect(apportion(4, of(25, 60, 15))).toEqual({ '11': 1, '12': 2, '13': 1 });
    expect(apportion(4, of(25, 65, 10))).toEqual({ '11': 1, '12': 3 });
    expect(apportion(1, of(7, 7, 7))).toEqual({ '11': 1 });
  });
});

type Events = Journal['decisions'][number]['events'];
const journalOf = (participantId: string, ...events: Events): Journal => ({
  participantId,
  decisions: events.map((event, index) => ({ version: index + 1, at: '2026-01-01T00:00:00.000Z', events: [event] })),
});
const move = (from: string, to: string, rupiah: number) => [
  { account: from, rupiah: -rupiah },
  { account: to, rupiah },
];

const decreed = { type: 'RecipientDecreed', legs: move('treasury', 'incentive_entitlement', 600) };
const claimed = { type: 'IncentiveClaimed', legs: move('incentive_entitlement', 'payout_in_flight', 600) };
const paid = {
  type: 'IncentivePaid',
  reference: 'T1A1',
  partnerReference: 'SIM1',
  legs: move('payout_in_flight', 'paid_to_citizen', 600),
};
const booked = { partnerReferenceNo: 'T1A1', referenceNo: 'SIM1', amountRupiah: 600 };
const row = {
  people: { registered: 0, verified: 0, decreed: 1, purchased: 0, completed: 0, paid: 1, revoked: 0 },
  money: { grantedRupiah: 600, spentRupiah: 0, paidRupiah: 600, forfeitedRupiah: 0, openRupiah: 0 },
};
const agreeing = {
  participants: [{ provinceCode: '32', journal: journalOf('a'.repeat(64), decreed, claimed, paid) }],
  figures: { national: row, provinces: [{ provinceCode: '32', ...row }] },
  book: [booked],
};

describe('sums from three sources', () => {
  it('are counted from journals: each person once at a stage, each rupiah where its legs left it', () => {
    const journals = [journalOf('a', decreed, claimed, paid, paid), journalOf('b', { type: 'PersonRegistered' })];
    const none = Object.fromEntries(stages.map((stage) => [stage, 0]));
    expect(funnelOf(journals)).toEqual({ ...none, registered: 1, decreed: 1, paid: 1 });
    expect(moneyOf([journalOf('a', decreed, claimed)])).toEqual({
      granted: 600,
      spent: 0,
      paid: 0,
      forfeited: 0,
      open: 600,
    });
  });

  it('agree when they say the same', () => {
    expect(differences(agreeing)).toEqual([]);
  });

  it.each([
    ['a payment in the book that no journal knows', { book: [booked, { ...booked, partnerReferenceNo: 'T1A2' }] }],
    ['a payment in a journal that is not in the book', { book: [] }],
    ['a payment twice in the book', { book: [booked, booked] }],
    ['another amount in the book', { book: [{ ...booked, amountRupiah: 599 }] }],
    ['one person more in the figures', withPeople({ decreed: 2 })],
    ['one rupiah more in the figures', withMoney({ openRupiah: 1 })],
    ['one rupiah less in the figures', withMoney({ grantedRupiah: 599 })],
    [
      'a person in another province',
      { participants: agreeing.participants.map((p) => ({ ...p, provinceCode: '33' })) },
    ],
    [
      'legs that are not zero together',
      withLegs([...move('treasury', 'incentive_entitlement', 600), { account: 'x', rupiah: 1 }]),
    ],
  ])('differ with %s', (_, change) => {
    expect(differences({ ...agreeing, ...change })).not.toEqual([]);
  });
});

function withPeople(people: Partial<typeof row.people>) {
  return { figures: { ...agreeing.figures, national: { ...row, people: { ...row.people, ...people } } } };
}

function withMoney(money: Partial<typeof row.money>) {
  return { figures: { ...agreeing.figures, national: { ...row, money: { ...row.money, ...money } } } };
}

function withLegs(legs: typeof decreed.legs) {
  return { participants: [{ provinceCode: '32', journal: journalOf('a', { ...decreed, legs }, claimed, paid) }] };
}

const purchased = {
  type: 'CoursePurchased',
  legs: [
    { account: 'reserved', rupiah: -1_250_000 },
    { account: 'institution_payable', rupiah: 1_125_000 },
    { account: 'platform_commission', rupiah: 125_000 },
  ],
};
/** One citizen's journal at its widest: two events in one decision, three accounts in one movement. */
const widest: Journal = {
  participantId: 'a'.repeat(64),
  decisions: [
    { version: 9, at: '2026-01-01T00:00:00.000Z', events: [purchased] },
    { version: 10, at: '2026-12-31T23:59:59.000Z', events: [{ type: 'PayoutAccountLinked' }, claimed] },
  ],
};

const digest = 'd'.repeat(64);
const evidence: Evidence = {
  ...agreeing,
  quotas: { '19': 1, '32': 1 },
  draw: {
    seed: digest,
    listRoot: digest,
    commitmentDigest: digest,
    applicantCount: 1,
    winnerCount: 1,
    manifestPath: '.demo/draw/manifest.json',
    verdict: { agreed: ['list'] },
  },
  certificate: {
    number: 'ABCD1234EFGH5678',
    path: '.demo/certificate.pdf',
    pagePath: '.demo/verification.html',
    fileDigest: digest,
    ownerDigest: digest,
    publicAnswer: {
      number: 'ABCD1234EFGH5678',
      status: 'valid',
      maskedName: 'S*** C*****',
      courseTitle: 'Merakit Panel Surya',
      institutionName: 'Cakrawala',
      completedOn: '2026-01-01',
      fileDigest: digest,
    },
  },
  repeated: { reference: 'T1A1', deliveries: 2, entries: 1 },
  closedDays: [
    {
      ...{ partnerCode: 'bank-induk', day: '2026-11-24', format: 'camt.053', breakCount: 0, isClosed: true },
      ...{ paidCount: 1, paidRupiah: 600, bookedCount: 1, bookedRupiah: 600 },
    },
  ],
  shown: { name: 'Siti Contoh', cardNumber: '1'.repeat(16), journal: widest },
};

describe('the report', () => {
  it('fits into 60 lines of 100 columns and finds nothing wrong', () => {
    const { lines, wrong } = report(evidence);
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
    expect(lines.length).toBeLessThanOrEqual(56);
    expect(wrong).toEqual([]);
  });

  it('shows a place that stayed empty', () => {
    expect(report(evidence).lines).toContain('Left empty: Kep. Bangka Belitung (1 empty, 0 people joined).');
  });

  it.each([
    ['the draw cannot be repeated', { draw: { ...evidence.draw, verdict: { agreed: [], difference: 'other' } } }],
    ['a certificate has another digest', { certificate: { ...evidence.certificate, fileDigest: 'other' } }],
    ['a payment was made twice', { repeated: { ...evidence.repeated, entries: 2 } }],
    ['a payment was not made at all', { repeated: { ...evidence.repeated, entries: 0 } }],
    [
      'the day of a partner is not closed',
      { closedDays: evidence.closedDays.map((day) => ({ ...day, isClosed: false })) },
    ],
    [
      'a statement says less than the journals',
      { closedDays: evidence.closedDays.map((day) => ({ ...day, paidRupiah: 601 })) },
    ],
  ])('says so when %s', (_, change) => {
    expect(whatIsWrong({ ...evidence, ...change })).toHaveLength(1);
  });

  it('claims that the sums balance only when they do', () => {
    expect(report(evidence).lines).toContainEqual(expect.stringMatching(/^granted = spent/));
    const { lines, wrong } = report({ ...evidence, book: [] });
    expect(lines).toContain('THE SUMS DIFFER: see the end.');
    expect(wrong).toEqual([
      'journals only, not in the book: T1A1 as SIM1: 600',
      'the statements hold 600 rupiah of payouts',
    ]);
  });

  it('names where money goes, in rupiah, and nothing where none moves', () => {
    const at = '2026-01-01T00:00:00.000Z';
    expect(
      movement({ version: 1, at, events: [{ ...paid, legs: move('payout_in_flight', 'paid_to_citizen', 600_000) }] }),
    ).toBe('  600.000 in flight → citizen');
    expect(movement({ version: 1, at, events: [{ type: 'CourseRated' }] })).toBe('');
  });
});

describe('a winner', () => {
  it('who comes first is paid; of twenty, two never buy, one still learns and one links no account', () => {
    const endings = Array.from({ length: 20 }, (_, index) => endingOf(index + 1));
    expect(endings[0]).toBe('is_paid');
    expect(endings.filter((ending) => ending === 'never_buys')).toHaveLength(2);
    expect(endings.filter((ending) => ending === 'still_learns')).toHaveLength(1);
    expect(endings.filter((ending) => ending === 'links_no_account')).toHaveLength(1);
  });
});

describe('progress', () => {
  const written = (isTTY: boolean) => {
    const texts: string[] = [];
    const progress = progressOn({ isTTY, write: (text: string | Uint8Array) => texts.push(String(text)) > 0 });
    progress.stage('Counting', 2);
    progress.tick();
    progress.tick();
    progress.close();
    return texts;
  };

  it('is one line drawn again on a terminal, and gone at the end', () => {
    const texts = written(true);
    expect(texts.filter((text) => text.includes('\n'))).toEqual([]);
    expect(texts).toContain(`\r\x1b[2K${progressLine('Counting', 2, 2)}`);
    expect(texts.at(-1)).toBe('\r\x1b[2K');
  });

  it('is one plain line for each stage elsewhere', () => {
    expect(written(false)).toEqual([expect.stringMatching(/^Counting: 2 of 2 in \d+\.\d s\n$/)]);
  });

  it('fits into 100 columns', () => {
    expect(
      progressLine('A payment meets a cut line, and its message comes again', 10_000, 10_000).length,
    ).toBeLessThanOrEqual(100);
  });
});
