import { createDecipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blocksOf } from '#shared/selection/draw/blocks.ts';
import type { DrawRules } from '#shared/selection/draw/manifest.ts';
import { type DrawRecord, encodeRecord, recordBytes, strata } from '#shared/selection/draw/record.ts';
import { outcomeKinds, type Selection, select } from '#shared/selection/draw/select.ts';
import { scoreOf } from '#shared/selection/proof.ts';
import {
  applicantOf,
  countBy,
  familyOf,
  inOrder,
  listOf,
  numberOf,
  outcomesOf,
  piecesOf,
  rulesOf,
  seedOf,
  strangers,
  winnersOf,
} from '#test/selection/draw/lists.ts';
import { operatorsOf, plainDraw, randomDraw } from '#test/selection/draw-fixture.ts';

const familyDigits = 16;
const familyIn = (drawNumber: string) => drawNumber.slice(0, familyDigits);
const provinceCodes = ['11', '32', '73'];
const regencies = ['01', '02', '73'];
const pieceSizes = [1, 7, recordBytes - 1, recordBytes, recordBytes + 1, 1_000, 1_000_000];

const places = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 20 }), fc.constantFrom(0, 200));
const placesOf = (codes: readonly string[], all: boolean) =>
  fc.subarray([...codes], { minLength: all ? codes.length : 0 }).chain((some) => {
    return fc.tuple(...some.map(() => places)).map((counts) => {
      return Object.fromEntries(some.map((code, index) => [code, counts[index] ?? 0]));
    });
  });
const stratumPlaces = fc
  .shuffledSubarray([...strata])
  .chain((some) => fc.tuple(...some.map((stratum) => fc.record({ stratum: fc.constant(stratum), places }))));
const rulesets: fc.Arbitrary<DrawRules> = fc.record({
  strata: stratumPlaces,
  regencies: placesOf(['1101', '3201', '3273', '7302', '7371'], false),
  provinces: placesOf(provinceCodes, true),
  waiting: placesOf(provinceCodes, false),
  maxPerFamily: fc.constant(2),
  maxLots: fc.constant(3),
});

const people = fc.record({
  province: fc.constantFrom(...provinceCodes),
  regency: fc.constantFrom(...regencies),
  strata: fc.subarray([...strata]),
  lots: fc.integer({ min: 1, max: 3 }),
});
const families = fc.record({
  places: fc.integer({ min: 1, max: 2 }),
  // A household lives in one place; a family card now and then does not.
  together: fc.boolean(),
  members: fc.array(people, { minLength: 1, maxLength: 6 }),
});
const listsOf = (maxLength: number) =>
  fc.tuple(fc.nat(), fc.array(families, { maxLength })).map(([name, all]) =>
    all.flatMap(({ places: familyPlaces, together, members }, family) =>
      members.map(({ province, regency, strata: some, lots }, member): DrawRecord => {
        const home = together ? (members[0] ?? { province, regency }) : { province, regency };
        return {
          drawNumber: numberOf(`${name} ${family}`, `${name} ${family} ${member}`),
          provinceCode: home.province,
          regencyCode: `${home.province}.${home.regency}`,
          strata: some,
          lots,
          familyPlaces,
        };
      }),
    ),
  );

/** The draw of a reference, made by the program. */
async function repeated({ manifest, files }: ReturnType<typeof plainDraw>, pieceSize = 1_000) {
  const bytes = manifest.list.files.map(({ file }) => files.get(file) ?? Buffer.alloc(0));
  const { pieces, readings } = piecesOf(Buffer.concat(bytes), pieceSize);
  return { selection: await select({ ...manifest.list, pieces }, manifest.rules, manifest.seed), readings: readings() };
}

