import { obstacleOf } from '#shared/incentive/entitlement.ts';
import { PaymentPartnerCode, paymentPartners, serviceOf } from '#shared/incentive/payment-partners.ts';
import { payoutOf } from '#shared/incentive/payout.ts';
import { type PayoutLists, type WaitingPayout, waitingSince } from '#shared/incentive/payout-lists.ts';
import { payoutMessage } from '#shared/incentive/payout-queues.ts';
import { isUnfinished, type PreparedList, type Release, type Releases } from '#shared/incentive/release.ts';
import { type ReleaseLimits, releaseRules } from '#shared/incentive/release-events.ts';
import { byPartner, type ReleasedPayout, type ReleaseFiles } from '#shared/incentive/release-files.ts';
import { prepare } from '#shared/incentive/release-progress.ts';
import type { ReleaseTurns } from '#shared/incentive/release-turns.ts';
import type { Participant, Participants } from '#shared/journal/participant.ts';
import { logger } from '#shared/platform/observe.ts';
import type { Queues } from '#shared/platform/queues.ts';
import { slices } from '#shared/platform/slices.ts';

type Deps = {
  readonly releases: Releases;
  readonly participants: Pick<Participants, 'load'>;
  readonly lists: PayoutLists;
  readonly files: ReleaseFiles;
  readonly turns: ReleaseTurns;
  readonly queues: Queues;
  readonly now: () => Date;
};

/** Parts that one release looks at: what is left waits for the next one. */
const maxParts = 50_000;
/** Requests to table or files under way at a time. */
const requestsAtOnce = 50;

type Found = {
  readonly candidates: Map<string, WaitingPayout>;
  readonly parts: string[];
  readonly left: WaitingPayout[];
};

/** Why a payout that waits is not in a list. */
type Reason =
  /** It stands in another release that is not finished. */
  | 'in_other_release'
  /** It is paid, refused or under way by now: a part that came twice. */
  | 'settled'
  | 'held'
  /** Its owner has no right to it any more: its partner's worker refuses it. */
  | 'not_entitled'
  /** The journal does not say what the part says. */
  | 'differs';

/**
 * Prepares a release from what waits. First the list's files, then the event that names them, then the parts that it was taken
 * from are removed: whoever dies in between is followed by a run that ends the same way. A payout leaves the waiting parts only
 * for a list that stands, or since something else will list it again: the end of its hold, or of the release that it stands in.
 */
