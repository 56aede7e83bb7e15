import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accounts, moneyTable } from '#shared/credit/ledger.ts';
import { maxRepayments, raise, receivableDue, receivableTerms, repay } from '#shared/incentive/clawback.ts';
import { nextClaims } from '#shared/incentive/entitlement.ts';
import { forfeit, liftHold, placeHold } from '#shared/incentive/hold.ts';
import { owedRupiah } from '#shared/incentive/incentive.ts';
import { recordOutcome } from '#shared/incentive/settlement.ts';
import type { Decision } from '#shared/journal/journal.ts';
import type { Participant, ParticipantEvent } from '#shared/journal/participant.ts';
import { messagesDue } from '#shared/operations/sweep.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { journalKeys } from '#shared/table/keys.ts';
import { forfeited, outcomes, participantId, settled } from '#test/incentive/paying.ts';
import { decided, fileAfter, minutesAfter, start } from '#test/journal/citizen.ts';
import { expectRefusal } from '#test/platform/refused.ts';

const day = 1_440;
const now = minutesAfter(start, 60);
const daysLater = (days: number, minutes = 0) => minutesAfter(now, days * day + minutes);
const [anna, budi] = ['operator-anna', 'operator-budi'];
const asked = { holdId: 'hold-1', reason: 'not_entitled', scope: 'incentives_and_training', by: budi } as const;

const proposed = (file: Participant, holdId = 'hold-1') =>
  decided(file, placeHold(file, { holdId, reason: 'audit_finding', by: anna }), now);
const paidFile = proposed(fileAfter('settle'));
const raised = (file = paidFile, scope: 'incentives' | 'incentives_and_training' = 'incentives_and_training') =>
  decided(file, raise(participantId, file, { ...asked, scope }, now), now);
const repaid = (file: Participant, amountRupiah: number, bankReference = `bank-${amountRupiah}`, at = now) =>
  decided(file, repay(file.incentives, { bankReference, amountRupiah, by: anna }), at);
const due = (file: Participant, at: Date) => receivableDue(participantId, file, at);
const handed = (file: Participant, at = daysLater(61)) => decided(file, due(file, at), at);
const debtOf = (file: Participant) => {
  if (!file.incentives.receivable) throw new Error('There is a debt');
  return file.incentives.receivable;
};
/** The instant of a decision's entry in the due index, and what kind of work it is. */
const dueAt = ({ index }: Decision<unknown>) => index?.dueSort?.split('#') ?? [];
const books = ({ citizen_debt, receivable, recovered, handed_over }: Participant['balances']) =>
  citizen_debt + receivable + recovered + handed_over;