/** What the reference says, in the form of a selection. */
function referenceOf({ manifest, files }: ReturnType<typeof plainDraw>): Selection {
  const bytesOf = (all: readonly { readonly file: string }[]) =>
    Buffer.concat(all.map(({ file }) => files.get(file) ?? Buffer.alloc(0)));
  const [list, outcomes] = [bytesOf(manifest.list.files), bytesOf(manifest.outcomes)];
  const all = Uint32Array.from({ length: outcomes.length / 4 }, (_, index) => outcomes.readUInt32BE(4 * index));
  const waiting: Record<string, string[]> = {};
  for (const code of Object.keys(manifest.rules.provinces)) waiting[code] = [];
  for (const [index, outcome] of all.entries())
    if (outcomeKinds[outcome >>> 30] === 'waiting') {
      const from = index * recordBytes;
      const ofProvince = waiting[String(list.readUInt8(from + 16))] ?? [];
      ofProvince[(outcome & 0x3fff_ffff) - 1] = list.toString('hex', from, from + 16);
    }
  return { winners: bytesOf([manifest.winners]), outcomes: all, pools: manifest.pools, waiting };
}

/** As the screening makes records: only the strata that the rules name are in them. */
const withNamedStrata = (applicants: readonly DrawRecord[], rules: DrawRules) =>
  applicants.map((who) => ({
    ...who,
    strata: who.strata.filter((one) => rules.strata.some(({ stratum }) => stratum === one)),
  }));

const drawOf = (all: readonly DrawRecord[], rules: DrawRules, name: string) =>
  plainDraw({
    ...{ applicants: withNamedStrata(all, rules), rules },
    ...{ batchId: '7', ...operatorsOf(name), shardDigits: 1, groupDigits: 1 },
    ...{ committedAt: '2026-11-27T17:01:00.000Z', drawnAt: '2026-11-27T17:05:00.000Z' },
  });

/** Who could have had a place of each pool, when its round came. */
function eligibleIn(selection: Selection, records: readonly DrawRecord[]) {
  const { pools } = selection;
  const roundOf = new Map(winnersOf(selection).map(({ drawNumber, round }) => [drawNumber, round]));
  const rounds = [...new Set(pools.map(({ pool }) => (pool.startsWith('stratum') ? pool : pool.split(':')[0])))];
  const strataRounds = rounds.filter((round) => round?.startsWith('stratum')).length;
  return (pool: string) => {
    const [word, code = ''] = pool.split(':');
    const round = word === 'stratum' ? rounds.indexOf(pool) : strataRounds + Number(word === 'province');
    return records.filter(({ drawNumber, provinceCode, regencyCode, strata: some }) => {
      const belongs =
        code === provinceCode || code === regencyCode.replace('.', '') || some.some((stratum) => stratum === code);
      return belongs && (roundOf.get(drawNumber) ?? round) >= round;
    }).length;
  };
}

