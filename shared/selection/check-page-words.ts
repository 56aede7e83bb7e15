import { reasonCodes } from '#shared/registration/eligibility/decide.ts';
import { reasonWords } from '#shared/registration/eligibility/reasons.ts';

/** What the check page says, by code: Indonesian, and English under it. Signs in braces are filled in by the script. */
type Words = Readonly<Record<string, readonly [indonesian: string, english: string]>>;

/** The answer in big words: the heading, and a sentence below it. */
const verdicts = {
  won: ['Selamat, Anda terpilih!', 'Congratulations, you were selected'],
  waiting: ['Daftar tunggu nomor {place}', 'Waiting list, number {place}'],
  not_drawn: ['Belum terpilih kali ini', 'Not selected this time'],
  family_full: ['Belum terpilih: tempat keluarga sudah terisi', 'Not selected: the places of your family are taken'],
  refused: ['Tidak lolos penyaringan', 'Not let through by the screening'],
  absent: ['Nomor ini tidak ada di gelombang {batch}', 'This number is not in batch {batch}'],
  differs: ['Ada yang tidak cocok', 'Something does not match'],
  committed: ['Undian belum dilakukan', 'The draw has not been held yet'],
  open: ['Daftar peserta belum dikunci', 'The list of applicants is not fixed yet'],
} as const satisfies Words;

const explanations = {
  won: [
    'Peringkat {place} dari {winners} orang yang mendapat tempat. Peramban Anda menghitung ulang undian ini, dan hasilnya cocok.',
    'Rank {place} of {winners}. Your browser computed this draw again, and it matches.',
  ],
  waiting: [
    'Anda belum mendapat tempat. Tempat yang kosong di provinsi Anda ditawarkan menurut urutan daftar tunggu. Peramban Anda menghitung ulang undian ini, dan hasilnya cocok.',
    'You have no place yet; places that fall free in your province are offered in this order. Your browser computed this draw again, and it matches.',
  ],
  not_drawn: [
    'Semua tempat diberikan kepada angka undian yang lebih kecil daripada angka Anda. Peramban Anda menghitung ulang undian ini, dan hasilnya cocok. Anda dapat ikut lagi di gelombang berikutnya.',
    'All places went to smaller lots than yours. Your browser computed this draw again, and it matches. You can join the next batch.',
  ],
  family_full: [
    'Anggota lain pada kartu keluarga Anda sudah mengisi semua tempat yang tersisa untuk satu keluarga ({places}). Peramban Anda menghitung ulang undian ini, dan hasilnya cocok.',
    'Others on your family card took all the places that one family had left ({places}). Your browser computed this draw again, and it matches.',
  ],
  refused: [
    'Karena itu Anda tidak ikut diundi. Daftar yang diundi cocok dengan yang dikunci sebelum undian.',
    'So you were not in the draw. The list that was drawn is the one that was fixed before.',
  ],
  absent: [
    'Periksa apakah nomor diketik persis seperti yang Anda terima, dan apakah gelombangnya benar: setiap gelombang memberi nomor lain. Daftar yang diundi terbukti lengkap, dan nomor ini tidak ada di dalamnya.',
    'Check that the number is typed as you received it, and that the batch is right: each batch gives another number. The list that was drawn is proved to be complete, and does not hold it.',
  ],
  differs: [
    'Hitungan ulang di peramban Anda berbeda dengan berkas yang diterbitkan. Hasil ini jangan dipercaya sebelum ada penjelasan. Simpan atau cetak halaman ini, lalu laporkan kepada layanan Kartu Prakerja.',
    'What your browser computed differs from the published files. Do not rely on this result before it is explained. Save or print this page, and report it.',
  ],
  committed: [
    'Daftar {count} peserta dikunci pada {time}. Angka acak yang menentukan undian belum diketahui siapa pun. Catat sidik di bawah: setelah undian, sidik yang sama harus muncul lagi di halaman ini.',
    'The list of {count} applicants is fixed, and nobody knows the randomness yet. Note the digest below: the same must appear here after the draw.',
  ],
  open: [
    'Gelombang ini belum ditutup, atau nomornya tidak dikenal. Kembalilah setelah pendaftaran ditutup.',
    'This batch is not closed yet, or its number is unknown. Come back when it is closed.',
  ],
} as const satisfies Record<keyof typeof verdicts, readonly [string, string]>;

