import { ok } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { Program } from '#infra/local/program.ts';
import { programProvinceOf } from '#shared/registration/regions.ts';
import { expectStatus } from '#test/journeys/http.ts';
import { avoidBankPause, type Citizen, type Journey, journey, type Market } from '#test/journeys/journey.ts';
import { apportion } from '#test/simulation/demo-places.ts';
import type { Progress } from '#test/simulation/demo-progress.ts';
import { Figures, Journal, type Sources } from '#test/simulation/demo-sums.ts';
import { type Person, people, publishedWeights, withSerial } from '#test/simulation/people.ts';
import { type Verdict, verifyDraw } from '#verifier/verify-draw.ts';

/** What to demonstrate. `directory` receives the files that a person may want to look at. */
export type Demonstration = {
  readonly seed: string;
  readonly applicantCount: number;
  readonly placeCount: number;
  readonly directory: string;
};

export type Draw = {
  readonly seed: string;
  readonly listRoot: string;
  readonly commitmentDigest: string;
  readonly applicantCount: number;
  readonly winnerCount: number;
  readonly manifestPath: string;
  readonly verdict: Verdict;
};

export type Certificate = {
  readonly number: string;
  readonly path: string;
  readonly pagePath: string;
  /** SHA-256 of the downloaded file, and as the program states it to its owner. */
  readonly fileDigest: string;
  readonly ownerDigest: string;
  /** What anybody gets who asks for the number. */
  readonly publicAnswer: z.infer<typeof PublicAnswer>;
};

/** A payment partner's day: what the journals paid, and what its own statement says. */
export type ClosedDay = {
  readonly partnerCode: string;
  readonly day: string;
  readonly format: string;
  readonly paidCount: number;
  readonly paidRupiah: number;
  readonly bookedCount: number;
  readonly bookedRupiah: number;
  readonly breakCount: number;
  readonly isClosed: boolean;
};

/** A payment whose message was delivered more than once. */
export type Repeated = { readonly reference: string; readonly deliveries: number; readonly entries: number };

/** Everything the report is written from. */
export type Evidence = Sources & {
  /** Places by program province. */
  readonly quotas: Readonly<Record<string, number>>;
  readonly draw: Draw;
  readonly certificate: Certificate;
  readonly repeated: Repeated;
  readonly closedDays: readonly ClosedDay[];
  readonly shown: { readonly name: string; readonly cardNumber: string; readonly journal: Journal };
};

/** Bodies of queue messages by function, in the order of delivery. */
export type Deliveries = { readonly functionName: string; readonly body: string }[];

const PublicAnswer = z.object({
  number: z.string(),
  status: z.string(),
  maskedName: z.string(),
  courseTitle: z.string(),
  institutionName: z.string(),
  completedOn: z.string(),
  fileDigest: z.string(),
});
const BatchAnswer = z.object({ commitmentDigest: z.string() });
const NamedFile = z.object({ file: z.string(), count: z.int() });
const Manifest = z.object({
  seed: z.string(),
  list: z.object({ count: z.int(), root: z.string(), files: z.array(NamedFile) }),
  winners: NamedFile,
  outcomes: z.array(NamedFile),
});
const Application = z.object({ drawNumber: z.string(), outcome: z.string(), number: z.int().nullable() });
/** Sixteen bytes of a draw number, and the round. */
const winnerBytes = 17;
const PayMessage = z.looseObject({ step: z.literal('pay'), participantId: z.string(), reference: z.string() });

/** Two cores have enough to do with four people at a time. */
const atOnce = 4;
/** The scheme gives 15 days to buy the first course. */
const pastDeadlineMilliseconds = 17 * 86_400_000;
const twoMinutes = 120_000;
// Long ago enough for everybody to be of age on any later day, so that the day of the run changes nobody.
const agesCountedOn = '2026-01-01';

