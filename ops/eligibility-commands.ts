import type { Command, Group } from '#ops/command.ts';
import { NotDone } from '#ops/command.ts';
import { fitting } from '#ops/fields.ts';
import { indented, type Paint, row, some } from '#ops/render.ts';
import { type ReplayedGroup, replayEligibility } from '#shared/registration/eligibility/replay-api.ts';
import { BatchId } from '#shared/selection/batch-events.ts';

/* `npm run ops -- eligibility …`: decisions about who is eligible. */

/** More than groups have with three hex digits. */
const maxGroups = 4_096;
/** Differences that the screen shows. */
const maxShown = 20;

/** What all groups came to together. */
type Sum = {
  readonly joinings: ReplayedGroup['joinings'];
  readonly screenings: ReplayedGroup['screenings'];
  readonly unrecordedCount: number;
  readonly undecidedCount: number;
  /** Groups whose file is not the one of its mark. */
  readonly broken: readonly string[];
  readonly isKept: boolean;
  readonly isAnchored: boolean | null;
  readonly differences: ReplayedGroup['differences'];
};

const nothing: Sum = {
  joinings: { count: 0, differingCount: 0 },
  screenings: { count: 0, differingCount: 0 },
  ...{ unrecordedCount: 0, undecidedCount: 0, broken: [], isKept: true, isAnchored: null, differences: [] },
};

const together = (left: Sum['joinings'], right: Sum['joinings']) => ({
  count: left.count + right.count,
  differingCount: left.differingCount + right.differingCount,
});

function add(sum: Sum, group: ReplayedGroup): Sum {
  return {
    joinings: together(sum.joinings, group.joinings),
    screenings: together(sum.screenings, group.screenings),
    unrecordedCount: sum.unrecordedCount + group.unrecordedCount,
    undecidedCount: sum.undecidedCount + group.undecidedCount,
    broken: group.isIntact === false ? [...sum.broken, group.group] : sum.broken,
    isKept: sum.isKept && group.isIntact !== null,
    isAnchored: group.isAnchored ?? sum.isAnchored,
    differences: [...sum.differences, ...group.differences].slice(0, maxShown),
  };
}

const told = ({ count, differingCount }: Sum['joinings']) =>
  `${some(count, 'decision')}, ${differingCount === 0 ? 'all the same' : `${differingCount} differ`}`;
const named = (reasons: readonly string[]) => (reasons.length === 0 ? 'eligible' : reasons.join(', '));

function screen(paint: Paint, batchId: string, sum: Sum): string[] {
  const { joinings, screenings, unrecordedCount, undecidedCount, broken, isKept, isAnchored, differences } = sum;
  const before = unrecordedCount === 0 ? '' : `; ${some(unrecordedCount, 'joining')} of before decisions were kept`;
  const without = undecidedCount === 0 ? '' : `; ${some(undecidedCount, 'applicant')} without a decision`;
  const files = broken.length === 0 ? 'as their digests say' : `not what their digests say: ${broken.join(' ')}`;
  return [
    `${paint('bold', `Batch ${batchId}`)}  decided again`,
    '',
    ...row(paint, 'Joining', `${told(joinings)}${before}`),
    ...row(paint, 'Screening', isKept ? `${told(screenings)}${without}` : 'of before decisions were kept'),
    ...(isKept ? row(paint, 'Files', files) : []),
    ...(isAnchored === null
      ? []
      : row(paint, 'Digests', isAnchored ? 'as the journal says' : 'not as the journal says')),
    ...differences.flatMap(({ drawNumber, stage, rules, recorded, recomputed }) => [
      '',
      `${drawNumber}  ${stage}  ${rules}`,
      ...indented(`recorded    ${named(recorded)}`, 2),
      ...indented(`made again  ${recomputed ? named(recomputed) : 'these rules are not known any more'}`, 2),
    ]),
  ];
}

const replaying: Command = {
  name: 'replay',
  summary:
    'Makes every recorded decision of a batch again. From its own facts, by the version of the rules that it names; says where it differs. Changes nothing.',
  operands: [],
  usage: ['--batch N'],
  options: { batch: { value: 'N', help: 'of a batch that is screened' } },
  async run(given, { api, isJson, show, terminal: { out, paint } }) {
    const number = given.text('batch');
    const batchId = fitting(BatchId, number, `--batch '${number}' is not the number of a batch: 1 to 999999`);
    let sum = nothing;
    let group: string | null = null;
    for (let asked = 0; asked === 0 || group !== null; asked += 1) {
      if (asked === maxGroups) throw new NotDone('The groups of the batch do not end.');
      const query: { group?: string } = group === null ? {} : { group };
      const reply = await api.ask(replayEligibility, { path: { batchId }, query });
      const answer: ReplayedGroup = reply.read();
      if (isJson) show(reply, () => []);
      sum = add(sum, answer);
      group = answer.next;
    }
    if (!isJson) out.write(`${screen(paint, batchId, sum).join('\n')}\n`);
    const differing = sum.joinings.differingCount + sum.screenings.differingCount;
    const isWhole = sum.broken.length === 0 && sum.isAnchored !== false && sum.undecidedCount === 0;
    if (differing > 0 || !isWhole) throw new NotDone('Not every decision comes to what was recorded.');
  },
};

export const eligibilityCommands: Group = {
  name: 'eligibility',
  summary: 'Decisions about who is eligible',
  commands: [replaying],
};
