import { ok } from 'node:assert/strict';
import { grouped } from '#shared/platform/digits.ts';
import type { Both, Difficulty } from '#shared/registration/aptitude/bank-format.ts';
import type { Chance } from '#shared/registration/aptitude/chance.ts';
import type { Item } from '#shared/registration/aptitude/item.ts';

/* Arithmetic and number reasoning as templates. The right option is computed; wrong ones are what a slip of the usual kind gives. */

type Written = (number: number) => string;

type Problem = {
  readonly id: (n: Written) => string;
  readonly en: (n: Written) => string;
  readonly right: number;
  /** Results of the usual slips, the likeliest first. What is not a positive whole number, or stands there already, is passed over. */
  readonly slips: readonly number[];
  /** Between an option and the next one where slips give too few. */
  readonly step: number;
  readonly unit: (number: string) => Both;
};

const inIndonesian: Written = (number) => grouped(number);
const inEnglish: Written = (number) => grouped(number, ',');

const plain = (number: string): Both => ({ id: number, en: number });
const rupiah = (number: string): Both => plain(`Rp${number}`);
const percent = (number: string): Both => plain(`${number}%`);
const of = (indonesian: string, english: string) => (number: string) => ({
  id: `${number} ${indonesian}`,
  en: `${number} ${english}`,
});
const days = of('hari', 'days');
const hours = of('jam', 'hours');
const kilometres = of('km', 'km');

function template(id: string, difficulty: Difficulty, problemOf: (chance: Chance) => Problem): Item {
  return {
    id,
    difficulty,
    group: id,
    draft(chance) {
      const problem = problemOf(chance);
      const option = (number: number): Both => ({
        id: problem.unit(inIndonesian(number)).id,
        en: problem.unit(inEnglish(number)).en,
      });
      return {
        passage: null,
        text: { id: problem.id(inIndonesian), en: problem.en(inEnglish) },
        right: option(problem.right),
        wrong: threeWrong(problem).map(option),
      };
    },
  };
}

function threeWrong({ right, slips, step }: Problem): number[] {
  ok(Number.isSafeInteger(right) && right > 0 && step > 0, 'A template gives a whole result');
  const further = [1, -1, 2, -2, 3, 4].map((times) => right + times * step);
  const usable = [...slips, ...further].filter((slip) => Number.isSafeInteger(slip) && slip > 0 && slip !== right);
  return [...new Set(usable)].slice(0, 3);
}

