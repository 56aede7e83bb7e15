import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '#shared/platform/canonical-json.ts';
import { digestOf } from '#shared/platform/digest.ts';
import { decreeChunks } from '#shared/selection/batch.ts';
import { maxPromotions, promote } from '#shared/selection/batch-steps.ts';
import type { PoolResult } from '#shared/selection/draw/manifest.ts';
import {
  chunkPart,
  DecreedChunk,
  drawFile,
  drawFiles,
  Promotions,
  type WaitingLists,
  waitingFile,
} from '#shared/selection/draw-files.ts';
import { closeRound, decreedChunks, nextOf, promotedIn } from '#shared/selection/promotion.ts';
import { memoryFiles } from '#test/platform/memory-files.ts';
import {
  atOf,
  batchIn,
  type Changes,
  correctionOf,
  decided,
  digest,
  drawNumber,
  promotionOf,
} from '#test/selection/batch-fixture.ts';
import { plainDraw, randomDraw } from '#test/selection/draw-fixture.ts';

/** Somebody in a province: `at('32', 'a')`. */
const at = (provinceCode: string, who: string) => ({ drawNumber: drawNumber(who), provinceCode });
const decreedAt = (provinceCode: string, who: string) => ({
  ...at(provinceCode, who),
  regencyCode: `${provinceCode}.01`,
});
const vacantAt = (provinceCode: string, who: string, reason = 'family_full') => ({ ...at(provinceCode, who), reason });
const numbers = (...who: readonly string[]) => who.map(drawNumber);

describe('the next of the waiting lists', () => {
  const waiting: WaitingLists = { '32': numbers('a', 'b', 'c'), '33': numbers('d') };
  const nobody = new Set<string>();

  it('are as many as places fell free, in the order of the list', () => {
    const vacant = [at('32', '1'), at('32', '2')];
    expect(nextOf(waiting, vacant, nobody)).toEqual([at('32', 'a'), at('32', 'b')]);
  });

  it('are of the province in which a place fell free', () => {
    const vacant = [at('33', '1'), at('32', '2')];
    expect(nextOf(waiting, vacant, nobody)).toEqual([at('32', 'a'), at('33', 'd')]);
    expect(nextOf(waiting, vacant.toReversed(), nobody)).toEqual([at('32', 'a'), at('33', 'd')]);
  });

  it('are not those who were passed over, and the ones behind them instead', () => {
    const passedOver = new Set(numbers('a', 'c'));
    expect(nextOf(waiting, [at('32', '1')], passedOver)).toEqual([at('32', 'b')]);
    expect(nextOf(waiting, [at('32', '1'), at('32', '2')], passedOver)).toEqual([at('32', 'b')]);
  });

  it.each([
    ['all who wait, where more places are free', [at('33', '1'), at('33', '2')], [at('33', 'd')]],
    ['nobody, where nobody waits', [at('11', '1')], []],
    ['nobody, where no place is free', [], []],
  ])('are %s', (_, vacant, next) => {
    expect(nextOf(waiting, vacant, nobody)).toEqual(next);
  });

  it('fill each province as far as its own list goes', () => {
    const provinces = ['11', '32', '33'];
    const digit = fc.constantFrom(...'0123456789abcdef');
    const lists = fc.record(Object.fromEntries(provinces.map((code) => [code, fc.uniqueArray(digit)])));
    const check = (digits: Record<string, string[]>, vacantIn: string[], passed: string[]) => {
      // Nobody waits in two provinces.
      const own = Object.fromEntries(
        Object.entries(digits).map(([code, who]) => [code, who.map((one) => drawNumber(`${code}${one}`))]),
      );
      const passedOver = new Set(provinces.flatMap((code) => passed.map((one) => drawNumber(`${code}${one}`))));
      const vacant = vacantIn.map((code) => at(code, 'f'));
      const next = nextOf(own, vacant, passedOver);
      for (const code of provinces) {
        const left = (own[code] ?? []).filter((one) => !passedOver.has(one));
        const free = vacantIn.filter((one) => one === code).length;
        const found = next.filter(({ provinceCode }) => provinceCode === code);
        expect(found.map((one) => one.drawNumber)).toEqual(left.slice(0, free));
      }
    };
    const vacantIn = fc.array(fc.constantFrom(...provinces), { maxLength: 20 });
    fc.assert(fc.property(lists, vacantIn, fc.uniqueArray(digit), check));
  });
});

