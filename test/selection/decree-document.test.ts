import {
  decodePDFRawStream,
  PDFDocument,
  type PDFFont,
  PDFName,
  PDFRawStream,
  PDFString,
  StandardFonts,
} from 'pdf-lib';
import qrcode from 'qrcode-generator';
import { describe, expect, it } from 'vitest';
import { provinceName } from '#shared/registration/region-names.ts';
import { programProvinceCodes } from '#shared/registration/regions.ts';
import { type DecreeFacts, decreeDocument, decreeNumber } from '#shared/selection/decree-document.ts';

const digestOfOne = (letters: string) => letters.repeat(64).slice(0, 64);

const factsOf = (changed: Partial<DecreeFacts> = {}): DecreeFacts => ({
  batchNumber: 67,
  scheme: 'NORMAL_2023',
  kind: 'regular',
  applicants: { refused: 3, inDraw: 900 },
  recipients: { byDraw: 160, byPromotion: 5, byOverride: 2 },
  emptyPlaces: 44,
  provinces: [
    { provinceCode: '32', places: 100, recipients: 104 },
    { provinceCode: '33', places: 0, recipients: 5 },
    { provinceCode: '35', places: 60, recipients: 58 },
  ],
  strata: [{ stratum: 'migrant_worker', places: 50 }],
  perRecipient: { trainingCreditRupiah: 3_500_000, trainingIncentivesRupiah: 600_000, surveyIncentivesRupiah: 100_000 },
  randomness: { kind: 'two_operators' },
  seed: digestOfOne('5f1c'),
  commitmentDigest: digestOfOne('a90b'),
  manifestDigest: digestOfOne('47d1'),
  csvDigest: digestOfOne('0fe3'),
  drafted: { by: 'rina.wulandari', at: '2026-11-20T02:00:00.000Z' },
  closed: { by: 'rina.wulandari', at: '2026-11-27T16:59:59.000Z' },
  approved: { by: 'bagus.pratama', at: '2026-11-28T07:05:00.000Z' },
  ordered: { by: 'dewi.lestari', at: '2026-11-28T09:30:00.000Z' },
  batchUrl: 'https://prakerja.contoh.id/gelombang/67',
  ...changed,
});

/** The most that a decree has to hold: all provinces and strata, 800,000 recipients, a beacon, long names. */
const largest = (): DecreeFacts => {
  const provinces = programProvinceCodes.map((provinceCode) => ({ provinceCode, places: 25_000, recipients: 23_500 }));
  return factsOf({
    batchNumber: 999_999,
    kind: 'recovery',
    applicants: { refused: 12_345_678, inDraw: 87_654_321 },
    provinces: provinces.map((row) => (row.provinceCode === '92' ? { ...row, recipients: 24_500 } : row)),
    recipients: { byDraw: 780_000, byPromotion: 19_000, byOverride: 1_000 },
    emptyPlaces: 200_000,
    strata: [
      { stratum: 'extreme_poverty', places: 50_000 },
      { stratum: 'migrant_worker', places: 50_000 },
      { stratum: 'disability', places: 50_000 },
    ],
    randomness: { kind: 'drand', round: 123_456_789, roundAt: '2026-11-27T17:05:00.000Z' },
    drafted: { by: 'operator-'.repeat(15).slice(0, 128), at: '2026-11-20T02:00:00.000Z' },
    ordered: { by: `${'kuasa.pengguna.anggaran.'.repeat(3)}@prakerja.contoh.go.id`, at: '2026-11-28T09:30:00.000Z' },
    batchUrl: `https://prakerja.contoh.id/${'gelombang/'.repeat(13)}67`,
  });
};

/** The operators of each page. */
async function operatorsOf(bytes: Uint8Array): Promise<string[]> {
  const { context } = await PDFDocument.load(bytes);
  const streams = context
    .enumerateIndirectObjects()
    .flatMap(([, object]) => (object instanceof PDFRawStream ? [object] : []));
  return streams
    .map((stream) => Buffer.from(decodePDFRawStream(stream).decode()).toString('latin1'))
    .filter((text) => text.includes(' Tj'));
}

type Word = {
  readonly page: number;
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly y: number;
  readonly size: number;
};