const easy: readonly Item[] = [
  template('kembalian', 'easy', (chance) => {
    const [packs, price, paid] = [chance.between(3, 9), 500 * chance.between(5, 10), 50_000];
    const cost = packs * price;
    return {
      id: (n) =>
        `Sari membeli ${packs} bungkus mi seharga Rp${n(price)} per bungkus dan membayar dengan Rp${n(paid)}. Berapa uang kembaliannya?`,
      en: (n) =>
        `Sari buys ${packs} packs of noodles at Rp${n(price)} a pack and pays with Rp${n(paid)}. How much change does she get?`,
      right: paid - cost,
      slips: [paid - cost + price, paid - cost - price, cost],
      step: 1_000,
      unit: rupiah,
    };
  }),
  template('lusin', 'easy', (chance) => {
    const [dozens, broken] = [chance.between(3, 12), chance.between(2, 9)];
    const right = 12 * dozens - broken;
    return {
      id: () => `Sebuah kardus berisi ${dozens} lusin gelas. Jika ${broken} gelas pecah, berapa gelas yang masih utuh?`,
      en: () => `A box holds ${dozens} dozen glasses. If ${broken} glasses break, how many are still whole?`,
      right,
      slips: [10 * dozens - broken, 12 * dozens + broken, right - 2],
      step: 3,
      unit: of('gelas', 'glasses'),
    };
  }),
  template('potongan', 'easy', (chance) => {
    const [price, cut] = [20_000 * chance.between(4, 30), 5 * chance.between(2, 8)];
    const hundredth = price / 100;
    return {
      id: (n) => `Harga sebuah tas Rp${n(price)}. Toko memberi potongan ${cut}%. Berapa harga setelah potongan?`,
      en: (n) => `A bag costs Rp${n(price)}. The shop takes ${cut}% off. What is the price after the reduction?`,
      right: price - hundredth * cut,
      slips: [hundredth * cut, price - hundredth * (cut + 5), price - hundredth * (cut - 5)],
      step: hundredth * 10,
      unit: rupiah,
    };
  }),
  template('jarak', 'easy', (chance) => {
    const [speed, time] = [5 * chance.between(8, 16), chance.between(2, 6)];
    return {
      id: () =>
        `Sebuah bus melaju ${speed} km per jam selama ${time} jam tanpa berhenti. Berapa jarak yang ditempuhnya?`,
      en: () => `A bus travels at ${speed} km an hour for ${time} hours without a stop. How far does it go?`,
      right: speed * time,
      slips: [speed * (time + 1), speed * (time - 1), speed + time],
      step: 10,
      unit: kilometres,
    };
  }),
  template('deret-tetap', 'easy', (chance) => {
    const [first, difference] = [chance.between(2, 20), chance.between(3, 12)];
    const shown = [0, 1, 2, 3].map((place) => first + place * difference).join(', ');
    const right = first + 4 * difference;
    return {
      id: () => `Bilangan berikutnya dari deret ${shown}, … adalah`,
      en: () => `The next number of the series ${shown}, … is`,
      right,
      slips: [right + 1, right - 1, right + difference],
      step: 2,
      unit: plain,
    };
  }),
  template('rata-rata', 'easy', (chance) => {
    const [mean, lower, higher] = [chance.between(60, 85), chance.between(2, 9), chance.between(1, 6)];
    const marks = [mean - lower, mean + lower + higher, mean - higher];
    return {
      id: () => `Nilai tiga ujian Budi adalah ${marks.join(', ')}. Berapa rata-ratanya?`,
      en: () => `Budi's marks in three exams are ${marks.join(', ')}. What is their average?`,
      right: mean,
      slips: [mean + higher, mean - 1, mean + 2],
      step: 3,
      unit: plain,
    };
  }),
  template('luas', 'easy', (chance) => {
    const [length, width] = [chance.between(12, 30), chance.between(5, 11)];
    return {
      id: () =>
        `Sebidang tanah berbentuk persegi panjang, panjangnya ${length} m dan lebarnya ${width} m. Berapa luasnya?`,
      en: () => `A rectangular piece of land is ${length} m long and ${width} m wide. What is its area?`,
      right: length * width,
      slips: [2 * (length + width), length * (width + 1), length + width],
      step: 10,
      unit: of('m²', 'm²'),
    };
  }),
];