type Round = {
  readonly chunks: readonly { readonly decreed?: DecreedChunk['decreed']; readonly vacant?: DecreedChunk['vacant'] }[];
  readonly waiting?: WaitingLists;
  readonly pools?: readonly PoolResult[];
};

const poolOf = (pool: string, places: number, taken = places): PoolResult => ({
  ...{ pool, members: 0, lots: 0, places, taken, lastScore: null },
});
const { manifest } = plainDraw(randomDraw('promotion', 4));

/** What the draw wrote, and what the journal has of it. */
function drawnWith({ waiting = {}, pools = [] }: Omit<Round, 'chunks'>) {
  const texts = { waiting: JSON.stringify(waiting), manifest: canonicalJson({ ...manifest, pools }) };
  return { texts, digests: { waitingDigest: digestOf(texts.waiting), manifestDigest: digestOf(texts.manifest) } };
}

/** The files of a batch whose chunks are all done. */
async function filesOf({ chunks, ...round }: Round) {
  const memory = memoryFiles();
  const files = drawFiles(memory, '7');
  const { texts } = drawnWith(round);
  await files.put(waitingFile, texts.waiting, 'application/json');
  await files.put(drawFile.manifest, texts.manifest, 'application/json');
  for (const [chunk, done] of chunks.entries()) {
    const whole = { decreed: [], vacant: [], ...done };
    await files.markDone('decreed', chunkPart(chunk), whole, DecreedChunk);
  }
  return { memory, files };
}

/** A batch with one chunk of winners, which is being decreed. */
const decreeing = (round: Omit<Round, 'chunks'>, changes: Changes = {}) =>
  batchIn('ordered', { ...changes, drawn: { ...drawnWith(round).digests, ...changes.drawn } });

async function closing(round: Round, changes: Changes = {}) {
  const { memory, files } = await filesOf(round);
  const batch = decreeing(round, changes);
  const closed = await closeRound(batch, files, round.chunks.length);
  const published = async (number: number) => {
    const text = await files.text(drawFile.promotions(number));
    return text === null ? null : Promotions.parse(JSON.parse(text));
  };
  return { ...closed, batch, memory, files, published };
}