describe('asking back', () => {
  it('counts what was paid and what the training cost, or the incentives alone', () => {
    expect(debtOf(raised()).amountRupiah).toBe(1_600_000);
    expect(debtOf(raised(paidFile, 'incentives')).amountRupiah).toBe(600_000);
  });

  it('forfeits what is not received yet in the same decision, each with its own legs', () => {
    const { events } = raise(participantId, paidFile, asked, now);
    expect(events).toMatchObject([
      {
        type: 'EntitlementForfeited',
        holdId: 'hold-1',
        by: budi,
        legs: [{ rupiah: -100_000 }, { account: 'returned' }],
      },
      {
        type: 'ReceivableRaised',
        legs: [
          { account: 'citizen_debt', rupiah: -1_600_000 },
          { account: 'receivable', rupiah: 1_600_000 },
        ],
      },
    ]);
  });

  it('does not forfeit a second time what is forfeited', () => {
    const file = proposed(forfeited(fileAfter('settle'), now));
    expect(raise(participantId, file, asked, now).events.map(({ type }) => type)).toEqual(['ReceivableRaised']);
  });

  it('never owes anything to somebody who keeps the right to incentives', () => {
    const [, event] = raise(participantId, paidFile, asked, now).events;
    expect(() => decided(paidFile, { events: event ? [event] : [] }, now)).toThrow('no right');
  });

  it('needs another operator than who proposed it, and a proposal', () => {
    expectRefusal(() => raise(participantId, paidFile, { ...asked, by: anna }, now), 'same_operator');
    expectRefusal(() => raise(participantId, fileAfter('settle'), asked, now), 'hold_unknown');
    const file = decided(
      fileAfter('settle'),
      placeHold(fileAfter('settle'), { holdId: 'hold-1', reason: 'manual', by: anna }),
      now,
    );
    expectRefusal(() => raise(participantId, file, asked, now), 'forfeiture_missing');
  });

  it('once is a debt, again with the same words a repeat, with others refused', () => {
    const file = raised();
    expect(raise(participantId, file, asked, daysLater(1)).events).toEqual([]);
    for (const other of [{ scope: 'incentives' }, { reason: 'identity_forged' }, { holdId: 'hold-2' }] as const)
      expectRefusal(
        () => raise(participantId, proposed(file, 'hold-2'), { ...asked, ...other }, now),
        'receivable_exists',
      );
  });

  it('is refused where nothing was received', () => {
    const file = proposed(fileAfter('rate'));
    expectRefusal(() => raise(participantId, file, { ...asked, scope: 'incentives' }, now), 'nothing_received');
    expect(raise(participantId, file, asked, now).events).toHaveLength(2);
    expectRefusal(() => raise(participantId, proposed(fileAfter('decree')), asked, now), 'nothing_received');
  });

  it('waits until no payment is on its way: nobody knows yet what is owed', () => {
    const file = proposed(fileAfter('link'));
    expectRefusal(() => raise(participantId, file, asked, now), 'payout_state');
    const outcome = settled(file, outcomes.paid, now);
    expect(debtOf(raised(outcome)).amountRupiah).toBe(1_600_000);
  });

  it('leaves sixty days, to the last instant of the last one in Jakarta', () => {
    expect(receivableTerms.dueDays).toBe(60);
    // Raised on 2 November 2026, 11:00 WIB.
    expect(debtOf(raised()).dueUntil.toISOString()).toBe('2027-01-01T16:59:59.999Z');
  });

  it('leaves nothing that could still be claimed', () => {
    const failed = settled(proposed(fileAfter('link')), outcomes.refused, now);
    const file = raised(failed);
    const lifted = decided(file, liftHold(file.incentives, { holdId: 'hold-1', by: budi }), now);
    expect(nextClaims(participantId, lifted, now)).toEqual([]);
    expect(lifted.balances.incentive_entitlement).toBe(0);
  });
});

describe('the dates of a debt', () => {
  const file = raised();

  it('begin with the first reminder, a minute after its time, for the sweeper to find', () => {
    const decision = raise(participantId, paidFile, asked, now);
    expect(dueAt(decision)).toEqual([daysLater(30, 1).toISOString(), 'receivable']);
    expect(messagesDue(journalKeys.participant(participantId), decision.index?.dueSort ?? '')).toEqual([
      { queue: 'incentiveQueueUrl', body: { step: 'receivable', participantId } },
    ]);
  });

  it('are reminders after 30, 50 and 57 days, and then the end, each with the next one behind it', () => {
    const seen: unknown[] = [];
    let debtor = file;
    let entry = dueAt(raise(participantId, paidFile, asked, now));
    for (let turn = 0; turn < 10 && entry[0]; turn += 1) {
      const at = new Date(entry[0]);
      const decision = due(debtor, at);
      seen.push([decision.events.map((event) => [event.type, 'times' in event ? event.times : 0]), at.toISOString()]);
      debtor = decided(debtor, decision, at);
      entry = dueAt(decision);
    }
    expect(seen).toEqual([
      [[['ReceivableReminded', 1]], daysLater(30, 1).toISOString()],
      [[['ReceivableReminded', 2]], daysLater(50, 1).toISOString()],
      [[['ReceivableReminded', 3]], daysLater(57, 1).toISOString()],
      [[['ReceivableHandedOver', 0]], '2027-01-01T17:00:59.999Z'],
    ]);
  });

  it('do nothing too early: not an instant before a reminder, not in the last instant of the time to pay', () => {
    const instant = (at: Date, milliseconds: number) => new Date(at.getTime() + milliseconds);
    expect(due(file, instant(daysLater(30), -1)).events).toEqual([]);
    expect(due(file, daysLater(30)).events).toHaveLength(1);
    const { dueUntil } = debtOf(file);
    const reminded = decided(file, due(file, dueUntil), dueUntil);
    expect(reminded.incentives.receivable).toMatchObject({ reminders: 3, handedOver: false });
    expect(due(reminded, dueUntil).events).toEqual([]);
    expect(due(reminded, instant(dueUntil, 1)).events).toMatchObject([{ type: 'ReceivableHandedOver' }]);
  });

  it('do nothing the second time', () => {
    const reminded = decided(file, due(file, daysLater(30)), daysLater(30));
    expect(due(reminded, daysLater(30)).events).toEqual([]);
    expect(due(handed(file), daysLater(62)).events).toEqual([]);
  });

  it('are not made up for one by one after an outage', () => {
    const decision = due(file, daysLater(51));
    expect(decision.events).toEqual([{ type: 'ReceivableReminded', times: 2 }]);
    expect(dueAt(decision)[0]).toBe(daysLater(57, 1).toISOString());
  });

  it('end when all is paid back', () => {
    const complete = repaid(file, 1_600_000);
    expect(owedRupiah(debtOf(complete))).toBe(0);
    for (const days of [30, 57, 61]) expect(due(complete, daysLater(days)).events).toEqual([]);
    const almost = repaid(file, 1_599_999);
    expect(due(almost, daysLater(30)).events).toHaveLength(1);
    expect(handed(almost).balances).toMatchObject({ handed_over: 1, receivable: 0, recovered: 1_599_999 });
  });

  it('are nobody else’s', () => {
    expect(due(paidFile, daysLater(61)).events).toEqual([]);
  });
});

