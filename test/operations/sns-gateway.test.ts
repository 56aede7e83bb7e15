import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { snsGateway } from '#shared/operations/sns-gateway.ts';
import { ServiceFailed } from '#shared/platform/outside.ts';

/** Answers as SNS does on the wire, and keeps what it was asked. */
const answers: number[] = [];
const asked: { readonly fields: Record<string, string>; readonly authorization: string }[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const fields = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
    asked.push({ fields, authorization: request.headers.authorization ?? '' });
    const status = answers.shift() ?? 200;
    const body =
      status === 200
        ? '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>'
        : '<ErrorResponse><Error><Code>InvalidParameter</Code><Message>+628120000001 is not valid</Message></Error></ErrorResponse>';
    response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port }: Pick<AddressInfo, 'port'> = z.object({ port: z.number() }).parse(server.address());
  vi.stubEnv('AWS_ENDPOINT_URL_SNS', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_REGION', 'ap-southeast-3');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});
afterEach(() => {
  answers.length = 0;
  asked.length = 0;
});

const message = { id: 'id', phone: '+628120000001', template: 'phone_code', text: 'Kode verifikasi: 012345 & lainnya' };

describe('SNS as the gateway of short messages', () => {
  it('is asked to publish to the number, as a transactional message, signed for the service', async () => {
    await snsGateway().send(message);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.fields).toEqual({
      Action: 'Publish',
      Version: '2010-03-31',
      PhoneNumber: message.phone,
      Message: message.text,
      'MessageAttributes.entry.1.Name': 'AWS.SNS.SMS.SMSType',
      'MessageAttributes.entry.1.Value.DataType': 'String',
      'MessageAttributes.entry.1.Value.StringValue': 'Transactional',
    });
    expect(asked[0]?.authorization).toContain('/ap-southeast-3/sns/aws4_request');
  });

  it('is tried again when it fails, and refuses what it does not take without a word of the number', async () => {
    answers.push(500);
    await snsGateway().send(message);
    expect(asked).toHaveLength(2);
    answers.push(400);
    const failed = await snsGateway()
      .send(message)
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ServiceFailed);
    expect(failed).toMatchObject({ answered: 400, isPassing: true });
    expect(String(failed) + JSON.stringify(failed)).not.toContain(message.phone);
  });

  it('fails without a word of the number when it fails each time', async () => {
    answers.push(500, 503, 500);
    await expect(snsGateway().send(message)).rejects.toThrow(/^sns\.failed 500$/);
  });
});