describe('a round of which all is decreed', () => {
  const waiting = { '32': numbers('a', 'b') };

  it('is the last when no place fell free', async () => {
    const { promotion, counts, memory, published } = await closing({
      chunks: [{ decreed: [decreedAt('32', '1')] }],
      waiting,
    });
    expect(promotion).toBeNull();
    expect(counts).toEqual({ byDraw: 1, byPromotion: 0, byOverride: 0, freePlaces: {} });
    expect(await published(1)).toBeNull();
    expect([...memory.contents.keys()].filter((key) => key.includes('promotions'))).toEqual([]);
  });

  it('offers what fell free to the next who wait, and publishes whom', async () => {
    const round = { chunks: [{ decreed: [decreedAt('32', '1')], vacant: [vacantAt('32', '2')] }], waiting };
    const { promotion, files, published } = await closing(round);
    const text = canonicalJson({ batchId: '7', round: 1, promoted: [at('32', 'a')] });
    expect(promotion).toEqual({ round: 1, count: 1, digest: digestOf(text), firstChunk: 1, chunkCount: 2 });
    expect(await files.text('promotions-1.json')).toBe(text);
    expect(await published(1)).toEqual({ batchId: '7', round: 1, promoted: [at('32', 'a')] });
  });

  it('closed twice gives the same, and writes the same', async () => {
    const round = { chunks: [{ vacant: [vacantAt('32', '2'), vacantAt('32', '1')] }], waiting };
    const { promotion, counts, batch, memory, files } = await closing(round);
    const before = new Map(memory.contents);
    expect(await closeRound(batch, files, 1)).toEqual({ promotion, counts });
    expect(memory.contents).toEqual(before);
  });

  it('whose list another run published stands by that list', async () => {
    const round = { chunks: [{ vacant: [vacantAt('32', '2')] }], waiting };
    const { memory, files } = await filesOf(round);
    await files.once(drawFile.promotions(1), 'published before');
    const { promotion } = await closeRound(decreeing(round), files, 1);
    expect(memory.contents.get('draws/7/promotions-1.json')).toBe('published before');
    expect(promotion).toMatchObject({ round: 1, digest: digestOf('published before') });
  });

  it.each([
    ['nobody waits', {}],
    ['nobody waits in the province', { '33': numbers('a') }],
    ['all who wait were offered one', { '32': numbers('1', '2') }],
  ])('is the last when %s', async (_, lists) => {
    const chunks = [{ decreed: [decreedAt('32', '1')], vacant: [vacantAt('32', '2')] }];
    const { promotion, counts, published } = await closing({ chunks, waiting: lists });
    expect(promotion).toBeNull();
    expect(counts).toMatchObject({ byDraw: 1, freePlaces: { '32': 1 } });
    expect(await published(1)).toBeNull();
  });

  it('passes over whom operators excluded or admitted', async () => {
    const overrides = [
      correctionOf({ drawNumber: drawNumber('a') }),
      correctionOf({ overrideId: 'second', kind: 'admit', drawNumber: drawNumber('b') }),
    ];
    const chunks = [{ vacant: [vacantAt('32', '1')] }, { decreed: [decreedAt('32', 'b')] }];
    const lists = { '32': numbers('a', 'b', 'c') };
    const { promotion, counts, published } = await closing({ chunks, waiting: lists }, { overrides });
    expect(promotion).toMatchObject({ round: 1, count: 1, firstChunk: 2, chunkCount: 3 });
    expect(await published(1)).toMatchObject({ promoted: [at('32', 'c')] });
    expect(counts).toMatchObject({ byDraw: 0, byOverride: 1 });
  });

  it('offers nobody the place that operators added, and counts it nowhere when it falls free', async () => {
    const overrides = [correctionOf({ kind: 'admit', drawNumber: drawNumber('9') })];
    const chunks = [{ decreed: [decreedAt('32', '1')] }, { vacant: [vacantAt('32', '9')] }];
    const { promotion, counts } = await closing({ chunks, waiting }, { overrides });
    expect(promotion).toBeNull();
    expect(counts).toEqual({ byDraw: 1, byPromotion: 0, byOverride: 0, freePlaces: {} });
  });

  it.each([
    [500, 500, 1],
    [501, 500, 2],
    [7, 7, 1],
    [8, 7, 2],
    [15, 7, 3],
  ])('of %i promoted, %i to a part, makes %i parts of them', async (count, chunkSize, parts) => {
    const who = Array.from({ length: 2 * count }, (_, index) => index.toString(16).padStart(4, '0'));
    const chunks = [{ vacant: who.slice(0, count).map((one) => vacantAt('32', one)) }];
    const round = { chunks, waiting: { '32': numbers(...who.slice(count)) } };
    const { promotion, files } = await closing(round, { drawn: { chunkSize } });
    expect(promotion).toMatchObject({ round: 1, count, firstChunk: 1, chunkCount: 1 + parts });
    const promoted = await promotedIn(files, promotion ?? promotionOf(1, count, 1, 1));
    expect(promoted.map((one) => one.drawNumber)).toEqual(numbers(...who.slice(count)));
  });

  it('with a chunk that is not done is our mistake', async () => {
    const { files } = await filesOf({ chunks: [{}] });
    await expect(closeRound(decreeing({}), files, 2)).rejects.toMatchObject({ code: 'ERR_ASSERTION' });
  });

  it('of a draw without winners has nothing to offer', async () => {
    const nobody = { drawn: { winnerCount: 0, chunkCount: 0 } };
    const { promotion, counts } = await closing({ chunks: [], waiting, pools: [poolOf('province:32', 3, 0)] }, nobody);
    expect(promotion).toBeNull();
    expect(counts).toEqual({ byDraw: 0, byPromotion: 0, byOverride: 0, freePlaces: { '32': 3 } });
  });
});