export function releasePreparation({ releases, participants, lists, files, turns, queues, now }: Deps) {
  const load = async (releaseId: string): Promise<Release> => (await releases.load(releaseId)).state;

  async function takeFrom(releaseId: string, { maxPayouts, partnerCodes }: ReleaseLimits): Promise<Found> {
    const wanted = (payout: WaitingPayout) => !partnerCodes || partnerCodes.some((code) => code === payout.partnerCode);
    const own = waitingSince.release(releaseId);
    const candidates = new Map<string, WaitingPayout>();
    const parts: string[] = [];
    const left: WaitingPayout[] = [];
    let seen = 0;
    for await (const keys of lists.waitingKeys(releaseId)) {
      for (const group of slices(keys, requestsAtOnce)) {
        const read = await Promise.all(group.map(async (key) => ({ key, part: await lists.waiting(key) })));
        for (const { key, part } of read) {
          if (candidates.size >= maxPayouts || seen >= maxParts) return { candidates, parts, left };
          seen += 1;
          // What it left itself, in a run before this one, is for the next release.
          if (!part || part.source === own || !part.payouts.some(wanted)) continue;
          parts.push(key);
          for (const payout of part.payouts) {
            const hasRoom = candidates.size < maxPayouts || candidates.has(payout.reference);
            const known = candidates.get(payout.reference);
            if (wanted(payout) && hasRoom) candidates.set(payout.reference, known?.relisted ? known : payout);
            else left.push(payout);
          }
        }
      }
    }
    return { candidates, parts, left };
  }

  /** Takes out what another release may still pay. Those are read after the waiting parts: what one gives back meanwhile waits on. */
  async function withoutOthers(releaseId: string, candidates: Map<string, WaitingPayout>): Promise<number> {
    const before = candidates.size;
    for (const other of await turns.listed()) {
      const release = await load(other);
      const { prepared } = release;
      if (other === releaseId || !prepared || !isUnfinished(release)) continue;
      const list = { releaseId: other, listDigest: prepared.listDigest };
      const numbers = Array.from({ length: prepared.chunkCount }, (_, number) => number);
      for (const group of slices(numbers, requestsAtOnce)) {
        const payouts = (await Promise.all(group.map((number) => files.chunk(list, number)))).flat();
        for (const { reference } of payouts) candidates.delete(reference);
      }
    }
    return before - candidates.size;
  }

  type Verified = {
    readonly payouts: ReleasedPayout[];
    readonly heldBack: WaitingPayout[];
    readonly dropped: Record<Reason, number>;
  };

  /** Each payout as its own journal has it. */
  async function verified(candidates: ReadonlyMap<string, WaitingPayout>): Promise<Verified> {
    const dropped = { in_other_release: 0, settled: 0, held: 0, not_entitled: 0, differs: 0 };
    const payouts: ReleasedPayout[] = [];
    const heldBack: WaitingPayout[] = [];
    const byParticipant = [...Map.groupBy(candidates.values(), ({ participantId }) => participantId)];
    for (const group of slices(byParticipant, requestsAtOnce)) {
      const loaded = await Promise.all(
        group.map(async ([participantId, waiting]) => {
          const { state } = await participants.load(participantId);
          return waiting.map((payout) => ({ payout, verdict: verdictOn(state, payout) }));
        }),
      );
      const lost: WaitingPayout[] = [];
      for (const { payout, verdict } of loaded.flat()) {
        if (typeof verdict === 'number') payouts.push({ ...payout, feeRupiah: verdict });
        else dropped[verdict] += 1;
        // The end of the hold lists it again, but does not know that it may have been sent.
        if (verdict === 'held' && payout.relisted) heldBack.push(payout);
        if (verdict === 'not_entitled') lost.push(payout);
        if (verdict === 'differs') logger.error('payout.differs', { reference: payout.reference });
      }
      await queues.send(
        lost.map(({ participantId, reference, partnerCode }) =>
          payoutMessage(partnerCode, { step: 'inquire', participantId, reference }),
        ),
      );
    }
    return { payouts: payouts.sort((left, right) => (left.reference < right.reference ? -1 : 1)), heldBack, dropped };
  }

  async function list(releaseId: string, limits: ReleaseLimits): Promise<void> {
    await turns.take(releaseId, load);
    const { candidates, parts, left } = await takeFrom(releaseId, limits);
    const inOthers = await withoutOthers(releaseId, candidates);
    const { payouts, heldBack, dropped } = await verified(candidates);
    const chunks = slices(payouts, releaseRules.chunkSize);
    const listDigest = await files.writeList(releaseId, chunks, { parts, left: [...left, ...heldBack] });
    const list = { ...declared(payouts), chunkCount: chunks.length, listDigest };
    await releases.change(releaseId, (release) => prepare(release, list), now);
    const { count, sumRupiah } = list;
    const why = { ...dropped, in_other_release: inOthers };
    logger.info('release.prepared', { releaseId, count, sumRupiah, left: left.length, dropped: why });
  }

  /** Leaves what had no room, and removes what the list was taken from: by the list that the journal names. */
  async function tidy(releaseId: string, { listDigest }: PreparedList): Promise<void> {
    const { parts, left } = await files.taken({ releaseId, listDigest });
    await lists.leaveWaiting(waitingSince.release(releaseId), left);
    for (const group of slices(parts, requestsAtOnce)) await Promise.all(group.map(lists.removeWaiting));
  }

  return async (releaseId: string): Promise<void> => {
    const { state, requested } = await load(releaseId);
    if (state === 'requested' && requested) await list(releaseId, requested.limits);
    const { prepared } = await load(releaseId);
    if (prepared) await tidy(releaseId, prepared);
  };
}

/** What the partner takes for a payout that may be paid; otherwise why it may not. */
function verdictOn(file: Participant, waiting: WaitingPayout): number | Exclude<Reason, 'in_other_release'> {
  const { payouts, account } = file.incentives;
  const payout = payouts.get(waiting.reference);
  const partnerCode = PaymentPartnerCode.safeParse(waiting.partnerCode);
  const isSame =
    payout?.amountRupiah === waiting.amountRupiah &&
    payout.partnerCode === waiting.partnerCode &&
    payoutOf(waiting.reference)?.participantId === waiting.participantId;
  if (!payout || !isSame || !partnerCode.success) return 'differs';
  if (payout.state !== 'claimed') return 'settled';
  const obstacle = obstacleOf(file);
  if (obstacle === 'held') return 'held';
  if (obstacle === 'forfeited' || obstacle === 'membership_revoked') return 'not_entitled';
  return feeOf(partnerCode.data, account?.provider ?? '');
}

/** The fee of the way that an account is paid over; the dearest one where the way is not known. */
function feeOf(partnerCode: PaymentPartnerCode, provider: string): number {
  const partner = paymentPartners[partnerCode];
  const { feeRupiah } = partner;
  const service = serviceOf(partner, provider);
  return service ? feeRupiah[service] : Math.max(...Object.values(feeRupiah));
}

/** Count and sum of a list, in all and by partner. */
function declared(payouts: readonly ReleasedPayout[]): Omit<PreparedList, 'chunkCount' | 'listDigest'> {
  return {
    count: payouts.length,
    sumRupiah: payouts.reduce((sum, { amountRupiah }) => sum + amountRupiah, 0),
    byPartner: byPartner(payouts),
    firstIncentiveCount: payouts.filter(isFirstIncentive).length,
  };
}

/** Whether a payout is somebody's first training incentive: surveys count from it. */
export function isFirstIncentive({ reference }: Pick<WaitingPayout, 'reference'>): boolean {
  const payout = payoutOf(reference);
  return payout?.kind === 'training' && payout.number === 1;
}