describe('a draw', () => {
  it('is that of the plain way, in 1,000 small batches of all kinds', async () => {
    const seen = { strata: 0, empty: 0, waiting: 0, full: 0 };
    const drawn = fc.asyncProperty(
      fc.oneof({ weight: 3, arbitrary: listsOf(8) }, { weight: 1, arbitrary: listsOf(40) }),
      ...([rulesets, fc.string(), fc.constantFrom(...pieceSizes)] as const),
      async (applicants, rules, name, pieceSize) => {
        const reference = drawOf(applicants, rules, name);
        const { selection } = await repeated(reference, pieceSize);
        const kinds = outcomesOf(selection).map(({ kind }) => kind);
        seen.strata += Number(rules.strata.length > 1);
        seen.empty += Number(applicants.length === 0);
        seen.waiting += Number(kinds.includes('waiting'));
        seen.full += Number(kinds.includes('family_full'));

        expect(selection).toEqual(referenceOf(reference));
      },
    );

    await fc.assert(drawn, { numRuns: 1_000 });
    // They were not all of one kind.
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(20);
  });

  it.each(Array.from({ length: 40 }, (_, number) => [`batch ${number}`, 10 * (1 + number)] as const))(
    'is that of the plain way in %s, of %i applicants',
    async (name, size) => {
      const reference = plainDraw(randomDraw(name, size, { shardDigits: 1, groupDigits: 1 }));

      expect((await repeated(reference)).selection).toEqual(referenceOf(reference));
    },
  );

  it('is the same however the bytes of the list come', async () => {
    const applicants = strangers(5_000);
    const bytes = Buffer.concat(inOrder(applicants).map(encodeRecord));
    const drawnFrom = (size: number) => {
      return select(listOf(applicants, { pieces: piecesOf(bytes, size).pieces }), rulesOf(40), seedOf('a'));
    };
    const whole = await drawnFrom(bytes.length);

    for (const size of pieceSizes) expect(await drawnFrom(size)).toEqual(whole);
  });

  it('is another one under another seed', async () => {
    const list = listOf(strangers(100));
    const winners = await Promise.all([1, 2, 1].map((name) => select(list, rulesOf(10), seedOf(name))));

    expect(winners[2]).toEqual(winners[0]);
    expect(winners[1]?.winners.equals(winners[0]?.winners ?? Buffer.alloc(0))).toBe(false);
  });

  it('gives no place, and knows its pools, when nobody applied', async () => {
    const rules = rulesOf(3, {
      strata: [{ stratum: 'disability', places: 2 }],
      regencies: { '3273': 1 },
      waiting: { '32': 5 },
    });

    const selection = await select(listOf([]), rules, seedOf('a'));

    const none = { members: 0, lots: 0, taken: 0, lastScore: null };
    expect(selection).toEqual({
      winners: Buffer.alloc(0),
      outcomes: new Uint32Array(),
      pools: [
        { pool: 'stratum:disability', places: 2, ...none },
        { pool: 'regency:3273', places: 1, ...none },
        { pool: 'province:32', places: 3, ...none },
      ],
      waiting: { '32': [] },
    });
  });

  it.each([
    [0, 'not_drawn'],
    [1, 'won'],
  ])('with %i places says %s of the only applicant', async (count, kind) => {
    const applicant = applicantOf('a');

    const selection = await select(listOf([applicant]), rulesOf(count), seedOf('a'));

    const lastScore = count === 0 ? null : scoreOf(encodeRecord(applicant).toString('hex'), seedOf('a'));
    expect(outcomesOf(selection)).toEqual([{ kind, number: count }]);
    expect(selection.pools).toEqual([
      { pool: 'province:32', members: 1, lots: 1, places: count, taken: count, lastScore },
    ]);
  });
});

describe('scores at the ends', () => {
  /** Somebody whose only lot becomes these bytes under the seed, which is looked for among the last bytes. */
  const withScore = (head: string) => {
    const decipher = createDecipheriv('aes-256-ecb', Buffer.from(seedOf('a'), 'hex'), null).setAutoPadding(false);
    for (let last = 0; ; last += 1) {
      const drawNumber = decipher.update(head + last.toString(16).padStart(32 - head.length, '0'), 'hex', 'hex');
      if (drawNumber.endsWith('00')) return applicantOf('a', { drawNumber });
    }
  };

  it.each(['00000000', 'ffffffff'])('that begin with %s win as others do', async (head) => {
    const extreme = withScore(head);
    const everybody = [extreme, ...strangers(20)];
    const first = winnersOf(await select(listOf(everybody), rulesOf(1), seedOf('a')))[0]?.drawNumber;
    const { pools } = await select(listOf(everybody), rulesOf(21), seedOf('a'));

    expect(pools).toMatchObject([{ taken: 21 }]);
    expect(pools[0]?.lastScore?.startsWith('ffffffff')).toBe(head === 'ffffffff');
    expect(first === extreme.drawNumber).toBe(head === '00000000');
  });

  it('that begin alike are told apart by the rest', async () => {
    const [smaller, larger] = [withScore('00000000aa'), withScore('00000000ab')];

    const selection = await select(listOf([larger, smaller]), rulesOf(1), seedOf('a'));

    expect(winnersOf(selection)).toEqual([{ drawNumber: smaller.drawNumber, round: 1 }]);
  });
});

