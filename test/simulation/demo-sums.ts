import * as z from 'zod';

/*
 * The demonstration's own arithmetic. It counts what journals say and compares it with what others say, and imports no
 * code of the product's: a mistake in there must not be repeated here.
 */

const Leg = z.object({ account: z.string(), rupiah: z.int() });
const Event = z.looseObject({ type: z.string(), legs: z.array(Leg).optional() });
const Decision = z.object({ version: z.int(), at: z.iso.datetime(), events: z.array(Event) });
export type Decision = z.infer<typeof Decision>;

/** A participant's journal as operators read it. */
export const Journal = z.object({ participantId: z.string(), decisions: z.array(Decision) });
export type Journal = z.infer<typeof Journal>;

/** A stage of the funnel, and the event that brings a person there. */
const eventOf = {
  registered: 'PersonRegistered',
  verified: 'IdentityVerified',
  joined: 'BatchJoined',
  decreed: 'RecipientDecreed',
  purchased: 'CoursePurchased',
  completed: 'CourseCompleted',
  certified: 'CertificateIssued',
  paid: 'IncentivePaid',
  revoked: 'MembershipRevoked',
} as const;
export const stages = [
  'registered',
  'verified',
  'joined',
  'decreed',
  'purchased',
  'completed',
  'certified',
  'paid',
  'revoked',
] as const;
export type Stage = (typeof stages)[number];
export type Funnel = Readonly<Record<Stage, number>>;

export const moneyColumns = ['granted', 'spent', 'paid', 'forfeited', 'open'] as const;
/** Rupiah. */
export type Money = Readonly<Record<(typeof moneyColumns)[number], number>>;

const Row = z.object({
  people: z.record(z.string(), z.int()),
  money: z.record(z.string(), z.int()),
});
/** The public figures, as far as they are compared. */
export const Figures = z.object({ national: Row, provinces: z.array(Row.extend({ provinceCode: z.string() })) });
export type Figures = z.infer<typeof Figures>;

/** A payment in the payment partner's book. */
export type Booked = {
  readonly partnerReferenceNo: string;
  readonly referenceNo: string;
  readonly amountRupiah: number;
};

const eventsOf = ({ decisions }: Journal) => decisions.flatMap(({ events }) => events);
const legsOf = (journal: Journal) => eventsOf(journal).flatMap(({ legs = [] }) => legs);
const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);

/** How many people have reached each stage. */
export function funnelOf(journals: readonly Journal[]): Funnel {
  const reached = journals.map((journal) => new Set(eventsOf(journal).map(({ type }) => type)));
  const count = (stage: Stage) => reached.filter((types) => types.has(eventOf[stage])).length;
  return {
    registered: count('registered'),
    verified: count('verified'),
    joined: count('joined'),
    decreed: count('decreed'),
    purchased: count('purchased'),
    completed: count('completed'),
    certified: count('certified'),
    paid: count('paid'),
    revoked: count('revoked'),
  };
}

/** Where the money is, from the legs of all events. */
export function moneyOf(journals: readonly Journal[]): Money {
  const legs = journals.flatMap(legsOf);
  const at = (...accounts: string[]) =>
    sumOf(legs.filter(({ account }) => accounts.includes(account)).map(({ rupiah }) => rupiah));
  return {
    granted: 0 - at('treasury'),
    spent: at('institution_payable', 'platform_commission'),
    paid: at('paid_to_citizen'),
    forfeited: at('returned'),
    open: at('training_credit', 'reserved', 'incentive_entitlement', 'payout_in_flight'),
  };
}

/** The money of a row of the public figures. */
export function publishedMoney({ money }: Figures['national']): Money {
  const of = (column: keyof Money) => money[`${column}Rupiah`] ?? Number.NaN;
  return { granted: of('granted'), spent: of('spent'), paid: of('paid'), forfeited: of('forfeited'), open: of('open') };
}

export const bookedRupiah = (book: readonly Booked[]): number => sumOf(book.map(({ amountRupiah }) => amountRupiah));

/** What must agree: who lives where, with journals; the public figures; the payment partner's book. */
export type Sources = {
  readonly participants: readonly { readonly provinceCode: string; readonly journal: Journal }[];
  readonly figures: Figures;
  readonly book: readonly Booked[];
};

/** Every disagreement between the three sources, a line each. None: all sums balance. */
export function differences({ participants, figures, book }: Sources): string[] {
  const journals = participants.map(({ journal }) => journal);
  const places = [
    { name: 'national', row: figures.national, journals },
    ...figures.provinces.map((row) => {
      const here = participants.filter(({ provinceCode }) => provinceCode === row.provinceCode);
      return { name: `province ${row.provinceCode}`, row, journals: here.map(({ journal }) => journal) };
    }),
  ];
  return [
    ...places.flatMap(({ name, row, journals: here }) => rowDifferences(name, row, here)),
    ...journals.flatMap(unbalanced),
    ...bookDifferences(journals, book),
  ];
}

function rowDifferences(name: string, row: Figures['national'], journals: readonly Journal[]): string[] {
  const funnel = funnelOf(journals);
  const [published, counted] = [publishedMoney(row), moneyOf(journals)];
  const compared = [
    // The public figures do not count who joined and who is certified.
    ...stages.filter((stage) => stage in row.people).map((stage) => [stage, row.people[stage], funnel[stage]] as const),
    ...moneyColumns.map((column) => [`${column} rupiah`, published[column], counted[column]] as const),
  ];
  const { granted, spent, paid, forfeited, open } = published;
  return [
    ...compared
      .filter(([, said, found]) => said !== found)
      .map(([what, said, found]) => `${name}, ${what}: the public figures say ${said}, the journals ${found}`),
    ...(granted === spent + paid + forfeited + open ? [] : [`${name}: what was granted is not where money is`]),
  ];
}

function unbalanced(journal: Journal): string[] {
  return eventsOf(journal)
    .filter(({ legs = [] }) => sumOf(legs.map(({ rupiah }) => rupiah)) !== 0)
    .map(({ type }) => `participant ${journal.participantId.slice(0, 12)}: the legs of ${type} are not zero together`);
}

function bookDifferences(journals: readonly Journal[], book: readonly Booked[]): string[] {
  const claims = journals.flatMap((journal) =>
    eventsOf(journal)
      .filter(({ type }) => type === 'IncentivePaid')
      .map(({ reference, partnerReference, legs = [] }) => {
        const rupiah = sumOf(legs.filter(({ account }) => account === 'paid_to_citizen').map((leg) => leg.rupiah));
        return `${reference} as ${partnerReference}: ${rupiah}`;
      }),
  );
  const booked = book.map(
    ({ partnerReferenceNo, referenceNo, amountRupiah }) => `${partnerReferenceNo} as ${referenceNo}: ${amountRupiah}`,
  );
  const references = book.map(({ partnerReferenceNo }) => partnerReferenceNo);
  const twice = references.filter((reference, index) => references.indexOf(reference) !== index);
  return [
    ...claims.filter((line) => !booked.includes(line)).map((line) => `journals only, not in the book: ${line}`),
    ...booked.filter((line) => !claims.includes(line)).map((line) => `the book only, not in journals: ${line}`),
    ...twice.map((reference) => `twice in the book: ${reference}`),
  ];
}
