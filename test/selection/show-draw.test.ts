import '#test/platform/environment.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { showDraws } from '#functions/selection/show-draw.ts';
import { canonicalJson } from '#shared/platform/canonical-json.ts';
import { digestOf } from '#shared/platform/digest.ts';
import { batches } from '#shared/selection/batch.ts';
import { DrawCommitment } from '#shared/selection/draw/manifest.ts';
import { leafHashes, rootOf } from '#shared/selection/draw/merkle.ts';
import { decodeRecord, encodeRecord, recordBytes } from '#shared/selection/draw/record.ts';
import { ResultGroup } from '#shared/selection/draw/result-group.ts';
import { drawEndpoints } from '#shared/selection/draw-api.ts';
import { allDigits, drawFile, drawFiles } from '#shared/selection/draw-files.ts';
import { recordsUnder, resultGroup } from '#shared/selection/draw-shards.ts';
import { verifiesProof } from '#shared/selection/proof.ts';
import { memoryFiles } from '#test/platform/memory-files.ts';
import { asking } from '#test/selection/asking.ts';
import {
  type Changes,
  drawNumber,
  type Moment,
  moments,
  promotionOf,
  storeBatch,
} from '#test/selection/batch-fixture.ts';
import { filesOf, plainDraw, randomDraw } from '#test/selection/draw-fixture.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

const cut = { shardDigits: 1, groupDigits: 2 };
const input = randomDraw('shown', 200, {
  ...{ batchId: '7', ...cut },
  rules: {
    strata: [{ stratum: 'disability', places: 2 }],
    regencies: { '3273': 3 },
    provinces: { '11': 5, '32': 20, '33': 9, '73': 200, '94': 0 },
    waiting: { '11': 3, '32': 10, '33': 4, '73': 5, '94': 2 },
    ...{ maxPerFamily: 2, maxLots: 3 },
  },
});
const draw = plainDraw(input);
const { manifest } = draw;
const made = new Map(filesOf(draw));
made.delete(drawFile.signature); // What has been drawn, and is not there.
const manifestText = canonicalJson(manifest);
const bytesOf = (name: string) => made.get(name) ?? Buffer.alloc(0);
/** The list of a shard, under the name that the manifest has. */
const listOf = (shard: string) => bytesOf(manifest.list.files[Number.parseInt(shard, 16)]?.file ?? '');
const list = Buffer.concat(allDigits(1).map(listOf));
const groupRoots = Buffer.concat(
  allDigits(cut.groupDigits).map((group) => rootOf(leafHashes(recordsUnder(list, group), recordBytes))),
);
const refused = drawNumber('0000000000000001');

let engine: Engine;
const files = memoryFiles();
/** Where a published file lies: the commitment under its digest. */
const storedAs = (name: string) =>
  name === 'commitment.json' ? `commitment-${manifest.commitmentDigest.slice(0, 16)}.json` : name;
/** The numbers of the batches, each at one moment. */
const numberAt = (moment: Moment) => String(10 + moments.indexOf(moment));
const changes: Changes = {
  digits: cut,
  committed: { commitmentDigest: manifest.commitmentDigest },
  drawn: { manifestDigest: digestOf(manifestText), winnerCount: manifest.winners.count },
  promoted: [promotionOf(1, 1, 1, 2)],
};

beforeAll(async () => {
  engine = await startTable();
  for (const moment of moments) {
    const batchId = numberAt(moment);
    await storeBatch(engine.table, moment, { ...changes, terms: { number: Number(batchId) } });
    // All files are there from the beginning: what is published is said by the journal.
    const store = drawFiles(files, batchId);
    for (const [name, bytes] of made) await store.put(storedAs(name), bytes, 'application/octet-stream');
    // Of a worker that died over it: nothing leads there.
    await store.put(drawFile.commitmentOf(digestOf('another')), '{"another":true}', 'application/json');
    await store.put(drawFile.manifest, manifestText, 'application/json');
    for (const name of [
      drawFile.promotions(1),
      drawFile.promotions(2),
      drawFile.overrides,
      drawFile.overridesSignature,
    ])
      await store.put(name, `{"file":"${name}"}`, 'application/json');
    for (const shard of allDigits(1))
      for (const group of allDigits(1).map((digit) => `${shard}${digit}`)) {
        const outcomes = bytesOf(`outcomes-${shard}.bin`);
        const facts = { batchId: '7', manifestDigest: digestOf(manifestText), groupRoots, outcomes };
        const result = resultGroup(group, {
          ...{ ...facts, list: listOf(shard) },
          refused: [[refused, 'age_outside']],
        });
        await store.put(drawFile.result(group), JSON.stringify(result), 'application/json');
      }
  }
});
afterAll(() => engine.stop());