describe('paying back', () => {
  const file = raised();

  it('moves the money once, by the reference of the bank', () => {
    const once = repaid(file, 600_000);
    expect(once.balances).toMatchObject({ citizen_debt: -1_600_000, receivable: 1_000_000, recovered: 600_000 });
    expect(repay(once.incentives, { bankReference: 'bank-600000', amountRupiah: 600_000, by: budi }).events).toEqual(
      [],
    );
    expectRefusal(
      () => repay(once.incentives, { bankReference: 'bank-600000', amountRupiah: 600_001, by: anna }),
      'repayment_reused',
    );
    expect(owedRupiah(debtOf(repaid(once, 600_000, 'bank-2')))).toBe(400_000);
  });

  it('is not more than what is owed', () => {
    const once = repaid(file, 600_000);
    expectRefusal(
      () => repay(once.incentives, { bankReference: 'bank-2', amountRupiah: 1_000_001, by: anna }),
      'receivable_exceeded',
    );
    expect(owedRupiah(debtOf(repaid(once, 1_000_000)))).toBe(0);
  });

  it('is for somebody who owes', () => {
    expectRefusal(
      () => repay(paidFile.incentives, { bankReference: 'bank-1', amountRupiah: 1, by: anna }),
      'receivable_unknown',
    );
  });

  it('after the hand-over makes the claim smaller', () => {
    const late = repaid(handed(repaid(file, 600_000)), 400_000, 'bank-late', daysLater(90));
    expect(late.balances).toMatchObject({
      citizen_debt: -1_600_000,
      receivable: 0,
      recovered: 1_000_000,
      handed_over: 600_000,
    });
    expectRefusal(
      () => repay(late.incentives, { bankReference: 'bank-3', amountRupiah: 600_001, by: anna }),
      'receivable_exceeded',
    );
  });

  it('has an end in number', () => {
    const many = (count: number) => new Map(Array.from({ length: count }, (_, index) => [`bank-${index}`, 1] as const));
    const full = (count: number) => ({
      ...file.incentives,
      receivable: { ...debtOf(file), repayments: many(count) },
    });
    const act = (count: number) => repay(full(count), { bankReference: 'one-more', amountRupiah: 1, by: anna });
    expect(act(maxRepayments - 1).events).toHaveLength(1);
    expectRefusal(() => act(maxRepayments), 'attempts_exceeded');
  });

  it('is refused by the fold where a rule forgot a limit', () => {
    const event = { type: 'RepaymentPosted', bankReference: 'bank-1', amountRupiah: 1, by: anna } as const;
    const legs = [
      { account: 'receivable', rupiah: -1 },
      { account: 'recovered', rupiah: 1 },
    ] as const;
    const posted = { ...event, legs: [...legs] };
    const once = decided(file, { events: [posted] }, now);
    expect(() => decided(once, { events: [posted] }, now)).toThrow('once');
    expect(() => decided(paidFile, { events: [posted] }, now)).toThrow('overdrawn');
  });

  it('and reminding end for the fold with the hand-over', () => {
    const over = handed(file);
    expect(() => decided(over, { events: [{ type: 'ReceivableReminded', times: 1 }] }, now)).toThrow('Reminders');
    const legs = [
      { account: 'handed_over', rupiah: -1 },
      { account: 'receivable', rupiah: 1 },
    ] as const;
    expect(() => decided(over, { events: [{ type: 'ReceivableHandedOver', legs: [...legs] }] }, now)).toThrow('once');
    const [raisedAgain] = raise(participantId, paidFile, asked, now).events.slice(1);
    expect(() => decided(over, { events: raisedAgain ? [raisedAgain] : [] }, now)).toThrow('once');
  });
});

