import type { Both, ChoiceItem, Difficulty, Procedure } from '#shared/registration/aptitude/bank-format.ts';
import type { Chance } from '#shared/registration/aptitude/chance.ts';

/** A question as it is drafted for one paper: what is right is known here, and the options have no order yet. */
export type Drafted = {
  readonly passage: Both | null;
  readonly text: Both;
  readonly right: Both;
  readonly wrong: readonly Both[];
};

/** What questions are made of. Of a template each paper gets its own numbers, so a copied answer is worth little. */
export type Item = {
  readonly id: string;
  readonly difficulty: Difficulty;
  /** Items of one group stand side by side in a paper: the questions of one passage. */
  readonly group: string;
  readonly draft: (chance: Chance) => Drafted;
};

/** A question that is written out. */
export function fixedItem({ id, difficulty, passage, text, right, wrong }: ChoiceItem): Item {
  return {
    id,
    difficulty,
    group: passage?.id ?? id,
    draft: () => ({ passage: passage?.text ?? null, text, right, wrong }),
  };
}

/** The steps of a piece of work, mixed: which order is right? */
export function orderingItem({ id, difficulty, text, steps }: Procedure): Item {
  return {
    id,
    difficulty,
    group: id,
    draft(chance) {
      const shown = mixed(steps, chance);
      const right = steps.map((step) => shown.indexOf(step) + 1);
      return {
        passage: {
          id: shown.map((step, index) => `${index + 1}. ${step.id}`).join('\n'),
          en: shown.map((step, index) => `${index + 1}. ${step.en}`).join('\n'),
        },
        text: { id: `Urutan yang benar untuk ${text.id} adalah …`, en: `The right order for ${text.en} is …` },
        right: orderText(right),
        wrong: wrongOrders(right, chance).map(orderText),
      };
    },
  };
}

/** Another order than the given one: that alone is not the answer. */
function mixed<Value>(values: readonly Value[], chance: Chance): Value[] {
  for (;;) {
    const order = chance.shuffled(values);
    if (order.some((value, index) => value !== values[index])) return order;
  }
}

/**
 * Three other orders, each with two steps of one of those before it changed: none is wrong at a glance, and the right one is not the one that
 * all others resemble.
 */
function wrongOrders(right: readonly number[], chance: Chance): (readonly number[])[] {
  const orders = [right];
  while (orders.length <= 3) {
    const from = chance.pick(orders);
    const [first = 0, second = 0] = chance.shuffled([...from.keys()]);
    const swapped = from.with(first, from[second] ?? 0).with(second, from[first] ?? 0);
    if (orders.every((order) => order.join() !== swapped.join())) orders.push(swapped);
  }
  return orders.slice(1);
}

function orderText(order: readonly number[]): Both {
  const text = order.join(' – ');
  return { id: text, en: text };
}