const latin = new TextDecoder('windows-1252');
const drawn =
  /([\d.]+) Tc\nq\nBT\n.* rg\n\/([A-Za-z-]+)-\d+ ([\d.]+) Tf\n24 TL\n1 0 0 1 ([\d.]+) ([\d.]+) Tm\n<([0-9A-F]+)> Tj/g;

/** What is written on the pages and where, in the order it is drawn; `y` counts upwards. */
async function wordsOn(bytes: Uint8Array): Promise<Word[]> {
  const ruler = await PDFDocument.create();
  const fonts = new Map<string, PDFFont>();
  for (const name of Object.values(StandardFonts)) fonts.set(name, await ruler.embedFont(name));
  return (await operatorsOf(bytes)).flatMap((operators, page) =>
    [...operators.matchAll(drawn)].map(([, tracking, font = '', size, x, y, hex = '']) => {
      const text = latin.decode(Buffer.from(hex, 'hex'));
      const letters = [...text].map((letter) => fonts.get(font)?.widthOfTextAtSize(letter, Number(size)) ?? Number.NaN);
      const width = letters.reduce((sum, letter) => sum + letter + Number(tracking), -Number(tracking));
      return { page, text, left: Number(x), right: Number(x) + width, y: Number(y), size: Number(size) };
    }),
  );
}

const textOn = async (facts: DecreeFacts) => (await wordsOn(await decreeDocument(facts))).map(({ text }) => text);

/** The lines of the annex, each the texts that stand beside each other. */
async function linesOfAnnex(facts: DecreeFacts): Promise<string[][]> {
  const lines = new Map<number, string[]>();
  for (const { page, text, y } of await wordsOn(await decreeDocument(facts)))
    if (page === 1 && text !== '') lines.set(y, [...(lines.get(y) ?? []), text]);
  return [...lines.values()];
}

const numberIn = (text = '') => Number(text.replaceAll('.', ''));

describe('the decree of a batch', () => {
  it('is two upright A4 pages that name their number, their author and their language', async () => {
    const document = await PDFDocument.load(await decreeDocument(factsOf()), { updateMetadata: false });

    expect(document.getPages().map((page) => page.getSize())).toEqual(
      Array.from({ length: 2 }, () => ({ width: 595.28, height: 841.89 })),
    );
    expect(document.getTitle()).toBe('Surat Keputusan SK-PKP/0067/2026');
    expect(document.getAuthor()).toBe('Program Kartu Prakerja');
    expect(document.catalog.get(PDFName.of('Lang'))).toEqual(PDFString.of('id'));
    expect(document.getCreationDate()).toEqual(new Date('2026-11-28T09:30:00Z'));
    expect(document.getModificationDate()).toEqual(new Date('2026-11-28T09:30:00Z'));
  });

  it('is the same bytes for the same facts, and others for other facts', async () => {
    const first = Buffer.from(await decreeDocument(factsOf()));

    expect(first.equals(await decreeDocument(factsOf()))).toBe(true);
    expect(first.equals(await decreeDocument(factsOf({ seed: digestOfOne('5f1d') })))).toBe(false);
  });

  it('states who is decreed, what for, and by which digests anybody can check it', async () => {
    const texts = await textOn(factsOf());

    expect(texts).toEqual(
      expect.arrayContaining([
        'SURAT KEPUTUSAN',
        'Nomor SK-PKP/0067/2026',
        'Gelombang 67',
        'Reguler',
        '28 November 2026',
        '167 persons are recipients in Batch 67: 160 by the draw, 5 from the waiting list, and 2 by override.',
        '701.400.000',
        'Jawa Barat',
        'Afirmasi nasional: calon pekerja migran',
        'rina.wulandari',
        '27 November 2026, 23.59 WIB',
        'bagus.pratama',
        '28 November 2026, 14.05 WIB',
        'dewi.lestari',
        '28 November 2026, 16.30 WIB',
        'https://prakerja.contoh.id/gelombang/67',
        'Halaman 1 dari 2 / Page 1 of 2',
        'Halaman 2 dari 2 / Page 2 of 2',
      ]),
    );
    for (const digest of ['5f1c', 'a90b', '47d1', '0fe3']) expect(texts).toContain(digestOfOne(digest));
  });

  it.each([
    ['Pendaftar', '903'],
    ['Ditolak penyaringan', '3'],
    ['Ikut undian', '900'],
    ['Tempat', '210'],
    ['Tempat kosong', '44'],
    ['Penerima', '167'],
    ['Dari undian', '160'],
    ['Dari daftar tunggu', '5'],
    ['Penetapan khusus', '2'],
  ])('counts under %s', async (label, count) => {
    const texts = await textOn(factsOf());

    expect(texts[texts.indexOf(label) + 2]).toBe(count);
  });

  it.each([
    ['NORMAL_2023', /113 Tahun 2022/, /76 Tahun 2020/],
    ['SEMI_BANSOS_2020', /76 Tahun 2020/, /113|Nomor 27/],
  ] as const)('rests %s on the law of its time', async (scheme, its, others) => {
    const grounds = (await textOn(factsOf({ scheme }))).join(' ');

    expect(grounds).toContain('25/PMK.05/2020');
    expect(grounds).toMatch(its);
    expect(grounds).not.toMatch(others);
  });

  it('says where the randomness came from', async () => {
    const operators = (await textOn(factsOf())).join(' ');
    const beacon = (await textOn(largest())).join(' ');

    expect(operators).toContain('Dua operator');
    expect(operators).not.toContain('drand');
    expect(beacon).toContain('putaran 123.456.789 suar keacakan publik drand (28 November 2026, 00.05 WIB)');
    expect(beacon).not.toContain('Dua operator');
  });
});

