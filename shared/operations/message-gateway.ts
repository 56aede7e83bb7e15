import { postJson, ServiceFailed } from '#shared/platform/outside.ts';

export type TextMessage = {
  /** The same id twice is one message. */
  readonly id: string;
  readonly phone: string;
  readonly template: string;
  readonly text: string;
};

/** Short messages to citizens. */
export type MessageGateway = { send(message: TextMessage): Promise<void> };

/** The gateway over HTTP. @throws ServiceFailed when it does not accept the message. */
export function messageGateway(baseUrl: string, key: () => Promise<string>): MessageGateway {
  return {
    async send({ id, phone, template, text }) {
      const headers = { authorization: `Bearer ${await key()}`, 'idempotency-key': id };
      const { status } = await postJson(
        `${baseUrl}/v1/messages`,
        { channel: 'sms', to: phone, template, text },
        headers,
      );
      if (status !== 202) throw new ServiceFailed(status);
    },
  };
}
