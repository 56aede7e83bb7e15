import type { RefusalCode } from '#shared/platform/refusal-codes.ts';

export type PartnerError = {
  readonly code: string;
  readonly message: string;
  readonly status: number;
  /** `documented`: on the developer pages. `client`: in public client code. `ours`: the contract is silent; correct it here. */
  readonly evidence: 'documented' | 'client' | 'ours';
};

const ours = (code: string, message: string, status = 400): PartnerError => ({
  code,
  message,
  status,
  evidence: 'ours',
});
const client = (code: string, message: string): PartnerError => ({ code, message, status: 400, evidence: 'client' });
const documented = (code: string, message: string): PartnerError => ({
  code,
  message,
  status: 400,
  evidence: 'documented',
});

/** The partner API's code, message and status of each refusal: the one table where the contract is known or guessed. */
export const partnerErrors: Partial<Record<RefusalCode, PartnerError>> = {
  // Section 3: signature, client, form of the request. Codes are ours.
  credentials_missing: ours('ERRAUT40101', 'Header client_code, timestamp dan signature wajib diisi.', 401),
  signature_wrong: ours('ERRAUT40102', 'Signature tidak valid.', 401),
  timestamp_stale: ours('ERRAUT40103', 'Timestamp tidak valid atau kedaluwarsa.', 401),
  role_missing: ours('ERRAUT40301', 'Client tidak berhak mengakses layanan ini.', 403),
  body_not_json: ours('ERRREQ40001', 'Format JSON tidak valid.'),
  request_invalid: ours('ERRREQ40002', 'Parameter tidak valid.'),
  body_too_large: ours('ERRREQ41301', 'Ukuran permintaan terlalu besar.', 413),
  // Section 5.5: redeem codes.
  redeem_code_unknown: client('ERRTRX40020', 'Transaksi tidak ditemukan'),
  redeem_code_foreign: client('ERRTRX40028', 'Gagal verifikasi, kode redeem bukan milik lembaga pelatihan.'),
  redeem_code_used: client('ERRTRX40021', 'Redeem Code sudah digunakan'),
  redeem_code_unused: ours('ERRTRX40030', 'Redeem Code belum digunakan'),
  redirect_unregistered: ours('ERRTRX40031', 'redirect_uri belum terdaftar'),
  sequence_invalid: ours('ERRTRX40032', 'sequence tidak valid'),
  // Section 7: payment.
  course_unknown: ours('ERRPLT40037', 'Pelatihan tidak ditemukan.'),
  schedule_unknown: ours('ERRPLT40038', 'Jadwal pelatihan tidak ditemukan.'),
  schedule_started: ours('ERRPLT40039', 'Jadwal pelatihan sudah dimulai.'),
  quota_full: ours('ERRPLT40040', 'Kuota pelatihan sudah habis.'),
  participant_unknown: ours('ERRPLT40041', 'Nomor Kartu Prakerja tidak ditemukan.'),
  not_recipient: ours('ERRPLT40042', 'Peserta bukan penerima Kartu Prakerja.'),
  membership_revoked: ours('ERRPLT40043', 'Kepesertaan sudah dicabut.'),
  price_differs: ours('ERRPLT40044', 'Harga tidak sesuai.'),
  credit_insufficient: ours('ERRPLT40045', 'Saldo pelatihan tidak mencukupi.'),
  purchase_deadline_passed: ours('ERRPLT40046', 'Batas waktu pembelian pelatihan pertama sudah lewat.'),
  training_unfinished: ours('ERRPLT40047', 'Selesaikan dan beri ulasan pelatihan sebelumnya.'),
  course_repeated: ours('ERRPLT40048', 'Pelatihan ini sudah pernah dibeli.'),
  purchase_pending: ours('ERRPLT40053', 'Pembelian lain sedang menunggu kode OTP.'),
  otp_wrong: ours('ERRPLT40049', 'Kode OTP salah.'),
  otp_attempts_exceeded: ours('ERRPLT40050', 'Kode OTP salah terlalu banyak. Minta kode baru.'),
  otp_resends_exceeded: ours('ERRPLT42901', 'Permintaan OTP terlalu banyak. Coba lagi dalam 2 jam.', 429),
  payment_token_invalid: ours('ERRPLT40051', 'Payment token tidak valid atau kedaluwarsa.'),
  invoice_reused: ours('ERRPLT40052', 'invoice_code sudah digunakan.'),
  processing_restricted: ours('ERRPLT40054', 'Peserta membatasi pemrosesan datanya.'),
  consent_missing: ours('ERRPLT40055', 'Peserta belum menyetujui ketentuan data pribadi yang berlaku.'),
  person_erased: ours('ERRPLT40056', 'Data peserta sudah dihapus.'),
  purchase_unknown: documented('ERRVOD40001', 'Kode transaksi tidak ditemukan.'),
  // Us.
  conflict_persistent: ours('ERRSYS50301', 'Layanan sedang sibuk. Coba lagi.', 503),
  service_unavailable: ours('ERRSYS50302', 'Layanan sedang sibuk. Coba lagi.', 503),
};

const unexpected = ours('ERRSYS50001', 'Terjadi kesalahan pada sistem.', 500);

/** The answer to an empty course or schedule code, as documented on the check-quota page; its message is cut there. */
export const emptyCourseError: PartnerError = documented('ERRPLT40036', 'course_code dan schedule_code wajib diisi.');

/** What a partner is told of a refusal. */
export function partnerErrorOf(code: RefusalCode): PartnerError {
  return partnerErrors[code] ?? unexpected;
}
