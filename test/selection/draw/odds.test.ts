import { describe, expect, it } from 'vitest';
import type { DrawRules } from '#shared/selection/draw/manifest.ts';
import type { DrawRecord } from '#shared/selection/draw/record.ts';
import { select } from '#shared/selection/draw/select.ts';
import { applicantOf, countBy, inOrder, listOf, rulesOf, seedOf, winnersOf } from '#test/selection/draw/lists.ts';

const digits = '0123456789abcdef';
const draws = 1_000;
const places = 8;

/** The draw numbers that win in each of many draws of one list, each under another seed. */
async function drawnOften(
  applicants: readonly DrawRecord[],
  rules: DrawRules,
): Promise<readonly (readonly string[])[]> {
  const list = listOf(applicants);
  const winners: string[][] = [];
  for (let draw = 0; draw < draws; draw += 1) {
    const selection = await select(list, rules, seedOf(`odds ${draw}`));
    winners.push(winnersOf(selection).map(({ drawNumber }) => drawNumber));
  }
  return winners;
}

// Two people with each last digit. The n-th came n-th, in the order of names: the list has an order of its own.
const people = Array.from({ length: 32 }, (_, hour) => {
  const { drawNumber } = applicantOf(`hour ${hour}`);
  const provinceCode = ['11', '32', '73', '91'][hour % 4] ?? '';
  return applicantOf('', {
    drawNumber: `${drawNumber.slice(0, 29)}${digits[hour % 16]}00`,
    provinceCode,
    regencyCode: `${provinceCode}.01`,
    strata: ['extreme_poverty'],
  });
});
const none = { '11': 0, '32': 0, '73': 0, '91': 0 };
/** One pool for people of four provinces. */
const together = rulesOf(0, { strata: [{ stratum: 'extreme_poverty', places }], provinces: none });
const drawn = await drawnOften(people, together);

const inList = inOrder(people).map(({ drawNumber }) => drawNumber);
const byArrival = people.map(({ drawNumber }) => drawNumber);
const provinceOf = new Map(people.map(({ drawNumber, provinceCode }) => [drawNumber, provinceCode]));

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
/** How often each group won; all groups are equally large. */
const winsBy = (groupOf: (drawNumber: string) => string | number, winners = drawn) =>
  Object.values(countBy(winners.flat().map((drawNumber) => String(groupOf(drawNumber)))));

/** Of wins against equal odds, allowing for places that are drawn without return. */
function chiSquare(wins: readonly number[], groups: number): number {
  const size = people.length / groups;
  const chance = places / people.length;
  const spread = draws * size * chance * (1 - chance) * ((people.length - size) / (people.length - 1));
  const squares = [...wins, ...Array.from({ length: groups - wins.length }, () => 0)].map((won) => {
    return (won - draws * size * chance) ** 2;
  });
  return (sum(squares) / spread) * ((groups - 1) / groups);
}

/** Upper 0.1 % points of chi-square by degrees of freedom. */
const limits = { 1: 10.83, 3: 16.27, 7: 24.32, 15: 37.7, 31: 61.1 };

describe('the odds', () => {
  it('are looked at in draws that give every place', () => {
    expect(drawn).toHaveLength(draws);
    expect(drawn.every((winners) => new Set(winners).size === places)).toBe(true);
  });

  it('are equal for every position in the list', () => {
    expect(
      chiSquare(
        winsBy((who) => inList.indexOf(who)),
        32,
      ),
    ).toBeLessThan(limits[31]);
  });

  it('are equal for everybody, whoever came first', () => {
    expect(
      chiSquare(
        winsBy((who) => byArrival.indexOf(who)),
        32,
      ),
    ).toBeLessThan(limits[31]);
  });

  it('are equal for every hour of joining, eight hours of four people', () => {
    expect(
      chiSquare(
        winsBy((who) => byArrival.indexOf(who) >> 2),
        8,
      ),
    ).toBeLessThan(limits[7]);
  });

  it('are equal for every last digit of the draw number', () => {
    expect(
      chiSquare(
        winsBy((who) => who.slice(29, 30)),
        16,
      ),
    ).toBeLessThan(limits[15]);
  });

  it('are equal in every province that competes for one stratum’s places', () => {
    expect(
      chiSquare(
        winsBy((who) => provinceOf.get(who) ?? ''),
        4,
      ),
    ).toBeLessThan(limits[3]);
  });

  it('do not stick to anybody from one draw to the next', () => {
    const repeated = drawn.slice(1).map((winners, draw) => winners.filter((who) => drawn[draw]?.includes(who)).length);
    const [expected, spread] = [places * (places / 32), places * 0.25 * 0.75 * (24 / 31)];

    // A sum of nearly independent numbers: within 3.3 times its spread.
    expect(Math.abs(sum(repeated) - repeated.length * expected)).toBeLessThan(
      3.3 * Math.sqrt(repeated.length * spread),
    );
  });
});

