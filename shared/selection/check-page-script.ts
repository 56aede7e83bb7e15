import { proof } from '#shared/selection/check-page-proof.ts';
import { words } from '#shared/selection/check-page-words.ts';

/**
 * Runs in the citizen's browser. The draw number comes from the address's fragment or the field, and goes nowhere: only files that all share
 * whose numbers begin alike are asked for. Everything is shown as text, never as markup.
 */
export const script = `
(() => {
'use strict';
const words = ${JSON.stringify(words)};
${proof}
const element = (id) => document.getElementById(id);
const { batchId, regions } = element('check').dataset;
const regionNames = new Map(regions.split('|').map((entry) => entry.split('=')));

const whole = new Intl.NumberFormat('id-ID');
const dayAndTime = new Intl.DateTimeFormat('id-ID', { dateStyle: 'long', timeStyle: 'short', timeZone: 'Asia/Jakarta' });
const timeOf = (at) => dayAndTime.format(new Date(at)) + ' WIB';

const make = (name, attributes, ...content) => {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...content);
  return made;
};
const drawn = (name, attributes, ...content) => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...content);
  return made;
};
const filled = (text, values) => text.replace(/{([a-z]+)}/g, (_, name) => String(values[name]));
/** Indonesian, and English in small letters below it. */
const both = ([indonesian, english], values = {}) =>
  [filled(indonesian, values), make('span', { class: 'second', lang: 'en' }, filled(english, values))];
const beside = ([indonesian, english]) => [indonesian + ' · ', make('span', { lang: 'en' }, english)];

class Trouble extends Error {
  constructor(code, values) {
    super(code);
    this.code = code;
    this.values = values;
  }
}

/** The bytes of a published file; null when it is not there. */
const fetched = async (file) => {
  const asked = { credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store' };
  try {
    const answer = await fetch('/v1/batches/' + encodeURIComponent(batchId) + '/documents/' + file, asked);
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Trouble('service', { status: answer.status });
    return new Uint8Array(await answer.arrayBuffer());
  } catch (error) {
    throw error instanceof Trouble ? error : new Trouble('unreachable');
  }
};
const readable = (bytes) => {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Trouble('unreadable');
  }
};

const signs = {
  good: 'M12 2l8 3.5v6c0 5-3.4 8.6-8 10.5-4.6-1.9-8-5.5-8-10.5v-6zM8 12l3 3 5.5-6',
  calm: 'M12 2a10 10 0 1 0 0 20 10 10 0 1 0 0-20M7.5 12h9',
  time: 'M12 2a10 10 0 1 0 0 20 10 10 0 1 0 0-20M12 7v5.5l3.5 2',
  warn: 'M12 3L1.8 21h20.4zM12 10v4.5M12 17.8v.1',
  bad: 'M12 2a10 10 0 1 0 0 20 10 10 0 1 0 0-20M8 8l8 8M16 8l-8 8',
};
const looks = {
  won: ['good', 'good'], waiting: ['calm', 'time'], differs: ['bad', 'bad'], refused: ['warn', 'warn'], absent: ['warn', 'warn'],
  committed: ['calm', 'time'], open: ['calm', 'time'],
};
const verdict = (code, values, first = [], more = []) => {
  const [look, sign] = looks[code] || ['calm', 'calm'];
  return make('div', { class: 'verdict ' + look },
    drawn('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, drawn('path', { d: signs[sign] })),
    make('div', {},
      make('h2', { id: 'answer', tabindex: '-1' }, ...both(words.verdicts[code], values)),
      ...first, make('p', {}, ...both(words.explanations[code], values)), ...more));
};

const fact = (name, ...value) => make('div', {}, make('dt', {}, ...beside(name)), make('dd', {}, ...value));
const heading = (...name) => make('h2', {}, ...both(name));

/** A score as people read it: its place among a million. */
const inMillion = (score) => Math.floor(parseInt(score.slice(0, 8), 16) / 4294967296 * 1000000);
const lotWords = (lots) => lots + ' lot';

const poolName = (pool) => {
  const [kind, code] = pool.split(':');
  if (kind === 'stratum') return 'Kuota ' + (words.strata[code] || [code])[0];
  return 'Kuota ' + (kind === 'province' ? 'provinsi ' : '') + regionName(code);
};
const regionName = (code) => regionNames.get(code) || code;

/** The chance that so many lots have in a pool, in words. */
const chanceWords = ({ places, members, lots }, own) => {
  if (places === 0) return ['tidak ada tempat di kuota ini.', 'no places in this quota.'];
  if (places >= members) return ['tempat cukup untuk semua.', 'there are places for all.'];
  const chance = Math.min(1, places * own / lots);
  const tenths = Math.min(9, Math.round(chance * 10));
  const one = whole.format(Math.round(1 / chance));
  if (chance > 0.95) return ['peluang Anda hampir pasti.', 'your chance: nearly certain.'];
  if (chance > 0.29) return ['peluang Anda kira-kira ' + tenths + ' dari 10.', 'your chance: about ' + tenths + ' in 10.'];
  return ['peluang Anda kira-kira 1 dari ' + one + '.', 'your chance: about 1 in ' + one + '.'];
};

const scaleOf = (score, lastScore) => {
  const [given, yours] = [lastScore, score].map((value) => Math.max(0.4, inMillion(value) / 10000));
  return [
    drawn('svg', { class: 'scale', viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      drawn('rect', { class: 'all', x: '0', y: '3', width: '100', height: '4', rx: '1' }),
      drawn('rect', { class: 'given', x: '0', y: '3', width: String(given), height: '4', rx: '1' }),
      drawn('rect', { class: 'yours', x: String(Math.min(99.2, yours - 0.4)), y: '0', width: '0.8', height: '10' })),
    make('div', { class: 'legend', 'aria-hidden': 'true' }, make('span', {}, '0'), make('span', {}, 'hijau: mendapat tempat'), make('span', {}, '1.000.000')),
  ];
};

const poolItem = (found) => ({ pool, places, members, lots, taken, lastScore, reached }) => {
  const [id, en] = chanceWords({ places, members, lots }, found.lots);
  const numbers = [whole.format(places), whole.format(members)];
  const item = make('li', {}, make('h3', {}, poolName(pool)),
    make('p', { class: 'odds' }, ...both([
      numbers[0] + ' tempat untuk ' + numbers[1] + ' orang: ' + id,
      numbers[0] + ' places for ' + numbers[1] + ' people: ' + en,
    ])));
  const [reachedId, reachedEn] = !reached
    ? [', tidak cukup kecil.', ', not small enough.']
    : found.kind === 'family_full'
      ? [', cukup kecil, tetapi tempat keluarga Anda sudah terisi.', ', small enough, but the places of your family are taken.']
      : [', cukup kecil.', ', small enough.'];
  if (lastScore !== null) {
    const [last, yours] = [lastScore, found.score].map((score) => whole.format(inMillion(score)));
    item.append(...scaleOf(found.score, lastScore), make('p', {}, ...both([
      'Angka terakhir yang mendapat tempat: ' + last + '. Angka Anda: ' + yours + reachedId,
      'Last lot that got a place: ' + last + '. Yours: ' + yours + reachedEn,
    ])));
  } else if (places > 0) item.append(make('p', {}, ...both([
    'Terisi ' + whole.format(taken) + ': semua yang boleh mendapat tempat di kuota ini sudah mendapatnya.',
    whole.format(taken) + ' are taken: everybody who may have one has one.',
  ])));
  return item;
};

const applicantParts = (found) => {
  const strataNames = found.strata.map((stratum) => words.strata[stratum][0]).join(', ');
  const parts = [
    heading('Data Anda dalam undian', 'You in the draw'),
    make('dl', { class: 'facts sheet' },
      fact(['Wilayah', 'Region'], [found.regency, found.province].filter((code) => regionNames.has(code)).map(regionName).join(', ')),
      fact(['Kelompok khusus', 'Strata'], strataNames || 'tidak ada'),
      fact(['Lot (kesempatan)', 'Lots (chances)'], lotWords(found.lots)),
      fact(['Tempat untuk kartu keluarga Anda', 'Places left to your family card'], String(found.familyPlaces),
        ...(found.familyWinners > 0 ? [', terisi ' + found.familyWinners] : [])),
      fact(['Angka undian Anda, dari 0 sampai 1.000.000', 'Your lot; smaller is better'], whole.format(inMillion(found.score)))),
  ];
  if (found.pools.length === 0) return parts;
  const before = ['Peluang dihitung dari semua lot di kuota, sebelum batas kartu keluarga dan tempat dari kuota lain.',
    'The odds count all lots of the quota, before the limit of families and places from other quotas.'];
  return [...parts, heading('Peluang dan batas', 'Odds and limits'),
    make('ul', { class: 'pools' }, ...found.pools.map(poolItem(found))), make('p', { class: 'quiet' }, ...both(before))];
};

const factLines = ({ code, computed, stated }) => {
  const name = words.facts[code] || words.differences[code];
  const value = (text) => make('code', {}, String(text));
  if (stated === undefined || computed === stated) return [make('dt', {}, ...beside(name)), make('dd', {}, value(computed))];
  const unlike = (label, text) => make('span', { class: 'unlike' }, label, value(text));
  return [make('dt', {}, ...beside(name)),
    make('dd', {}, unlike('Dihitung: ', computed)), make('dd', {}, unlike('Tertulis: ', stated))];
};

const stepItem = ({ randomness, found }) => ({ id, mark, facts, differs, unproved }, index) => {
  const name = id === 'record' && !found.lots ? 'record_others' : id;
  const sentence = id === 'seed' ? words.stepSentences['seed_' + randomness.kind] : words.stepSentences[name];
  const item = make('li', { class: mark },
    make('div', { class: 'top' }, make('h3', {}, index + 1 + '. ' + words.steps[name][0],
      make('span', { class: 'second', lang: 'en' }, words.steps[name][1])),
      make('span', { class: 'mark' }, words.marks[mark][0])));
  if (sentence && differs.length === 0) item.append(make('p', {}, ...both(sentence)));
  if (differs.length > 0) item.append(make('div', { class: 'notice bad' },
    make('ul', {}, ...differs.map((code) => make('li', {}, ...both(words.differences[code]))))));
  for (const code of unproved) {
    const note = make('p', { class: 'notice warn' }, ...both(words.unproved[code]));
    if (code === 'beacon_unproved' && isHex(randomness.chainHash, 64) && isCount(randomness.round)) {
      const address = 'https://api.drand.sh/' + randomness.chainHash + '/public/' + randomness.round;
      note.append(make('a', { href: address, rel: 'noreferrer noopener', target: '_blank' }, 'api.drand.sh'));
    }
    item.append(note);
  }
  if (facts.length > 0) item.append(make('details', differs.length > 0 ? { open: '' } : {},
    make('summary', {}, ...beside(['Yang dihitung', 'What was computed'])), make('dl', {}, ...facts.flatMap(factLines))));
  return item;
};

const stepParts = (checked, randomness) => [
  heading('Langkah pemeriksaan', 'Steps of the check'),
  make('ol', { class: 'steps' }, ...checked.steps.map(stepItem({ randomness, found: checked.found }))),
  make('p', { class: 'quiet' }, ...both([
    'Server hanya diminta berkas kelompok ' + checked.batch.group + ', yang sama untuk ' + whole.format(checked.batch.groupSize) + ' orang.',
    'The server was only asked for the file of group ' + checked.batch.group + ', the same for ' + whole.format(checked.batch.groupSize) + ' people.',
  ])),
];

const checkedParts = (checked, number, randomness) => {
  const { agreed, found, batch, steps } = checked;
  const numbers = { batch: batchId, place: found.place && whole.format(found.place), winners: whole.format(batch.winners), places: found.familyPlaces };
  const about = make('p', { class: 'number' }, ...beside(['Nomor undian', 'Draw number']), ' ', make('code', {}, number));
  if (!agreed) {
    const different = steps.flatMap(({ differs }, index) => differs.slice(0, 1).map((code) => {
      const [id, en] = words.differences[code];
      return make('li', {}, ...both(['Langkah ' + (index + 1) + ': ' + id, 'Step ' + (index + 1) + ': ' + en]));
    }));
    return [verdict('differs', numbers, [make('ul', {}, ...different)], [about]), ...stepParts(checked, randomness)];
  }
  const open = steps.flatMap(({ mark }, index) => (mark === 'partly' ? [index + 1] : [])).join(', ');
  const notes = open === '' ? [] : [make('p', {}, ...both([
    'Sebagian tidak dapat dibuktikan di sini: lihat langkah ' + open + '.', 'A part could not be proved here: see step ' + open + '.',
  ]))];
  const unnamed = ['Alasan: ' + found.reason + '.', 'Reason: ' + found.reason + '.'];
  const reason = found.kind === 'refused' ? [make('p', { class: 'reason' }, ...both(words.refusalReasons[found.reason] || unnamed))] : [];
  const parts = [verdict(found.kind, numbers, reason, [...notes, about])];
  if (found.kind !== 'refused' && found.kind !== 'absent') parts.push(...applicantParts(found));
  return [...parts, ...stepParts(checked, randomness)];
};

const beforeTheDraw = async (commitment) => {
  if (commitment === null) return [verdict('open', {})];
  const { list, randomness, committedAt } = readable(commitment);
  const source = randomness.kind === 'drand'
    ? 'Suar publik drand, putaran ' + whole.format(randomness.round) + ' pada ' + timeOf(randomness.roundAt)
    : 'Angka rahasia dua petugas, yang segelnya sudah terbit';
  return [verdict('committed', { count: whole.format(list.count), time: timeOf(committedAt) }),
    make('dl', { class: 'facts sheet' },
      fact(['Sidik komitmen', 'Digest of the commitment'], make('code', {}, await sha256(commitment))),
      fact(['Akar daftar', 'Root of the list'], make('code', {}, String(list.root))),
      fact(['Sumber angka acak', 'Source of the randomness'], source))];
};

/** What the page shows of a draw number. */
const answerOf = async (number) => {
  if (!isHex(number, 32) || !number.endsWith('00')) throw new Trouble('number_malformed');
  if (!globalThis.crypto || !crypto.subtle) throw new Trouble('browser_old');
  const [commitment, manifest] = await Promise.all(['commitment.json', 'manifest.json'].map(fetched));
  if (manifest === null) return beforeTheDraw(commitment);
  const { list, randomness } = readable(manifest);
  const digits = list.groupDigits;
  if (!isCount(digits) || digits < 1 || digits > 4) throw new Trouble('unreadable');
  const [groupFile, signatureFile] = ['result-' + number.slice(0, digits) + '.json', 'signature.json'];
  const [group, signature] = await Promise.all([groupFile, signatureFile].map(fetched));
  const files = { commitment, manifest, group, signature };
  const missing = [['commitment.json', commitment], [groupFile, group], [signatureFile, signature]].find(([, bytes]) => bytes === null);
  if (missing) throw new Trouble('file_missing', { file: missing[0] });
  return checkedParts(await checkDraw({ number, batchId, files }), number, randomness);
};

let latest = 0;
const run = async (text) => {
  latest += 1;
  const mine = latest;
  const number = text.toLowerCase().replace(/[^0-9a-z]/g, '');
  const button = element('ask').querySelector('button');
  button.disabled = true;
  element('trouble').hidden = true;
  element('result').replaceChildren();
  element('progress').textContent = 'Sedang memeriksa …';
  const outcome = await answerOf(number).then((parts) => ({ parts }), (error) => ({ error }));
  if (mine !== latest) return;
  button.disabled = false;
  element('progress').textContent = '';
  if (outcome.parts) {
    element('result').replaceChildren(...outcome.parts);
    element('answer').focus();
    return;
  }
  const { code, values } = outcome.error instanceof Trouble ? outcome.error : new Trouble('unreadable');
  element('trouble').replaceChildren(...both(words.troubles[code], values));
  element('trouble').hidden = false;
};

element('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  return run(element('number').value);
});
const fromFragment = () => {
  const number = location.hash.slice(1);
  if (number === '') return undefined;
  element('number').value = number;
  return run(number);
};
addEventListener('hashchange', fromFragment);
fromFragment();
})();
`;
