import { ok } from 'node:assert/strict';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { inject } from 'vitest';
import * as z from 'zod';
import { startProgram } from '#infra/local/program.ts';
import { type Answer, expectStatus } from '#test/journeys/http.ts';
import { avoidBankPause, journey, type Sent, type Watch } from '#test/journeys/journey.ts';
import { privateWords } from '#test/journeys/private-words.ts';
import { keyTexts, wholeTable } from '#test/journeys/whole-table.ts';
import type { Person } from '#test/simulation/people.ts';

/** A stream record or queue message as a function got it. */
export type Delivery = { readonly functionName: string; readonly record: Readonly<Record<string, unknown>> };

const Delivered = z.record(z.string(), z.unknown());
const Queued = z.looseObject({ eventSource: z.literal('aws:sqs'), body: z.string() });

/** What an answer hands out to its caller alone. */
const Handed = z.looseObject({
  accessToken: z.string().optional(),
  refreshToken: z.string().optional(),
  signKey: z.string().optional(),
  webhookSecret: z.string().optional(),
  data: z.looseObject({ payment_token: z.string().optional(), url: z.string().optional() }).optional(),
});

const WithPassword = z.looseObject({ password: z.string() });

const Row = z.object({ people: z.record(z.string(), z.int()), money: z.record(z.string(), z.int()) });
const Figures = z.looseObject({ national: Row, provinces: z.array(Row.extend({ provinceCode: z.string() })) });
export type Figures = Pick<z.infer<typeof Figures>, 'national' | 'provinces'>;

type Options = { readonly onDelivery?: (delivery: Delivery) => void };

/** The program for one test file, with all that it logs, delivers and refuses kept for inspection. */
export async function startJourneys({ onDelivery = () => {} }: Options = {}) {
  const logs: string[] = [];
  const deliveries: Delivery[] = [];
  const refusals: { readonly sent: Sent; readonly answer: Answer }[] = [];
  const words = privateWords();
  const program = await startProgram({
    assembly: inject('assembly'),
    maxThreads: 64,
    onLog: (line) => void logs.push(line),
    onDelivery: (functionName, records) => {
      for (const record of records) {
        const delivery = { functionName, record: Delivered.parse(record) };
        deliveries.push(delivery);
        onDelivery(delivery);
      }
    },
  });
  const { cloud, simulators } = program;
  avoidBankPause(program);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

  async function heard(sent: Sent, send: () => Promise<Answer>): Promise<Answer> {
    const { token, headers = {}, body } = sent.options;
    words.add('password', WithPassword.safeParse(body).data?.password ?? '');
    words.add('token', token ?? '', headers['authorization']?.replace('Payment ', '') ?? '');
    words.add('token', headers['signature'] ?? '', headers['webhook-signature'] ?? '');
    const answer = await send();
    if (answer.status >= 400) refusals.push({ sent, answer });
    const { accessToken, refreshToken, signKey, webhookSecret, data } = Handed.safeParse(answer.body).data ?? {};
    words.add('token', accessToken ?? '', refreshToken ?? '', data?.payment_token ?? '');
    words.add('token', new URL(data?.url ?? 'https://none.example').searchParams.get('ticket') ?? '');
    words.add('key', signKey ?? '', webhookSecret?.replace('whsec_', '') ?? '');
    return answer;
  }

  const functionOf = (part: string): string => {
    const name = cloud.functionNames().find((candidate) => candidate.includes(part));
    ok(name, `A function is called ${part}`);
    return name;
  };

  return {
    program,
    cloud,
    simulators,
    logs,
    deliveries,
    refusals,
    words,
    functionOf,

    /** The steps of the journey; a test may stand around them. */
    steps: ({ around = (_sent, send) => send(), ...watch }: Watch = {}) =>
      journey(program, {
        ...watch,
        around: (sent, send) =>
          around(sent, (options = sent.options) => heard({ ...sent, options }, () => send(options))),
      }),

    /** People whose data must not turn up anywhere. */
    known<Named extends Person>(people: readonly Named[]): readonly Named[] {
      for (const person of people) words.person(person);
      return people;
    },

    async operatorTokens(): Promise<readonly [string, string]> {
      const [one, two] = await Promise.all(program.operators.map((operator) => operator.signIn()));
      ok(one && two, 'Two operators sign in');
      words.add('token', one, two);
      return [one, two];
    },

    /** The public figures, published now. */
    async figures(): Promise<Figures> {
      await cloud.idle();
      ok((await cloud.invoke(functionOf('PublishFigures'), {})).ok, 'Figures are published');
      const answer = await journey(program).api('GET', '/v1/figures');
      const { national, provinces } = Figures.parse(expectStatus(answer, 200));
      return { national, provinces };
    },

    /** Bodies of all queue messages that were delivered. */
    queueMessages: (): string[] =>
      deliveries.flatMap(({ record }) => {
        const queued = Queued.safeParse(record);
        return queued.success ? [queued.data.body] : [];
      }),

    /** Messages in all queues together, dead-letter queues included. */
    async messagesLeft(): Promise<number> {
      const sqs = new SQSClient({ endpoint: cloud.endpoints.sqs, region: cloud.region, credentials });
      const counts = (await cloud.idsOfType('AWS::SQS::Queue')).map(async (QueueUrl) => {
        const { Attributes = {} } = await sqs.send(
          new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
        );
        const {
          ApproximateNumberOfMessages: waiting,
          ApproximateNumberOfMessagesNotVisible: hidden,
          ApproximateNumberOfMessagesDelayed: delayed,
        } = Attributes;
        return Number(waiting) + Number(hidden) + Number(delayed);
      });
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    },

    async objectKeys(): Promise<string[]> {
      const s3 = new S3Client({
        endpoint: cloud.endpoints.s3,
        region: cloud.region,
        credentials,
        forcePathStyle: true,
      });
      const [Bucket] = await cloud.idsOfType('AWS::S3::Bucket');
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
      return Contents.flatMap(({ Key }) => Key ?? []);
    },

    /** Where something private stands that should not: in logs, messages, keys of items and objects, refusals. Empty is good. */
    async leaks() {
      for (const secret of await cloud.idsOfType('AWS::SecretsManager::Secret')) words.add('key', cloud.secret(secret));
      for (const { email, password } of program.operators) words.add('password', password, email);
      for (const { text, template } of simulators.messages.inbox()) {
        words.add('one-time code', ...(text.match(/\b\d{6}\b/g) ?? []));
        if (template === 'redeem_code') words.add('redeem code', /Kode redeem: (\w+)/.exec(text)?.[1] ?? '');
      }
      const items = await wholeTable(cloud);
      return {
        logs: words.foundIn(logs),
        messages: words.foundIn(this.queueMessages()),
        // The pointer from a redeem code to its owner is found by the code: see docs/access-patterns.md.
        itemKeys: words.foundIn(keyTexts(items), { except: ['redeem code'] }),
        objectKeys: words.foundIn(await this.objectKeys()),
        refusals: words.foundIn(refusals.map(({ answer }) => JSON.stringify(answer.body))),
      };
    },

    stop: () => program.stop(),
  };
}
export type Started = Awaited<ReturnType<typeof startJourneys>>;

/** What `leaks` answers when nothing private stands where it should not. */
export const noLeaks = { logs: [], messages: [], itemKeys: [], objectKeys: [], refusals: [] };
