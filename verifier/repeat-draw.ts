// The draw itself, written once more from docs/draw.md alone, for `npm run verify-draw`: it shares no code with the program that drew.
import { createCipheriv } from 'node:crypto';

type Json = ReturnType<typeof JSON.parse>;
export const stratumBits: Json = { extreme_poverty: 1, migrant_worker: 2, disability: 4 };
const unit = 2 ** 30;

/** Sixteen bytes for each record: the smallest of its lots. */
function scoresOf(list: Buffer, { rules, seed }: Json): Buffer {
  const cipher = createCipheriv('aes-256-ecb', Buffer.from(seed, 'hex'), null).setAutoPadding(false);
  const count = list.length / 22;
  const [scores, blocks] = [Buffer.alloc(16 * count, 255), Buffer.alloc(16 * count)];
  for (let lot = 0; lot < rules.maxLots; lot += 1) {
    for (let index = 0; index < count; index += 1) {
      list.copy(blocks, 16 * index, 22 * index, 22 * index + 16);
      blocks[16 * index + 15] = lot;
    }
    const lots = cipher.update(blocks);
    for (let at = 0, index = 0; index < count; index += 1, at += 16)
      if (list.readUInt8(22 * index + 20) > lot && lots.compare(scores, at, at + 16, at, at + 16) < 0)
        lots.copy(scores, at, at, at + 16);
  }
  return scores;
}

/** What rules and seed make of a list: winners and outcomes as their files have them, and the pools. `families` numbers the family of each record. */
export function repeatedDraw(list: Buffer, families: Uint32Array, manifest: Json) {
  const count = families.length;
  const scores = scoresOf(list, manifest);
  const head = (index: number) => scores.readUInt32BE(16 * index);
  const order = Uint32Array.from(families, (_, index) => index);
  order.sort((a, b) => head(a) - head(b) || scores.compare(scores, 16 * b, 16 * b + 16, 16 * a, 16 * a + 16));
  const [outcomes, roundOf, left] = [new Uint32Array(count), new Uint8Array(count), new Uint8Array(count)];
  for (const [index, family] of families.entries()) left[family] = list.readUInt8(22 * index + 21);
  const pools: Json[] = [];

  const play = (kind: string, quotas: Json, round: number, codeAt: (at: number) => Json) => {
    const open: Json = {};
    for (const code in quotas)
      open[code] = { pool: `${kind}:${code}`, members: 0, lots: 0, places: quotas[code], taken: 0, lastScore: null };
    for (const index of order) {
      const pool = open[codeAt(22 * index)];
      if (pool === undefined) continue;
      pool.members += 1;
      pool.lots += list[22 * index + 20];
      const family = families[index] ?? 0;
      if (pool.taken >= pool.places || outcomes[index] !== 0 || left[family] === 0) continue;
      pool.taken += 1;
      if (pool.taken === pool.places) pool.lastScore = scores.toString('hex', 16 * index, 16 * index + 16);
      outcomes[index] = kind === 'waiting' ? 2 * unit + pool.taken : unit;
      roundOf[index] = round;
      if (kind !== 'waiting') left[family] = (left[family] ?? 0) - 1;
    }
    if (kind !== 'waiting') pools.push(...Object.values(open));
  };
  const { strata, regencies, provinces, waiting } = manifest.rules;
  for (const [round, { stratum, places }] of strata.entries())
    play('stratum', { [stratum]: places }, round, (at) => list.readUInt8(at + 19) & stratumBits[stratum] && stratum);
  play('regency', regencies, strata.length, (at) => list.readUInt16BE(at + 17));
  play('province', provinces, strata.length + 1, (at) => list.readUInt8(at + 16));
  play('waiting', waiting, strata.length + 2, (at) => list.readUInt8(at + 16));

  const winners = Buffer.alloc(17 * outcomes.reduce((won, outcome) => won + (outcome === unit ? 1 : 0), 0));
  let rank = 0;
  for (const index of order)
    if (outcomes[index] === unit) {
      list.copy(winners, 17 * rank, 22 * index, 22 * index + 16);
      winners[17 * rank + 16] = roundOf[index] ?? 0;
      rank += 1;
      outcomes[index] = unit + rank;
    } else if (outcomes[index] === 0 && left[families[index] ?? 0] === 0) outcomes[index] = 3 * unit;
  const outcomeBytes = Buffer.alloc(4 * count);
  for (const [index, outcome] of outcomes.entries()) outcomeBytes.writeUInt32BE(outcome, 4 * index);
  return { winners, outcomes: outcomeBytes, pools };
}
