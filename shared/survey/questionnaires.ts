import { type Option, type Questionnaire, soundQuestionnaire } from '#shared/survey/questionnaire.ts';

/** Choices by their codes from 1 on. */
const options = (...texts: readonly string[]): Option[] => texts.map((text, index) => ({ code: index + 1, text }));

/** What everybody agrees to before the first question. Another version for every change. */
export const surveyConsent = {
  version: '2026-11',
  text: [
    'Survei ini menanyakan pekerjaan, penghasilan, dan pengalaman pelatihan Anda. Jawaban dipakai untuk menilai dan memperbaiki Program Kartu Prakerja,',
    'disimpan terkunci bersama data diri Anda, dan hanya diumumkan sebagai angka gabungan yang tidak menyebut siapa pun.',
    'Tidak ada jawaban benar atau salah: isi jawaban tidak mengubah hak Anda atas insentif survei. Mengisi survei bersifat sukarela.',
    'Pertanyaan tentang survei ini dapat dikirim ke survei@prakerja.go.id.',
  ].join(' '),
} as const;

const activities = options(
  'Bekerja sebagai karyawan, pegawai, atau buruh',
  'Menjalankan usaha sendiri',
  'Mencari pekerjaan atau menyiapkan usaha',
  'Sekolah atau kuliah',
  'Mengurus rumah tangga',
  'Kegiatan lain',
);
const earning = [1, 2];

const incomeBands = options(
  'Kurang dari Rp500.000',
  'Rp500.000 sampai Rp999.999',
  'Rp1.000.000 sampai Rp1.999.999',
  'Rp2.000.000 sampai Rp2.999.999',
  'Rp3.000.000 sampai Rp4.999.999',
  'Rp5.000.000 atau lebih',
  'Tidak ada penghasilan',
);
const contentment = { lowest: 'Sangat tidak puas', highest: 'Sangat puas' } as const;

const workAndTraining: Questionnaire = {
  number: 1,
  version: '2026-11',
  title: 'Pekerjaan dan manfaat pelatihan',
  questions: [
    {
      id: 'kegiatan',
      text: 'Apa kegiatan utama Anda dalam tujuh hari terakhir?',
      kind: 'single',
      options: activities,
    },
    {
      id: 'hubungan',
      text: 'Apa bentuk hubungan kerja Anda?',
      kind: 'single',
      options: options('Karyawan tetap', 'Karyawan kontrak', 'Harian lepas atau borongan', 'Magang', 'Lainnya'),
      shownIf: { question: 'kegiatan', oneOf: [1] },
    },
    {
      id: 'pekerja',
      text: 'Berapa orang yang bekerja di usaha Anda, termasuk Anda sendiri?',
      kind: 'number',
      minimum: 1,
      maximum: 1_000,
      unit: 'orang',
      shownIf: { question: 'kegiatan', oneOf: [2] },
    },
    {
      id: 'jam',
      text: 'Berapa jam Anda bekerja dalam tujuh hari terakhir?',
      kind: 'number',
      minimum: 0,
      maximum: 112,
      unit: 'jam',
      shownIf: { question: 'kegiatan', oneOf: earning },
    },
    {
      id: 'upah',
      text: 'Berapa penghasilan bersih Anda dari pekerjaan atau usaha itu bulan lalu?',
      kind: 'single',
      options: incomeBands,
      shownIf: { question: 'kegiatan', oneOf: earning },
    },
    {
      id: 'mencari',
      text: 'Apa saja yang sudah Anda lakukan untuk mendapat pekerjaan atau memulai usaha?',
      kind: 'multiple',
      options: options(
        'Melamar lewat situs lowongan kerja',
        'Melamar langsung ke perusahaan',
        'Bertanya kepada keluarga atau kenalan',
        'Mendaftar di dinas tenaga kerja',
        'Menyiapkan modal, tempat, atau izin usaha',
        'Belum melakukan apa pun',
      ),
      most: 6,
      shownIf: { question: 'kegiatan', oneOf: [3] },
    },
    {
      id: 'dahulu',
      text: 'Apa kegiatan utama Anda sebelum mengikuti pelatihan Kartu Prakerja?',
      kind: 'single',
      options: activities,
    },
    {
      id: 'terpakai',
      text: 'Apakah keterampilan dari pelatihan pertama sudah Anda gunakan?',
      kind: 'single',
      options: options('Ya, hampir setiap hari', 'Ya, sesekali', 'Belum pernah'),
    },
    {
      id: 'guna',
      text: 'Untuk apa keterampilan itu Anda gunakan?',
      kind: 'multiple',
      options: options(
        'Mendapat pekerjaan baru',
        'Mengerjakan pekerjaan yang sama dengan lebih baik',
        'Memulai usaha',
        'Mengembangkan usaha yang sudah ada',
        'Keperluan rumah tangga atau pribadi',
      ),
      most: 5,
      shownIf: { question: 'terpakai', oneOf: [1, 2] },
    },
    {
      id: 'kendala',
      text: 'Apa alasan utama keterampilan itu belum Anda gunakan?',
      kind: 'single',
      options: options(
        'Belum ada pekerjaan yang sesuai',
        'Belum ada modal atau alat',
        'Materi belum cukup untuk dipraktikkan',
        'Tidak ada waktu',
        'Alasan lain',
      ),
      shownIf: { question: 'terpakai', oneOf: [3] },
    },
    {
      id: 'puas',
      text: 'Seberapa puas Anda dengan pelatihan pertama secara keseluruhan?',
      kind: 'scale',
      ...contentment,
    },
    {
      id: 'saran',
      text: 'Apa yang sebaiknya diperbaiki dari pelatihan itu? Jangan menulis nama, NIK, atau nomor telepon.',
      kind: 'text',
      optional: true,
    },
  ],
};