/** Works on all, a few at a time; answers in the order of `items`. */
async function forEach<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  const worker = async () => {
    for (const [index, item] of waiting) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

/** How an applicant differs from the others, so that each stage of the funnel loses somebody. */
function applicantOf(person: Person, index: number): { person: Person; joins: boolean } {
  // By a serial from 8000 on, the simulated civil registry knows the NIK under another name.
  const isUnknownName = index % 33 === 17;
  const serial = 8000 + (Number(person.nik.slice(12)) % 1000);
  return {
    person: isUnknownName ? { ...person, nik: withSerial(person.nik, serial) } : person,
    joins: index % 40 !== 25,
  };
}

/** How far a winner comes, by rank in the draw. */
type Ending = 'never_buys' | 'still_learns' | 'links_no_account' | 'is_paid';

export function endingOf(rank: number): Ending {
  if (rank % 9 === 5) return 'never_buys';
  if (rank % 20 === 8) return 'still_learns';
  if (rank % 20 === 11) return 'links_no_account';
  return 'is_paid';
}

type Applicant = { readonly citizen: Citizen; readonly provinceCode: string };
type Winner = { readonly citizen: Citizen; readonly rank: number; readonly ending: Ending };
/** A winner after the journey; the number is there once the course is certified. */
type Arrived = Winner & { readonly cardNumber: string; readonly certificateNumber: string | null };

/** Runs the whole program's year in a minute, over HTTP, and gathers the evidence. */
export async function demonstrate(
  { seed, applicantCount, placeCount, directory }: Demonstration,
  program: Program,
  deliveries: Deliveries,
  progress: Progress,
): Promise<Evidence> {
  const { cloud, simulators } = program;
  avoidBankPause(program);
  const steps = journey(program);
  const [one, two] = program.operators;
  const operatorTokens = async () => [await one.signIn(), await two.signIn()] as const;
  const drawDirectory = join(directory, 'draw');
  await rm(drawDirectory, { recursive: true, force: true });
  await mkdir(drawDirectory, { recursive: true });

  const quotas = apportion(placeCount, publishedWeights);
  const [token] = await operatorTokens();
  const batchId = await steps.openBatch(token, { number: 1, scheme: 'NORMAL_2023', quotas });
  const market = await steps.openMarket(token);

  progress.stage('Applicants sign up, register, are verified, join', applicantCount);
  const applicants = await forEach(people(seed, applicantCount, { on: agesCountedOn }), async (person, index) => {
    const applicant = await apply(steps, applicantOf(person, index), batchId);
    progress.tick();
    return applicant;
  });

  progress.stage('Two operators close, seal, reveal, approve');
  await steps.drawAndApprove(batchId, operatorTokens, seed);
  const draw = await verifiedDraw(steps, batchId, drawDirectory);
  progress.tick();

  const winners = await winnersOf(steps, batchId, drawDirectory, applicants);
  progress.stage('Winners buy, learn, are certified, link accounts', winners.length);
  const shown = winners.find(({ ending }) => ending === 'is_paid');
  ok(shown, 'Nobody won a place: more applicants or more places are needed');
  const arrived = await forEach(winners, async (winner) => {
    // The one who is shown links an account last, when nobody else can meet the fault that is told to the payment partner.
    const end = await travel(steps, market, winner, { linksNow: winner !== shown });
    progress.tick();
    return end;
  });
  const person = arrived.find(({ citizen }) => citizen === shown.citizen);
  ok(person?.certificateNumber, 'Who comes to the end has a certificate');

  progress.stage('Two operators release the incentives');
  const paidNow = arrived.filter((winner) => winner.ending === 'is_paid' && winner.citizen !== shown.citizen);
  await cloud.idle();
  if (paidNow.length > 0) await steps.release('first', paidNow.length, operatorTokens);
  for (const { citizen } of paidNow) await steps.paid(citizen);
  progress.tick();

  progress.stage('A payment meets a cut line, and its message comes again');
  await steps.linkAccount(person.citizen);
  await cloud.idle();
  simulators.payments.faults.next('pay_then_cut');
  await steps.release('second', 1, operatorTokens);
  await steps.paid(person.citizen);
  const repeated = await repeatPayment(program, deliveries, person.citizen.participantId);
  const certificate = await keptCertificate(steps, person.citizen, person.certificateNumber, directory);
  progress.tick();

  progress.stage('The purchase deadline passes, the books are compared');
  cloud.clock.advance(pastDeadlineMilliseconds);
  await cloud.idle();
  cloud.clock.advance(twoMinutes); // The figures are published each minute.
  await cloud.idle();
  const figures = Figures.parse(expectStatus(await steps.api('GET', '/v1/figures'), 200));
  progress.tick();

  progress.stage("Bank statements are read, and the partners' days closed");
  const closedDays = await closeDays(steps, simulators, operatorTokens);
  const [reader] = await operatorTokens();
  const participants = await forEach(applicants, async ({ citizen, provinceCode }) => {
    const path = `/v1/participants/${citizen.participantId}/journal?reason=Demonstrasi`;
    const journal = Journal.parse(expectStatus(await steps.api('GET', path, { token: reader }), 200));
    return { provinceCode, journal };
  });
  const journal = participants.find((file) => file.journal.participantId === person.citizen.participantId)?.journal;
  ok(journal, 'The citizen who is shown has a journal');
  await keepCards(directory, arrived);
  progress.tick();
  progress.close();

  const { name } = person.citizen.person;
  return {
    participants,
    figures,
    book: simulators.payments.book(),
    quotas,
    draw,
    certificate,
    repeated,
    closedDays,
    shown: { name, cardNumber: person.cardNumber, journal },
  };
}

async function apply(
  steps: Journey,
  { person, joins }: { person: Person; joins: boolean },
  batchId: string,
): Promise<Applicant> {
  const citizen = await steps.signUp(person);
  await steps.register(citizen);
  const isVerified = (await steps.identity(citizen)) === 'verified';
  await steps.provePhone(citizen);
  if (isVerified && joins) {
    await steps.takeTest(citizen);
    await steps.join(citizen, batchId);
  }
  return { citizen, provinceCode: programProvinceOf(person.regencyCode) };
}

/** Downloads the published files of the draw, and repeats it from them alone. */
async function verifiedDraw(steps: Journey, batchId: string, directory: string): Promise<Draw> {
  const path = `/v1/batches/${batchId}`;
  const { commitmentDigest } = BatchAnswer.parse(expectStatus(await steps.api('GET', path), 200));
  const keep = async (file: string) => {
    const leading = await steps.api('GET', `${path}/files/${file}`);
    expectStatus(leading, 302);
    const response = await fetch(leading.headers.get('location') ?? '');
    ok(response.ok, `${file} of the draw answers ${response.status}`);
    await writeFile(join(directory, file), new Uint8Array(await response.arrayBuffer()));
  };
  for (const file of ['commitment.json', 'manifest.json', 'signature.json']) await keep(file);
  const manifestPath = join(directory, 'manifest.json');
  const { seed, list, winners, outcomes } = Manifest.parse(JSON.parse(await readFile(manifestPath, 'utf8')));
  for (const { file } of [...list.files, winners, ...outcomes]) await keep(file);
  const verdict = await verifyDraw(manifestPath, { commitment: commitmentDigest });
  const counts = { applicantCount: list.count, winnerCount: winners.count };
  return { seed, listRoot: list.root, ...counts, commitmentDigest, manifestPath, verdict };
}

/** The winners in the order in which they were drawn: each applicant asks what became of the own application. */
async function winnersOf(
  steps: Journey,
  batchId: string,
  directory: string,
  applicants: readonly Applicant[],
): Promise<Winner[]> {
  const drawn = await readFile(join(directory, 'winners.bin'));
  const asked = await forEach(applicants, async ({ citizen }): Promise<Winner[]> => {
    const answer = await steps.api('GET', `/v1/applications/${batchId}`, { token: citizen.token });
    if (answer.status === 409) return []; // Registered, and did not join.
    const { drawNumber, outcome, number } = Application.parse(expectStatus(answer, 200));
    if (outcome !== 'won' || number === null) return [];
    const stated = drawn.toString('hex', (number - 1) * winnerBytes, (number - 1) * winnerBytes + 16);
    ok(stated === drawNumber, 'Who is told a rank stands there in the published winners');
    return [{ citizen, rank: number, ending: endingOf(number) }];
  });
  const winners = asked.flat().sort((left, right) => left.rank - right.rank);
  ok(winners.length * winnerBytes === drawn.length, 'Everybody who was drawn is told so');
  return winners;
}

/** A winner's way from the decree to the claimed incentive, as far as the ending says. */
async function travel(
  steps: Journey,
  market: Market,
  winner: Winner,
  { linksNow }: { linksNow: boolean },
): Promise<Arrived> {
  const { citizen, rank, ending } = winner;
  const { cardNumber } = await steps.decreed(citizen);
  ok(cardNumber, 'A decree names a card');
  const arrived = { ...winner, cardNumber, certificateNumber: null };
  if (ending === 'never_buys') return arrived;
  const redeemCode = await steps.buy(market, citizen, cardNumber);
  await steps.redeem(market, citizen, redeemCode, rank % 2 === 1 ? 'commit' : 'page');
  if (ending === 'still_learns') return arrived;
  await steps.complete(market, redeemCode, `completion-${citizen.participantId.slice(0, 12)}`);
  const { purchaseId, number } = await steps.certified(citizen);
  await steps.rate(citizen, purchaseId);
  if (ending === 'is_paid' && linksNow) await steps.linkAccount(citizen);
  return { ...arrived, certificateNumber: number };
}

/** Sends the message of a payment that is made once more through its queue, and looks into the payment partner's book. */
async function repeatPayment(
  { cloud, simulators }: Program,
  deliveries: Deliveries,
  participantId: string,
): Promise<Repeated> {
  const isOfThisPayment = (body: string) =>
    PayMessage.safeParse(JSON.parse(body)).data?.participantId === participantId;
  const ofThisPayment = () =>
    deliveries.filter(({ functionName, body }) => functionName.includes('PayBy') && isOfThisPayment(body));
  const [delivered] = ofThisPayment();
  ok(delivered, 'A payment that was made had a message');
  const { reference } = PayMessage.parse(JSON.parse(delivered.body));
  const queues = await cloud.idsOfType('AWS::SQS::Queue');
  const worker = delivered.functionName.includes('PayByBankInduk') ? 'PayByBankInduk' : 'PayBySwitching';
  const QueueUrl = queues.find((url) => url.includes(worker) && !url.includes('DeadLetters'));
  ok(QueueUrl, 'Each payment partner has a queue');
  const sqs = new SQSClient({
    endpoint: cloud.endpoints.sqs,
    region: cloud.region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: delivered.body }));
  await cloud.idle();
  const entries = simulators.payments
    .book()
    .filter(({ partnerReferenceNo }) => partnerReferenceNo === reference).length;
  return { reference, deliveries: ofThisPayment().length, entries };
}