const medium: readonly Item[] = [
  template('perbandingan', 'medium', (chance) => {
    const first = chance.between(2, 5);
    const second = first + chance.between(1, 4);
    const part = 5_000 * chance.between(4, 30);
    const total = part * (first + second);
    return {
      id: (n) =>
        `Uang Rp${n(total)} dibagi untuk Ani dan Beni dengan perbandingan ${first} : ${second}. Berapa bagian Beni?`,
      en: (n) =>
        `Rp${n(total)} is shared between Ani and Beni in the ratio ${first} : ${second}. How much does Beni get?`,
      right: part * second,
      slips: [part * first, part * (second + 1), total / 2],
      step: part,
      unit: rupiah,
    };
  }),
  template('untung-persen', 'medium', (chance) => {
    const [cost, gain] = [20_000 * chance.between(2, 25), 5 * chance.between(2, 12)];
    const price = cost + (cost / 100) * gain;
    return {
      id: (n) =>
        `Pedagang membeli barang seharga Rp${n(cost)} dan menjualnya Rp${n(price)}. Berapa persen untungnya dari harga beli?`,
      en: (n) =>
        `A trader buys goods for Rp${n(cost)} and sells them for Rp${n(price)}. What percentage of the cost is the profit?`,
      right: gain,
      slips: [gain + 5, gain - 5, 100 - gain],
      step: 10,
      unit: percent,
    };
  }),
  template('lembur', 'medium', (chance) => {
    const [wage, normal, extra] = [1_000 * chance.between(12, 30), chance.between(30, 40), chance.between(3, 9)];
    return {
      id: (n) =>
        `Upah seorang pekerja Rp${n(wage)} per jam, dan lembur dibayar dua kali lipat. Berapa upahnya untuk ${normal} jam biasa dan ${extra} jam lembur?`,
      en: (n) =>
        `A worker earns Rp${n(wage)} an hour, and overtime is paid double. What are the wages for ${normal} normal hours and ${extra} hours of overtime?`,
      right: wage * (normal + 2 * extra),
      slips: [wage * (normal + extra), 2 * wage * (normal + extra), wage * (2 * normal + extra)],
      step: wage,
      unit: rupiah,
    };
  }),
  template('deret-naik', 'medium', (chance) => {
    const [first, difference, growth] = [chance.between(1, 12), chance.between(2, 6), chance.between(1, 4)];
    const at = (place: number) => first + place * difference + (growth * place * (place - 1)) / 2;
    const shown = [0, 1, 2, 3].map(at).join(', ');
    return {
      id: () => `Bilangan berikutnya dari deret ${shown}, … adalah`,
      en: () => `The next number of the series ${shown}, … is`,
      right: at(4),
      slips: [2 * at(3) - at(2), at(4) + growth, at(4) + 1],
      step: 2,
      unit: plain,
    };
  }),
  template('skala', 'medium', (chance) => {
    const [scale, measured] = [chance.pick([200_000, 300_000, 400_000, 500_000]), chance.between(4, 15)];
    const right = (scale / 100_000) * measured;
    return {
      id: (n) => `Pada peta berskala 1 : ${n(scale)}, jarak dua kota ${measured} cm. Berapa km jarak sebenarnya?`,
      en: (n) =>
        `On a map of the scale 1 : ${n(scale)}, two towns are ${measured} cm apart. How many km is the real distance?`,
      right,
      slips: [right * 10, measured * 10, right + 5],
      step: 4,
      unit: kilometres,
    };
  }),
  template('bilangan-keempat', 'medium', (chance) => {
    const [mean, a, b, c] = [chance.between(20, 40), chance.between(1, 9), chance.between(1, 9), chance.between(1, 9)];
    const known = [mean + a, mean - b, mean + c];
    const right = mean - a + b - c;
    return {
      id: () =>
        `Rata-rata empat bilangan adalah ${mean}. Tiga di antaranya ${known.join(', ')}. Berapa bilangan keempat?`,
      en: () => `The average of four numbers is ${mean}. Three of them are ${known.join(', ')}. What is the fourth?`,
      right,
      slips: [mean, right + a, right - 1],
      step: 2,
      unit: plain,
    };
  }),
  template('resep', 'medium', (chance) => {
    const [portions, each] = [chance.between(3, 6), 5 * chance.between(12, 24)];
    const wanted = portions + chance.between(2, 9);
    return {
      id: (n) =>
        `Untuk ${portions} porsi nasi diperlukan ${n(portions * each)} gram beras. Berapa gram beras untuk ${wanted} porsi?`,
      en: (n) =>
        `${portions} portions of rice need ${n(portions * each)} grams of raw rice. How many grams do ${wanted} portions need?`,
      right: wanted * each,
      slips: [(wanted - 1) * each, (wanted + 1) * each, portions * each + wanted],
      step: each,
      unit: of('gram', 'grams'),
    };
  }),
];

