import type { MessageGateway } from '#shared/operations/message-gateway.ts';
import { ServiceFailed } from '#shared/platform/outside.ts';
import { namedEndpoint, sendSigned } from '#shared/platform/signed-request.ts';

/** What stands for an address where SNS sends the messages. */
export const bySns = 'sns';

/**
 * Short messages by SNS, where a stage has no gateway. SNS knows no repeat by its id: a message that the queue delivers twice, or whose
 * answer is lost, is two messages with the same text. @throws ServiceFailed when SNS does not accept the message.
 */
export function snsGateway(): MessageGateway {
  return {
    async send({ phone, text }) {
      const endpoint = namedEndpoint('sns') ?? `https://sns.${process.env['AWS_REGION'] ?? ''}.amazonaws.com`;
      const body = new URLSearchParams({
        Action: 'Publish',
        Version: '2010-03-31',
        PhoneNumber: phone,
        Message: text,
        'MessageAttributes.entry.1.Name': 'AWS.SNS.SMS.SMSType',
        'MessageAttributes.entry.1.Value.DataType': 'String',
        'MessageAttributes.entry.1.Value.StringValue': 'Transactional',
      });
      const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
      const answer = await sendSigned('sns', `${endpoint}/`, { method: 'POST', headers, body: body.toString() });
      await answer.body?.cancel();
      if (!answer.ok) throw new ServiceFailed(answer.status);
    },
  };
}
