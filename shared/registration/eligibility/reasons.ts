import * as z from 'zod/mini';
import { type ReasonCode, reasonCodes } from '#shared/registration/eligibility/decide.ts';

const Sentences = z.strictObject({ id: z.string(), en: z.string() });

/** A reason as a citizen reads it: what stands against them, and what they can do about it. */
export const Reason = z.strictObject({ code: z.string(), ...Sentences.shape, remedy: Sentences });
export type Reason = z.infer<typeof Reason>;

type Words = Omit<Reason, 'code'>;

const registryPhone = '1500-537';
const nothing = {
  id: 'Hal ini tidak dapat diubah.',
  en: 'This cannot be changed.',
} as const;
const nextTime = {
  id: 'Jika pernyataan itu keliru, atau keadaan Anda berubah, nyatakan keadaan yang benar ketika bergabung.',
  en: 'If that statement is mistaken, or your situation changes, state what is right when you join.',
} as const;
const listedBy = (who: readonly [id: string, en: string]) => ({
  id: `Jika data itu keliru, mintalah ${who[0]} memperbaikinya, lalu bergabunglah lagi di gelombang berikutnya.`,
  en: `If that is mistaken, ask ${who[1]} to correct it, and join the next batch.`,
});

/** Every reason in Indonesian and English; the only place with these sentences. */
export const reasonWords: Readonly<Record<ReasonCode, Words>> = {
  identity_unverified: {
    id: 'Data diri Anda belum selesai diverifikasi oleh Dukcapil.',
    en: 'Your identity has not been verified by the civil registry yet.',
    remedy: {
      id: 'Setelah verifikasi selesai, Anda dapat bergabung di gelombang yang dibuka.',
      en: 'Once it is verified, you can join a batch that is open.',
    },
  },
  identity_refused: {
    id: 'Dukcapil menyatakan data diri Anda tidak cocok dengan data kependudukan.',
    en: 'The civil registry did not confirm your identity.',
    remedy: {
      id: `Periksa kembali data diri Anda. Jika sudah benar, hubungi Dukcapil di ${registryPhone}.`,
      en: `Check what you stated. If it is right, call the civil registry at ${registryPhone}.`,
    },
  },
  membership_revoked: {
    id: 'Kepesertaan Anda pernah dicabut, dan yang pernah dicabut tidak dapat mengikuti program lagi.',
    en: 'Your membership has been revoked, and nobody takes part again after that.',
    remedy: nothing,
  },
  already_recipient: {
    id: 'Anda sudah pernah menjadi penerima Kartu Prakerja, dan bantuan ini diberikan satu kali seumur hidup.',
    en: 'You have been a recipient before, and the benefit is given once in a lifetime.',
    remedy: nothing,
  },
  application_moved: {
    id: 'Anda sudah pindah ke gelombang lain.',
    en: 'You have moved to another batch.',
    remedy: {
      id: 'Lihat hasil Anda di gelombang yang terakhir Anda ikuti.',
      en: 'Look at the batch that you joined last.',
    },
  },
  age_outside: {
    id: 'Pada hari Anda bergabung, usia Anda di luar batas usia skema gelombang ini.',
    en: 'On the day of joining, your age was outside the limits of the scheme.',
    remedy: {
      id: 'Jika Anda belum cukup umur, Anda dapat bergabung setelah mencapai usia terendah.',
      en: 'If you are too young, you can join once you have reached the lowest age.',
    },
  },
  declaration_missing: {
    id: 'Anda belum mengisi pernyataan pendaftar, atau belum menyatakan bahwa isinya benar.',
    en: 'You have not made the declaration of applicants, or not stated that it is true.',
    remedy: {
      id: 'Isilah semua pernyataan dan nyatakan kebenarannya ketika bergabung.',
      en: 'Answer all of it, and state that it is true, when you join.',
    },
  },
  education_declared: {
    id: 'Anda menyatakan sedang mengikuti pendidikan formal.',
    en: 'You stated that you are in formal education.',
    remedy: nextTime,
  },
  education_listed: {
    id: 'Data pendidikan (Dapodik, EMIS) mencatat Anda sedang mengikuti pendidikan formal.',
    en: 'The records of education list you as being in formal education.',
    remedy: listedBy(['sekolah atau kampus Anda', 'your school or university']),
  },
  office_declared: {
    id: 'Anda menyatakan memegang jabatan yang tidak boleh menerima Kartu Prakerja.',
    en: 'You stated that you hold an office whose holders are excluded.',
    remedy: nextTime,
  },
  civil_service_listed: {
    id: 'Data kepegawaian negara mencatat Anda sebagai aparatur sipil negara.',
    en: 'The records of the civil service list you as a civil servant.',
    remedy: listedBy(['instansi atau BKN', 'your agency or the civil service agency']),
  },
  army_police_listed: {
    id: 'Data TNI atau Polri mencatat Anda sebagai anggota.',
    en: 'The records of the armed forces or the police list you as a member.',
    remedy: listedBy(['TNI atau Polri', 'the armed forces or the police']),
  },
  state_enterprise_listed: {
    id: 'Data BUMN dan BUMD mencatat Anda sebagai direksi, komisaris, atau dewan pengawas.',
    en: 'The records of state enterprises list you as a director, commissioner or supervisor.',
    remedy: listedBy(['badan usaha itu', 'that enterprise']),
  },
  social_aid_declared: {
    id: 'Anda menyatakan menerima bantuan sosial lain, dan skema gelombang ini tidak untuk penerimanya.',
    en: 'You stated that you receive other social aid, and this scheme is not for its recipients.',
    remedy: nextTime,
  },
  social_aid_listed: {
    id: 'Data bantuan sosial mencatat Anda sebagai penerima, dan skema gelombang ini tidak untuk penerimanya.',
    en: 'The records of social aid list you as a recipient, and this scheme is not for its recipients.',
    remedy: listedBy(['Dinas Sosial', 'the social affairs office']),
  },
  family_full: {
    id: 'Kartu keluarga Anda sudah memiliki jumlah penerima paling banyak dari gelombang sebelumnya.',
    en: 'Your family card already has as many recipients as it may have, from earlier batches.',
    remedy: nothing,
  },
};

/** Of a code that this version does not know: an older or a newer one published it. */
const unheardOf: Words = {
  id: 'Hubungi layanan Kartu Prakerja.',
  en: 'Ask the service of Kartu Prakerja.',
  remedy: { id: 'Layanan dapat menjelaskan alasannya.', en: 'The service can explain the reason.' },
};

const isKnown = (code: string): code is ReasonCode => (reasonCodes as readonly string[]).includes(code);

/** A reason with its sentences. */
export const reasonOf = (code: string): Reason => ({ code, ...(isKnown(code) ? reasonWords[code] : unheardOf) });
