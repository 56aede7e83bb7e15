import { accountView, incentivesView } from '#shared/incentive/incentive-view.ts';
import { openAccount } from '#shared/incentive/sealed-account.ts';
import { type Participant, type Participants, participants } from '#shared/journal/participant.ts';
import { api } from '#shared/platform/http.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { stateOf } from '#shared/registration/aptitude/aptitude.ts';
import { maskedName, openPerson } from '#shared/registration/person.ts';
import { readFile } from '#shared/registration/read-file-api.ts';
import { standing } from '#shared/registration/registration.ts';
import { viewOf } from '#shared/registration/registration-view.ts';
import { surveysOf } from '#shared/survey/survey-window.ts';
import { programTable } from '#shared/table/table.ts';
import { courseOf, redeemedAt } from '#shared/training/training.ts';

type Deps = { readonly participants: Participants; readonly keys: () => Promise<Keys> };

/** GET /v1/participants/me: the caller's own file. */
export function readOwnFile({ participants, keys }: Deps) {
  return api(readFile, async ({ caller, now }) => {
    const participantId = caller.username;
    const { state } = await participants.load(participantId);
    const { registration, membership, balances, incentives } = state;
    const registered = standing(registration);
    const opened = await keys();
    const { name } = openPerson(opened, participantId, registered);
    const linked = incentives.account;
    const account = linked && openAccount(opened, participantId, registered.dataKey, linked);
    return {
      registration: viewOf(participantId, registration),
      person: { maskedName: maskedName(name) },
      aptitudeTests: testsOf(state, now),
      batchId: membership.joined?.batchId ?? null,
      membership: standingOf(state),
      cardNumber: membership.decreed?.cardNumber ?? null,
      purchaseUntil: membership.decreed?.purchaseUntil ?? null,
      creditRupiah: balances.training_credit,
      purchases: purchasesOf(state),
      payoutAccount: accountView(incentives, account),
      incentives: incentivesView(state, now),
      surveys: surveysOf(state, now),
    };
  });
}

function standingOf({
  membership: { joined, decreed, revoked },
}: Participant): 'none' | 'joined' | 'recipient' | 'revoked' {
  if (revoked) return 'revoked';
  if (decreed) return 'recipient';
  return joined ? 'joined' : 'none';
}

function testsOf({ aptitude }: Participant, now: Date) {
  return aptitude.map((test) => ({
    ...{ attempt: test.attempt, scheme: test.scheme, state: stateOf(test, now) },
    deadline: test.deadline.toISOString(),
    percent: test.scored?.percent ?? null,
    passed: test.scored?.passed ?? null,
  }));
}

function purchasesOf({ purchases, training, certificates }: Participant) {
  return purchases.paid.map(({ purchaseId, courseCode, scheduleCode, priceRupiah, redeemCode }) => {
    const course = courseOf(training, purchaseId);
    return {
      ...{ purchaseId, courseCode, scheduleCode, priceRupiah, redeemCode },
      redeemed: redeemedAt(course) !== null,
      completed: course.completed !== null,
      rated: certificates.rated.has(purchaseId),
      certificateNumber: certificates.issued.get(purchaseId)?.number ?? null,
    };
  });
}

export const handler = readOwnFile({ participants: participants(programTable()), keys: programKeys });
