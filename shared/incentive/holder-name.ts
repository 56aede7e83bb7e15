/*
 * Whether the name that a bank or an e-wallet shows of an account's holder can be a given person's. Partners show names in
 * capitals, masked ("SIT* CON***"), cut at some length, with titles and degrees, and with their own ideas of spaces and signs.
 *
 * The rule. Both names become words of capital letters: accents and apostrophes go; a dot, comma, hyphen or slash is either nothing
 * or a space; titles before and degrees behind a name are either kept or left out. If in one of these readings each word of the
 * holder agrees with the person's word in the same place, the names agree. A word agrees when its letters stand where the person's
 * do, with at least one letter for each run of masks. A name of `cutLength` characters or more may be cut: its last word then is the
 * beginning of one of the person's, and the person's further words are not there. Spaces alone make no difference to a name that is
 * not masked.
 *
 * Agreement proves something only where enough is shown: of each word three characters, or the whole word.
 */

const wordSet = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** What stands before a name and is no part of it, in capitals and without dots. */
const titles = wordSet(`
  H HJ HAJI HAJAH HAJJAH K KH KHI KYAI USTADZ USTADZAH TGH R RA RR RM RADEN BAPAK BPK BP IBU SDR SDRI SAUDARA
  SAUDARI TN NY NN TUAN NYONYA NONA MR MRS MS PROF DR DRA DRS DRG DRH IR ING APT NS`);
/** What stands behind it. */
const degrees = wordSet(`
  AMD AMK AMDKEB AMDKEP SE SH SS ST SI SP SAG SHI SPD SPDI SSI SSOS SKOM SKED SKEP SKM SFARM SPSI SPT STP STR
  SSN SIP SIKOM SAK SAP SEI MA MM MH MT MSI MPD MPDI MKOM MAG MKES MBA MSC MPH MPSI MAK MAP MHUM PHD BA BSC LC
  CPA AK`);

const cutLength = 18;
const shownOfWord = 3;

/** What a partner's name of the holder says: that it can be the person's, that it cannot, or too little to tell. */
export type NameComparison = 'agrees' | 'differs' | 'unproven';

/** Compares the name that a partner shows with a person's own; null where the partner shows none. */
export function compareNames(shown: string | null, name: string): NameComparison {
  const holder = capitals(shown ?? '', 'masks');
  if (!/\p{L}/u.test(holder)) return 'unproven';
  const person = capitals(name);
  const mayBeCut = [...holder].length >= cutLength;
  const agrees =
    readings(holder).some((words) => readings(person).some((own) => agree(words, own, mayBeCut))) ||
    (!holder.includes(mask) && isSpelledAlike(holder, person, mayBeCut));
  if (!agrees) return 'differs';
  return isShownEnough(holder, mayBeCut) ? 'agrees' : 'unproven';
}

const mask = '*';
const maskSigns = /[*•●∗＊]/gu;
const apostrophes = /['’‘`´ʼ]/gu;
const separators = /[.,/\-‐‑–]/gu;

/** Capitals without accents, single spaces; what is neither letter, sign of a name nor mask is a space. */
function capitals(text: string, masks: 'masks' | 'none' = 'none'): string {
  const marked = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(maskSigns, masks === 'masks' ? mask : ' ');
  return marked
    .toUpperCase()
    .replace(apostrophes, "'")
    .replace(separators, (sign) => (sign === '.' || sign === ',' || sign === '/' ? sign : '-'))
    .replace(/[^\p{L}*'.,/ -]/gu, ' ')
    .replace(/ +/g, ' ')
    .trim();
}

const wordsOf = (text: string): string[] =>
  text
    .replace(apostrophes, '')
    .split(' ')
    .filter((word) => word !== '');

/** The ways to read a name as words. */
function readings(text: string): string[][] {
  const joined = wordsOf(text.replace(separators, ''));
  const apart = wordsOf(text.replace(separators, ' '));
  return [joined, apart, untitled(text)].filter((words) => words.length > 0);
}

/** Without titles and degrees; a name that is nothing else keeps its last word. */
function untitled(text: string): string[] {
  // "S.Kom" is a degree as a whole, "H.Ahmad" a title before a name.
  const dotted = text.split(/[ ,]/).filter((word) => word !== '');
  while (dotted.length > 1 && degrees.has(dotted.at(-1)?.replace(separators, '') ?? '')) dotted.pop();
  const words = wordsOf(dotted.join(' ').replace(separators, ' '));
  while (words.length > 1 && titles.has(words[0] ?? '')) words.shift();
  return words;
}

function agree(words: readonly string[], own: readonly string[], mayBeCut: boolean): boolean {
  if (words.length > own.length || (words.length < own.length && !mayBeCut)) return false;
  return words.every((word, index) => {
    const isCut = mayBeCut && index === words.length - 1;
    return fits(word, own[index] ?? '', isCut);
  });
}

/** Whether a word can be shown so. `isCut`: its end may be missing. */
function fits(shown: string, own: string, isCut: boolean): boolean {
  const [first = '', ...masked] = shown.split(/\*+/);
  const last = masked.pop();
  if (last === undefined) return isCut ? own.startsWith(first) : own === first;
  if (!own.startsWith(first)) return false;
  let read = first.length;
  // The first place of each part leaves most to the next ones; no expression that tries all places, since names are others' to send.
  for (const part of masked) {
    const place = own.indexOf(part, read + 1);
    if (place < 0) return false;
    read = place + part.length;
  }
  if (isCut) return read < own.length && own.indexOf(last, read + 1) >= 0;
  return own.length - last.length > read && own.endsWith(last);
}

const lettersOf = (text: string): string => text.replace(/[^\p{L}]/gu, '');

function isSpelledAlike(holder: string, person: string, mayBeCut: boolean): boolean {
  const [shown, own] = [lettersOf(holder), lettersOf(person)];
  return mayBeCut ? own.startsWith(shown) : own === shown;
}

/** Of each word three characters at least, or all; a last word that may be cut is not counted. */
function isShownEnough(holder: string, mayBeCut: boolean): boolean {
  const words = holder.split(' ');
  const counted = mayBeCut && words.length > 1 ? words.slice(0, -1) : words;
  return counted.every((word) => {
    const shown = [...word].filter((character) => character !== mask).length;
    return shown >= Math.min(shownOfWord, [...word].length);
  });
}
