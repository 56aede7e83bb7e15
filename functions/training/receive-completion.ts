import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type Courses, courses, scheduleOf } from '#shared/catalogue/course.ts';
import { type Partner, type Partners, partners } from '#shared/catalogue/partner.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { setting } from '#shared/platform/environment.ts';
import { answerOf, rawBody, requestOf, served } from '#shared/platform/http.ts';
import { type Keys, programKeys } from '#shared/platform/keys.ts';
import { isFresh } from '#shared/platform/partner-signature.ts';
import { readableCode } from '#shared/platform/readable-code.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { webhookSignatureMatches } from '#shared/platform/webhook-signature.ts';
import { purchaseForInstitution } from '#shared/purchase/purchase-of-code.ts';
import { type RedeemCodes, redeemCodes } from '#shared/purchase/redeem-codes.ts';
import { programTable } from '#shared/table/table.ts';
import { checkCompletionTime, complete, courseOf } from '#shared/training/training.ts';
import { receiveCompletion } from '#shared/training/training-api.ts';

type Deps = {
  readonly partners: Partners;
  readonly courses: Courses;
  readonly redeemCodes: RedeemCodes;
  readonly participants: Participants;
  readonly keys: () => Promise<Keys>;
};

/** POST /v1/webhooks/{clientCode}: a completion, signed by the institution. The webhook's id makes a repeat an answer. */
export function recordCompletion({ partners, courses, redeemCodes, participants, keys }: Deps) {
  return served(receiveCompletion, async (event): Promise<APIGatewayProxyStructuredResultV2> => {
    const { partner, webhookId } = await authenticated(event, partners);
    const { redeem_code, completed_at, score_percent } = requestOf(receiveCompletion, event).body.data;
    const found = await purchaseForInstitution({ redeemCodes, participants }, redeem_code, partner.clientCode);
    const { participantId, purchase } = found;
    const course = await courses.course(purchase.courseCode);
    checkCompletionTime(
      scheduleOf(course, purchase.scheduleCode),
      course.learningMethod === 'self_paced',
      completed_at,
    );
    const tag = (await keys()).tag('certificate-number', `${participantId}#${purchase.purchaseId}`);
    const completion = {
      webhookId,
      completedAt: completed_at,
      certificateNumber: readableCode(tag, 16),
      ...(score_percent !== undefined && { scorePercent: score_percent }),
    };
    const file = await participants.change(participantId, ({ training }, at) =>
      complete(training, purchase, completion, at),
    );
    const { completed } = courseOf(file.training, purchase.purchaseId);
    const certificateNumber = completed?.certificateNumber ?? completion.certificateNumber;
    return answerOf(receiveCompletion, { accepted: true, certificateNumber });
  });
}

/** The institution behind a webhook. @throws Refusal; a wrong signature and an unknown sender look alike. */
async function authenticated(
  event: APIGatewayProxyEventV2,
  partners: Partners,
): Promise<{ partner: Partner; webhookId: string }> {
  const now = new Date();
  const header = (name: string): string => event.headers[name] ?? '';
  const [id, timestamp, signature] = [header('webhook-id'), header('webhook-timestamp'), header('webhook-signature')];
  if (!id || id.length > 100 || !timestamp || !signature) throw new Refusal('credentials_missing');
  if (!isFresh(timestamp, now, Number(setting('timestampToleranceSeconds')))) throw new Refusal('timestamp_stale');
  const partner = await partners.find(event.pathParameters?.['clientCode'] ?? '', now);
  const message = { id, timestamp, body: rawBody(event) };
  const matches = webhookSignatureMatches(partner?.webhookKey ?? '', message, signature);
  if (partner?.kind !== 'institution' || !matches) throw new Refusal('signature_wrong');
  return { partner, webhookId: id };
}

const table = programTable();
export const handler = recordCompletion({
  partners: partners(table, programKeys),
  courses: courses(table),
  redeemCodes: redeemCodes(table),
  participants: participants(table),
  keys: programKeys,
});