/** Imports the statement of every day on which a partner paid, and closes the day. */
async function closeDays(
  steps: Journey,
  { payments }: Program['simulators'],
  tokens: () => Promise<readonly [string, string]>,
): Promise<ClosedDay[]> {
  const closed: ClosedDay[] = [];
  for (const [partnerCode, format] of [
    ['bank-induk', 'camt.053'],
    ['switching', 'mt940'],
  ] as const) {
    const days = new Set(payments.book(partnerCode).map(({ at }) => wibDayOf(at)));
    for (const day of [...days].sort()) {
      const operators = await tokens();
      const statement = await steps.importStatement(operators, partnerCode, day, format);
      ok(statement.state === 'posted', `The statement of ${partnerCode} is ${statement.refusal}`);
      const totals = await steps.closeDay(operators[1], partnerCode, day);
      closed.push({ partnerCode, day, format, ...totals });
    }
  }
  return closed;
}

const wibDayOf = (at: string): string => new Date(Date.parse(at) + 7 * 3_600_000).toISOString().slice(0, 10);

/** Downloads a certificate as its owner, and asks for its number as anybody. */
async function keptCertificate(
  steps: Journey,
  citizen: Citizen,
  number: string,
  directory: string,
): Promise<Certificate> {
  const { pdf, fileDigest: ownerDigest } = await steps.download(citizen, number);
  const [path, pagePath] = [join(directory, 'certificate.pdf'), join(directory, 'verification.html')];
  await writeFile(path, pdf);
  await writeFile(pagePath, String(expectStatus(await steps.api('GET', `/verify/${number}`), 200)));
  const publicAnswer = PublicAnswer.parse(expectStatus(await steps.api('GET', `/v1/certificates/${number}`), 200));
  const fileDigest = createHash('sha256').update(pdf).digest('hex');
  return { number, path, pagePath, fileDigest, ownerDigest, publicAnswer };
}

/** The winners with their cards: the same file for the same seed. */
async function keepCards(directory: string, arrived: readonly Arrived[]): Promise<void> {
  const lines = arrived.map(({ rank, citizen, cardNumber, ending }) =>
    [rank, citizen.participantId, cardNumber, ending].join(','),
  );
  await writeFile(join(directory, 'cards.csv'), `rank,participantId,cardNumber,ending\n${lines.join('\n')}\n`);
}
