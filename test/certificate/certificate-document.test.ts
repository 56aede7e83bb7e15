import fc from 'fast-check';
import { decodePDFRawStream, PDFDocument, PDFName, PDFRawStream, PDFString } from 'pdf-lib';
import qrcode from 'qrcode-generator';
import { describe, expect, it } from 'vitest';
import { type CertificateFacts, certificateDocument } from '#shared/certificate/certificate-document.ts';
import { dayInWords } from '#shared/certificate/day-in-words.ts';
import { qrCode } from '#shared/certificate/qr-code.ts';

const factsOf = (changed: Partial<CertificateFacts> = {}): CertificateFacts => ({
  number: 'KP-2026-7Q4M-9XWD',
  participantName: 'Siti Rahmawati',
  courseTitle: 'Dasar Pemasaran Digital untuk Usaha Kecil',
  institutionName: 'Lembaga Pelatihan Cakrawala Nusantara',
  learningMethod: 'webinar',
  hours: 15,
  completedAt: '2026-03-05T09:30:00Z',
  score: 87.5,
  verificationUrl: 'https://sertifikat.contoh.id/verify/KP-2026-7Q4M-9XWD',
  ...changed,
});

/** The lines of text on the page, in the order they are drawn, read from the page's own operators. */
async function linesOn(bytes: Uint8Array): Promise<string[]> {
  const document = await PDFDocument.load(bytes);
  const streams = document.context.enumerateIndirectObjects().map(([, object]) => object);
  const operators = streams
    .filter((object) => object instanceof PDFRawStream)
    .map((stream) => Buffer.from(decodePDFRawStream(stream).decode()).toString('latin1'))
    .filter((text) => text.includes(' Tj'));
  const latin = new TextDecoder('windows-1252');
  return [...operators.join('\n').matchAll(/<([0-9A-F]+)> Tj/g)].map(([, hex = '']) =>
    latin.decode(Buffer.from(hex, 'hex')),
  );
}