describe('the number of a decree', () => {
  it.each([
    [1, '2026-11-28T09:30:00Z', 'SK-PKP/0001/2026'],
    [12_345, '2026-11-28T09:30:00Z', 'SK-PKP/12345/2026'],
    [67, '2026-12-31T16:59:59Z', 'SK-PKP/0067/2026'],
    [67, '2026-12-31T17:00:00Z', 'SK-PKP/0067/2027'],
  ])('is, for batch %s ordered at %s, %s', (batchNumber, orderedAt, number) => {
    expect(decreeNumber(batchNumber, new Date(orderedAt))).toBe(number);
  });
});

describe('the table of provinces', () => {
  it.each([
    ['three', factsOf(), 3],
    ['34', largest(), 34],
  ])('adds up with %s of them', async (_, facts, count) => {
    const lines = await linesOfAnnex(facts);
    const rows = lines.filter(([number = '', code = '']) => /^\d{1,2}$/.test(number) && /^\d{2}$/.test(code));
    const strata = lines.filter(([name = '']) => name.startsWith('Afirmasi nasional'));
    const total = lines.find(([name]) => name === 'Jumlah / Total') ?? [];
    const added = (column: number) => rows.reduce((sum, row) => sum + numberIn(row[column]), 0);
    const placesOfStrata = strata.reduce((sum, [, places]) => sum + numberIn(places), 0);

    expect(rows.map(([number]) => Number(number))).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    for (const [, code = '', name] of rows) expect(name).toBe(provinceName(code));
    expect(added(3) + placesOfStrata).toBe(numberIn(total[1]));
    expect(added(4)).toBe(numberIn(total[2]));
    expect(added(5)).toBe(numberIn(total[3]));
  });

  it('holds 800,000 recipients and more than three trillion rupiah', async () => {
    const lines = await linesOfAnnex(largest());

    expect(lines).toContainEqual(['Jumlah / Total', '1.000.000', '800.000', '3.360.000.000.000']);
  });

  it('is silent about provinces that have neither places nor recipients, and is in the order of their codes', async () => {
    const { provinces } = factsOf();
    const more = [{ provinceCode: '11', places: 0, recipients: 0 }, ...provinces].toReversed();

    expect(await linesOfAnnex(factsOf({ provinces: more }))).toEqual(await linesOfAnnex(factsOf()));
  });
});

