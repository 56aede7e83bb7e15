import { ok } from 'node:assert/strict';
import * as z from 'zod/mini';
import type { SchemeCode } from '#shared/credit/schemes.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { Declared, DeclaredFacts, offices } from '#shared/registration/eligibility/facts.ts';

/*
 * What applicants say of themselves when they join (pernyataan pendaftar), as versioned, typed questions. A version is never changed once somebody
 * answered it: answers are kept as a list in the order of its questions.
 */

type Text = { readonly id: string; readonly en: string };
type Option = Text & { readonly code: string };
export type Question = {
  /** Never used again for another question. */
  readonly name: string;
  readonly text: Text;
  /** Asked in these schemes only: nobody is asked what no rule of theirs needs. */
  readonly schemes?: readonly SchemeCode[];
} & (
  | { readonly kind: 'boolean' }
  | { readonly kind: 'choice'; readonly options: Option[] }
  /** May be left empty, in one line. */
  | { readonly kind: 'text'; readonly maxCharacters: number }
);
export type DeclarationVersion = { readonly version: string; readonly questions: readonly Question[] };

const officeTexts: Readonly<Record<(typeof offices)[number], Text>> = {
  none: { id: 'Tidak satu pun', en: 'None of these' },
  state_official: { id: 'Pejabat negara', en: 'State official' },
  regional_parliament: { id: 'Pimpinan atau anggota DPRD', en: 'Leader or member of a regional parliament' },
  civil_servant: { id: 'Aparatur sipil negara', en: 'Civil servant' },
  armed_forces: { id: 'Prajurit TNI', en: 'Member of the armed forces' },
  police: { id: 'Anggota Polri', en: 'Member of the police' },
  village_head: { id: 'Kepala desa', en: 'Village head' },
  village_official: { id: 'Perangkat desa', en: 'Village official' },
  state_enterprise_board: {
    id: 'Direksi, komisaris, atau dewan pengawas BUMN atau BUMD',
    en: 'Director, commissioner or supervisor of a state or regional enterprise',
  },
};

/** The groups for whom the program is: Permenko 11/2020, article 2(2) and (3). */
const workStatuses: Option[] = [
  { code: 'job_seeker', id: 'Pencari kerja', en: 'Looking for work' },
  { code: 'laid_off', id: 'Terkena pemutusan hubungan kerja', en: 'Laid off' },
  { code: 'furloughed', id: 'Dirumahkan', en: 'Furloughed' },
  { code: 'employee', id: 'Pekerja yang membutuhkan kompetensi', en: 'Employed, and in need of skills' },
  { code: 'self_employed', id: 'Bukan penerima upah', en: 'Working without a wage' },
  { code: 'business_owner', id: 'Pelaku usaha mikro atau kecil', en: 'Owner of a micro or small business' },
];

/** Every version that somebody may have answered; the last is the one that is asked. */
export const declarationVersions: readonly DeclarationVersion[] = [
  {
    version: '2026-11',
    questions: [
      {
        name: 'work',
        kind: 'choice',
        text: { id: 'Apa status pekerjaan Anda?', en: 'What is your work status?' },
        options: workStatuses,
      },
      {
        name: 'education',
        kind: 'boolean',
        text: {
          id: 'Apakah Anda sedang mengikuti pendidikan formal (sekolah atau kuliah)?',
          en: 'Are you in formal education (school or university)?',
        },
      },
      {
        name: 'office',
        kind: 'choice',
        text: { id: 'Apakah Anda memegang salah satu jabatan ini?', en: 'Do you hold one of these offices?' },
        options: offices.map((code) => ({ code, ...officeTexts[code] })),
      },
      {
        name: 'social_aid',
        kind: 'boolean',
        text: {
          id: 'Apakah Anda menerima bantuan sosial Kementerian Sosial (DTKS), BSU, atau BPUM?',
          en: 'Do you receive social aid of the Ministry of Social Affairs (DTKS), BSU or BPUM?',
        },
        schemes: ['SEMI_BANSOS_2020'],
      },
      {
        name: 'migrant_worker',
        kind: 'boolean',
        text: { id: 'Apakah Anda calon pekerja migran?', en: 'Are you a prospective migrant worker?' },
      },
      {
        name: 'disability',
        kind: 'boolean',
        text: { id: 'Apakah Anda penyandang disabilitas?', en: 'Do you have a disability?' },
      },
      {
        name: 'skill',
        kind: 'text',
        text: { id: 'Keterampilan apa yang ingin Anda pelajari?', en: 'Which skill do you want to learn?' },
        maxCharacters: 40,
      },
      {
        name: 'true',
        kind: 'boolean',
        text: {
          id: 'Saya menyatakan bahwa semua data dan pernyataan saya benar.',
          en: 'I state that all my data and statements are true.',
        },
      },
    ],
  },
];

