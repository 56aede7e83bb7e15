import { ok } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import type { Program } from '#infra/local/program.ts';
import {
  type Answer,
  type Call,
  call,
  expectStatus,
  type PartnerKeys,
  partnerHeaders,
  webhookHeaders,
} from '#test/journeys/http.ts';
import type { Person } from '#test/simulation/people.ts';

/*
 * The journey of the program over HTTP, step by step, as its users do it: demonstration, journey tests and bench share it.
 * It knows addresses and field names from the documentation, and imports no code of the product's.
 */

const SignUpAnswer = z.object({ participantId: z.string() });
const Session = z.object({ accessToken: z.string() });
const BatchAnswer = z.object({
  state: z.string(),
  manifestDigest: z.string().nullable(),
  applicantCount: z.number().nullable(),
  winnerCount: z.number().nullable(),
});
const AptitudeTest = z.object({ attempt: z.number(), questions: z.array(z.object({ number: z.number() })) });
const ReleaseAnswer = z.object({
  state: z.string(),
  declared: z.object({ count: z.number(), sumRupiah: z.number() }).nullable(),
});
const StatementUpload = z.object({ statementId: z.string(), uploadUrl: z.string().nullable() });
const StatementAnswer = z.object({
  state: z.string(),
  refusal: z.string().nullable(),
  balance: z.string().nullable(),
  exceptions: z.array(z.object({ line: z.number() })),
});
const ClosingAnswer = z.object({
  state: z.string(),
  totals: z
    .object({
      paidCount: z.number(),
      paidRupiah: z.number(),
      foundCount: z.number(),
      bookedCount: z.number(),
      bookedRupiah: z.number(),
      breakCount: z.number(),
    })
    .nullable(),
});
const PaymentToken = z.object({ data: z.object({ payment_token: z.string() }) });
const UrlAnswer = z.object({ data: z.object({ url: z.string(), state: z.string() }) });
const CodeStatus = z.object({ data: z.object({ status: z.number(), attendance_status: z.number() }) });
const PartnerAnswer = z.object({ clientCode: z.string(), signKey: z.string(), webhookSecret: z.string() });
const CertificateFile = z.object({ url: z.string(), fileDigest: z.string() });

export const OwnFile = z.object({
  registration: z.object({ participantId: z.string(), identity: z.string(), provinceCode: z.string() }),
  membership: z.string(),
  cardNumber: z.string().nullable(),
  purchaseUntil: z.string().nullable(),
  creditRupiah: z.number(),
  purchases: z.array(
    z.object({
      purchaseId: z.string(),
      courseCode: z.string(),
      priceRupiah: z.number(),
      redeemCode: z.string(),
      redeemed: z.boolean(),
      completed: z.boolean(),
      rated: z.boolean(),
      certificateNumber: z.string().nullable(),
    }),
  ),
  incentives: z.object({ paidCount: z.number(), paidRupiah: z.number(), open: z.boolean() }),
});
export type OwnFile = z.infer<typeof OwnFile>;

/** A signed-in citizen. */
export type Citizen = {
  readonly person: Person;
  readonly participantId: string;
  readonly password: string;
  readonly token: string;
};

/** A course that can be bought, and who sells and teaches it. */
export type Market = {
  readonly platform: PartnerKeys;
  readonly institution: PartnerKeys;
  readonly redirectUri: string;
  readonly course: {
    readonly courseCode: string;
    readonly title: string;
    readonly priceRupiah: number;
    readonly scheduleCode: string;
  };
};

type PartnerCode = Parameters<Program['simulators']['payments']['statement']>[0];
type StatementFormat = Parameters<Program['simulators']['payments']['statement']>[2];

const Question = z.object({
  id: z.string(),
  kind: z.enum(['single', 'multiple', 'number', 'scale', 'text']),
  options: z.array(z.object({ code: z.number() })).optional(),
  minimum: z.number().optional(),
  shownIf: z.object({ question: z.string(), oneOf: z.array(z.number()) }).optional(),
});
const Questionnaire = z.object({
  questionnaireVersion: z.string(),
  consent: z.object({ version: z.string() }),
  questions: z.array(Question),
});

const Scheme = z.object({ scheme: z.string() });
const Declarations = z.object({
  version: z.string(),
  questions: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['boolean', 'choice', 'text']),
      options: z.array(z.object({ code: z.string() })).optional(),
    }),
  ),
});

