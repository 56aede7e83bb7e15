import { ok } from 'node:assert/strict';
import { Refusal } from '#shared/platform/refusal.ts';

/** What personal data is processed for. A version of the text names all that it asks consent for. */
export const purposes = ['registration', 'selection', 'training', 'payout', 'statistics'] as const;
export type Purpose = (typeof purposes)[number];

/** One version of the text that a citizen agrees to, in force from its instant until the next one. */
export type ConsentText = {
  readonly version: string;
  readonly from: string;
  readonly purposes: readonly Purpose[];
  /** The Indonesian text is the one that is agreed to; the English one translates it. */
  readonly id: string;
  readonly en: string;
};

/** All versions that ever were in force, oldest first. A text is never changed: a change is another version. */
export const consentTexts: readonly ConsentText[] = sound([
  {
    version: '2026-11',
    from: '2025-12-31T17:00:00.000Z',
    purposes: [...purposes],
    id: [
      'Saya menyetujui pemrosesan data pribadi saya (NIK, nomor KK, nama, tanggal lahir, jenis kelamin, nomor telepon, domisili, rekening) oleh',
      'Program Kartu Prakerja untuk pendaftaran dan pencocokan dengan data kependudukan, undian penerima, pembelian dan penyelesaian pelatihan,',
      'penerbitan sertifikat, pembayaran insentif, serta angka gabungan yang tidak menyebut siapa pun. Data disimpan terenkripsi dengan kunci milik',
      'saya sendiri. Saya dapat melihat dan mengunduh data saya, mengetahui siapa yang membacanya, menarik persetujuan ini, membatasi pemrosesan,',
      'dan meminta penghapusan; permintaan dijalankan paling lambat 3 x 24 jam. Catatan bahwa manfaat pernah diterima tetap disimpan tanpa nama.',
    ].join(' '),
    en: [
      'I consent to the processing of my personal data (NIK, family card number, name, date of birth, sex, phone number, domicile, account) by',
      'the Kartu Prakerja program for registration and its comparison with the civil registry, the draw, buying and finishing courses, certificates,',
      'the payment of incentives, and figures that name nobody. My data is encrypted with a key of my own. I can see and download it, learn who read',
      'it, withdraw this consent, restrict the processing, and ask for erasure; a request is carried out within 3 x 24 hours. The record that a',
      'benefit was received is kept without my name.',
    ].join(' '),
  },
]);

/** Versions in order, each once: a text that comes later is in force later. */
export function sound(texts: readonly ConsentText[]): readonly ConsentText[] {
  ok(texts.length > 0, 'There is a text to agree to');
  for (const [index, { version, from }] of texts.entries()) {
    const next = texts[index + 1];
    ok(!next || (next.version > version && next.from > from), 'Versions of a text follow each other');
  }
  return texts;
}

/** The text in force at an instant. The first one is also asked for before its time: nobody registers without a text. */
export function consentInForce(at: Date, texts: readonly ConsentText[] = consentTexts): ConsentText {
  const text = texts.findLast(({ from }) => from <= at.toISOString()) ?? texts[0];
  ok(text, 'There is a text to agree to');
  return text;
}

/** @throws Refusal `consent_missing`, which names the version to agree to, unless this is the version in force. */
export function checkConsent(version: string | null, at: Date, texts: readonly ConsentText[] = consentTexts): void {
  const { version: wanted } = consentInForce(at, texts);
  if (version === wanted) return;
  throw new Refusal('consent_missing', `Agree to the text of version ${wanted} first`, ['consentVersion']);
}