describe('a biased draw is found', () => {
  const [first = '', lastDigit = ''] = [byArrival[0], '0'];

  it('when one place in eight goes to whoever came first', () => {
    const favoured = drawn.map((winners) => [first, ...winners.filter((who) => who !== first)].slice(0, places));

    expect(
      chiSquare(
        winsBy((who) => byArrival.indexOf(who), favoured),
        32,
      ),
    ).toBeGreaterThan(limits[31]);
  });

  it('when every seventh draw is bent for whoever came first', () => {
    const bent = (winners: readonly string[]) => [first, ...winners.filter((who) => who !== first)].slice(0, places);
    const favoured = drawn.map((winners, draw) => (draw % 7 === 0 ? bent(winners) : winners));

    expect(
      chiSquare(
        winsBy((who) => byArrival.indexOf(who), favoured),
        32,
      ),
    ).toBeGreaterThan(limits[31]);
  });

  it('when scores are those of the list, not of a seed', () => {
    const favoured = drawn.map(() => inList.slice(0, places));

    expect(
      chiSquare(
        winsBy((who) => inList.indexOf(who), favoured),
        32,
      ),
    ).toBeGreaterThan(limits[31]);
  });

  it('when a last digit loses a quarter of its wins to another one', () => {
    const other = byArrival.find((who) => who.slice(29, 30) === 'f') ?? '';
    let losses = 0;
    const favoured = drawn.map((winners) =>
      winners.map((who) => {
        if (who.slice(29, 30) !== lastDigit) return who;
        losses += 1;
        return losses % 4 === 0 ? other : who;
      }),
    );

    expect(
      chiSquare(
        winsBy((who) => who.slice(29, 30), favoured),
        16,
      ),
    ).toBeGreaterThan(limits[15]);
  });
});

describe('who has more lots', () => {
  // A draw of one place is one draw of one lot: those of n lots have the chance of n.
  const crowd = Array.from({ length: 30 }, (_, index) => applicantOf(`lots ${index}`, { lots: 1 + (index % 3) }));
  const allLots = sum(crowd.map(({ lots }) => lots));

  /** Of wins against odds by lots. */
  const chiSquareOf = (wins: readonly number[], lotsOf: readonly number[]) =>
    sum(
      wins.map(
        (won, index) =>
          (won - (draws * (lotsOf[index] ?? 0)) / allLots) ** 2 / ((draws * (lotsOf[index] ?? 0)) / allLots),
      ),
    );

  it('wins as much more often', async () => {
    const winners = countBy((await drawnOften(crowd, rulesOf(1))).flat());
    const winsOf = (lots: number) => sum(crowd.map((who) => (who.lots === lots ? (winners[who.drawNumber] ?? 0) : 0)));
    const [one, two, three] = [winsOf(1), winsOf(2), winsOf(3)];
    const ofAll = crowd.map(({ drawNumber }) => winners[drawNumber] ?? 0);

    expect(one + two + three).toBe(draws);
    // Two degrees of freedom, and 29.
    expect(chiSquareOf([one, two, three], [10, 20, 30])).toBeLessThan(13.82);
    expect(
      chiSquareOf(
        ofAll,
        crowd.map(({ lots }) => lots),
      ),
    ).toBeLessThan(58.3);
    expect(two / one).toBeGreaterThan(1.6);
    expect(two / one).toBeLessThan(2.5);
    // The same wins are no wins of equal odds.
    expect(chiSquareOf([one, two, three], [20, 20, 20])).toBeGreaterThan(13.82);
  });

  it('wins no more often than somebody with one, where all have one', async () => {
    const winners = countBy(
      (
        await drawnOften(
          crowd.map((who) => ({ ...who, lots: 1 })),
          rulesOf(1),
        )
      ).flat(),
    );
    const wins = crowd.map(({ drawNumber }) => winners[drawNumber] ?? 0);

    expect(
      chiSquareOf(
        wins,
        crowd.map(() => allLots / crowd.length),
      ),
    ).toBeLessThan(58.3);
  });

  it('and wins, takes one place only', async () => {
    const [most = [], ...others] = await drawnOften(crowd, rulesOf(crowd.length));

    expect(new Set(most).size).toBe(crowd.length);
    expect(others.every((winners) => winners.length === crowd.length)).toBe(true);
  });
});
