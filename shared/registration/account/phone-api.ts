import * as z from 'zod/mini';
import { endpoint } from '#shared/platform/endpoint.ts';

const capability = 'registration';
const base = '/v1/participants/me';

/** An Indonesian mobile number in international form. */
export const PhoneNumber = z.string().check(z.regex(/^\+62\d{8,13}$/));
export const SixDigits = z.string().check(z.regex(/^\d{6}$/));

export const askPhoneCode = endpoint({
  operation: 'askPhoneCode',
  capability,
  method: 'POST',
  path: `${base}/phone-codes`,
  access: 'citizen',
  summary:
    'Sends a code by SMS to the number of the registration, or to another one that is to take its place. The code before it ends.',
  body: z.strictObject({ phone: z.optional(PhoneNumber) }),
  status: 202,
  answer: z.strictObject({ codeSentBy: z.literal('sms'), maskedPhone: z.string(), expiresAt: z.iso.datetime() }),
  refusals: [
    'not_registered',
    'person_erased',
    'processing_restricted',
    'consent_missing',
    'phone_verified',
    'payout_account_linked',
    'otp_resends_exceeded',
    'conflict_persistent',
  ],
});

export const confirmPhone = endpoint({
  operation: 'confirmPhone',
  capability,
  method: 'POST',
  path: `${base}/phone-confirmation`,
  access: 'citizen',
  summary: 'Proves the number by the code that was sent to it last. A repeat changes nothing.',
  body: z.strictObject({ code: SixDigits }),
  status: 200,
  answer: z.strictObject({ maskedPhone: z.string(), verifiedAt: z.iso.datetime() }),
  refusals: [
    'not_registered',
    'person_erased',
    'confirmation_code_wrong',
    'otp_attempts_exceeded',
    'payout_account_linked',
    'conflict_persistent',
  ],
});

export const phoneEndpoints = [askPhoneCode, confirmPhone] as const;
