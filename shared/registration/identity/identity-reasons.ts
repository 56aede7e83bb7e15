import * as z from 'zod/mini';

/**
 * Why the civil registry did not confirm an identity: the codes of the journal. The list is ours and stays as it is, whatever words
 * the registry chooses; what it says beside this is `other`.
 */
export const identityReasons = [
  'not_found',
  'birth_date',
  'sex',
  'name',
  'family_card',
  'mother_name',
  'deceased',
  'duplicate',
  'other',
] as const;
export type IdentityReason = (typeof identityReasons)[number];

/** Words of the registry, in lower case, by what they mean here. What is not in this table is nobody's to guess. */
const meanings: Readonly<Record<string, IdentityReason>> = {
  not_found: 'not_found',
  data_not_found: 'not_found',
  birth_date: 'birth_date',
  date_of_birth: 'birth_date',
  sex: 'sex',
  gender: 'sex',
  name: 'name',
  full_name: 'name',
  family_card: 'family_card',
  family_card_number: 'family_card',
  mother_name: 'mother_name',
  mother_maiden_name: 'mother_name',
  deceased: 'deceased',
  duplicate: 'duplicate',
  duplicate_record: 'duplicate',
};

/** Whether the registry's word is one that we know. */
export const isKnownWord = (word: string): boolean => Object.hasOwn(meanings, word.toLowerCase());

/** The registry's words as our codes, each once and in the order of the list; `other` where it gives none. */
export function identityReasonsOf(words: readonly string[]): IdentityReason[] {
  const found = new Set(
    words.map((word): IdentityReason => (isKnownWord(word) && meanings[word.toLowerCase()]) || 'other'),
  );
  if (found.size === 0) found.add('other');
  return identityReasons.filter((reason) => found.has(reason));
}

const Sentences = z.strictObject({ id: z.string(), en: z.string() });

/** A reason as a citizen reads it: what the registry says, and what to do about it. */
export const IdentityExplanation = z.strictObject({ code: z.string(), ...Sentences.shape, remedy: Sentences });
type IdentityExplanation = z.infer<typeof IdentityExplanation>;

/** Halo Dukcapil, the registry's call centre. */
const registryPhone = '1500-537';
const correctOrCall = {
  id: `Periksa kembali isian Anda dan daftarkan yang benar. Jika isian sudah sesuai KTP-el dan KK, hubungi Halo Dukcapil di ${registryPhone}.`,
  en: `Check what you typed and register what is right. If it is as on your identity card and family card, call the civil registry at ${registryPhone}.`,
};
const callOnly = {
  id: `Hubungi Halo Dukcapil di ${registryPhone} atau datang ke kantor Dukcapil setempat dengan KTP-el dan KK Anda.`,
  en: `Call the civil registry at ${registryPhone}, or go to its local office with your identity card and family card.`,
};

const words: Readonly<Record<IdentityReason, Omit<IdentityExplanation, 'code'>>> = {
  not_found: {
    id: 'NIK Anda tidak ditemukan dalam data kependudukan.',
    en: 'Your NIK was not found in the civil registry.',
    remedy: {
      id: `Data baru kadang belum dikonsolidasikan. Hubungi Halo Dukcapil di ${registryPhone}, lalu daftar lagi.`,
      en: `New records are sometimes not consolidated yet. Call the civil registry at ${registryPhone}, then register again.`,
    },
  },
  birth_date: {
    id: 'Tanggal lahir berbeda dengan data kependudukan.',
    en: 'The birth date differs from the civil registry.',
    remedy: correctOrCall,
  },
  sex: {
    id: 'Jenis kelamin berbeda dengan data kependudukan.',
    en: 'The sex differs from the civil registry.',
    remedy: correctOrCall,
  },
  name: {
    id: 'Nama berbeda dengan data kependudukan.',
    en: 'The name differs from the civil registry.',
    remedy: correctOrCall,
  },
  family_card: {
    id: 'Nomor KK berbeda dengan data kependudukan.',
    en: 'The family card number differs from the civil registry.',
    remedy: correctOrCall,
  },
  mother_name: {
    id: 'Nama ibu kandung berbeda dengan data kependudukan.',
    en: "The mother's maiden name differs from the civil registry.",
    remedy: correctOrCall,
  },
  deceased: {
    id: 'NIK ini tercatat milik orang yang sudah meninggal.',
    en: 'This NIK is recorded as belonging to somebody who has died.',
    remedy: callOnly,
  },
  duplicate: {
    id: 'NIK ini tercatat ganda dalam data kependudukan.',
    en: 'This NIK is recorded more than once in the civil registry.',
    remedy: callOnly,
  },
  other: {
    id: 'Dukcapil tidak dapat memastikan data Anda.',
    en: 'The civil registry could not confirm your data.',
    remedy: callOnly,
  },
};

/** The sentences of a code that stands in the journal; one from before the list reads as `other`. */
export function explanationOf(code: string): IdentityExplanation {
  const known = identityReasons.find((reason) => reason === code) ?? 'other';
  return { code, ...words[known] };
}