const incomeAndFinance: Questionnaire = {
  number: 2,
  version: '2026-11',
  title: 'Penghasilan dan keuangan',
  questions: [
    {
      id: 'kegiatan',
      text: 'Apa kegiatan utama Anda dalam tujuh hari terakhir?',
      kind: 'single',
      options: activities,
    },
    {
      id: 'baru',
      text: 'Apakah pekerjaan atau usaha itu dimulai setelah Anda menyelesaikan pelatihan?',
      kind: 'single',
      options: options('Ya', 'Tidak'),
      shownIf: { question: 'kegiatan', oneOf: earning },
    },
    {
      id: 'bulan',
      text: 'Berapa bulan setelah pelatihan pekerjaan atau usaha itu dimulai?',
      kind: 'number',
      minimum: 0,
      maximum: 24,
      unit: 'bulan',
      shownIf: { question: 'baru', oneOf: [1] },
    },
    {
      id: 'upah',
      text: 'Berapa seluruh penghasilan bersih Anda bulan lalu?',
      kind: 'single',
      options: incomeBands,
    },
    {
      id: 'berubah',
      text: 'Dibandingkan dengan sebelum pelatihan, bagaimana penghasilan Anda sekarang?',
      kind: 'single',
      options: options('Lebih tinggi', 'Sama saja', 'Lebih rendah', 'Dahulu tidak berpenghasilan'),
    },
    {
      id: 'anggota',
      text: 'Berapa orang yang tinggal dan makan bersama di rumah tangga Anda?',
      kind: 'number',
      minimum: 1,
      maximum: 30,
      unit: 'orang',
    },
    {
      id: 'belanja',
      text: 'Untuk apa saja insentif yang sudah Anda terima digunakan?',
      kind: 'multiple',
      options: options(
        'Kebutuhan pokok',
        'Modal atau alat usaha',
        'Biaya mencari kerja',
        'Pendidikan',
        'Membayar utang',
        'Ditabung',
        'Lainnya',
      ),
      most: 7,
    },
    {
      id: 'rekening',
      text: 'Apakah rekening bank atau dompet elektronik pertama Anda dibuka untuk menerima insentif?',
      kind: 'single',
      options: options('Ya', 'Tidak, sudah punya sebelumnya'),
    },
    {
      id: 'dipakai',
      text: 'Untuk apa saja rekening atau dompet elektronik itu Anda gunakan sekarang?',
      kind: 'multiple',
      options: options(
        'Menyimpan uang',
        'Membayar belanja',
        'Mengirim uang',
        'Menerima hasil usaha',
        'Tidak digunakan',
      ),
      most: 5,
    },
    {
      id: 'mudah',
      text: 'Seberapa mudah bagi Anda menerima insentif?',
      kind: 'scale',
      lowest: 'Sangat sulit',
      highest: 'Sangat mudah',
    },
    {
      id: 'sulit',
      text: 'Apa yang menyulitkan Anda? Jangan menulis nama, NIK, atau nomor rekening.',
      kind: 'text',
      shownIf: { question: 'mudah', oneOf: [1, 2] },
    },
  ],
};

