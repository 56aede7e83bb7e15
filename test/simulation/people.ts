import { ok } from 'node:assert/strict';
import type { Sex } from '#shared/registration/nik.ts';
import { provinces } from '#shared/registration/region-names.ts';
import { programProvinceOf, regencyCodes } from '#shared/registration/regions.ts';
import { type Random, randomFrom } from '#test/simulation/random.ts';
import recipients from './data/recipients-2020-by-province.json' with { type: 'json' };

/*
 * Synthetic applicants. Nobody in here exists: names are drawn word by word from one list, phone numbers start with 0840, which
 * no operator holds, and mail goes to example.id.
 */

export type PayoutAccount = {
  readonly kind: 'bank' | 'e_wallet';
  readonly provider: 'BNI' | 'BCA' | 'DANA' | 'GOPAY' | 'LINKAJA' | 'OVO';
  /** Only of a bank: the clearing code, three digits. */
  readonly bankCode?: string;
  /** The account's number; of an e-wallet, the applicant's phone. */
  readonly number: string;
  readonly holderName: string;
};

export type Person = {
  readonly nik: string;
  readonly familyCardNumber: string;
  readonly name: string;
  /** YYYY-MM-DD */
  readonly birthDate: string;
  readonly sex: Sex;
  /** Domicile, "32.73". One in ten was registered elsewhere first, so the NIK may begin with another region. */
  readonly regencyCode: string;
  /** +62840 and eight digits. */
  readonly phone: string;
  readonly email: string;
  readonly payout: PayoutAccount;
};

const words = (text: string) => text.trim().split(/\s+/);
const givenNames: Record<Sex, readonly string[]> = {
  female: words(`
    Anggrekini Ayuni Bestari Cempakasari Citrana Dewanti Ekasari Fitriyana Gayatrini Hestuning Intanara Jelitasari Kemuningsih
    Kirananti Lestariana Melatini Mutiarini Nirmalasih Nur'ayuni Oktaviyani Pertiwini Ratnasih Sekarwati Seruniati Tirtasari
    Utaminah Wulaningsih Yuniarsi Zahrawati`),
  male: words(`
    Adiyasa Arungan Baskarana Bimantara Cakrawan Darmaji Elangga Fajarudin Galihono Gunturan Harjanto Indrawan Jatmikana
    Kertayasa Langgengan Mahesana Nugrahadi Oktaviyan Panjiwan Rajasani Samudrana Satriaji Syafa'adi Teguhono Tirtayasa
    Utamajaya Wibisana Yudhanto Zulfikran`),
};
const lastNames = words(`
  Angkasawan Ardikusuma Bintangtimur Bumiraya Cahyaloka Candrawinata Dirgantari Embunsari Giriloka Hastamurti Jagaraksa Kalpataru
  Lautbiru Megantara Nawasena Padmasari Pandanwangi Rimbawan Sagarloka Sawahlaras Tamansari Telagawening Udayaloka Wanabakti`);

// The published list shortens two names.
const shortened = new Map([
  ['DKI Jakarta', 'Daerah Khusus Ibukota Jakarta'],
  ['DI Yogyakarta', 'Daerah Istimewa Yogyakarta'],
]);

/** The published provinces by code, each with its recipients of 2020 in hundreds. Bengkulu was not in the published list. */
export const publishedWeights: ReadonlyMap<string, number> = new Map(
  Object.entries(recipients.provinces).map(([name, thousands]) => {
    const province = provinces().find((known) => known.name === (shortened.get(name) ?? name));
    ok(province, `${name} is a province`);
    return [province.code, Math.round(thousands * 10)];
  }),
);
const totalWeight = [...publishedWeights.values()].reduce((sum, weight) => sum + weight, 0);
const regenciesByProgramProvince = Map.groupBy(regencyCodes, programProvinceOf);

function domicileOf(random: Random): string {
  let ticket = random.between(1, totalWeight);
  for (const [province, weight] of publishedWeights) {
    if (ticket <= weight) return random.pick(regenciesByProgramProvince.get(province) ?? []);
    ticket -= weight;
  }
  throw new Error('Every ticket is of some province');
}

const dayMillis = 24 * 60 * 60 * 1000;
const dateText = (time: number) => new Date(time).toISOString().slice(0, 10);

/** Ages as published for 2023: 36 % up to 25, 33 % up to 35. */
function birthDateOf(random: Random, on: Date): string {
  const bracket = random.between(1, 100);
  const age = bracket <= 36 ? random.between(18, 25) : bracket <= 69 ? random.between(26, 35) : random.between(36, 60);
  const birthday = Date.UTC(on.getUTCFullYear() - age, on.getUTCMonth(), on.getUTCDate());
  return dateText(birthday - random.between(1, 364) * dayMillis);
}