/** No, the first option, or a word, to every question; and that it is true. */
function declared({ version, questions }: z.infer<typeof Declarations>) {
  const answers = questions.map(({ name, kind, options = [] }): [string, string | boolean] => {
    if (kind === 'boolean') return [name, name === 'true'];
    return [name, kind === 'choice' ? (options[0]?.code ?? '') : 'Menjahit'];
  });
  return { version, answers: Object.fromEntries(answers) };
}

/** The first option, the least number, or a word, for every question that these answers lead to. */
function answersTo(questions: readonly z.infer<typeof Question>[]): Record<string, number | number[] | string> {
  const answers = new Map<string, number | number[] | string>();
  for (const { id, kind, options = [], minimum = 0, shownIf } of questions) {
    const led = shownIf && [answers.get(shownIf.question) ?? []].flat();
    if (led && !led.some((code) => typeof code === 'number' && shownIf.oneOf.includes(code))) continue;
    const first = options[0]?.code ?? 0;
    const byKind = { single: first, multiple: [first], number: minimum, scale: 4, text: 'Cukup' } as const;
    answers.set(id, kind === 'multiple' ? [first] : byKind[kind]);
  }
  return Object.fromEntries(answers);
}

const passwordOf = (person: Person): string => `Rahasia-${person.nik.slice(-4)}-Aman`;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const sealOf = (share: string) => sha256(`prakerja-draw-seal-1\n${share}\n`);

/** A request of the journey; its `options` are what `call` takes. */
export type Sent = { readonly method: string; readonly path: string; readonly options: Call };

/** How a test looks at a journey, or disturbs it. */
export type Watch = {
  /** Around each request: sends it, perhaps more than once or with other options, and gives the answer that the journey goes on with. */
  readonly around?: (sent: Sent, send: (instead?: Call) => Promise<Answer>) => Promise<Answer>;
  /** While the journey waits for something, each time it finds that it has not happened yet. */
  readonly whileWaiting?: () => Promise<void>;
};

const hour = 3_600_000;

/** The bank pauses around midnight in Jakarta, and pays nothing meanwhile: a journey that begins near it begins two hours later. */
export function avoidBankPause({ cloud: { clock } }: Pick<Program, 'cloud'>): void {
  const sinceMidnight = (clock.now().getTime() + 7 * hour) % (24 * hour);
  if (sinceMidnight > 23 * hour || sinceMidnight < 0.75 * hour) clock.advance(2 * hour);
}