describe('what a promotion rests on', () => {
  const round = { chunks: [{ vacant: [vacantAt('32', '2')] }], waiting: { '32': numbers('a', 'b') } };

  it.each([
    ['the waiting lists were reordered', waitingFile, JSON.stringify({ '32': numbers('b', 'a') })],
    ['the waiting lists are written otherwise', waitingFile, JSON.stringify(round.waiting, null, 1)],
    ['the waiting lists are no lists', waitingFile, 'lists'],
  ])('is what the draw wrote: not where %s', async (_, file, text) => {
    const { files } = await filesOf(round);
    await files.put(file, text, 'application/json');
    await expect(closeRound(decreeing(round), files, 1)).rejects.toThrow('draw.file_differs');
    expect(await files.text(drawFile.promotions(1))).toBeNull();
  });

  it('is there: not where the waiting lists or the journal has none', async () => {
    const { files, memory } = await filesOf(round);
    const other = decreeing(round, { drawn: { waitingDigest: digest('0') } });
    await expect(closeRound(other, files, 1)).rejects.toThrow('draw.file_differs');
    await memory.remove(`draws/7/${waitingFile}`);
    await expect(closeRound(decreeing(round), files, 1)).rejects.toThrow('draw.file_differs');
  });

  it('is not looked at where no place fell free, or no more are offered', async () => {
    const full = { ...round, chunks: [{ decreed: [decreedAt('32', '1')] }] };
    const { files } = await filesOf(full);
    await files.put(waitingFile, 'lists', 'application/json');
    expect((await closeRound(decreeing(full), files, 1)).promotion).toBeNull();
  });

  it('are the free places of the manifest that was signed, and of no other', async () => {
    const { files, memory } = await filesOf(round);
    const batch = decreeing(round);
    await files.put(drawFile.manifest, `${await files.text(drawFile.manifest)} `, 'application/json');
    await expect(closeRound(batch, files, 1)).rejects.toThrow('draw.manifest_differs');
    await memory.remove('draws/7/manifest.json');
    await expect(closeRound(batch, files, 1)).rejects.toThrow('draw.manifest_differs');
  });
});

describe('who is promoted in a round', () => {
  const round = { chunks: [{ vacant: [vacantAt('32', '1'), vacantAt('33', '2')] }] };
  const waiting = { '32': numbers('a', 'b'), '33': numbers('c') };

  async function promotedOnce() {
    const { files, memory, promotion } = await closing({ ...round, waiting });
    if (!promotion) throw new Error('There is somebody to promote');
    return { files, memory, promotion };
  }

  it('is read as it was published', async () => {
    const { files, promotion } = await promotedOnce();
    expect(await promotedIn(files, promotion)).toEqual([at('32', 'a'), at('33', 'c')]);
  });

  it('is read of no file that was changed, taken away, or is of another round', async () => {
    const { files, memory, promotion } = await promotedOnce();
    const text = (await files.text(drawFile.promotions(1))) ?? '';
    await expect(promotedIn(files, { ...promotion, digest: digest('0') })).rejects.toThrow('draw.file_differs');
    await expect(promotedIn(files, { ...promotion, round: 2 })).rejects.toThrow('draw.file_differs');
    await files.put(drawFile.promotions(1), text.replace(drawNumber('a'), drawNumber('b')), 'application/json');
    await expect(promotedIn(files, promotion)).rejects.toThrow('draw.file_differs');
    await memory.remove('draws/7/promotions-1.json');
    await expect(promotedIn(files, promotion)).rejects.toThrow('draw.file_differs');
    await files.put(drawFile.promotions(1), text, 'application/json');
    expect(await promotedIn(files, promotion)).toHaveLength(2);
  });
});

