import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { type Answer, type Call, html, json, type Service } from '#infra/local/simulators/exchange.ts';
import { type Faults, faultQueue } from '#infra/local/simulators/faults.ts';
import { inboxPage } from '#infra/local/simulators/inbox-page.ts';

/* Stands for the gateways of SMS and e-mail. Nothing is sent; everything can be read in the inbox. */

const common = { template: z.string().min(1).max(64), text: z.string().min(1).max(4000) };
export const MessageRequest = z.discriminatedUnion('channel', [
  z.object({ channel: z.literal('sms'), to: z.string().regex(/^\+[1-9]\d{7,14}$/), ...common }),
  z.object({ channel: z.literal('email'), to: z.email(), ...common }),
]);

/** `at` is an ISO time. */
export type Message = z.infer<typeof MessageRequest> & { readonly messageId: string; readonly at: string };
export type MessageFilter = { readonly channel?: string; readonly to?: string };

/** unavailable: 503, not kept. cut: kept, but the connection ends without an answer. */
export type MessageFault = 'unavailable' | 'cut';
export type MessageControl = {
  readonly faults: Faults<MessageFault>;
  /** Newest first. `channel` is compared whole, `to` is a part of the address or number. */
  inbox(filter?: MessageFilter): Message[];
};

// Of a long load run the oldest go, with their keys.
const maximumMessages = 50_000;
const shownMessages = 200;

/** POST /v1/messages for programs; the pages of the inbox for people. */
export function messageGateway(now: () => Date): { service: Service; pages: Service; control: MessageControl } {
  const faults = faultQueue<MessageFault>();
  const byKey = new Map<string, { message: Message; content: string }>();

  const inbox = ({ channel = '', to = '' }: MessageFilter = {}) =>
    [...byKey.values()]
      .map(({ message }) => message)
      .filter((message) => (channel === '' || message.channel === channel) && message.to.includes(to))
      .reverse();

  const keep = (key: string, request: z.infer<typeof MessageRequest>): Message | 'key_reused' => {
    const content = JSON.stringify(request);
    const earlier = byKey.get(key);
    if (earlier) return earlier.content === content ? earlier.message : 'key_reused';
    const message = { ...request, messageId: randomUUID(), at: now().toISOString() };
    byKey.set(key, { message, content });
    const [oldest] = byKey.keys();
    if (byKey.size > maximumMessages && oldest !== undefined) byKey.delete(oldest);
    return message;
  };

  const service: Service = async ({ path, method, headers, body }) => {
    if (path !== '/v1/messages') return json(404, { error: 'no_such_path' });
    if (method !== 'POST') return json(405, { error: 'method_not_allowed' });
    const key = headers['idempotency-key'];
    if (typeof key !== 'string' || key === '' || key.length > 255)
      return json(400, { error: 'idempotency_key_missing' });
    const request = MessageRequest.safeParse(body);
    if (!request.success)
      return json(400, { error: 'bad_request', fields: request.error.issues.map(({ path }) => path.join('.')) });

    const fault = faults.take();
    await faults.wait();
    if (fault === 'unavailable') return json(503, { error: 'unavailable' });
    const message = keep(key, request.data);
    if (message === 'key_reused') return json(409, { error: 'idempotency_key_reused' });
    return fault === 'cut' ? 'cut' : json(202, { messageId: message.messageId });
  };

  const pages = async ({ path, method, query }: Call): Promise<Answer> => {
    if (method !== 'GET') return json(405, { error: 'method_not_allowed' });
    const filter = { channel: query.get('channel') ?? '', to: (query.get('to') ?? '').trim() };
    if (path === '/inbox.json') return json(200, inbox(filter));
    if (path !== '/inbox') return json(404, { error: 'no_such_page' });
    const found = inbox(filter);
    return html(inboxPage({ messages: found.slice(0, shownMessages), total: found.length, filter }));
  };

  return { service, pages, control: { faults, inbox } };
}
