/**
 * The part of the check page that proves, without the page: it runs in the citizen's browser, on the bytes of the published files, after
 * docs/draw.md and nothing else. `checkDraw` gives the steps with what differs in each, as codes of check-page-words.ts, and who was found.
 */
export const proof = `
const hexOf = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));
const fromBase64Url = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (sign) => sign.charCodeAt(0));
/** 32 and 64 bytes in base64url: the last letter of each has bits that mean nothing, and must be zero. */
const isKey = (text) => /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/.test(text);
const isSignature = (text) => /^[A-Za-z0-9_-]{85}[AQgw]$/.test(text);
const sha256 = async (bytes) => hexOf(await crypto.subtle.digest('SHA-256', bytes));
const digestOfLines = (lines) => sha256(new TextEncoder().encode(lines.map((line) => line + '\\n').join('')));
const isHex = (text, digits) => typeof text === 'string' && text.length === digits && /^[0-9a-f]*$/.test(text);
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
const isAscending = (values) => values.every((value, index) => index === 0 || values[index - 1] < value);

/** RFC 8785, for documents whose numbers are whole. */
const canonical = (value) => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return '[' + value.map(canonical).join(',') + ']';
  return '{' + Object.keys(value).sort().map((key) => JSON.stringify(key) + ':' + canonical(value[key])).join(',') + '}';
};

/** RFC 6962, section 2.1. */
const leafHash = (record) => sha256(bytesOf('00' + record));
const nodeHash = (left, right) => sha256(bytesOf('01' + left + right));
const treeRoot = async (leaves) => {
  if (leaves.length === 0) return sha256(new Uint8Array());
  let level = leaves;
  while (level.length > 1) {
    const pairs = level.flatMap((hash, index) => (index % 2 === 0 ? [[hash, level[index + 1]]] : []));
    level = await Promise.all(pairs.map(([left, right]) => (right === undefined ? left : nodeHash(left, right))));
  }
  return level[0];
};
/** The root above a group. There are sixteen to the power of its digits, so that every hash on the way has a neighbour. */
const rootAbove = async (groupRoot, group, path) => {
  let [reached, position] = [groupRoot, parseInt(group, 16)];
  for (const beside of path) {
    reached = await (position % 2 === 1 ? nodeHash(beside, reached) : nodeHash(reached, beside));
    position = Math.floor(position / 2);
  }
  return reached;
};

const strata = ['extreme_poverty', 'migrant_worker', 'disability'];
const applicantOf = ([record, outcome, place]) => {
  const bits = parseInt(record.slice(38, 40), 16);
  return {
    number: record.slice(0, 32),
    family: record.slice(0, 16),
    province: String(parseInt(record.slice(32, 34), 16)).padStart(2, '0'),
    regency: String(parseInt(record.slice(34, 38), 16)).padStart(4, '0'),
    bits,
    strata: strata.filter((_, index) => bits & (1 << index)),
    lots: parseInt(record.slice(40, 42), 16),
    familyPlaces: parseInt(record.slice(42, 44), 16),
    outcome,
    place,
  };
};

/**
 * The lots of a draw number: AES-256 of it with 0, 1, 2 … as its last byte. A browser has no ECB; counting up from the
 * draw number and encrypting zeros (CTR) gives the same blocks.
 */
const lotsOf = async (key, number, count) => {
  const counting = { name: 'AES-CTR', counter: bytesOf(number), length: 8 };
  const lots = hexOf(await crypto.subtle.encrypt(counting, key, new Uint8Array(16 * count)));
  return lots.match(/.{32}/g) || [];
};
const smallest = (lots) => lots.reduce((least, lot) => (lot < least ? lot : least));

/** One step: what was computed, beside what is stated; what differs; what is not proved here. */
const checking = (id) => {
  const made = { id, facts: [], differs: [], unproved: [], mark: '' };
  return {
    made,
    shown: (code, computed) => made.facts.push({ code, computed }),
    compared: (code, computed, stated) => {
      made.facts.push({ code, computed, stated });
      if (computed !== stated) made.differs.push(code);
    },
    required: (code, holds) => {
      if (!holds && !made.differs.includes(code)) made.differs.push(code);
    },
    unproved: (code) => made.unproved.push(code),
  };
};
const markOf = ({ facts, differs, unproved }) => {
  if (differs.length > 0) return 'differs';
  if (unproved.length > 0) return 'partly';
  return facts.every(({ stated }) => stated === undefined) ? 'computed' : 'agrees';
};

const committedMembers = ['version', 'batchId', 'scheme', 'kind', 'algorithm', 'rules', 'list', 'randomness', 'committedAt'];

const checkTerms = async ({ required, compared, shown }, { files, batchId, commitment, manifest, group }) => {
  compared('commitment_digest', await sha256(files.commitment), manifest.commitmentDigest);
  required('not_canonical', canonical(commitment) === new TextDecoder().decode(files.commitment));
  const members = committedMembers.filter((member) => canonical(commitment[member]) !== canonical(manifest[member]));
  if (members.length > 0) shown('members_changed', members.join(', '));
  required('terms_changed', members.length === 0);
  required('terms_changed', canonical(Object.keys(commitment).sort()) === canonical([...committedMembers].sort()));
  required('version_unknown', commitment.version === 2);
  required('batch_other', [commitment, manifest, group].every((document) => document.batchId === batchId));
};

const checkRecord = async ({ required, compared, shown }, { number, commitment, group, applicants, own }) => {
  const { list, rules } = commitment;
  const belongs = (drawNumber) => drawNumber.startsWith(group.group) && drawNumber.endsWith('00');
  required('group_other', group.group === number.slice(0, list.groupDigits));
  required('group_order', group.applicants.every(([record]) => isHex(record, 44) && belongs(record.slice(0, 32))));
  required('group_order', isAscending(applicants.map((applicant) => applicant.number)));
  const listed = new Set(applicants.map((applicant) => applicant.number));
  required('group_order', group.refused.every(([refused]) => isHex(refused, 32) && belongs(refused) && !listed.has(refused)));
  const groupRoot = await treeRoot(await Promise.all(group.applicants.map(([record]) => leafHash(record))));
  compared('group_root', groupRoot, group.groupRoot);
  required('path_length', group.path.length === 4 * list.groupDigits && group.path.every((hash) => isHex(hash, 64)));
  compared('list_root', await rootAbove(groupRoot, group.group, group.path), list.root);
  shown('group_size', applicants.length);
  const placesOf = new Map(applicants.map(({ family, familyPlaces }) => [family, familyPlaces]));
  required('record_rules', applicants.every(({ family, lots, familyPlaces, bits }) =>
    lots >= 1 && lots <= rules.maxLots && bits < 1 << strata.length &&
    familyPlaces >= 1 && familyPlaces <= rules.maxPerFamily && familyPlaces === placesOf.get(family)));
  if (own) shown('record', group.applicants[applicants.indexOf(own)][0]);
};

const checkSeed = async ({ required, compared, shown, unproved }, { files, commitment, manifest }) => {
  const { randomness } = commitment;
  const { reveal } = manifest;
  const isKnown = randomness.kind === 'two_operators' || randomness.kind === 'drand';
  required('reveal_other', isKnown && reveal.kind === randomness.kind);
  if (randomness.kind === 'two_operators') {
    const [first, second] = randomness.seals;
    required('seals_alike', randomness.seals.length === 2 && first.operator !== second.operator && first.seal !== second.seal);
    required('reveal_other', reveal.shares.length === 2 && reveal.shares.every((share) => isHex(share, 64)));
    for (const [index, share] of reveal.shares.entries())
      compared('seal_' + (index + 1), await digestOfLines(['prakerja-draw-seal-1', share]), randomness.seals[index].seal);
  } else {
    required('reveal_other', isHex(reveal.signature, 96));
    required('round_early', Date.parse(randomness.roundAt) > Date.parse(commitment.committedAt));
    shown('beacon_chain', randomness.chainHash);
    shown('beacon_round', randomness.round);
    shown('beacon_time', randomness.roundAt);
    shown('beacon_signature', reveal.signature);
    unproved('beacon_unproved');
  }
  const revealed = reveal.kind === 'drand' ? [reveal.signature] : reveal.shares;
  const lines = ['prakerja-draw-seed-2', await sha256(files.commitment), ...revealed];
  compared('seed', await digestOfLines(lines), manifest.seed);
};

const checkScore = async ({ required, shown }, { manifest, applicants, own }) => {
  required('seed_form', isHex(manifest.seed, 64));
  const key = await crypto.subtle.importKey('raw', bytesOf(manifest.seed), 'AES-CTR', false, ['encrypt']);
  await Promise.all(applicants.map(async (applicant) => {
    const lots = await lotsOf(key, applicant.number, applicant.lots);
    applicant.score = smallest(lots);
    if (applicant === own) lots.forEach((lot) => shown('lot', lot));
  }));
  shown('score', own.score);
};

/** The pools of an applicant by the committed rules: one that the manifest leaves out is missed here. */
const poolsOf = ({ rules, list }, manifest, { strata, regency, province }) => {
  const ofStrata = rules.strata.filter(({ stratum }) => strata.includes(stratum));
  const named = [
    ...ofStrata.map(({ stratum, places }) => ['stratum:' + stratum, places, list.strata[stratum]]),
    ...(regency in rules.regencies ? [['regency:' + regency, rules.regencies[regency], list.regencies[regency]]] : []),
    ...(province in rules.provinces ? [['province:' + province, rules.provinces[province], list.provinces[province]]] : []),
  ];
  return named.map(([name, places, members]) => {
    const [pool, ...others] = manifest.pools.filter((result) => result.pool === name);
    const isCommitted = pool !== undefined && others.length === 0 && pool.places === places && pool.members === members;
    return { ...pool, isSound: isCommitted && isSoundPool(pool) };
  });
};
/** The last score stands there when all places were given, and only then. */
const isSoundPool = ({ members, lots, places, taken, lastScore }) =>
  [members, lots, places, taken].every(isCount) && taken <= places && taken <= members && members <= lots &&
  (places > 0 && taken === places ? isHex(lastScore, 32) : lastScore === null);

/** Whether somebody with this score, and no place yet, had to get one of this pool's. */
const reaches = (score, { places, lastScore }) => places > 0 && (lastScore === null || score <= lastScore);

const faultsOf = ({ applicant, pools, familyWinners, winners, waitingPlaces }) => {
  const { outcome, place, score, familyPlaces } = applicant;
  const isFull = familyWinners >= familyPlaces;
  const within = (most) => Number.isSafeInteger(place) && place >= 1 && place <= most;
  const reached = pools.some((pool) => reaches(score, pool));
  const faults = {
    won: () => [[reached, 'won_behind'], [familyWinners <= familyPlaces, 'family_exceeded'], [within(winners), 'place_number']],
    waiting: () => [[!reached, 'passed_over'], [!isFull, 'family_full_unsaid'], [within(waitingPlaces), 'place_number']],
    not_drawn: () => [[!reached, 'passed_over'], [!isFull, 'family_full_unsaid'], [place === 0, 'place_number']],
    family_full: () => [[isFull, 'family_not_full'], [place === 0, 'place_number']],
  };
  if (!Object.hasOwn(faults, outcome)) return ['outcome_unknown'];
  return faults[outcome]().flatMap(([holds, code]) => (holds ? [] : [code]));
};

/** Who of a group comes first by score comes first in rank, and in the waiting list of the province. */
const isInOrder = (applicants) => {
  const byScore = [...applicants].sort((one, other) => (one.score < other.score ? -1 : 1));
  const placesOf = (outcome, province) =>
    byScore.filter((applicant) => applicant.outcome === outcome && (!province || applicant.province === province)).map(({ place }) => place);
  const provinces = [...new Set(byScore.map(({ province }) => province))];
  return isAscending(placesOf('won')) && provinces.every((province) => isAscending(placesOf('waiting', province)));
};
/** Nobody waits behind whom the waiting list left out. */
const isWaitingFair = (applicants) => {
  const last = new Map();
  for (const { outcome, province, score } of applicants)
    if (outcome === 'waiting' && score > (last.get(province) || '')) last.set(province, score);
  return applicants.every(({ outcome, province, score }) => outcome !== 'not_drawn' || score > (last.get(province) || ''));
};

const checkOutcome = async ({ required, compared, shown }, { commitment, manifest, applicants, own }) => {
  const wonIn = new Map();
  for (const { family, outcome } of applicants) if (outcome === 'won') wonIn.set(family, (wonIn.get(family) || 0) + 1);
  const judged = applicants.map((applicant) => {
    const pools = poolsOf(commitment, manifest, applicant);
    const waitingPlaces = commitment.rules.waiting[applicant.province] || 0;
    const familyWinners = wonIn.get(applicant.family) || 0;
    const faults = faultsOf({ applicant, pools, familyWinners, winners: manifest.winners.count, waitingPlaces });
    required('pool_unsound', pools.every(({ isSound }) => isSound));
    return { applicant, pools, familyWinners, faults };
  });
  const ours = judged.find(({ applicant }) => applicant === own);
  own.pools = ours.pools.map((pool) => ({ ...pool, reached: reaches(own.score, pool) }));
  own.familyWinners = ours.familyWinners;
  shown('outcome', [own.outcome, own.place || ''].join(' ').trim());
  shown('score', own.score);
  for (const { pool, lastScore } of own.pools) shown('last_score', pool + ' ' + lastScore);
  for (const fault of ours.faults) required(fault, false);
  const sound = judged.filter(({ faults }) => faults.length === 0).length;
  compared('group_outcomes', sound + ' / ' + judged.length, judged.length + ' / ' + judged.length);
  required('rank_order', isInOrder(applicants));
  required('waiting_left_out', isWaitingFair(applicants));
};

/** Of refusals only the numbers by reason are committed. */
const checkRefusal = async ({ required, shown, unproved }, { commitment, group, refusal }) => {
  const [, reason] = refusal;
  const total = commitment.list.refused[reason];
  shown('refusal', reason);
  shown('refused_total', total);
  unproved('reason_unproved');
  required('refused_count', isCount(total) && total >= group.refused.filter(([, other]) => other === reason).length);
};

const checkSignature = async ({ required, compared, shown, unproved }, { files, manifest, group }) => {
  compared('manifest_digest', await sha256(files.manifest), group.manifestDigest);
  required('not_canonical', canonical(manifest) === new TextDecoder().decode(files.manifest));
  const text = new TextDecoder().decode(files.signature);
  const { publicKey, signature } = JSON.parse(text);
  shown('public_key', publicKey);
  shown('signature', signature);
  // One spelling only: another one is another file.
  const stated = { algorithm: 'Ed25519', publicKey, sha256: await sha256(files.manifest), signature };
  required('signature_wrong', text === canonical(stated) && isKey(publicKey) && isSignature(signature));
  try {
    const key = await crypto.subtle.importKey('raw', fromBase64Url(publicKey), 'Ed25519', false, ['verify']);
    required('signature_wrong', await crypto.subtle.verify('Ed25519', key, fromBase64Url(signature), files.manifest));
  } catch (error) {
    if (error.name === 'NotSupportedError') unproved('ed25519_unknown');
    else required('signature_wrong', false);
  }
};

/**
 * Checks what the published files (bytes by name) say of a draw number. A step that cannot read its files differs: nothing is
 * taken for true because it is missing.
 */
const checkDraw = async ({ number, batchId, files }) => {
  const read = (name) => JSON.parse(new TextDecoder().decode(files[name]));
  const [commitment, manifest, group] = [read('commitment'), read('manifest'), read('group')];
  const applicants = group.applicants.map(applicantOf);
  const own = applicants.find((applicant) => applicant.number === number);
  const refusal = group.refused.find(([refused]) => refused === number);
  const known = { number, batchId, files, commitment, manifest, group, applicants, own, refusal };
  const steps = [];
  const step = async (id, check) => {
    const { made, ...tools } = checking(id);
    await check(tools, known).catch(() => made.differs.push('unreadable'));
    made.mark = markOf(made);
    steps.push(made);
  };
  await step('terms', checkTerms);
  await step('record', checkRecord);
  await step('seed', checkSeed);
  if (own) {
    await step('score', checkScore);
    await step('outcome', checkOutcome);
  } else if (refusal) await step('screening', checkRefusal);
  await step('signature', checkSignature);
  const agreed = steps.every(({ mark }) => mark !== 'differs');
  const found = own ? { kind: own.outcome, ...own } : refusal ? { kind: 'refused', reason: refusal[1] } : { kind: 'absent' };
  return { agreed, steps, found, batch: { winners: manifest.winners.count, groupSize: applicants.length, group: group.group } };
};
`;