/** The steps, bound to a running program. */
export function journey(program: Program, { around = (_sent, send) => send(), whileWaiting }: Watch = {}) {
  const { cloud, simulators } = program;
  const api = (method: string, path: string, options: Call = {}) =>
    around({ method, path, options }, (instead = options) => call(cloud.apiUrl, method, path, instead));

  /** Asks again until something is so; the clock of the program plays no part. */
  async function until<Value>(what: string, ask: () => Promise<Value | null | undefined | false>): Promise<Value> {
    for (let attempt = 0; attempt < 600; attempt += 1) {
      const value = await ask();
      if (value) return value;
      await whileWaiting?.();
      await delay(Math.min(20 + attempt * 10, 200));
    }
    throw new Error(`Waited in vain: ${what}`);
  }

  /** Messages to a person, by template. */
  const inbox = (person: Person, template: string) =>
    simulators.messages.inbox({ to: person.phone }).filter((message) => message.template === template);

  /** A request of a partner, signed. */
  async function partnerCall(partner: PartnerKeys, path: string, fields: object, headers: Record<string, string> = {}) {
    const body = JSON.stringify(fields);
    const signed = partnerHeaders(partner, { path, body, now: cloud.clock.now() });
    return api('POST', path, { rawBody: body, headers: { ...signed, ...headers } });
  }

  async function ownFile({ token }: Pick<Citizen, 'token'>): Promise<OwnFile> {
    return OwnFile.parse(expectStatus(await api('GET', '/v1/participants/me', { token }), 200));
  }

  async function session(person: Person): Promise<string> {
    const credentials = { email: person.email, password: passwordOf(person) };
    return Session.parse(expectStatus(await api('POST', '/v1/sessions', { body: credentials }), 201)).accessToken;
  }

  /** The code of the last SMS to a person that is not one of `earlier`. */
  async function codeBySms(person: Person, template: string, earlier: number): Promise<string> {
    const message = await until('a code by SMS', async () => {
      const codes = inbox(person, template);
      return codes.length > earlier ? codes[0] : null;
    });
    const code = /\d{6}/.exec(message.text)?.[0];
    ok(code, 'The SMS holds six digits');
    return code;
  }

  return {
    api,
    until,
    inbox,
    partnerCall,
    ownFile,
    session,
    oneTimeCode: (person: Person, earlier: number) => codeBySms(person, 'one_time_code', earlier),

    /** Opens and confirms an account, and signs in. */
    async signUp(person: Person): Promise<Citizen> {
      const password = passwordOf(person);
      const account = { email: person.email, password, nik: person.nik };
      const { participantId } = SignUpAnswer.parse(
        expectStatus(await api('POST', '/v1/accounts', { body: account }), 201),
      );
      const code = await until('a confirmation code by e-mail', async () => program.codeOf(person.email));
      const confirmed = await api('POST', '/v1/accounts/confirmation', { body: { participantId, code } });
      expectStatus(confirmed, 200);
      return { person, participantId, password, token: await session(person) };
    },

    /** Registers the person of an account. */
    async register({ person, token }: Citizen): Promise<void> {
      const { nik, familyCardNumber, name, birthDate, sex, phone, regencyCode } = person;
      const body = { nik, familyCardNumber, name, birthDate, sex, phone, regencyCode, consentVersion: '2026-11' };
      expectStatus(await api('POST', '/v1/registrations', { token, body }), 201);
    },

    /** Waits until the civil registry has answered. */
    async identity(citizen: Citizen): Promise<string> {
      return until('the civil registry', async () => {
        const { registration } = await ownFile(citizen);
        return registration.identity === 'pending' ? null : registration.identity;
      });
    },

    /** Proves the phone number of the registration by the code that its SMS brings. */
    async provePhone({ person, token }: Citizen): Promise<void> {
      const earlier = inbox(person, 'phone_code').length;
      expectStatus(await api('POST', '/v1/participants/me/phone-codes', { token, body: {} }), 202);
      const code = await codeBySms(person, 'phone_code', earlier);
      expectStatus(await api('POST', '/v1/participants/me/phone-confirmation', { token, body: { code } }), 200);
    },

    /** Takes the aptitude test of a scheme, with the letters by turns; saves once on the way, as a page would when it is left. */
    async takeTest({ token }: Citizen, scheme = 'NORMAL_2023'): Promise<void> {
      const path = '/v1/aptitude-tests';
      const begun = await api('POST', path, { token, body: { scheme } });
      const { attempt, questions } = AptitudeTest.parse(expectStatus(begun, 201));
      const answers = Object.fromEntries(questions.map(({ number }) => [number, 'ABCD'.charAt(number % 4)]));
      const { 1: first } = answers;
      expectStatus(await api('PUT', `${path}/${attempt}/answers`, { token, body: { answers: { 1: first } } }), 200);
      expectStatus(await api('POST', `${path}/${attempt}/submission`, { token, body: { answers } }), 200);
    },

    /** Joins a batch, and declares that nothing stands against it. */
    async join({ token }: Citizen, batchId: string): Promise<void> {
      const { scheme } = Scheme.parse(expectStatus(await api('GET', `/v1/batches/${batchId}`), 200));
      const declarations = declared(
        Declarations.parse(expectStatus(await api('GET', `/v1/declarations/${scheme}`), 200)),
      );
      expectStatus(await api('POST', '/v1/applications', { token, body: { batchId, declarations } }), 201);
    },

    /** Drafts and opens a batch; drawn by two operators and without a time for objections, unless it is said. */
    async openBatch(token: string, batch: { number: number; scheme: string; quotas: Record<string, number> } & object) {
      const body = { randomness: 'two_operators', graceHours: 0, ...batch };
      expectStatus(await api('POST', '/v1/batches', { token, body }), 201);
      expectStatus(await api('POST', `/v1/batches/${batch.number}/opening`, { token }), 200);
      return String(batch.number);
    },

    /**
     * Closes, seals, waits for the committed list, reveals both shares, waits for the draw, approves, orders the decree. The shares
     * come from a text, so that the same text gives the same draw. Tokens of operators work for an hour: they are asked for.
     */
    async drawAndApprove(batchId: string, tokens: () => Promise<readonly [string, string]>, entropy: string) {
      const path = `/v1/batches/${batchId}`;
      const state = async () => BatchAnswer.parse(expectStatus(await api('GET', path), 200));
      const [first, second] = [sha256(`first ${entropy}`), sha256(`second ${entropy}`)];
      const step = async (name: string, token: string, body?: object) =>
        expectStatus(await api('POST', `${path}/${name}`, { token, ...(body && { body }) }), 200);
      const [closing, sealing] = await tokens();
      await step('closing', closing);
      await step('seal', closing, { seal: sealOf(first) });
      await step('seal', sealing, { seal: sealOf(second) });
      cloud.clock.advance(120_000);
      await until('the committed list', async () => (await state()).state === 'committed');
      const [revealing, revealingToo] = await tokens();
      await step('share', revealing, { share: first });
      await step('share', revealingToo, { share: second });
      const drawn = await until('the draw', async () => {
        const batch = await state();
        return batch.state === 'drawn' ? batch : null;
      });
      const [ordering, approving] = await tokens();
      await step('approval', approving);
      cloud.clock.advance(61_000); // Objections of the last instant are in the index by then.
      const { winnerCount, manifestDigest } = drawn;
      await step('decree', ordering, { winnerCount, manifestDigest });
      return drawn;
    },

    /** Waits until a winner has the decree. */
    async decreed(citizen: Citizen): Promise<OwnFile> {
      return until('the decree', async () => {
        const file = await ownFile(citizen);
        return file.membership === 'recipient' ? file : null;
      });
    },

    /** Registers a platform and an institution, and publishes a self-paced course. */
    async openMarket(token: string, suffix = '1', priceRupiah = 1_250_000): Promise<Market> {
      const redirectUri = 'https://lp.example/callback';
      const partner = async (fields: object) =>
        PartnerAnswer.parse(expectStatus(await api('POST', '/v1/partners', { token, body: fields }), 201));
      const platform = await partner({
        clientCode: `dp-nusantara-${suffix}`,
        kind: 'platform',
        name: 'Pasar Belajar Nusantara',
        commissionBasisPoints: 1_000,
        redirectUris: [],
      });
      const institution = await partner({
        clientCode: `lp-cakrawala-${suffix}`,
        kind: 'institution',
        name: 'Cakrawala Pelatihan',
        commissionBasisPoints: 0,
        redirectUris: [redirectUri],
      });
      const course = {
        courseCode: `merakit-panel-surya-${suffix}`,
        title: 'Merakit dan Merawat Panel Surya Rumah',
        institutionCode: institution.clientCode,
        learningMethod: 'self_paced',
        hours: 18,
        priceRupiah,
        schedules: [{ scheduleCode: 'mandiri', startsAt: '2026-01-01T00:00:00Z', endsAt: '2029-12-31T16:59:59Z' }],
      };
      expectStatus(await api('POST', '/v1/courses', { token, body: course }), 201);
      const { courseCode, title } = course;
      return {
        platform,
        institution,
        redirectUri,
        course: { courseCode, title, priceRupiah, scheduleCode: 'mandiri' },
      };
    },

    /** Asks for a one-time code; answers the payment token. */
    async sendOtp({ platform, course }: Market, { participantId }: Citizen, cardNumber: string): Promise<string> {
      const { courseCode: course_code, scheduleCode: schedule_code, priceRupiah: amount } = course;
      const fields = { user_platform_id: `u-${participantId.slice(0, 8)}`, prakerja_id: cardNumber };
      const path = '/api/v1/integration/payment/send-otp';
      const answer = await partnerCall(platform, path, { ...fields, course_code, schedule_code, amount });
      return PaymentToken.parse(expectStatus(answer, 200)).data.payment_token;
    },

    /** Buys the course on the platform: quota, one-time code, authorization, status. Answers the redeem code by SMS. */
    async buy(market: Market, citizen: Citizen, cardNumber: string): Promise<string> {
      const { platform, course } = market;
      const base = '/api/v1/integration/payment';
      const codes = { course_code: course.courseCode, schedule_code: course.scheduleCode };
      expectStatus(await partnerCall(platform, `${base}/quota-schedule`, codes), 200);
      const earlier = inbox(citizen.person, 'one_time_code').length;
      const paymentToken = await this.sendOtp(market, citizen, cardNumber);
      const otp = await codeBySms(citizen.person, 'one_time_code', earlier);
      const invoice_code = `INV-${citizen.participantId.slice(0, 12)}`;
      const invoice_url = `https://dp.example/invoices/${invoice_code}`;
      const headers = { authorization: `Payment ${paymentToken}` };
      const paid = await partnerCall(platform, `${base}/authorize`, { otp, invoice_url, invoice_code }, headers);
      expectStatus(paid, 200);
      expectStatus(await partnerCall(platform, `${base}/status`, { invoice_code }), 200);
      const message = await until('the redeem code by SMS', async () => inbox(citizen.person, 'redeem_code')[0]);
      const code = /Kode redeem: (\w+)/.exec(message.text)?.[1];
      ok(code, 'The SMS holds the redeem code');
      return code;
    },

    /** The institution sends the participant to our page, the code is redeemed, and its status is then 1. */
    async redeem(market: Market, citizen: Citizen, redeemCode: string, by: 'commit' | 'page'): Promise<void> {
      const { institution, redirectUri } = market;
      const base = '/api/v1/integration';
      const email = citizen.person.email;
      const asked = { redeem_code: redeemCode, redirect_uri: redirectUri, email, sequence: 1 };
      const made = await partnerCall(institution, `${base}/oauth/url-generate`, asked);
      const { data } = UrlAnswer.parse(expectStatus(made, 200));
      const status = async () => {
        const answer = await partnerCall(institution, `${base}/payment/redeem-code/status`, {
          redeem_code: redeemCode,
          sequence: 1,
        });
        return CodeStatus.parse(expectStatus(answer, 200)).data.status;
      };
      ok((await status()) === 0, 'A new code is unused');
      if (by === 'commit') {
        const path = `${base}/payment/redeem-code/commit`;
        expectStatus(await partnerCall(institution, path, { redeem_code: redeemCode }), 200);
      } else {
        const ticket = new URL(data.url).searchParams.get('ticket');
        expectStatus(await api('POST', '/v1/attendances', { token: citizen.token, body: { ticket } }), 201);
      }
      ok((await status()) === 1, 'The code is used now');
    },

    /** The institution reports the completion by webhook. */
    async complete({ institution }: Market, redeemCode: string, webhookId: string, completedAt = cloud.clock.now()) {
      const completion = { redeem_code: redeemCode, completed_at: completedAt.toISOString(), score_percent: 88 };
      const timestamp = cloud.clock.now().toISOString();
      const body = JSON.stringify({ type: 'course.completed', timestamp, data: completion });
      const headers = webhookHeaders(institution.webhookSecret, { id: webhookId, body, now: cloud.clock.now() });
      const path = `/v1/webhooks/${institution.clientCode}`;
      expectStatus(await api('POST', path, { rawBody: body, headers }), 202);
    },

    /** Waits until the first course is certified. */
    async certified(citizen: Citizen): Promise<{ purchaseId: string; number: string }> {
      return until('the certificate', async () => {
        const [purchase] = (await ownFile(citizen)).purchases;
        return purchase?.certificateNumber
          ? { purchaseId: purchase.purchaseId, number: purchase.certificateNumber }
          : null;
      });
    },

    async rate({ token }: Citizen, purchaseId: string): Promise<void> {
      const review = 'Materinya jelas dan langsung bisa dipraktikkan.';
      expectStatus(await api('POST', '/v1/ratings', { token, body: { purchaseId, stars: 5, review } }), 201);
    },

    /** Downloads the certificate by its presigned address. */
    async download({ token }: Citizen, number: string): Promise<{ pdf: Uint8Array; fileDigest: string }> {
      const { url, fileDigest } = CertificateFile.parse(
        expectStatus(await api('GET', `/v1/certificates/${number}/file`, { token }), 200),
      );
      const response = await fetch(url);
      ok(response.status === 200, `The presigned address answers ${response.status}`);
      return { pdf: new Uint8Array(await response.arrayBuffer()), fileDigest };
    },

    async linkAccount({ token, person }: Citizen): Promise<void> {
      const { kind, provider, number } = person.payout;
      const body = { account: { kind, provider, number } };
      expectStatus(await api('PUT', '/v1/payout-account', { token, body }), 200);
    },

    /**
     * What waits is released: one operator asks, another approves the count and sum that were declared. Waits until it is sent.
     * Prepared with fewer payouts than `expected`, it is given up and asked for again: the list of claims fills behind the journals.
     */
    async release(releaseId: string, expected: number, tokens: () => Promise<readonly [string, string]>) {
      const state = async (id: string) => {
        const [token] = await tokens();
        return ReleaseAnswer.parse(expectStatus(await api('GET', `/v1/releases/${id}`, { token }), 200));
      };
      for (let attempt = 1; attempt <= 20; attempt += 1) {
        const id = `${releaseId}-${attempt}`;
        const [first] = await tokens();
        expectStatus(await api('POST', '/v1/releases', { token: first, body: { releaseId: id } }), 201);
        const totals = await until('the list of a release', async () => (await state(id)).declared);
        const [asking, approving] = await tokens();
        if (totals.count < expected) {
          const body = { reason: 'Not everybody is in the list yet' };
          expectStatus(await api('POST', `/v1/releases/${id}/cancellation`, { token: asking, body }), 200);
          await whileWaiting?.();
          await delay(200 * attempt);
          continue;
        }
        const { count, sumRupiah } = totals;
        const approved = await api('POST', `/v1/releases/${id}/approval`, {
          token: approving,
          body: { count, sumRupiah },
        });
        expectStatus(approved, 200);
        await until('the release to be sent', async () => (await state(id)).state !== 'approved');
        return { releaseId: id, count, sumRupiah };
      }
      throw new Error(`Waited in vain: ${expected} payouts in one release`);
    },

    /** A payment partner's statement of a day, as operators would fetch and upload it, and another one has it imported. */
    async importStatement(
      [token, other]: readonly [string, string],
      partnerCode: PartnerCode,
      day: string,
      format: StatementFormat,
    ) {
      const file = simulators.payments.statement(partnerCode, day, format);
      const facts = {
        partnerCode,
        day,
        format: format.replace('.', ''),
        bytes: Buffer.byteLength(file),
        digest: sha256(file),
      };
      const announced = await api('POST', '/v1/statements', { token, body: facts });
      const { statementId, uploadUrl } = StatementUpload.parse(expectStatus(announced, 201));
      if (uploadUrl) {
        const uploaded = await fetch(uploadUrl, { method: 'PUT', body: file });
        ok(uploaded.ok, `The address for the file answers ${uploaded.status}`);
      }
      const path = `/v1/statements/${statementId}`;
      expectStatus(await api('POST', `${path}/posting`, { token: other }), 202);
      return until('the statement', async () => {
        const answer = StatementAnswer.parse(expectStatus(await api('GET', path, { token }), 200));
        return answer.state === 'posted' || answer.state === 'refused' ? { statementId, ...answer } : null;
      });
    },

    /** Compares a partner's day, and closes it where nothing is to be explained. */
    async closeDay(token: string, partnerCode: PartnerCode, day: string) {
      expectStatus(await api('POST', '/v1/closings', { token, body: { partnerCode, day } }), 202);
      const path = `/v1/closings/${partnerCode}/${day}`;
      const compared = await until('the comparison of a day', async () => {
        const answer = ClosingAnswer.parse(expectStatus(await api('GET', path, { token }), 200));
        return answer.state === 'compared' ? answer.totals : null;
      });
      const closed = await api('POST', `${path}/closing`, { token });
      return { ...compared, isClosed: closed.status === 200 };
    },

    /** Answers an open survey by the first option of whatever is asked. */
    async answerSurvey({ token }: Citizen, number: number): Promise<void> {
      const path = `/v1/surveys/${number}`;
      const survey = Questionnaire.parse(expectStatus(await api('GET', path, { token }), 200));
      const { questionnaireVersion, consent, questions } = survey;
      const body = { questionnaireVersion, consentVersion: consent.version, answers: answersTo(questions) };
      expectStatus(await api('PUT', `${path}/answers`, { token, body }), 200);
    },

    /** Waits until as many incentives are paid. */
    async paid(citizen: Citizen, count = 1): Promise<OwnFile> {
      return until('the incentive', async () => {
        const file = await ownFile(citizen);
        return file.incentives.paidCount >= count ? file : null;
      });
    },
  };
}
export type Journey = ReturnType<typeof journey>;