const ask = (operation: string, path: Readonly<Record<string, string>>) =>
  asking(showDraws({ batches: batches(engine.table), files }), drawEndpoints)(operation, { path });
const known = moments.filter((moment) => moment !== 'unknown');
const since = (first: Moment): Moment[] => moments.slice(moments.indexOf(first));

describe('a batch', () => {
  it.each(known)('is shown to anybody when it is %s', async (moment) => {
    const answer = await ask('readBatch', { batchId: numberAt(moment) });
    expect(answer).toMatchObject({
      status: 200,
      body: { batchId: numberAt(moment), number: 10 + moments.indexOf(moment) },
    });
  });

  it.each([
    ['readBatch', {}],
    ['readBatchFile', { file: 'manifest.json' }],
    ['readDrawDocument', { document: 'manifest.json' }],
    ['readProof', { drawNumber: drawNumber('a') }],
    ['showCheckPage', {}],
  ])('that there is not is not shown: %s', async (operation, path) => {
    const answer = await ask(operation, { batchId: numberAt('unknown'), ...path });
    expect(answer).toMatchObject({ status: 404, body: { code: 'batch_unknown' } });
  });
});

/** Files, and the moment from which each is published. */
const published = [
  ['commitment.json', 'committed'],
  [`list-0-${'a'.repeat(16)}.bin`, 'committed'],
  ['manifest.json', 'drawn'],
  ['signature.json', 'drawn'],
  ['winners.bin', 'drawn'],
  ['outcomes-f.bin', 'drawn'],
  ['result-0f.json', 'drawn'],
  ['promotions-1.json', 'ordered'],
  ['overrides.json', 'announced'],
  ['overrides-signature.json', 'announced'],
  ['decree.csv', 'announced'],
  ['decree.pdf', 'announced'],
] as const;

describe('a file of the draw', () => {
  it.each(published)('%s is led to from the moment on in which it is %s', async (file, first) => {
    for (const moment of known) {
      const answer = await ask('readBatchFile', { batchId: numberAt(moment), file });
      if (since(first).includes(moment)) {
        const location = `https://files.invalid/draws/${numberAt(moment)}/${storedAs(file)}?seconds=300`;
        expect(answer).toMatchObject({ status: 302, headers: { location, 'cache-control': 'no-store' } });
      } else expect(answer).toMatchObject({ status: 409, body: { code: 'batch_state' } });
    }
  });

  it('of a round of promotions that there was not is not led to', async () => {
    for (const file of ['promotions-2.json', 'promotions-0.json'])
      expect((await ask('readBatchFile', { batchId: numberAt('reconciled'), file })).body.code).toBe('batch_state');
  });

  it.each([
    'work/waiting.json',
    'work',
    '../7/manifest.json',
    'waiting.json',
    'result-.json',
    'result-0F.json',
    'result-00000.json',
    'list-0.bin',
    'promotions-10.json',
    'manifest.json.bak',
    `commitment-${'a'.repeat(16)}.json`,
  ])('has one of the names that are published: not %s', async (file) => {
    const answer = await ask('readBatchFile', { batchId: numberAt('reconciled'), file });
    expect(answer).toMatchObject({ status: 400, body: { code: 'request_invalid', fields: ['file'] } });
  });
});

