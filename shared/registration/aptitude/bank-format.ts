import { ok } from 'node:assert/strict';
import * as z from 'zod/mini';

/** How hard an item is meant to be. */
export const Difficulty = z.enum(['easy', 'medium', 'hard']);
export type Difficulty = z.infer<typeof Difficulty>;

const text = (maxLength: number) => z.string().check(z.trim(), z.minLength(1), z.maxLength(maxLength));
const both = (maxLength: number) => z.strictObject({ id: text(maxLength), en: text(maxLength) });

/** A text in Indonesian and in English. */
export const Both = both(700);
export type Both = z.infer<typeof Both>;

const Id = z.string().check(z.regex(/^[a-z]+(-[a-z]+)*$/), z.maxLength(30));
const Option = both(120);

/** A question with its right option and three wrong ones. A passage may have several questions. */
const ChoiceItem = z.strictObject({
  id: Id,
  difficulty: Difficulty,
  passage: z.nullable(z.strictObject({ id: Id, text: Both })),
  text: both(300),
  right: Option,
  wrong: z.array(Option).check(z.length(3)),
});
export type ChoiceItem = z.infer<typeof ChoiceItem>;

/** A piece of work whose steps have one right order. */
const Procedure = z.strictObject({
  id: Id,
  difficulty: Difficulty,
  text: both(120),
  steps: z.array(both(120)).check(z.minLength(4), z.maxLength(6)),
});
export type Procedure = z.infer<typeof Procedure>;

/*
 * Items are written as text, one block each, so that whoever writes or reviews them needs no code: a mark, then Indonesian | English.
 *
 *   = passage-id             a passage, and its text
 *   ~ text
 *
 *   # item-id difficulty [passage-id]
 *   ? question, or the piece of work
 *   + right option           - wrong option           > next step
 */

type Block = { readonly mark: string; readonly names: readonly string[]; readonly lines: ReadonlyMap<string, Both[]> };

function blockOf(block: string): Block {
  const [head = '', ...rest] = block.trim().split('\n');
  const lines = rest.map((line) => {
    const [indonesian = '', english = '', ...more] = line.slice(2).split(' | ');
    ok(/^[~?+>-] /.test(line) && more.length === 0, `A line has a mark and two texts: ${line}`);
    return { mark: line.slice(0, 1), text: { id: indonesian, en: english } };
  });
  const [mark = '', ...names] = head.split(' ');
  return {
    mark,
    names,
    lines: new Map([...Map.groupBy(lines, (line) => line.mark)].map(([key, of]) => [key, of.map(({ text }) => text)])),
  };
}

const blocksOf = (source: string): Block[] => source.trim().split(/\n\n+/).map(blockOf);

/** Reads questions with options. @throws where an item is not whole. */
export function choiceItems(source: string): ChoiceItem[] {
  const blocks = blocksOf(source);
  const passages = new Map(
    blocks.flatMap(({ mark, names: [id = ''], lines }) =>
      mark === '=' ? [[id, { id, text: lines.get('~')?.[0] }] as const] : [],
    ),
  );
  return blocks.flatMap(({ mark, names: [id, difficulty, passage], lines }) => {
    if (mark !== '#') return [];
    const item = { id, difficulty, passage: passage ? passages.get(passage) : null };
    return [ChoiceItem.parse({ ...item, text: one(lines, '?'), right: one(lines, '+'), wrong: lines.get('-') })];
  });
}

/** Reads pieces of work with their steps. @throws where one is not whole. */
export function procedures(source: string): Procedure[] {
  return blocksOf(source).map(({ names: [id, difficulty], lines }) =>
    Procedure.parse({ id, difficulty, text: one(lines, '?'), steps: lines.get('>') }),
  );
}

function one(lines: Block['lines'], mark: string): Both | undefined {
  const found = lines.get(mark) ?? [];
  return found.length === 1 ? found[0] : undefined;
}