/** Why the screening refused somebody, and what can be done about it: the sentences of the rules. */
const refusalReasons: Words = Object.fromEntries(
  reasonCodes.map((code) => {
    const { id, en, remedy } = reasonWords[code];
    return [code, [`${id} ${remedy.id}`, `${en} ${remedy.en}`]];
  }),
);

const steps = {
  terms: ['Aturan dan daftar dikunci sebelum undian', 'Rules and list were fixed before the draw'],
  record: ['Anda ada di dalam daftar yang dikunci', 'You are in the list that was fixed'],
  record_others: [
    'Kelompok ini lengkap di dalam daftar yang dikunci',
    'This group is whole in the list that was fixed',
  ],
  seed: ['Angka acak tidak dapat dipilih siapa pun', 'Nobody could choose the randomness'],
  score: ['Angka undian Anda', 'Your lot'],
  outcome: ['Hasil sesuai dengan aturan', 'The outcome follows from the rules'],
  screening: ['Penyaringan', 'Screening'],
  signature: ['Hasil ditandatangani program', 'The result is signed by the program'],
} as const satisfies Words;

const stepSentences = {
  terms: [
    'Sidik (SHA-256) berkas komitmen dihitung dari isinya. Hasil undian memakai aturan dan daftar yang sama. Bandingkan sidik itu dengan yang diumumkan, atau yang Anda catat, sebelum undian.',
    'The digest of the commitment is computed from its bytes; the result uses the same rules and list. Compare it with the one announced before the draw.',
  ],
  record: [
    'Dari data Anda dan semua orang di kelompok ini dihitung akar daftar. Akar itu tertulis di komitmen: satu data saja diubah, ditambah atau dihapus, akarnya berbeda.',
    'The root of the list is computed from your record and all others of this group. Changing, adding or removing one would change it.',
  ],
  record_others: [
    'Dari data semua orang di kelompok ini dihitung akar daftar. Akar itu tertulis di komitmen: tidak seorang pun dapat ditambah atau dihapus. Nomor ini tidak ada di dalamnya.',
    'The root of the list is computed from all of this group: nobody can be added or removed. This number is not among them.',
  ],
  seed_two_operators: [
    'Dua petugas menyegel angka rahasia sebelum daftar dibuat. Segel keduanya terbuka dengan angka yang ditunjukkan kemudian, dan dari keduanya dihitung benih undian.',
    'Two operators sealed a secret number each before the list was made. Both seals open, and the seed follows from both numbers.',
  ],
  seed_drand: [
    'Benih undian dihitung dari tanda tangan suar acak publik drand, pada putaran yang ditetapkan sebelum terjadi.',
    'The seed is computed from the signature of the public beacon drand, in a round that was named before it happened.',
  ],
  score: [
    'Nomor undian Anda dienkripsi (AES-256) dengan benih itu. Setiap lot memberi satu angka; yang terkecil adalah angka undian Anda. Makin kecil makin baik.',
    'Your draw number is encrypted under the seed. Each lot gives a number; the smallest counts, and smaller is better.',
  ],
  outcome: [
    'Angka semua orang di kelompok ini dibandingkan dengan angka terakhir yang mendapat tempat di kuota mereka. Peringkat seluruh negeri dan urutan daftar tunggu dihitung ulang oleh npm run verify-draw.',
    'The lots of all in this group are compared with the last lot that got a place. Ranks of the whole country are computed again by npm run verify-draw.',
  ],
  signature: [
    'Sidik hasil undian cocok dengan yang disebut berkas kelompok. Tanda tangan membuktikan asalnya bila kunci publik di bawah sama dengan yang diumumkan program.',
    'The digest of the result is the one that the file of the group names. A signature proves where it comes from if the public key below is the announced one.',
  ],
} as const satisfies Words;

const marks = {
  agrees: ['Setuju', 'agrees'],
  partly: ['Setuju sebagian', 'agrees in part'],
  computed: ['Dihitung', 'computed'],
  differs: ['Berbeda', 'differs'],
} as const satisfies Words;