describe('a document of the draw', () => {
  it.each(published.filter(([file]) => file.endsWith('.json') && file !== 'signature.json'))(
    '%s is there from the moment on in which it is %s',
    async (document, first) => {
      for (const moment of known) {
        const batchId = numberAt(moment);
        const answer = await ask('readDrawDocument', { batchId, document });
        if (!since(first).includes(moment))
          expect(answer).toMatchObject({ status: 404, body: { code: 'draw_document_unknown' } });
        else {
          expect(answer.status).toBe(200);
          expect(answer.headers).toEqual({
            'content-type': 'application/json',
            'cache-control': 'public, max-age=31536000, immutable',
          });
          expect(answer.text).toBe(files.contents.get(`draws/${batchId}/${storedAs(document)}`));
        }
      }
    },
  );

  it('is of those bytes whose digest the batch has', async () => {
    const batchId = numberAt('drawn');
    const { body: batch } = await ask('readBatch', { batchId });
    const textOf = async (document: string) => (await ask('readDrawDocument', { batchId, document })).text;
    expect(digestOf(await textOf('manifest.json'))).toBe(batch.manifestDigest);
    expect(digestOf(await textOf('commitment.json'))).toBe(batch.commitmentDigest);
    expect(DrawCommitment.parse(JSON.parse(await textOf('commitment.json'))).list.root).toBe(manifest.list.root);
    expect(ResultGroup.parse(JSON.parse(await textOf('result-0f.json'))).group).toBe('0f');
  });

  it('that is the commitment is the one that the journal chose, and no file under its plain name', async () => {
    const batchId = await storeBatch(engine.table, 'committed', { ...changes, terms: { number: 91 } });
    const store = drawFiles(files, batchId);
    await store.put(drawFile.commitment, '{"plain":true}', 'application/json');
    const document = 'commitment.json';
    expect(await ask('readDrawDocument', { batchId, document })).toMatchObject({
      ...{ status: 404, body: { code: 'draw_document_unknown' } },
    });
    await store.put(storedAs(document), '{"chosen":true}', 'application/json');
    expect((await ask('readDrawDocument', { batchId, document })).text).toBe('{"chosen":true}');
  });

  it('that is published in this state but is not there is unknown', async () => {
    const batchId = numberAt('drawn');
    for (const document of ['signature.json', 'result-000.json', 'promotions-1.json'])
      expect(await ask('readDrawDocument', { batchId, document })).toMatchObject({
        ...{ status: 404, body: { code: 'draw_document_unknown' } },
      });
  });

  it.each(['winners.bin', 'decree.csv', 'decree.pdf'])('is JSON: not %s', async (document) => {
    const answer = await ask('readDrawDocument', { batchId: numberAt('reconciled'), document });
    expect(answer).toMatchObject({ status: 400, body: { code: 'request_invalid', fields: ['document'] } });
  });
});

