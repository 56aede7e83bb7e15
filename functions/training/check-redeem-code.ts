import { type Courses, courses, scheduleOf } from '#shared/catalogue/course.ts';
import { type Partners, partners } from '#shared/catalogue/partner.ts';
import { type Participants, participants } from '#shared/journal/participant.ts';
import { programKeys } from '#shared/platform/keys.ts';
import { wholeSeconds } from '#shared/platform/partner-envelope.ts';
import { partnerApi } from '#shared/platform/partner-http.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { purchaseForInstitution } from '#shared/purchase/purchase-of-code.ts';
import { type RedeemCodes, redeemCodes } from '#shared/purchase/redeem-codes.ts';
import { programTable } from '#shared/table/table.ts';
import { learningLabels } from '#shared/training/learning-labels.ts';
import { courseOf, redeemedAt, Sequence } from '#shared/training/training.ts';
import { checkRedeemCode } from '#shared/training/training-api.ts';

type Deps = {
  readonly partners: Partners;
  readonly courses: Courses;
  readonly redeemCodes: RedeemCodes;
  readonly participants: Participants;
};

/** POST …/redeem-code/status: whether a code is used, and whether a session was attended. */
export function answerCodeStatus({ partners, courses, redeemCodes, participants }: Deps) {
  const options = { endpoint: checkRedeemCode, partners, kind: 'institution' } as const;
  return partnerApi(options, async ({ body: { redeem_code, sequence }, partner, now }) => {
    if (!Sequence.safeParse(sequence).success) throw new Refusal('sequence_invalid');
    const { purchase, file } = await purchaseForInstitution(
      { redeemCodes, participants },
      redeem_code,
      partner.clientCode,
    );
    const course = await courses.course(purchase.courseCode);
    const { startsAt, endsAt } = scheduleOf(course, purchase.scheduleCode);
    const { type, label, method } = learningLabels[course.learningMethod];
    const training = courseOf(file.training, purchase.purchaseId);
    const usedAt = redeemedAt(training);
    const platform = await partners.find(purchase.platformCode, now);
    return {
      success: true,
      message: 'OK',
      data: {
        redeem_code,
        course_code: purchase.courseCode,
        invoice_code: purchase.invoiceCode,
        schedule_code: purchase.scheduleCode,
        status: usedAt ? 1 : 0,
        attendance_status: training.attended.has(sequence) || (sequence === 1 && training.redeemed) ? 1 : 0,
        // Empty while there is nothing.
        redeem_at: usedAt ? wholeSeconds(usedAt) : '',
        dp_platform: platform?.name ?? '',
        schedule_start_end: `${startsAt} - ${endsAt}`,
        course_type: type,
        course_type_label: label,
        course_learning_method: method,
        is_online_attendance: course.learningMethod !== 'offline',
        sequence,
      },
    };
  });
}

const table = programTable();
export const handler = answerCodeStatus({
  partners: partners(table, programKeys),
  courses: courses(table),
  redeemCodes: redeemCodes(table),
  participants: participants(table),
});
