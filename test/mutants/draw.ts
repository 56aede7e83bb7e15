import { inFile, type Mutant } from './mutant.ts';

const tests = {
  select: 'test/selection/draw/select.test.ts',
  lists: 'test/selection/draw/refused-list.test.ts',
  merkle: 'test/selection/draw/merkle.test.ts',
  proof: 'test/selection/draw/proof.test.ts',
  manifest: 'test/selection/draw/manifest.test.ts',
  number: 'test/selection/draw/draw-number.test.ts',
  steps: 'test/selection/batch-steps.test.ts',
  screening: 'test/selection/screening.test.ts',
  promotion: 'test/selection/promotion.test.ts',
  membership: 'test/selection/membership.test.ts',
  workers: 'test/selection/draw-workers.test.ts',
  verifier: 'test/verifier/verify-draw.test.ts',
  beacon: 'test/selection/beacon.test.ts',
} as const;

/** The lottery: who is in it, what is committed, who wins, and who may say so. */
export const drawMutants: readonly Mutant[] = [
  ...inFile(
    'shared/selection/draw/select.ts',
    ['a family over its limit', 'if (ofFamily === 0) continue;', '', [tests.select]],
    [
      'a place of the waiting list that uses up the family',
      'if (givesPlaces) familyPlaces',
      'familyPlaces',
      [tests.select],
    ],
    ['somebody who wins twice', ' || roundOf[place] !== 0', '', [tests.select]],
    [
      'limits that are never raised',
      'if (!raiseLimits(field, filled))',
      'if (raiseLimits(field, filled) || true)',
      [tests.select],
    ],
  ),
  ...inFile(
    'shared/selection/draw/read-list.ts',
    ['a list out of order', 'if (a < first || (a === first && b < second)) broken', 'if (false) broken', [tests.lists]],
    ['only the first lot of each', 'lots.setUint32(to + 12, d | lot)', 'lots.setUint32(to + 12, d)', [tests.select]],
  ),
  ...inFile(
    'shared/selection/draw/merkle.ts',
    ['a leaf that passes for a node', 'Buffer.of(0), record', 'Buffer.of(1), record', [tests.merkle]],
    ['a proof of any length', 'used === path.length ? reached : null', 'reached', [tests.merkle, tests.proof]],
  ),
  ...inFile(
    'shared/selection/draw/manifest.ts',
    [
      'a share that opens no seal',
      "=== seal, 'Each share opens its seal'",
      "!== '', 'Each share opens its seal'",
      [tests.manifest],
    ],
    ['a copied seal', ' && one.seal !== two.seal', '', [tests.manifest]],
  ),
  ...inFile('shared/selection/draw-number.ts', [
    'one number for a whole family',
    '.slice(0, 14)',
    '.slice(0, 0)',
    [tests.number],
  ]),
  ...inFile(
    'shared/selection/screening.ts',
    ['a second decree in a lifetime', "if (decreed) return { refused: 'already_recipient' };", '', [tests.screening]],
    ['a full family in the draw', 'if (familyPlaces < 1)', 'if (familyPlaces < 0)', [tests.screening]],
    [
      'lots without a limit',
      'Math.min(terms.maxLots, membership.applications.size)',
      'membership.applications.size',
      [tests.screening],
    ],
  ),
  ...inFile(
    'shared/selection/batch-steps.ts',
    ['a maker who approves', 'if (isMaker(batch, by)) throw', 'if (isMaker(batch, by) && false) throw', [tests.steps]],
    [
      'an approver who decrees',
      'if (approved.by === by) throw',
      'if (approved.by === by && false) throw',
      [tests.steps],
    ],
    ['a decree before the objections end', 'if (at < decreeFrom(approved))', 'if (false)', [tests.steps]],
    [
      'a decree over open objections',
      'if (stated.openObjections > 0)',
      'if (stated.openObjections > 1_000)',
      [tests.steps],
    ],
    [
      'a correction by one operator alone',
      "if (proposed.by === by) throw new Refusal('same_operator');",
      '',
      [tests.steps],
    ],
    [
      'places recovered twice',
      'if (batch.recoveredBy !== null && batch.recoveredBy',
      'if (false && batch.recoveredBy',
      [tests.steps],
    ],
    ['a list committed before both seals', ' || seals.length === 2', ' || seals.length >= 1', [tests.steps]],
  ),
  ...inFile(
    'shared/selection/promotion.ts',
    ['somebody promoted twice', '.filter((drawNumber) => !passedOver.has(drawNumber))', '', [tests.promotion]],
    ['more promoted than places fell free', '.slice(0, places.length)', '', [tests.promotion]],
  ),
  ...inFile('shared/selection/objection.ts', [
    'an objection that comes too late',
    "if (!isTime) throw new Refusal('objection_late');",
    '',
    [tests.membership],
  ]),
  ...inFile('shared/selection/decree-chunk.ts', [
    'a winner decreed whom two operators excluded',
    "excluded.has(drawNumber) ? 'override' :",
    '',
    [tests.workers],
  ]),
  ...inFile('shared/selection/beacon.ts', [
    'a round that the chain did not sign',
    ' || !verifiesRound(chain, round, published.signature)',
    '',
    [tests.beacon],
  ]),
  ...inFile(
    'verifier/verify-draw.ts',
    ['a share that opens no seal', '=== seal;', "!== '';", [tests.verifier]],
    [
      'a signature of any round',
      'bls.verify(bytesOf(reveal.signature), message, bytesOf(publicKey))',
      'true',
      [tests.verifier],
    ],
    ['an unknown chain that passes for proof', '...(unproved && { unproved })', '', [tests.verifier]],
    ['an applicant twice', 'at, at + 16) > 0', 'at, at + 16) >= 0', [tests.verifier]],
    ['a regency in two provinces', 'homes[regency] === province && ', '', [tests.verifier]],
    ['a family that says two limits', ' || (isSibling && list[at - 1] !== places)', '', [tests.verifier]],
    ['only the first lot of each', 'lot < rules.maxLots', 'lot < 1', [tests.verifier]],
    ['a family over its limit', ' || left[families[index] ?? 0] === 0) continue', ') continue', [tests.verifier]],
    ['a place of the waiting list that uses up the family', "if (kind !== 'waiting') left", 'left', [tests.verifier]],
    ['a file of the result that is not as drawn', 'drawn?.equals(bytes) === false', 'false', [tests.verifier]],
    [
      'a signature by nobody',
      'const isSigned = isPlain && verify',
      'const isSigned = true || verify',
      [tests.verifier],
    ],
  ),
];