describe('rounds of promotions', () => {
  const roundsUntil = (last: number) =>
    Array.from({ length: last }, (_, index) => promotionOf(index + 1, 1, index + 1, index + 2));
  const who = '123456789';
  const waiting = { '32': numbers('a', 'b', 'c', 'd', 'e', 'f') };

  it('offer what fell free in the last one, not what fell free before', async () => {
    const chunks = [
      { vacant: [vacantAt('32', '1'), vacantAt('32', '2')] },
      { decreed: [decreedAt('32', 'a')], vacant: [vacantAt('32', 'b')] },
    ];
    const promoted = [promotionOf(1, 2, 1, 2)];
    const { promotion, published } = await closing({ chunks, waiting }, { promoted });
    expect(promotion).toMatchObject({ round: 2, count: 1, firstChunk: 2, chunkCount: 3 });
    expect(await published(2)).toEqual({ batchId: '7', round: 2, promoted: [at('32', 'c')] });
  });

  it('tell the chunks of each apart, also where operators admitted somebody', async () => {
    const overrides = [correctionOf({ kind: 'admit', drawNumber: drawNumber('9') })];
    const promoted = [promotionOf(1, 600, 3, 5), promotionOf(2, 1, 5, 6)];
    const batch = decreeing({}, { drawn: { chunkCount: 2 }, overrides, promoted });
    const { files } = await filesOf({ chunks: Array.from({ length: 6 }, () => ({})) });
    const chunks = await decreedChunks(batch, files, 6);
    expect(chunks.map(({ round, isAdmitted }) => [round, isAdmitted])).toEqual([
      ...[
        [0, false],
        [0, false],
        [0, true],
      ],
      ...[
        [1, false],
        [1, false],
        [2, false],
      ],
    ]);
  });

  it.each([
    [maxPromotions - 1, { round: maxPromotions, count: 1, firstChunk: maxPromotions, chunkCount: maxPromotions + 1 }],
    [maxPromotions, null],
  ])('are bounded: after %i', async (done, promotion) => {
    const chunks = Array.from({ length: done + 1 }, (_, index) => {
      const offered = index === 0 ? '1' : (waiting['32'][index - 1] ?? '').slice(0, 1);
      return { vacant: [vacantAt('32', offered)] };
    });
    const closed = await closing({ chunks, waiting }, { promoted: roundsUntil(done) });
    if (promotion) expect(closed.promotion).toMatchObject(promotion);
    else expect(closed.promotion).toBeNull();
    expect(closed.counts).toMatchObject({ byDraw: 0, byPromotion: 0, freePlaces: { '32': 1 } });
  });

  it('count by draw, by promotion and by correction', async () => {
    const overrides = [correctionOf({ kind: 'admit', drawNumber: drawNumber('9') })];
    const promoted = [promotionOf(1, 2, 2, 3), promotionOf(2, 1, 3, 4)];
    const chunks = [
      {
        decreed: [...who.slice(0, 5)].map((one) => decreedAt('32', one)),
        vacant: [vacantAt('32', '6'), vacantAt('33', '7')],
      },
      { decreed: [decreedAt('11', '9')] },
      { decreed: [decreedAt('32', 'a')], vacant: [vacantAt('33', 'b')] },
      { decreed: [decreedAt('33', 'c')] },
    ];
    const { promotion, counts } = await closing({ chunks, waiting }, { overrides, promoted });
    expect(promotion).toBeNull();
    expect(counts).toEqual({ byDraw: 5, byPromotion: 2, byOverride: 1, freePlaces: {} });
  });
});