describe('the rounds', () => {
  it('come one after the other: strata in their order, regencies, provinces, and who waits', async () => {
    const everything = strangers(12, () => ({ strata: ['migrant_worker', 'disability'] }));
    const rules = rulesOf(4, {
      strata: [
        { stratum: 'disability', places: 1 },
        { stratum: 'migrant_worker', places: 2 },
      ],
      regencies: { '3273': 3 },
      waiting: { '32': 5 },
    });

    const selection = await select(listOf(everything), rules, seedOf('a'));

    // All belong to everything: the lowest scores win first.
    expect(winnersOf(selection).map(({ round }) => round)).toEqual([0, 1, 1, 2, 2, 2, 3, 3, 3, 3]);
    expect(selection.waiting['32']).toHaveLength(2);
  });

  it('leave the places of a stratum to nobody else', async () => {
    const rules = rulesOf(3, { strata: [{ stratum: 'disability', places: 5 }] });
    const list = listOf(strangers(20, (index) => ({ strata: index < 2 ? ['disability'] : [] })));

    const { pools } = await select(list, rules, seedOf('a'));

    expect(pools).toMatchObject([
      { pool: 'stratum:disability', members: 2, places: 5, taken: 2, lastScore: null },
      { pool: 'province:32', members: 20, places: 3, taken: 3, lastScore: expect.any(String) },
    ]);
  });

  it('count those who live in a regency of a divided province in the program’s province', async () => {
    const merauke = strangers(3, () => ({ provinceCode: '91', regencyCode: '93.01' }));
    const rules = rulesOf(0, { regencies: { '9301': 1 }, provinces: { '91': 1 }, waiting: { '91': 9 } });

    const selection = await select(listOf(merauke), rules, seedOf('a'));

    expect(selection.pools).toMatchObject([
      { pool: 'regency:9301', taken: 1 },
      { pool: 'province:91', taken: 1 },
    ]);
    expect(selection.waiting['91']).toHaveLength(1);
  });

  it('fill every pool with min(places, eligible) when everybody lives alone', async () => {
    const alone = fc.array(people, { maxLength: 80 }).map((all) =>
      all.map(({ province, regency, strata: some, lots }, index) => {
        return applicantOf(index, {
          provinceCode: province,
          regencyCode: `${province}.${regency}`,
          strata: some,
          lots,
        });
      }),
    );

    await fc.assert(
      fc.asyncProperty(alone, rulesets, fc.nat(), async (all, rules, seed) => {
        const applicants = withNamedStrata(all, rules);
        const selection = await select(listOf(applicants), rules, seedOf(seed));
        const eligible = eligibleIn(selection, applicants);
        const left = applicants.length - winnersOf(selection).length;

        for (const { pool, places: count, taken } of selection.pools)
          expect([pool, taken]).toEqual([pool, Math.min(count, eligible(pool))]);
        const waiting = Object.values(selection.waiting).reduce((sum, list) => sum + list.length, 0);
        expect(waiting).toBeLessThanOrEqual(left);
        for (const [code, list] of Object.entries(selection.waiting)) {
          const wonThere = winnersOf(selection).filter(({ drawNumber }) => {
            return applicants.some((one) => one.drawNumber === drawNumber && one.provinceCode === code);
          }).length;
          const stay = applicants.filter(({ provinceCode }) => provinceCode === code).length - wonThere;
          expect(list).toHaveLength(Math.min(rules.waiting[code] ?? 0, stay));
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a family', () => {
  it('never wins more places than it has left, and nobody wins twice', async () => {
    await fc.assert(
      fc.asyncProperty(listsOf(20), rulesets, fc.nat(), async (all, rules, seed) => {
        const applicants = withNamedStrata(all, rules);
        const selection = await select(listOf(applicants), rules, seedOf(seed));
        const winners = winnersOf(selection).map(({ drawNumber }) => drawNumber);
        const wins = countBy(winners.map(familyIn));
        const waiting = Object.values(selection.waiting).flat();

        expect(new Set([...winners, ...waiting]).size).toBe(winners.length + waiting.length);
        for (const [index, { drawNumber, familyPlaces }] of inOrder(applicants).entries()) {
          const won = wins[familyIn(drawNumber)] ?? 0;
          expect(won).toBeLessThanOrEqual(familyPlaces);
          const { kind } = outcomesOf(selection)[index] ?? {};
          expect(kind === 'won').toBe(winners.includes(drawNumber));
          expect(kind === 'family_full').toBe(won === familyPlaces && kind !== 'won');
          expect(kind === 'waiting').toBe(waiting.includes(drawNumber));
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    [1, 1],
    [2, 2],
  ])('with %i places left has %i winners among three, and the others hear why', async (familyPlaces, wins) => {
    const selection = await select(
      listOf(familyOf('a', 3, familyPlaces)),
      rulesOf(9, { waiting: { '32': 9 } }),
      seedOf(1),
    );

    const kinds = outcomesOf(selection).map(({ kind }) => kind);
    expect(countBy(kinds.map(String))).toEqual({ won: wins, family_full: 3 - wins });
    expect(selection.waiting).toEqual({ '32': [] });
  });

  it('leaves the place that it may not have to the next one', async () => {
    const list = listOf([...familyOf('a', 30, 2), ...strangers(3)]);

    const selection = await select(list, rulesOf(5), seedOf(1));

    expect(selection.pools).toMatchObject([{ members: 33, taken: 5 }]);
  });

  it('waits with all its members who may still win', async () => {
    const selection = await select(listOf(familyOf('a', 6, 2)), rulesOf(1, { waiting: { '32': 4 } }), seedOf(1));

    expect(selection.waiting['32']).toHaveLength(4);
    expect(countBy(outcomesOf(selection).map(({ kind }) => String(kind)))).toEqual({
      won: 1,
      waiting: 4,
      not_drawn: 1,
    });
  });

  it('is told apart from one whose number begins alike', async () => {
    const digits = 'ab'.repeat(7);
    const two = ['00', '01'].map((last) => applicantOf('a', { drawNumber: `${digits}${last}${'cd'.repeat(7)}00` }));

    expect((await select(listOf(two), rulesOf(2), seedOf(1))).pools).toMatchObject([{ taken: 2 }]);
  });
});

describe('a list that is read again', () => {
  /** Families of many who may win two places each, and some who live alone. */
  const crowdOf = (large: number, members: number, alone: number) =>
    Array.from({ length: large }, (_, family) => familyOf(`large ${family}`, members, 2))
      .flat()
      .concat(strangers(alone));

  it.each([
    ['once, when those who live alone fill the places', crowdOf(0, 0, 5_000), rulesOf(30), 1],
    ['some times, when three families have most of the best scores', crowdOf(3, 1_500, 500), rulesOf(30), 2],
    ['to the end, when ten families cannot take all places', crowdOf(10, 450, 0), rulesOf(30), 2],
    ['for a regency', crowdOf(3, 1_500, 500), rulesOf(0, { regencies: { '3273': 30 } }), 2],
    ['for those who wait', crowdOf(3, 1_500, 500), rulesOf(7, { waiting: { '32': 40 } }), 2],
  ])('%s gives the draw of the plain way', async (_, applicants, rules, atLeast) => {
    const reference = drawOf(applicants, rules, 'a');
    const { selection, readings } = await repeated(reference, 999);

    expect(selection).toEqual(referenceOf(reference));
    if (atLeast === 1) expect(readings).toBe(1);
    else expect(readings).toBeGreaterThanOrEqual(atLeast);
  });

  it('gives the draw of the plain way, whatever families there are', async () => {
    // Few places, and most of the best scores in the hands of families that may have one or two.
    const large = fc.record({
      members: fc.integer({ min: 1, max: 200 }),
      places: fc.integer({ min: 1, max: 2 }),
      province: fc.constantFrom(...provinceCodes),
      stratum: fc.constantFrom(...strata),
    });
    const crowded = fc
      .tuple(fc.array(large, { minLength: 1, maxLength: 8 }), fc.nat({ max: 300 }))
      .map(([all, alone]) => {
        const members = all.flatMap(({ members: count, places: left, province, stratum }, family) =>
          familyOf(`large ${family}`, count, left).map((one, index): DrawRecord => {
            const regencyCode = `${province}.${regencies[index % 3] ?? '01'}`;
            return {
              ...one,
              provinceCode: province,
              regencyCode,
              strata: index % 2 ? [stratum] : [],
              lots: 1 + (index % 3),
            };
          }),
        );
        const others = strangers(alone, (index) => {
          const province = provinceCodes[index % 3] ?? '32';
          const stratum = strata[index % 5];
          return {
            provinceCode: province,
            regencyCode: `${province}.${regencies[index % 2]}`,
            strata: stratum ? [stratum] : [],
          };
        });
        return [...members, ...others];
      });
    let again = 0;

    await fc.assert(
      fc.asyncProperty(crowded, rulesets, fc.string(), async (applicants, rules, name) => {
        const reference = drawOf(applicants, rules, name);
        const { selection, readings } = await repeated(reference);
        again += Number(readings > 1);

        expect(selection).toEqual(referenceOf(reference));
      }),
      { numRuns: 100 },
    );
    expect(again).toBeGreaterThan(20);
  });

  it.each([
    ['of a regency', { regencies: { '3201': 10 } }],
    ['of a stratum', { strata: [{ stratum: 'disability' as const, places: 10 }] }],
  ])('gives those %s, of whom more are looked at, no place of the province before others', async (_, change) => {
    const small = strangers(60, () => ({ regencyCode: '32.01', strata: ['disability'] }));
    const others = Array.from({ length: 500 }, (_none, index) => applicantOf(`other ${index}`));
    const reference = drawOf([...crowdOf(3, 1_500, 0), ...others, ...small], rulesOf(30, change), 'a');
    const { selection, readings } = await repeated(reference);

    expect(readings).toBeGreaterThan(1);
    expect(selection).toEqual(referenceOf(reference));
  });

  it('for one province leaves the winners of all others as they were', async () => {
    const large = crowdOf(3, 800, 200).map((one) => ({ ...one, provinceCode: '33', regencyCode: '33.01' }));
    const others = Array.from({ length: 2_000 }, (_, index) => applicantOf(`other ${index}`));
    const rules = rulesOf(25, { provinces: { '32': 25, '33': 25 }, waiting: { '32': 4, '33': 4 } });
    const reference = drawOf([...large, ...others], rules, 'a');
    const { selection, readings } = await repeated(reference);
    const alone = drawOf(others, rulesOf(25, { waiting: { '32': 4 } }), 'a');
    const { selection: ofAlone } = await repeated({
      ...alone,
      manifest: { ...alone.manifest, seed: reference.manifest.seed },
    });

    expect(readings).toBeGreaterThan(1);
    expect(selection).toEqual(referenceOf(reference));
    expect(selection.pools[0]).toEqual(ofAlone.pools[0]);
    expect(selection.waiting['32']).toEqual(ofAlone.waiting['32']);
  });

  it('with strata, regencies and provinces short of winners is the plain way’s too', async () => {
    const stratumOf = (index: number) => (index % 2 === 0 ? (['disability'] as const) : []);
    const applicants = crowdOf(4, 600, 100).map((one, index) => ({
      ...one,
      strata: stratumOf(index),
      lots: 1 + (index % 3),
    }));
    const rules = rulesOf(15, {
      strata: [{ stratum: 'disability', places: 30 }],
      regencies: { '3273': 20 },
      waiting: { '32': 40 },
    });
    const reference = drawOf(applicants, rules, 'b');
    const { selection, readings } = await repeated(reference);

    expect(readings).toBeGreaterThan(1);
    expect(selection).toEqual(referenceOf(reference));
  });
});

describe('blocks', () => {
  it('are whole records, whatever the sizes of the pieces', async () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 30 });
    const blocksFrom = async (all: readonly Uint8Array[], bytes: number, records: number) => {
      async function* given() {
        yield* all;
      }
      const blocks: Buffer[] = [];
      for await (const block of blocksOf(given(), bytes, records)) blocks.push(Buffer.from(block));
      return blocks;
    };

    await fc.assert(
      fc.asyncProperty(
        pieces,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        async (all, bytes, records) => {
          const whole = Buffer.concat(all);
          const reading = blocksFrom(all, bytes, records);
          if (whole.length % bytes !== 0) {
            await expect(reading).rejects.toThrow('A list has whole records');
            return;
          }
          const blocks = await reading;
          expect(Buffer.concat(blocks).equals(whole)).toBe(true);
          expect(blocks.slice(0, -1).every(({ length }) => length === bytes * records)).toBe(true);
          expect(blocks.every(({ length }) => length > 0)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