describe('a proof', () => {
  const proving = (moment: Moment, number: string) =>
    ask('readProof', { batchId: numberAt(moment), drawNumber: number });
  const outcomes = new Map(
    allDigits(1).flatMap((shard) => {
      const [records, bytes] = [listOf(shard), bytesOf(`outcomes-${shard}.bin`)];
      return Array.from({ length: records.length / recordBytes }, (_, index) => {
        const outcome = bytes.readUInt32BE(4 * index);
        const kind = ['not_drawn', 'won', 'waiting', 'family_full'][outcome >>> 30];
        return [
          decodeRecord(records, index * recordBytes).drawNumber,
          { kind, number: outcome & (2 ** 30 - 1) },
        ] as const;
      });
    }),
  );

  it('of everybody leads to the root of the committed list, with the outcome that was published', async () => {
    const kinds = new Set<string>();
    for (const applicant of input.applicants) {
      const { status, body } = await proving('drawn', applicant.drawNumber);
      expect(status).toBe(200);
      expect(body).toMatchObject({ root: manifest.list.root, seed: manifest.seed });
      expect(body.proof.record).toBe(encodeRecord(applicant).toString('hex'));
      expect(verifiesProof(body.proof, manifest.list.root, cut.groupDigits)).toBe(true);
      const published = outcomes.get(applicant.drawNumber);
      expect([body.outcome, body.number]).toEqual([published?.kind, published?.number]);
      kinds.add(body.outcome);
    }
    expect([...kinds].sort()).toEqual(['family_full', 'not_drawn', 'waiting', 'won']);
  });

  it('has the pools that the applicant belongs to, and a score that tells who won there', async () => {
    for (const { drawNumber: number, provinceCode, regencyCode, strata } of input.applicants.slice(0, 40)) {
      const { body } = await proving('drawn', number);
      const names: string[] = body.pools.map(({ pool }: { pool: string }) => pool);
      const own = [
        ...(strata.includes('disability') ? ['stratum:disability'] : []),
        ...(regencyCode === '32.73' ? ['regency:3273'] : []),
        `province:${provinceCode}`,
      ];
      expect(names).toEqual(own);
      const isUnder = body.pools.some(
        ({ lastScore, places }: { lastScore: string | null; places: number }) =>
          places > 0 && (lastScore === null || body.score <= lastScore),
      );
      if (body.outcome === 'won') expect(isUnder).toBe(true);
      else if (body.outcome !== 'family_full') expect(isUnder).toBe(false);
    }
  });

  it('fails where anything in it is changed', async () => {
    const [one] = input.applicants;
    const { body } = await proving('drawn', one?.drawNumber ?? '');
    const { proof, root } = body;
    const flipped = proof.record.replace(/.$/, (digit: string) => (digit === '1' ? '2' : '1'));
    for (const changed of [{ record: flipped }, { index: proof.index + 1 }, { path: proof.path.slice(0, -43) }])
      expect(verifiesProof({ ...proof, ...changed }, root, cut.groupDigits)).toBe(false);
    expect(verifiesProof(proof, digestOf('another root'), cut.groupDigits)).toBe(false);
  });

  it.each(known.filter((moment) => !since('drawn').includes(moment)))(
    'is none in a batch that is %s',
    async (moment) => {
      const [one] = input.applicants;
      expect(await proving(moment, one?.drawNumber ?? '')).toMatchObject({
        status: 409,
        body: { code: 'batch_state' },
      });
    },
  );

  it('stays when the batch goes on', async () => {
    const [one] = input.applicants;
    const first = await proving('drawn', one?.drawNumber ?? '');
    expect((await proving('reconciled', one?.drawNumber ?? '')).body).toEqual(first.body);
  });

  it('is none of whom the screening refused, and of nobody', async () => {
    for (const number of [refused, drawNumber('a'), drawNumber('ffffffff')])
      expect(await proving('drawn', number)).toMatchObject({ status: 404, body: { code: 'draw_number_unknown' } });
    expect((await proving('drawn', 'ab')).body).toMatchObject({ code: 'request_invalid', fields: ['drawNumber'] });
  });

  it('is not given of a manifest that is another than the one in the journal', async () => {
    const number = 90;
    const batchId = await storeBatch(engine.table, 'drawn', { ...changes, terms: { number } });
    const store = drawFiles(files, batchId);
    await store.put(drawFile.manifest, manifestText.replace('NORMAL_2023', 'NORMAL_2024'), 'application/json');
    const [one] = input.applicants;
    const group = drawFile.result(one?.drawNumber.slice(0, 2) ?? '');
    await store.put(group, (await drawFiles(files, numberAt('drawn')).text(group)) ?? '', 'application/json');
    const answer = await ask('readProof', { batchId, drawNumber: one?.drawNumber ?? '' });
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal' } });
  });
});

describe('the page that checks a draw', () => {
  it.each(known)('is there when the batch is %s', async (moment) => {
    const { status, headers, text } = await ask('showCheckPage', { batchId: numberAt(moment) });
    expect(status).toBe(200);
    expect(headers['content-type']).toContain('text/html');
    expect(headers['content-security-policy']).toBeTruthy();
    expect(text).toContain('<html');
  });
});