/** What differs in a step. */
export const differences = {
  unreadable: ['Berkas tidak lengkap atau tidak terbaca.', 'A file is incomplete or cannot be read.'],
  not_canonical: ['Berkas tidak ditulis dalam bentuk bakunya.', 'The file is not in its canonical form.'],
  version_unknown: [
    'Versi cara undian ini tidak dikenal halaman ini.',
    'This page does not know this version of the draw.',
  ],
  batch_other: ['Berkas milik gelombang lain.', 'A file belongs to another batch.'],
  commitment_digest: ['Sidik komitmen berbeda.', 'The digest of the commitment differs.'],
  terms_changed: [
    'Hasil memakai aturan atau daftar yang lain daripada yang dikunci.',
    'The result uses other rules or another list than those that were fixed.',
  ],
  group_other: ['Berkas ini milik kelompok nomor lain.', 'This file belongs to another group.'],
  group_order: [
    'Isi kelompok tidak urut, ganda, atau bukan dari kelompok ini.',
    'The group is out of order, or not of this group.',
  ],
  group_root: ['Akar kelompok berbeda: ada data yang diubah, ditambah atau dihapus.', 'The root of the group differs.'],
  path_length: ['Jalur ke akar daftar tidak lengkap.', 'The path to the root of the list is incomplete.'],
  list_root: ['Akar daftar berbeda dari yang dikunci.', 'The root of the list differs from the one that was fixed.'],
  record_rules: ['Data seseorang melanggar aturan undian.', 'A record is outside the rules.'],
  reveal_other: ['Sumber angka acak bukan yang ditetapkan.', 'The randomness is not from where it was to come.'],
  seals_alike: [
    'Kedua segel tidak berasal dari dua petugas yang berbeda.',
    'The seals are not of two different operators.',
  ],
  seal_1: ['Angka petugas pertama tidak membuka segelnya.', 'The first number does not open its seal.'],
  seal_2: ['Angka petugas kedua tidak membuka segelnya.', 'The second number does not open its seal.'],
  round_early: [
    'Putaran suar terjadi sebelum daftar dikunci.',
    'The round of the beacon came before the list was fixed.',
  ],
  seed: ['Benih undian berbeda.', 'The seed differs.'],
  seed_form: ['Benih undian bukan 32 byte.', 'The seed is not 32 bytes.'],
  pool_unsound: [
    'Angka sebuah kuota tidak sesuai dengan yang dikunci.',
    'The figures of a quota do not fit what was fixed.',
  ],
  won_behind: [
    'Dinyatakan terpilih, padahal angkanya lebih besar daripada angka terakhir semua kuotanya.',
    'Stated as selected, with a lot behind the last one of every quota.',
  ],
  passed_over: [
    'Dinyatakan tidak terpilih, padahal angkanya cukup kecil untuk mendapat tempat.',
    'Stated as not selected, with a lot that is small enough for a place.',
  ],
  family_exceeded: [
    'Satu keluarga mendapat lebih banyak tempat daripada batasnya.',
    'A family has more places than it may have.',
  ],
  family_full_unsaid: [
    'Tempat keluarga sudah terisi, tetapi hasilnya tidak menyebutnya.',
    'The family is full, and the outcome does not say so.',
  ],
  family_not_full: [
    'Dinyatakan tempat keluarga terisi, padahal masih ada.',
    'The family is stated as full, and is not.',
  ],
  place_number: ['Peringkat atau nomor urut di luar batasnya.', 'The rank or position is out of its limits.'],
  outcome_unknown: ['Hasil yang dinyatakan tidak dikenal.', 'The stated outcome is unknown.'],
  group_outcomes: [
    'Ada hasil di kelompok ini yang tidak sesuai aturan.',
    'An outcome in this group does not follow from the rules.',
  ],
  rank_order: ['Urutan peringkat tidak mengikuti angka undian.', 'Ranks do not follow the lots.'],
  waiting_left_out: ['Seseorang dilewati dalam daftar tunggu.', 'Somebody was left out of the waiting list.'],
  refused_count: [
    'Jumlah yang tidak lolos berbeda dari yang dikunci.',
    'The number refused differs from the one that was fixed.',
  ],
  manifest_digest: ['Sidik hasil undian berbeda.', 'The digest of the result differs.'],
  signature_wrong: ['Tanda tangan program tidak cocok.', 'The signature does not match.'],
} as const satisfies Words;

