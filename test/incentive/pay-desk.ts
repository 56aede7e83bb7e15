import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { payIncentives } from '#functions/incentive/pay-incentives.ts';
import { type Simulators, startSimulators } from '#infra/local/simulators/simulators.ts';
import { type Breaker, circuitBreaker } from '#shared/incentive/breaker.ts';
import { openPayouts, type Payout } from '#shared/incentive/incentive.ts';
import type { Permit } from '#shared/incentive/pay-payout.ts';
import { type PaymentPartner, paymentPartners } from '#shared/incentive/payment-partners.ts';
import { type PaymentClient, snapClient } from '#shared/incentive/snap/client.ts';
import { credentialsReader } from '#shared/incentive/snap/credentials.ts';
import { participants } from '#shared/journal/participant.ts';
import { PayoutMessage } from '#shared/operations/messages.ts';
import { messagesDue } from '#shared/operations/sweep.ts';
import { journalKeys } from '#shared/table/keys.ts';
import {
  type Choices,
  type Citizen,
  citizens,
  journeyUntil,
  keys,
  minutesAfter,
  type StepName,
  start,
  store,
} from '#test/journal/citizen.ts';
import { failedIds, lambdaContext, queueEvent } from '#test/platform/events.ts';
import { type Death, Died, type Engine, startTable } from '#test/table/engine.ts';

/* The worker of one payment partner between the real engine and the sandbox, which keeps a book of its own. */

/** A payout that was claimed. */
export type Claim = { readonly citizen: Citizen; readonly reference: string };

/** When the release of every payout here was approved. */
export const approvedAt = minutesAfter(start, 30);
const dispatched: Permit = { allowed: true, approvedAt };

/** A worker that dies at its n-th call of the partner, counted from 1: before the partner has it, or before the answer is read. */
export type CallDeath = { readonly call: number; readonly when: 'before' | 'after' };

/** How one delivery is made. */
export type Circumstances = {
  readonly deliveries?: number;
  readonly death?: Death | undefined;
  readonly callDeath?: CallDeath | undefined;
  readonly client?: Pick<PaymentClient, 'pay' | 'inquire'>;
  readonly permit?: Permit;
  readonly enabled?: boolean;
  readonly partner?: PaymentPartner;
  readonly breaker?: Breaker;
  readonly pace?: () => Promise<void>;
};

type Client = Pick<PaymentClient, 'pay' | 'inquire'>;

function mortal({ pay, inquire }: Client, death: CallDeath | undefined): Client {
  let calls = 0;
  const living = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    calls += 1;
    const isLast = death?.call === calls;
    if (isLast && death.when === 'before') throw new Died();
    const answer = await work();
    if (isLast) throw new Died();
    return answer;
  };
  return { pay: (order) => living(() => pay(order)), inquire: (order) => living(() => inquire(order)) };
}

export type PayDesk = Awaited<ReturnType<typeof payDesk>>;

/** Starts everything for one test file. */
export async function payDesk(seed: string, count: number) {
  const [engine, simulators]: [Engine, Simulators] = [await startTable(), await startSimulators()];
  const { payments } = simulators;
  const secret = credentialsReader(async () => JSON.stringify(simulators.paymentPartners));
  const clientOf = (partner: PaymentPartner) => snapClient({ partner, credentials: () => secret.of(partner.code) });
  const clients = {
    'bank-induk': clientOf(paymentPartners['bank-induk']),
    switching: clientOf(paymentPartners.switching),
  };
  const people = citizens(seed, count);
  const files = participants(engine.table);
  let served = 0;

  /** A citizen of whom nobody else knows, as far as a step. */
  async function citizenAfter(step: StepName, choices: Choices = {}): Promise<Claim> {
    const citizen = people[served];
    served += 1;
    if (!citizen) throw new Error('More people are needed');
    const journey = journeyUntil(step, { citizen, ...choices });
    await store(engine.table, journey);
    return { citizen, reference: openPayouts(journey.file.incentives)[0]?.reference ?? '' };
  }

  function workerFor(circumstances: Circumstances = {}) {
    const {
      death,
      callDeath,
      client,
      permit = dispatched,
      enabled = true,
      partner = paymentPartners.switching,
    } = circumstances;
    return payIncentives({
      partner,
      participants: participants(death ? engine.dying(death) : engine.table),
      keys: async () => keys,
      client: mortal(client ?? clients[partner.code], callDeath),
      permitOf: async () => permit,
      isEnabled: async () => enabled,
      breaker: circumstances.breaker ?? circuitBreaker(),
      pace: circumstances.pace ?? (async () => {}),
      now: () => new Date(),
      random: Math.random,
    });
  }

  /** One delivery of a message; whether the queue keeps it. */
  async function deliver(message: object, circumstances: Circumstances = {}): Promise<'done' | 'again'> {
    const event = queueEvent([message], circumstances.deliveries ?? 1);
    const { length } = failedIds(await workerFor(circumstances)(event, lambdaContext));
    return length === 0 ? 'done' : 'again';
  }

  const fileOf = async ({ citizen }: Pick<Claim, 'citizen'>) => (await files.load(citizen.participantId)).state;
  const eventsOf = async ({ citizen }: Pick<Claim, 'citizen'>) =>
    (await files.entries(citizen.participantId)).flatMap(({ events }) => events);

  return {
    engine,
    simulators,
    payments,
    files,
    clients,
    citizenAfter,
    workerFor,
    deliver,
    fileOf,
    eventsOf,

    async payoutOf(claim: Claim): Promise<Payout> {
      const payout = (await fileOf(claim)).incentives.payouts.get(claim.reference);
      if (!payout) throw new Error('The payout was claimed');
      return payout;
    },

    /** What the sandbox has really paid under a reference. */
    paymentsOf: ({ reference }: Claim) =>
      payments.book().filter(({ partnerReferenceNo }) => partnerReferenceNo === reference),

    countOf: async (claim: Claim, type: string) =>
      (await eventsOf(claim)).filter((event) => event.type === type).length,

    /** Everything that the clock will bring of a citizen's payouts, in its order. */
    async due({
      citizen: { participantId },
    }: Claim): Promise<{ readonly at: Date; readonly message: PayoutMessage }[]> {
      const { Items = [] } = await engine.table.client.send(
        new QueryCommand({
          TableName: engine.table.name,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': journalKeys.participant(participantId) },
        }),
      );
      return Items.flatMap(({ pk, dueSort }) =>
        typeof dueSort === 'string' && /#(payout|inquiry)#/.test(dueSort)
          ? messagesDue(String(pk), dueSort).map(({ body }) => ({
              at: new Date(dueSort.slice(0, 24)),
              message: PayoutMessage.parse(body),
            }))
          : [],
      ).toSorted((left, right) => left.at.getTime() - right.at.getTime());
    },

    calm(): void {
      payments.faults.clear();
      payments.inquiryFaults.clear();
      payments.setDown(false);
    },

    async stop(): Promise<void> {
      await simulators.stop();
      await engine.stop();
    },
  };
}

export const payMessage = ({ citizen: { participantId }, reference }: Claim, again = false): PayoutMessage => ({
  step: 'pay',
  participantId,
  reference,
  releaseId: 'RELEASE-1',
  again,
});
export const inquireMessage = ({ citizen: { participantId }, reference }: Claim): PayoutMessage => ({
  step: 'inquire',
  participantId,
  reference,
});
export const retryMessage = ({ citizen: { participantId }, reference }: Claim): PayoutMessage => ({
  step: 'retry',
  participantId,
  reference,
});