describe('free places', () => {
  it.each<[string, readonly PoolResult[], Record<string, number>]>([
    ['of a province that was not filled', [poolOf('province:32', 10, 7)], { '32': 3 }],
    ['of none that were filled', [poolOf('province:32', 10), poolOf('province:33', 0)], {}],
    ['of a regency, in its province', [poolOf('regency:3273', 4, 1), poolOf('province:32', 10, 9)], { '32': 4 }],
    ['of a regency of the new provinces, in that of the program', [poolOf('regency:9401', 2, 0)], { '91': 2 }],
    ['of a stratum, in none', [poolOf('stratum:disability', 5, 1)], {}],
  ])('are those %s', async (_, pools, freePlaces) => {
    expect((await closing({ chunks: [{}], pools })).counts.freePlaces).toEqual(freePlaces);
  });

  it('are those that fell free, less those that somebody waiting took', async () => {
    const chunks = [
      { vacant: [vacantAt('32', '1'), vacantAt('32', '2'), vacantAt('33', '3', 'override')] },
      { decreed: [decreedAt('32', 'a'), decreedAt('33', 'c')], vacant: [vacantAt('32', 'b')] },
    ];
    const promoted = [promotionOf(1, 3, 1, 2)];
    const pools = [poolOf('province:32', 10, 9), poolOf('province:33', 5)];
    const { counts } = await closing({ chunks, pools }, { promoted });
    expect(counts).toEqual({ byDraw: 0, byPromotion: 2, byOverride: 0, freePlaces: { '32': 2 } });
  });

  it('and decrees are together all places, however many winners fall out', async () => {
    const provinces = ['32', '33'];
    const check = async (places: number[], waits: number[], falls: boolean[]) => {
      // Who is next falls out or not, in turn.
      let turn = 0;
      const fallsOut = () => {
        turn += 1;
        return falls[turn % Math.max(1, falls.length)] ?? false;
      };
      const decree = (winners: readonly { drawNumber: string; provinceCode: string }[]): DecreedChunk => {
        const chunk: DecreedChunk = { decreed: [], vacant: [] };
        for (const { drawNumber: number, provinceCode } of winners)
          if (fallsOut()) chunk.vacant.push({ drawNumber: number, provinceCode, reason: 'family_full' });
          else chunk.decreed.push({ drawNumber: number, provinceCode, regencyCode: `${provinceCode}.01` });
        return chunk;
      };
      const peopleOf = (kind: string, counts: readonly number[]) =>
        provinces.flatMap((code, province) =>
          Array.from({ length: counts[province] ?? 0 }, (_, index) =>
            at(code, `${kind}${code}${index.toString(16).padStart(2, '0')}`),
          ),
        );
      const lists = Map.groupBy(peopleOf('b', waits), ({ provinceCode }) => provinceCode);
      const waiting = Object.fromEntries(
        [...lists].map(([code, people]) => [code, people.map((one) => one.drawNumber)]),
      );
      const winners = peopleOf('a', places);
      const pools = provinces.map((code, province) => poolOf(`province:${code}`, places[province] ?? 0));
      const { files } = await filesOf({ chunks: [decree(winners)], waiting, pools });
      const offered = new Set(winners.map((one) => one.drawNumber));
      let batch = decreeing({ waiting, pools }, { drawn: { chunkSize: 5 } });
      for (;;) {
        const { promotion, counts } = await closeRound(batch, files, decreeChunks(batch));
        expect(await closeRound(batch, files, decreeChunks(batch))).toEqual({ promotion, counts });
        if (!promotion) {
          const free = Object.values(counts.freePlaces).reduce((sum, count) => sum + count, 0);
          expect(counts.byDraw + counts.byPromotion + free).toBe(winners.length);
          return;
        }
        batch = decided(batch, promote(batch, promotion), atOf('ordered'));
        expect(promotion.round).toBeLessThanOrEqual(maxPromotions);
        const all = await promotedIn(files, promotion);
        expect(all).toHaveLength(promotion.count);
        for (const one of all) expect(offered.has(one.drawNumber)).toBe(false);
        for (const one of all) offered.add(one.drawNumber);
        for (let chunk = promotion.firstChunk; chunk < promotion.chunkCount; chunk += 1) {
          const part = all.splice(0, 5);
          expect(part.length).toBeGreaterThan(0);
          await files.markDone('decreed', chunkPart(chunk), decree(part), DecreedChunk);
        }
        expect(all).toEqual([]);
      }
    };
    const counts = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 2, maxLength: 2 });
    await fc.assert(fc.asyncProperty(counts, counts, fc.array(fc.boolean(), { maxLength: 30 }), check), {
      numRuns: 60,
    });
  });
});