describe('the pages of a decree', () => {
  const none = factsOf({
    provinces: [],
    strata: [],
    recipients: { byDraw: 0, byPromotion: 0, byOverride: 0 },
    emptyPlaces: 0,
  });
  const richest: DecreeFacts = {
    ...largest(),
    perRecipient: { trainingCreditRupiah: 1e7, trainingIncentivesRupiah: 1e7, surveyIncentivesRupiah: 1e7 },
    provinces: programProvinceCodes.map((provinceCode) => ({ provinceCode, places: 9_000_000, recipients: 8_823_529 })),
    recipients: { byDraw: 1e8, byPromotion: 1e8, byOverride: 99_999_986 },
    applicants: { refused: 1e8, inDraw: 1e8 },
    emptyPlaces: 1e8,
    drafted: { by: 'rina.wulandari', at: '2026-09-20T02:00:00.000Z' },
    closed: { by: 'rina.wulandari', at: '2026-09-27T16:59:59.000Z' },
    approved: { by: 'bagus.pratama', at: '2026-09-28T07:05:00.000Z' },
  };

  it.each([
    ['three provinces', factsOf()],
    ['all provinces', largest()],
    ['no province', none],
    ['the largest sums', richest],
    ['the older scheme', { ...largest(), scheme: 'SEMI_BANSOS_2020' as const }],
  ])('hold %s, with nothing over another and nothing outside the margins', async (_, facts) => {
    const bytes = await decreeDocument(facts);
    const words = (await wordsOn(bytes)).filter(({ text }) => text !== '');
    const outside = words.filter(({ left, right, y }) => left < 56 || right > 595.28 - 55.5 || y < 28 || y > 800);
    const touching = words.flatMap((word, index) =>
      words.slice(index + 1).flatMap((other) => {
        const beside = word.right <= other.left || other.right <= word.left;
        const [below, above] = word.y < other.y ? [word, other] : [other, word];
        // Above the height of capitals, and below the tails of letters.
        const apart = below.y + below.size * 0.69 <= above.y - above.size * 0.21;
        return word.page !== other.page || beside || apart ? [] : [[word.text, other.text]];
      }),
    );

    expect(words.length).toBeGreaterThan(100);
    expect(outside).toEqual([]);
    expect(touching).toEqual([]);
    expect(bytes.length).toBeLessThan(60_000);
  });

  it.each([
    ['three provinces', factsOf()],
    ['a long address', largest()],
  ])('lead to the page of the batch by a QR code: %s', async (_, facts) => {
    const [page = ''] = await operatorsOf(await decreeDocument(facts));
    const dark = new Set<string>();
    for (const [, from, row, to] of page.matchAll(/\n(\d+) (\d+) m\n(\d+) \2 l\n\3 \d+\.01 l/g))
      for (let column = Number(from); column < Number(to); column += 1) dark.add(`${column} ${row}`);

    const expected = qrcode(0, 'Q');
    expected.addData(facts.batchUrl);
    expected.make();
    const modules = Array.from({ length: expected.getModuleCount() }, (_, index) => index);
    const wrong = modules.flatMap((row) =>
      modules.filter((column) => dark.has(`${column} ${row}`) !== expected.isDark(row, column)),
    );
    expect(dark.size).toBeGreaterThan(200);
    expect(wrong).toEqual([]);
  });
});

describe('facts that contradict each other', () => {
  const { recipients, provinces } = factsOf();

  it.each([
    ['a recipient who lives nowhere', { recipients: { ...recipients, byDraw: 161 } }],
    ['more empty places than were left', { emptyPlaces: 46 }],
    ['fewer empty places than recipients leave', { emptyPlaces: 42 }],
    ['an approval before the closing', { approved: { by: 'bagus.pratama', at: '2026-11-27T16:59:58.000Z' } }],
    ['a decree before its approval', { ordered: { by: 'dewi.lestari', at: '2026-11-28T07:04:59.000Z' } }],
    ['a province twice', { provinces: [...provinces, { provinceCode: '32', places: 0, recipients: 0 }] }],
    [
      'a province that the program does not count',
      { provinces: [...provinces, { provinceCode: '93', places: 0, recipients: 0 }] },
    ],
    ['a stratum twice', { strata: [25, 25].map((places) => ({ stratum: 'migrant_worker' as const, places })) }],
    ['a digest cut short', { csvDigest: '0fe3' }],
    ['an address that is none', { batchUrl: 'gelombang/67' }],
  ])('are refused: %s', async (_, changed) => {
    await expect(decreeDocument(factsOf(changed))).rejects.toThrow();
  });

  it.each([
    ['all overrides took a place', { emptyPlaces: 43 }],
    ['no override took a place', { emptyPlaces: 45 }],
    [
      'it was ordered in the instant of its approval',
      { ordered: { by: 'dewi.lestari', at: '2026-11-28T07:05:00.000Z' } },
    ],
  ])('are not those where %s', async (_, changed) => {
    expect((await decreeDocument(factsOf(changed))).length).toBeGreaterThan(1_000);
  });
});
