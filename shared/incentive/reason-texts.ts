import { grouped } from '#shared/platform/digits.ts';

/** Why something is as it is: a stable code, and a sentence for the citizen. */
export type Reason = { readonly code: string; readonly text: string };

const laterByItself = 'Kami mencobanya lagi. Anda tidak perlu melakukan apa pun.';
const atTheBank = 'Bank atau e-wallet menolak kiriman ini.';

/** Sentences for citizens, by the codes of checks, payouts, holds and debts. */
const sentences: Readonly<Record<string, string>> = {
  // An account
  account_unknown: 'Nomor rekening atau e-wallet tidak ditemukan.',
  account_inactive: 'Rekening atau e-wallet tidak aktif.',
  account_dormant: 'Rekening atau e-wallet tidak aktif.',
  account_closed: 'Rekening atau e-wallet sudah ditutup.',
  nik_differs: 'NIK pemilik rekening atau e-wallet berbeda dengan NIK Anda.',
  holder_differs: 'Nama pemilik rekening atau e-wallet berbeda dengan nama Anda.',
  holder_unproven: 'Pemilik rekening atau e-wallet tidak dapat dipastikan.',
  kyc_missing: 'E-wallet belum ditingkatkan dengan verifikasi identitas.',
  // A payment
  forfeited: 'Hak Anda atas insentif ini sudah dicabut.',
  returned: 'Uang yang sudah dikirim dikembalikan oleh bank atau e-wallet.',
  cancelled: atTheBank,
  failed: atTheBank,
  limit_exceeded: 'Saldo e-wallet akan melebihi batas. Kosongkan sebagian saldo; kami mencobanya lagi.',
  // A hold
  blacklisted: 'Kepesertaan Anda ditangguhkan berdasarkan keputusan.',
  eligibility_lost: 'Kelayakan Anda sedang diperiksa kembali.',
  audit_finding: 'Data Anda sedang diperiksa karena temuan audit.',
  fraud_suspected: 'Data Anda sedang diperiksa karena dugaan penyalahgunaan.',
  account_shared: 'Rekening atau e-wallet Anda juga dipakai peserta lain dan sedang diperiksa.',
  manual: 'Pembayaran Anda sedang diperiksa petugas.',
  // A debt
  not_entitled: 'Anda tidak memenuhi syarat sebagai penerima.',
  identity_forged: 'Identitas yang didaftarkan tidak benar.',
};

/** A code with its sentence. What has no sentence of its own is ours to mend. */
export function reasonOf(code: string): Reason {
  return { code, text: sentences[code] ?? laterByItself };
}

/** An amount as citizens write it: `Rp600.000`. */
export function rupiahText(rupiah: number): string {
  return `Rp${grouped(rupiah)}`;
}