/** Longer than the longest answer of any version. */
const maxAnswerCharacters = 200;
export const AnswerValue = z.union([z.boolean(), z.string().check(z.maxLength(maxAnswerCharacters))]);
export type AnswerValue = z.infer<typeof AnswerValue>;
/** Answers by the names of their questions. What is sent is checked further by the questions themselves. */
export const Declaring = z.strictObject({
  version: z.string().check(z.maxLength(20)),
  answers: z.record(z.string().check(z.maxLength(40)), AnswerValue),
});
export type Declaring = z.infer<typeof Declaring>;

/** A declaration that was read. */
export type Declaration = {
  /** What rules use. */
  readonly declared: DeclaredFacts;
  /** What places may be set aside for. */
  readonly declares: readonly Declared[];
  /** All answers as they are kept: a JSON list in the order of the questions, null for what the scheme does not ask. */
  readonly answers: string;
};

/** The questions of the version that is asked now, in a scheme. */
export function questionsFor(scheme: SchemeCode): DeclarationVersion {
  const current = declarationVersions.at(-1);
  ok(current, 'There are questions');
  return { ...current, questions: current.questions.filter((question) => isAsked(question, scheme)) };
}

const isAsked = ({ schemes }: Question, scheme: SchemeCode) => !schemes || schemes.includes(scheme);

/**
 * Reads what somebody declares.
 * @throws Refusal `declaration_outdated` for another version than the current one; `declaration_invalid` naming each question that is not answered as it
 * can be, and each answer to a question that is not asked.
 */
export function readDeclaration(scheme: SchemeCode, { version, answers }: Declaring): Declaration {
  const asked = questionsFor(scheme);
  if (version !== asked.version) throw new Refusal('declaration_outdated');
  const given = new Map(Object.entries(answers));
  const known = new Set(asked.questions.map(({ name }) => name));
  const wrong = asked.questions.filter((question) => !answersQuestion(question, given.get(question.name)));
  const unasked = [...given.keys()].filter((name) => !known.has(name));
  const faults = [...wrong.map(({ name }) => name), ...unasked].map((name) => `declarations.answers.${name}`);
  if (faults.length > 0) throw new Refusal('declaration_invalid', undefined, faults.slice(0, 20));
  const says = (name: string) => given.get(name) === true;
  return {
    declared: DeclaredFacts.parse({
      version,
      isTrue: says('true'),
      education: says('education'),
      office: given.get('office'),
      socialAid: known.has('social_aid') ? says('social_aid') : null,
    }),
    declares: Declared.options.filter(says),
    answers: encoded(version, given),
  };
}

function answersQuestion(question: Question, answer: AnswerValue | undefined): boolean {
  switch (question.kind) {
    case 'boolean':
      return typeof answer === 'boolean';
    case 'choice':
      return question.options.some(({ code }) => code === answer);
    case 'text':
      return typeof answer === 'string' && [...answer].length <= question.maxCharacters && !/\p{Cc}/u.test(answer);
  }
}

const versionNamed = (version: string) => declarationVersions.find((one) => one.version === version);

function encoded(version: string, given: ReadonlyMap<string, AnswerValue>): string {
  const { questions = [] } = versionNamed(version) ?? {};
  return JSON.stringify(questions.map(({ name }) => given.get(name) ?? null));
}

const Kept = z.array(z.nullable(AnswerValue));

/** Answers as they were given, read with the version that they were given to. */
export function decodeAnswers(version: string, kept: string): Record<string, AnswerValue> {
  const questions = versionNamed(version)?.questions;
  ok(questions, 'A version that was answered is kept');
  const answers = Kept.parse(JSON.parse(kept));
  return Object.fromEntries(
    questions.flatMap(({ name }, index): [string, AnswerValue][] => {
      const answer = answers[index] ?? null;
      return answer === null ? [] : [[name, answer]];
    }),
  );
}