const hard: readonly Item[] = [
  template('pekerja', 'hard', (chance) => {
    const [few, factor, time] = [chance.between(3, 6), chance.between(2, 4), chance.between(3, 9)];
    const many = few * factor;
    return {
      id: () =>
        `${few} orang menyelesaikan suatu pekerjaan dalam ${time * factor} hari. Dalam berapa hari ${many} orang menyelesaikannya dengan kecepatan yang sama?`,
      en: () =>
        `${few} people finish a piece of work in ${time * factor} days. In how many days do ${many} people finish it at the same pace?`,
      right: time,
      slips: [time * factor * factor, time + 1, time * factor - factor],
      step: 2,
      unit: days,
    };
  }),
  template('dua-pipa', 'hard', (chance) => {
    const [first, second] = chance.pick([
      [3, 6],
      [4, 12],
      [6, 12],
      [10, 15],
      [12, 24],
      [20, 30],
      [8, 24],
      [9, 18],
      [15, 30],
      [12, 36],
      [21, 28],
      [18, 36],
    ] as const);
    return {
      id: () =>
        `Sebuah pipa mengisi bak dalam ${first} jam, pipa lain dalam ${second} jam. Berapa jam jika keduanya dibuka bersama?`,
      en: () =>
        `One pipe fills a tank in ${first} hours, another in ${second} hours. How many hours if both are open together?`,
      right: (first * second) / (first + second),
      slips: [(first + second) / 2, second - first, first + second],
      step: 1,
      unit: hours,
    };
  }),
  template('berpapasan', 'hard', (chance) => {
    const [slow, fast, time] = [5 * chance.between(6, 10), 5 * chance.between(11, 16), chance.between(2, 5)];
    return {
      id: (n) =>
        `Jarak dua kota ${n((slow + fast) * time)} km. Dua mobil berangkat bersamaan dari kedua kota itu saling mendekat, masing-masing ${slow} km dan ${fast} km per jam. Setelah berapa jam keduanya berpapasan?`,
      en: (n) =>
        `Two towns are ${n((slow + fast) * time)} km apart. Two cars leave them at the same time towards each other, at ${slow} km and ${fast} km an hour. After how many hours do they meet?`,
      right: time,
      slips: [2 * time, time + 1, time - 1],
      step: 1,
      unit: hours,
    };
  }),
  template('potongan-ganda', 'hard', (chance) => {
    const price = 100_000 * chance.between(2, 12);
    const [first, second] = [10 * chance.between(1, 5), 10 * chance.between(1, 3)];
    return {
      id: (n) =>
        `Harga sepatu Rp${n(price)} dipotong ${first}%, lalu harga baru itu dipotong lagi ${second}%. Berapa harga akhirnya?`,
      en: (n) =>
        `A pair of shoes at Rp${n(price)} is reduced by ${first}%, then that new price by another ${second}%. What is the final price?`,
      right: (price / 10_000) * (100 - first) * (100 - second),
      slips: [(price / 100) * (100 - first - second), (price / 100) * (100 - first), (price / 100) * (first + second)],
      step: price / 20,
      unit: rupiah,
    };
  }),
  template('nilai-baru', 'hard', (chance) => {
    const [pupils, mean, rise] = [chance.between(4, 9), chance.between(60, 75), chance.between(1, 2)];
    return {
      id: () =>
        `Rata-rata nilai ${pupils} siswa adalah ${mean}. Setelah nilai seorang siswa baru dihitung, rata-ratanya menjadi ${mean + rise}. Berapa nilai siswa baru itu?`,
      en: () =>
        `The average mark of ${pupils} pupils is ${mean}. With the mark of a new pupil the average becomes ${mean + rise}. What is the new pupil's mark?`,
      right: mean + rise * (pupils + 1),
      slips: [mean + rise, mean + rise * pupils, mean + 2 * rise],
      step: 3,
      unit: plain,
    };
  }),
  template('umur', 'hard', (chance) => {
    const [child, times, later] = [chance.between(7, 14), chance.between(3, 4), chance.between(3, 9)];
    return {
      id: () =>
        `Umur ayah ${times} kali umur anaknya, dan jumlah umur mereka ${child * (times + 1)} tahun. Berapa umur ayah ${later} tahun lagi?`,
      en: () =>
        `A father is ${times} times as old as his child, and their ages add up to ${child * (times + 1)} years. How old is the father ${later} years from now?`,
      right: child * times + later,
      slips: [child * times, child + later, child * times + 2 * later],
      step: 2,
      unit: of('tahun', 'years'),
    };
  }),
  template('bunga', 'hard', (chance) => {
    const [units, rate, months] = [chance.between(1, 8), chance.between(4, 10), chance.pick([3, 4, 6, 8, 9, 10])];
    const saved = 1_200_000 * units;
    const interest = 1_000 * units * rate * months;
    return {
      id: (n) =>
        `Tabungan Rp${n(saved)} mendapat bunga tunggal ${rate}% per tahun. Berapa jumlah tabungan setelah ${months} bulan?`,
      en: (n) =>
        `Savings of Rp${n(saved)} earn simple interest of ${rate}% a year. How much are they after ${months} months?`,
      right: saved + interest,
      slips: [saved + 12_000 * units * rate, interest, saved - interest],
      step: 6_000,
      unit: rupiah,
    };
  }),
  template('pengurus', 'hard', (chance) => {
    const members = chance.between(5, 15);
    return {
      id: () =>
        `Dari ${members} anggota dipilih seorang ketua dan seorang sekretaris. Berapa banyak susunan pengurus yang mungkin?`,
      en: () =>
        `Of ${members} members, one becomes chair and another one secretary. How many different pairs of officers are possible?`,
      right: members * (members - 1),
      slips: [members * members, (members * (members - 1)) / 2, 2 * members - 1],
      step: members,
      unit: of('susunan', 'pairs'),
    };
  }),
];

export const arithmetic: readonly Item[] = [...easy, ...medium, ...hard];