describe('in any history', () => {
  type Command = { readonly kind: string; readonly amount: number; readonly days: number };
  const command: fc.Arbitrary<Command> = fc.record({
    kind: fc.constantFrom(
      'hold',
      'lift',
      'forfeit',
      'raise',
      'raise-less',
      'repay',
      'due',
      'claim',
      'paid',
      'refused',
      'returned',
      'unknown',
    ),
    amount: fc.constantFrom(1, 50_000, 600_000, 1_000_000, 1_600_000),
    days: fc.constantFrom(0, 1, 20, 31),
  });

  function rule({ kind, amount }: Command, file: Participant, at: Date): Decision<ParticipantEvent> {
    const [last] = [...file.incentives.payouts.values()].slice(-1);
    switch (kind) {
      case 'hold':
        return placeHold(file, { holdId: `hold-${1 + (amount % 2)}`, reason: 'blacklisted', by: anna });
      case 'lift':
        return liftHold(file.incentives, { holdId: `hold-${1 + (amount % 2)}`, by: budi });
      case 'forfeit':
        return forfeit(file, { holdId: 'hold-1', by: budi });
      case 'raise':
        return raise(participantId, file, asked, at);
      case 'raise-less':
        return raise(participantId, file, { ...asked, scope: 'incentives' }, at);
      case 'repay':
        return repay(file.incentives, { bankReference: `bank-${amount}`, amountRupiah: amount, by: anna });
      case 'due':
        return receivableDue(participantId, file, at);
      case 'claim':
        return { events: nextClaims(participantId, file, at) };
      case 'paid':
      case 'refused':
      case 'returned':
      case 'unknown':
        return last ? { events: [...settledBy(file, outcomes[kind], at, last.reference)] } : { events: [] };
      default:
        throw new Error('A command is one of those above');
    }
  }
  const settledBy = (file: Participant, outcome: Parameters<typeof recordOutcome>[3], at: Date, reference: string) =>
    recordOutcome(participantId, file, reference, outcome, at).events;

  it('what is owed, recovered and handed over is what was lent to the debt, and the granted money is where it was', () => {
    const seen = new Set<string>();
    const check = (isPaid: boolean, commands: readonly Command[]) => {
      let file = fileAfter(isPaid ? 'settle' : 'link');
      let at = now;
      for (const given of commands) {
        at = minutesAfter(at, given.days * day);
        let decision: Decision<ParticipantEvent>;
        try {
          decision = rule(given, file, at);
        } catch (error) {
          if (error instanceof Refusal) continue;
          throw error;
        }
        for (const event of decision.events) {
          seen.add(event.type);
          // Debts never touch what was granted, nor the other way round.
          const own = ['citizen_debt', 'receivable', 'recovered', 'handed_over'];
          const touched = 'legs' in event ? (event.legs ?? []).map(({ account }) => own.includes(account)) : [];
          expect(new Set(touched).size).toBeLessThanOrEqual(1);
        }
        file = decided(file, decision, at);
        const { balances, incentives } = file;
        expect(books(balances) + 0).toBe(0);
        expect(accounts.reduce((sum, account) => sum + balances[account], 0) + 0).toBe(0);
        expect(-balances.citizen_debt + 0).toBe(incentives.receivable?.amountRupiah ?? 0);
        const owed = incentives.receivable ? owedRupiah(incentives.receivable) : 0;
        expect(balances.receivable + balances.handed_over).toBe(owed);
        expect(balances.receivable === 0 || !incentives.receivable?.handedOver).toBe(true);
        const { grantedRupiah, spentRupiah, paidRupiah, forfeitedRupiah, openRupiah } = moneyTable(balances);
        expect(grantedRupiah).toBe(spentRupiah + paidRupiah + forfeitedRupiah + openRupiah);
      }
    };
    fc.assert(fc.property(fc.boolean(), fc.array(command, { maxLength: 40, size: 'max' }), check), { numRuns: 400 });
    // Otherwise the histories would prove little.
    for (const type of [
      'EntitlementForfeited',
      'ReceivableRaised',
      'ReceivableReminded',
      'RepaymentPosted',
      'ReceivableHandedOver',
      'IncentiveReturned',
      'ReceivableReduced',
    ])
      expect([...seen]).toContain(type);
  });
});