function nameOf(random: Random, sex: Sex): string {
  const first = random.pick(givenNames[sex]);
  if (random.chance(1 / 12)) return first; // One name is a whole name in Indonesia.
  const last = random.pick(lastNames);
  return random.chance(1 / 3) ? `${first} ${random.pick(givenNames[sex])} ${last}` : `${first} ${last}`;
}

type NikOf = { regencyCode: string; district: number; birthDate: string; sex: Sex; serial: number };
const digits = (number: number, length: number) => String(number).padStart(length, '0');

/** The NIK that says this about its owner. `birthDate` is YYYY-MM-DD, `district` below 100, `serial` below 10000. */
export function nikOf({ regencyCode, district, birthDate, sex, serial }: NikOf): string {
  const [year = '', month = '', day = ''] = birthDate.split('-');
  const dayOfBirth = sex === 'female' ? Number(day) + 40 : Number(day);
  const region = regencyCode.replace('.', '') + digits(district, 2);
  return `${region}${digits(dayOfBirth, 2)}${month}${year.slice(2)}${digits(serial, 4)}`;
}

/** The same NIK under another serial: by it the simulated civil registry chooses its answer. */
export function withSerial(nik: string, serial: number): string {
  return nik.slice(0, 12) + digits(serial, 4);
}

// No regency has as many districts: a number from here is nobody's.
const nowhere = (random: Random) => random.between(90, 99);

// The simulated civil registry knows serials below 7000 and finds no fault with them.
const ordinarySerial = (random: Random) => random.between(1, 6999);

function firstNik(
  random: Random,
  { regencyCode, birthDate, sex }: Pick<Person, 'regencyCode' | 'birthDate' | 'sex'>,
): string {
  const origin = random.chance(1 / 10) ? random.pick(regencyCodes) : regencyCode;
  // Everybody here was registered before the Papua provinces were divided in 2022, and a NIK never changes.
  const issuedAs = programProvinceOf(origin) + origin.slice(2);
  return nikOf({
    regencyCode: issuedAs,
    district: nowhere(random),
    birthDate,
    sex,
    serial: ordinarySerial(random),
  });
}

function familyCardOf(random: Random, regencyCode: string, on: Date): string {
  const issued = dateText(on.getTime() - random.between(1, 12 * 365) * dayMillis);
  // A card has the shape of a man's NIK, with its date of issue.
  return nikOf({
    regencyCode,
    district: nowhere(random),
    birthDate: issued,
    sex: 'male',
    serial: ordinarySerial(random),
  });
}

/** 72 % are paid to an e-wallet, as published; its number is the applicant's phone. */
function payoutOf(random: Random, holderName: string, phone: string): PayoutAccount {
  if (random.chance(0.72)) {
    const provider = random.pick(['DANA', 'GOPAY', 'LINKAJA', 'OVO'] as const);
    return { kind: 'e_wallet', provider, number: phone.replace('+62', '0'), holderName };
  }
  const bank = random.pick([
    { provider: 'BNI', bankCode: '009' },
    { provider: 'BCA', bankCode: '014' },
  ] as const);
  return { kind: 'bank', ...bank, number: digits(random.between(1, 999_999), 6) + lastFour(random), holderName };
}

// The simulated payment partners have cases of their own for numbers that end in 0000 to 0006.
const lastFour = (random: Random) => digits(random.between(7, 9999), 4);

/** Draws until it is one that was not drawn before. */
function fresh(seen: Set<string>, draw: () => string): string {
  let drawn = draw();
  while (seen.has(drawn)) drawn = draw();
  seen.add(drawn);
  return drawn;
}

/**
 * Applicants, the same for the same seed, and the first of a longer list when `count` is smaller. Their provinces are weighted by
 * the published recipients of 2020; they are 18 to 60 years old on `on` (YYYY-MM-DD); one in eight has the family card of somebody
 * before. No two share a NIK, a phone or a mail address.
 */
export function people(seed: string, count: number, { on = '2026-11-01' }: { on?: string } = {}): Person[] {
  const random = randomFrom(seed);
  const today = new Date(`${on}T00:00:00.000Z`);
  const seen = new Set<string>();
  let family: Pick<Person, 'regencyCode' | 'familyCardNumber'> | undefined;

  return Array.from({ length: count }, () => {
    if (!family || !random.chance(1 / 8)) {
      const regencyCode = domicileOf(random);
      family = { regencyCode, familyCardNumber: fresh(seen, () => familyCardOf(random, regencyCode, today)) };
    }
    const sex: Sex = random.chance(0.51) ? 'female' : 'male';
    const self = { ...family, sex, birthDate: birthDateOf(random, today), name: nameOf(random, sex) };
    const nik = fresh(seen, () => firstNik(random, self));
    const phone = fresh(seen, () => `+62840${digits(random.between(1000, 9999), 4)}${lastFour(random)}`);
    const email = `${self.name.toLowerCase().replaceAll(/[^a-z]+/g, '.')}.${phone.slice(-8)}@example.id`;
    return { ...self, nik, phone, email, payout: payoutOf(random, self.name, phone) };
  });
}