/** What a step leaves unproved. */
const unproved = {
  beacon_unproved: [
    'Tanda tangan suar itu sendiri tidak diperiksa di sini: peramban belum mengenal jenisnya (BLS). Program npm run verify-draw memeriksanya, dan siapa pun dapat membandingkannya dengan suar:',
    'The signature of the beacon itself is not verified here, since browsers do not know its kind (BLS). npm run verify-draw does; anybody can compare it with the beacon:',
  ],
  reason_unproved: [
    'Penyaringan bukan undian. Yang dikunci hanya jumlah orang untuk setiap alasan, sehingga alasan untuk Anda sendiri tidak dapat dibuktikan di sini.',
    'The screening is no draw. Only the numbers by reason are fixed: your own reason cannot be proved here.',
  ],
  ed25519_unknown: [
    'Peramban Anda belum mengenal tanda tangan Ed25519, jadi tanda tangan tidak diperiksa. Perbarui peramban, atau gunakan npm run verify-draw.',
    'Your browser does not know Ed25519 signatures, so the signature was not verified. Update it, or use npm run verify-draw.',
  ],
} as const satisfies Words;

/** Names of what was computed. */
const facts = {
  commitment_digest: ['Sidik komitmen', 'Digest of the commitment'],
  members_changed: ['Bagian yang berbeda', 'Members that differ'],
  group_root: ['Akar kelompok', 'Root of the group'],
  list_root: ['Akar daftar', 'Root of the list'],
  group_size: ['Orang di kelompok ini', 'People in this group'],
  record: ['Data Anda, 22 byte', 'Your record, 22 bytes'],
  seal_1: ['Segel petugas pertama', 'Seal of the first operator'],
  seal_2: ['Segel petugas kedua', 'Seal of the second operator'],
  beacon_chain: ['Rantai suar', 'Chain of the beacon'],
  beacon_round: ['Putaran', 'Round'],
  beacon_time: ['Waktu putaran', 'Time of the round'],
  beacon_signature: ['Tanda tangan suar', 'Signature of the beacon'],
  seed: ['Benih undian', 'Seed'],
  lot: ['Lot', 'Lot'],
  outcome: ['Hasil yang tertulis', 'Stated outcome'],
  score: ['Angka undian Anda', 'Your lot'],
  last_score: ['Angka terakhir', 'Last lot'],
  group_outcomes: ['Hasil yang sesuai aturan di kelompok ini', 'Outcomes of this group that follow from the rules'],
  refusal: ['Alasan', 'Reason'],
  refused_total: ['Jumlah orang dengan alasan ini', 'People with this reason'],
  manifest_digest: ['Sidik hasil undian', 'Digest of the result'],
  public_key: ['Kunci publik', 'Public key'],
  signature: ['Tanda tangan', 'Signature'],
} as const satisfies Words;

const troubles = {
  number_malformed: [
    'Nomor undian terdiri atas 32 angka atau huruf a sampai f, dan berakhir dengan 00. Periksa lalu coba lagi.',
    'A draw number has 32 digits or letters from a to f, and ends with 00.',
  ],
  unreachable: [
    'Tidak dapat terhubung. Periksa koneksi internet Anda, lalu coba lagi. Hasil belum diperiksa.',
    'The service cannot be reached. Nothing was checked.',
  ],
  service: [
    'Layanan sedang terganggu ({status}). Hasil belum diperiksa; coba lagi nanti.',
    'The service failed. Nothing was checked.',
  ],
  file_missing: [
    'Berkas {file} belum tersedia. Hasil belum diperiksa; coba lagi nanti.',
    'The file is not there. Nothing was checked.',
  ],
  browser_old: [
    'Peramban ini tidak dapat menghitung sidik. Buka halaman ini lewat https di peramban yang lebih baru.',
    'This browser cannot compute digests. Open this page by https in a newer one.',
  ],
  unreadable: [
    'Berkas yang diterbitkan tidak terbaca. Hasil belum diperiksa; laporkan kepada layanan Kartu Prakerja.',
    'A published file cannot be read. Nothing was checked; please report it.',
  ],
} as const satisfies Words;

const strata = {
  extreme_poverty: ['kemiskinan ekstrem', 'extreme poverty'],
  migrant_worker: ['pekerja migran', 'migrant worker'],
  disability: ['penyandang disabilitas', 'disability'],
} as const satisfies Words;

export const words = {
  verdicts,
  explanations,
  refusalReasons,
  steps,
  stepSentences,
  marks,
  differences,
  unproved,
  facts,
  troubles,
  strata,
} as const;