const qualityAndPlans: Questionnaire = {
  number: 3,
  version: '2026-11',
  title: 'Mutu pelatihan dan rencana',
  questions: [
    {
      id: 'kegiatan',
      text: 'Apa kegiatan utama Anda dalam tujuh hari terakhir?',
      kind: 'single',
      options: activities,
    },
    {
      id: 'upah',
      text: 'Berapa seluruh penghasilan bersih Anda bulan lalu?',
      kind: 'single',
      options: incomeBands,
    },
    {
      id: 'sesuai',
      text: 'Seberapa sesuai materi pelatihan dengan keterangan sebelum Anda membelinya?',
      kind: 'scale',
      lowest: 'Sangat tidak sesuai',
      highest: 'Sangat sesuai',
    },
    {
      id: 'pengajar',
      text: 'Seberapa jelas pengajar menerangkan materi?',
      kind: 'scale',
      lowest: 'Sangat tidak jelas',
      highest: 'Sangat jelas',
    },
    {
      id: 'praktik',
      text: 'Apakah pelatihan memberi cukup latihan praktik?',
      kind: 'single',
      options: options('Ya', 'Kurang', 'Tidak ada praktik'),
    },
    {
      id: 'gangguan',
      text: 'Gangguan apa saja yang Anda alami selama pelatihan?',
      kind: 'multiple',
      options: options(
        'Jaringan internet',
        'Perangkat yang kurang memadai',
        'Jadwal yang bertabrakan',
        'Aplikasi atau situs yang bermasalah',
        'Tidak ada gangguan',
      ),
      most: 4,
    },
    {
      id: 'sertifikat',
      text: 'Apakah sertifikat pelatihan pernah Anda tunjukkan untuk melamar pekerjaan atau mencari pelanggan?',
      kind: 'single',
      options: options('Ya', 'Tidak'),
    },
    {
      id: 'dihargai',
      text: 'Seberapa dihargai sertifikat itu menurut Anda?',
      kind: 'scale',
      lowest: 'Sama sekali tidak',
      highest: 'Sangat dihargai',
      shownIf: { question: 'sertifikat', oneOf: [1] },
    },
    {
      id: 'lanjut',
      text: 'Apakah Anda berencana mengikuti pelatihan lain dengan biaya sendiri?',
      kind: 'single',
      options: options('Ya', 'Belum tahu', 'Tidak'),
    },
    {
      id: 'bidang',
      text: 'Bidang pelatihan apa yang Anda perlukan? Jangan menulis nama, NIK, atau nomor telepon.',
      kind: 'text',
      optional: true,
      shownIf: { question: 'lanjut', oneOf: [1, 2] },
    },
    {
      id: 'puas',
      text: 'Seberapa puas Anda dengan Program Kartu Prakerja secara keseluruhan?',
      kind: 'scale',
      ...contentment,
    },
  ],
};

/** All versions that ever were answered, the newest of a survey last. */
export const questionnaires: readonly Questionnaire[] = [workAndTraining, incomeAndFinance, qualityAndPlans].map(
  soundQuestionnaire,
);

/** What is asked now in a survey; undefined for a survey that no scheme has. */
export function currentQuestionnaire(number: number): Questionnaire | undefined {
  return questionnaires.findLast((questionnaire) => questionnaire.number === number);
}

/** A version of a survey: also an older one, that somebody began before the newer came. */
export function questionnaireOf(number: number, version: string): Questionnaire | undefined {
  return questionnaires.find((questionnaire) => questionnaire.number === number && questionnaire.version === version);
}
