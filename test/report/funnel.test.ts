import { describe, expect, it } from 'vitest';
import { type Decision, foldEntries } from '#shared/journal/journal.ts';
import { type ParticipantEvent, participantFold } from '#shared/journal/participant.ts';
import { programProvinces } from '#shared/registration/region-names.ts';
import { type Contribution, contributionOf, count, noTotals, publish } from '#shared/report/figures.ts';
import { type Citizen, citizens, journeyUntil, type StepName, start } from '#test/journal/citizen.ts';

/*
 * The funnel that was published on 30 October 2020, one person for each twenty thousand: every stage is a whole number then. Who opened an account and never
 * confirmed the e-mail address is nobody's journal; a registration is of a confirmed account.
 */
const scale = 20_000;
const published = {
  ...{ registered: 40_000_000, emailVerified: 26_000_000, identityVerified: 20_000_000, phoneVerified: 18_000_000 },
  ...{ decreed: 5_600_000, purchased: 5_200_000, completed: 4_940_000, incentivePaid: 4_900_000 },
} as const;
type Stage = Exclude<keyof typeof published, 'registered'>;
/** How far the journeys of those lead who go no further. */
const lastStep: Readonly<Record<Stage, StepName>> = {
  ...{ emailVerified: 'register', identityVerified: 'verify', phoneVerified: 'verify', decreed: 'decree' },
  ...{ purchased: 'pay', completed: 'complete', incentivePaid: 'settle' },
};
const stages: readonly Stage[] = [
  ...(['emailVerified', 'identityVerified', 'phoneVerified', 'decreed'] as const),
  ...(['purchased', 'completed', 'incentivePaid'] as const),
];

/** The decisions of a journey, with the phone number proven once the identity is. */
function decisionsOf(citizen: Citizen, stage: Stage): readonly Decision<ParticipantEvent>[] {
  const { decisions } = journeyUntil(lastStep[stage], { citizen, scheme: 'SEMI_BANSOS_2020' });
  const all = decisions.map(({ decision }) => decision);
  if (stage === 'emailVerified' || stage === 'identityVerified') return all;
  const number = { phone: new Uint8Array([1]), phoneTag: citizen.participantId };
  const codeId = '00000000-0000-4000-8000-000000000001';
  const expiresAt = new Date(start.getTime() + 300_000).toISOString();
  const asked = { type: 'PhoneCodeRequested' as const, codeId, ...number, expiresAt };
  const proven = { type: 'PhoneVerified' as const, codeId, ...number };
  return [...all.slice(0, 2), { events: [asked] }, { events: [proven] }, ...all.slice(2)];
}

describe('the funnel of 30 October 2020', () => {
  const people = citizens('funnel', published.emailVerified / scale);
  /** Who goes no further than a stage. */
  const ends = stages.flatMap((stage, index) => {
    const next = stages[index + 1];
    return Array<Stage>((published[stage] - (next ? published[next] : 0)) / scale).fill(stage);
  });
  const contributions: Contribution[] = [];
  let phoneVerified = 0;
  for (const [index, citizen] of people.entries()) {
    const decisions = decisionsOf(citizen, ends[index] ?? 'emailVerified');
    const entries = decisions.map(({ events }, place) => ({ version: place + 1, at: start, events }));
    if (foldEntries(entries, participantFold).state.phone.proven) phoneVerified += 1;
    for (const { version, events } of entries) {
      const added = contributionOf(`${citizen.participantId}#${version}`, citizen.provinceCode, events);
      if (added) contributions.push(added);
    }
  }
  const { national, provinces } = publish(count(noTotals, contributions, start), programProvinces(), start);

  it('is counted as it was published, stage by stage', () => {
    const { people: counted } = national;
    const found = {
      ...{ emailVerified: counted.registered, identityVerified: counted.verified, phoneVerified },
      ...{ decreed: counted.decreed, purchased: counted.purchased, completed: counted.completed },
      incentivePaid: counted.paid,
    };
    expect(found).toEqual(Object.fromEntries(stages.map((stage) => [stage, published[stage] / scale])));
  });

  it('narrows from each stage to the next, in the nation and in every province', () => {
    for (const { people: counted } of [national, ...provinces]) {
      const { registered, verified, decreed, purchased, completed, paid } = counted;
      const inOrder = [registered, verified, decreed, purchased, completed, paid];
      expect(inOrder.toSorted((left, right) => right - left)).toEqual(inOrder);
    }
  });

  it('has paid one incentive of the scheme for each who was paid, and granted the whole benefit to each recipient', () => {
    expect(national.money.grantedRupiah).toBe((published.decreed / scale) * 3_550_000);
    expect(national.money.paidRupiah).toBe((published.incentivePaid / scale) * 600_000);
  });
});
