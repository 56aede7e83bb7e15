import * as z from 'zod/mini';
import type { PhotoFault } from '#shared/registration/identity/document-photo.ts';

const Sentences = z.strictObject({ id: z.string(), en: z.string() });

/** Why a photo was refused, as its owner reads it, and what to do. */
export const PhotoExplanation = z.strictObject({ code: z.string(), ...Sentences.shape, remedy: Sentences });
type Explanation = z.infer<typeof PhotoExplanation>;

const takeAgain = {
  id: 'Ambil foto lagi dengan kamera ponsel dan kirim sebagai JPEG.',
  en: 'Take the photo again with the camera of a phone, and send it as JPEG.',
};
const sendAgain = { id: 'Kirim foto yang sama sekali lagi.', en: 'Send the same photo again.' };

const words: Readonly<Record<PhotoFault, Omit<Explanation, 'code'>>> = {
  differs: {
    id: 'Berkas yang diterima bukan berkas yang diumumkan.',
    en: 'The file that came is not the one that was announced.',
    remedy: sendAgain,
  },
  type: {
    id: 'Berkas ini bukan foto JPEG atau PNG seperti yang dinyatakan.',
    en: 'The file is not a JPEG or PNG photo as it was stated to be.',
    remedy: takeAgain,
  },
  broken: { id: 'Foto ini rusak atau tidak lengkap.', en: 'The photo is broken or not whole.', remedy: takeAgain },
  more_inside: {
    id: 'Berkas ini berisi hal lain di samping foto.',
    en: 'The file holds something else beside the photo.',
    remedy: takeAgain,
  },
  unsupported: {
    id: 'Jenis foto ini tidak dapat dibaca.',
    en: 'This kind of photo cannot be read.',
    remedy: takeAgain,
  },
  too_small: {
    id: 'Foto terlalu kecil untuk dibaca: sisi pendeknya kurang dari 400 piksel.',
    en: 'The photo is too small to be read: its shorter side has less than 400 pixels.',
    remedy: takeAgain,
  },
  too_many_pixels: {
    id: 'Foto terlalu besar: lebih dari 24 megapiksel, atau satu sisinya lebih dari 8.000 piksel.',
    en: 'The photo is too large: more than 24 megapixels, or a side of more than 8,000 pixels.',
    remedy: takeAgain,
  },
};

/** The sentences of a fault. */
export const photoExplanation = (fault: PhotoFault): Explanation => ({ code: fault, ...words[fault] });