describe('the certificate', () => {
  it('is one A4 page on its side that names itself, its author and its language', async () => {
    const document = await PDFDocument.load(await certificateDocument(factsOf()), { updateMetadata: false });
    const [page, ...more] = document.getPages();

    expect(more).toEqual([]);
    expect(page?.getSize()).toEqual({ width: 841.89, height: 595.28 });
    expect(document.getTitle()).toBe('Sertifikat Pelatihan KP-2026-7Q4M-9XWD');
    expect(document.getAuthor()).toBe('Program Kartu Prakerja');
    expect(document.catalog.get(PDFName.of('Lang'))).toEqual(PDFString.of('id'));
    expect(document.getCreationDate()).toEqual(new Date('2026-03-05T09:30:00Z'));
    expect(document.getModificationDate()).toEqual(new Date('2026-03-05T09:30:00Z'));
  });

  it('states every fact in both languages', async () => {
    const lines = await linesOn(await certificateDocument(factsOf()));

    expect(lines).toEqual(
      expect.arrayContaining([
        'SERTIFIKAT PELATIHAN',
        'Certificate of Training',
        'Siti Rahmawati',
        'Dasar Pemasaran Digital untuk Usaha Kecil',
        'Lembaga Pelatihan Cakrawala Nusantara',
        '15 jam',
        '15 hours',
        'Webinar langsung',
        'Live webinar',
        '5 Maret 2026',
        '5 March 2026',
        '87,5 dari 100',
        '87.5 out of 100',
        'KP-2026-7Q4M-9XWD',
        'https://sertifikat.contoh.id/verify/KP-2026-7Q4M-9XWD',
      ]),
    );
  });

  it('is silent about a score that was not given', async () => {
    const { score: _, ...unscored } = factsOf();
    const lines = await linesOn(await certificateDocument(unscored));

    expect(lines.filter((line) => line.includes('SCORE') || line.includes('100'))).toEqual([]);
  });

  it.each([
    ['2026-03-04T16:59:59Z', '4 Maret 2026'],
    ['2026-03-04T17:00:00Z', '5 Maret 2026'],
  ])('dates a completion at %s by the day in Jakarta', async (completedAt, day) => {
    expect(await linesOn(await certificateDocument(factsOf({ completedAt })))).toContain(day);
  });

  it.each(Array.from({ length: 12 }, (_, month) => new Date(Date.UTC(2026, month, 28))))(
    'spells %s as Indonesians do',
    (at) => {
      const format = new Intl.DateTimeFormat('id-ID', { dateStyle: 'long', timeZone: 'Asia/Jakarta' });
      const english = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'Asia/Jakarta' });

      expect(dayInWords(at)).toEqual({ id: format.format(at), en: english.format(at) });
    },
  );

  it('is the same bytes for the same facts, and others for other facts', async () => {
    const first = Buffer.from(await certificateDocument(factsOf()));

    expect(first.equals(await certificateDocument(factsOf()))).toBe(true);
    expect(first.equals(await certificateDocument(factsOf({ hours: 16 })))).toBe(false);
  });

  it('writes a name in the letters it has, and loses no letter that has a likeness', async () => {
    const participantName = 'Zoë Nguyễn Đỗ\u00a0 Łukasz\tMuʼammar 王';

    expect(await linesOn(await certificateDocument(factsOf({ participantName })))).toContain(
      "Zoë Nguyen Do Lukasz Mu'ammar ?",
    );
  });

  it('breaks a long name between words and keeps all of it', async () => {
    const participantName =
      'Raden Ajeng Kusumaningtyas Prameswari Dewi Anggraeni Sastrowardoyo Hadiningrat Mangkunegaran';
    const lines = await linesOn(await certificateDocument(factsOf({ participantName })));
    const first = lines.findIndex((line) => line.startsWith('Raden'));

    expect(`${lines[first]} ${lines[first + 1]}`).toBe(participantName);
  });

  it('takes any text within the limits, in at most 60 KB', { timeout: 30_000 }, async () => {
    const text = (maxLength: number) =>
      fc
        .oneof(
          fc.string({ unit: 'binary', minLength: 1, maxLength }),
          fc.constantFrom('W', '—', 'ﷺ', '㎿', 'W ').map((letters) => letters.repeat(maxLength / letters.length)),
        )
        .map((words) => words.slice(0, maxLength))
        .filter((words) => words.trim().length > 0);
    const texts = { participantName: text(100), courseTitle: text(120), institutionName: text(120) };
    const check = async (changed: Partial<CertificateFacts>) => {
      expect((await certificateDocument(factsOf(changed))).length).toBeLessThan(60_000);
    };

    await fc.assert(fc.asyncProperty(fc.record(texts), check), { numRuns: 40 });
  });

  it.each([
    ['a name of 101 letters', { participantName: 'a'.repeat(101) }],
    ['a title of 121 letters', { courseTitle: 'a'.repeat(121) }],
    ['an empty name', { participantName: ' ' }],
    ['an address of another certificate', { verificationUrl: 'https://sertifikat.contoh.id/verify/KP-2026-0000-0000' }],
    ['a day without its time', { completedAt: '2026-03-05' }],
  ])('refuses %s', async (_, changed) => {
    await expect(certificateDocument(factsOf(changed))).rejects.toThrow();
  });

  it.each([
    ['a name of 100 letters', { participantName: 'a'.repeat(100) }],
    ['a title of 120 letters', { courseTitle: 'a'.repeat(120) }],
  ])('takes %s', async (_, changed) => {
    expect((await certificateDocument(factsOf(changed))).length).toBeGreaterThan(1_000);
  });
});

describe('the QR code', () => {
  it('draws every dark module and no light one', () => {
    const text = 'https://sertifikat.contoh.id/verify/KP-2026-7Q4M-9XWD';
    const { path, modules } = qrCode(text);
    const drawn = new Set<string>();
    for (const [, column, row, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v/g))
      for (let step = 0; step < Number(length); step += 1) drawn.add(`${Number(column) + step} ${row}`);

    const expected = qrcode(0, 'Q');
    expected.addData(text);
    expected.make();
    const wrong: string[] = [];
    for (let row = 0; row < modules; row += 1)
      for (let column = 0; column < modules; column += 1)
        if (drawn.has(`${column} ${row}`) !== expected.isDark(row, column)) wrong.push(`${column} ${row}`);

    expect(modules).toBe(expected.getModuleCount());
    expect(wrong).toEqual([]);
  });
});
