import * as z from 'zod/mini';
import { endpoint } from '#shared/platform/endpoint.ts';
import { Email, Password } from '#shared/registration/account/account-api.ts';
import { PhoneNumber } from '#shared/registration/account/phone-api.ts';
import { Registration } from '#shared/registration/own-registration.ts';
import { ParticipantId } from '#shared/registration/participant-id.ts';

// Apart, so that the functions of the other endpoints do not carry the schema of a whole file.
export { readFile } from '#shared/registration/read-file-api.ts';
export { Registration };

const Nik = z.string().check(z.regex(/^\d{16}$/));
const capability = 'registration';

export const signUp = endpoint({
  operation: 'signUp',
  capability,
  method: 'POST',
  path: '/v1/accounts',
  access: 'public',
  needsPass: true,
  summary:
    'Opens an account for the holder of a NIK. A code is sent to the e-mail address. An account that nobody confirmed gives way after 48 hours.',
  body: z.strictObject({ email: Email, password: Password, nik: Nik }),
  status: 201,
  answer: z.strictObject({ participantId: z.string(), codeSentBy: z.literal('email') }),
  refusals: [
    'account_exists',
    'password_weak',
    'nik_invalid',
    'otp_resends_exceeded',
    'attempts_exceeded',
    'conflict_persistent',
    'service_unavailable',
  ],
});

export const confirmAccount = endpoint({
  operation: 'confirmAccount',
  capability,
  method: 'POST',
  path: '/v1/accounts/confirmation',
  access: 'public',
  summary: 'Confirms the e-mail address with the code that was sent to it.',
  body: z.strictObject({
    participantId: ParticipantId,
    code: z.string().check(z.regex(/^\d{4,8}$/)),
  }),
  status: 200,
  answer: z.strictObject({ confirmed: z.literal(true) }),
  refusals: ['confirmation_code_wrong', 'account_exists', 'attempts_exceeded', 'service_unavailable'],
});

export const signIn = endpoint({
  operation: 'signIn',
  capability,
  method: 'POST',
  path: '/v1/sessions',
  access: 'public',
  summary: 'Signs in with e-mail address and password. The access token is the bearer of all further requests.',
  body: z.strictObject({ email: Email, password: z.string().check(z.minLength(1), z.maxLength(128)) }),
  status: 201,
  answer: z.strictObject({ accessToken: z.string(), refreshToken: z.string(), expiresInSeconds: z.int() }),
  refusals: ['credentials_wrong', 'account_unconfirmed', 'attempts_exceeded', 'service_unavailable'],
});

export const register = endpoint({
  operation: 'register',
  capability,
  method: 'POST',
  path: '/v1/registrations',
  access: 'citizen',
  needsPass: true,
  summary: 'Registers the person of the account. The civil registry is asked afterwards. A repeat changes nothing.',
  body: z.strictObject({
    nik: Nik,
    familyCardNumber: z.string().check(z.regex(/^\d{16}$/)),
    name: z.string().check(z.trim(), z.minLength(2), z.maxLength(100)),
    birthDate: z.iso.date(),
    sex: z.enum(['female', 'male']),
    phone: PhoneNumber,
    /** The mother's maiden name; refused where the stage does not ask for it. */
    motherName: z.optional(z.string().check(z.trim(), z.minLength(2), z.maxLength(100))),
    regencyCode: z.string().check(z.regex(/^\d{2}\.\d{2}$/)),
    consentVersion: z.string().check(z.minLength(1), z.maxLength(20)),
  }),
  status: 201,
  answer: Registration,
  refusals: [
    'already_registered',
    'person_erased',
    'consent_missing',
    'nik_invalid',
    'family_card_invalid',
    'regency_unknown',
    'role_missing',
    'conflict_persistent',
  ],
});
