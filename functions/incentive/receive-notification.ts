import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { isWorthAsking } from '#shared/incentive/notification.ts';
import {
  bodyErrorOf,
  type NotificationError,
  notificationErrorOf,
  receiveNotification,
} from '#shared/incentive/notification-api.ts';
import { payoutOf } from '#shared/incentive/payout.ts';
import { payoutMessage } from '#shared/incentive/payout-queues.ts';
import { type PaymentCredentials, paymentCredentials } from '#shared/incentive/snap/credentials.ts';
import { type Notification, verifyNotification } from '#shared/incentive/snap/notification.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { answerOf, json, observed, rawBody, refusalOf } from '#shared/platform/http.ts';
import { logger } from '#shared/platform/observe.ts';
import { type Queues, queues } from '#shared/platform/queues.ts';
import { programTable } from '#shared/table/table.ts';

type Deps = {
  readonly credentials: () => Promise<PaymentCredentials>;
  readonly participants: Pick<Participants, 'load'>;
  readonly queues: Queues;
};

/**
 * POST /v1.0/transfer/notify: what a payment partner says of a payment, signed by it. It may come twice, late, in any order or
 * never, so that nothing rests on it: where it may be news, the worker asks the partner. Any other is acknowledged.
 */
export function receivePaymentNotification({ credentials, participants, queues }: Deps) {
  async function askAbout(heard: Notification): Promise<void> {
    const { partnerCode, reference, status } = heard;
    const participantId = payoutOf(reference)?.participantId;
    const file = participantId && (await participants.load(participantId));
    const isNews = file && isWorthAsking(file.state.incentives.payouts.get(reference), heard);
    logger.info('notification.received', { partnerCode, reference: participantId ? reference : null, status, isNews });
    if (isNews) await queues.send([payoutMessage(partnerCode, { step: 'inquire', participantId, reference })]);
  }

  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(observed(receiveNotification))
    .use({
      onError: (request) => {
        const { code } = refusalOf(request.error);
        request.response = refused(
          code === 'request_invalid' ? bodyErrorOf(rawBody(request.event)) : notificationErrorOf(code),
        );
      },
    })
    .handler(async (event) => {
      const { method } = event.requestContext.http;
      const request = { method, path: event.rawPath, headers: event.headers, body: rawBody(event) };
      await askAbout(verifyNotification(request, await credentials(), new Date()));
      return answerOf(receiveNotification, { responseCode: '2005200', responseMessage: 'Successful' });
    });
}

const refused = ({ status, responseCode, responseMessage }: NotificationError) =>
  json(status, { responseCode, responseMessage });

export const handler = receivePaymentNotification({
  credentials: paymentCredentials.all,
  participants: participants(programTable()),
  queues: queues(),
});
