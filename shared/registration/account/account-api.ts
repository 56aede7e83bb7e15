import * as z from 'zod/mini';
import { endpoint } from '#shared/platform/endpoint.ts';
import { SixDigits } from '#shared/registration/account/phone-api.ts';
import { ParticipantId } from '#shared/registration/participant-id.ts';

const capability = 'registration';

export const Email = z.email().check(z.maxLength(254));
export const Password = z.string().check(z.minLength(10), z.maxLength(128));
const RefreshToken = z.string().check(z.minLength(1), z.maxLength(4_096));

const sent = z.strictObject({ codeSentBy: z.literal('email') });

export const resendConfirmation = endpoint({
  operation: 'resendConfirmation',
  capability,
  method: 'POST',
  path: '/v1/accounts/confirmation-codes',
  access: 'public',
  summary:
    'Sends the code that confirms the e-mail address again: five times, then again after two hours. The answer is the same where there is no such account.',
  body: z.strictObject({ participantId: ParticipantId }),
  status: 202,
  answer: sent,
  refusals: ['otp_resends_exceeded', 'attempts_exceeded', 'conflict_persistent', 'service_unavailable'],
});

export const askPasswordReset = endpoint({
  operation: 'askPasswordReset',
  capability,
  method: 'POST',
  path: '/v1/accounts/password-resets',
  access: 'public',
  summary:
    'Sends a code to reset the password: once and five times more, then again after two hours. The answer is the same where there is no such account.',
  body: z.strictObject({ email: Email }),
  status: 202,
  answer: sent,
  refusals: ['otp_resends_exceeded', 'attempts_exceeded', 'conflict_persistent', 'service_unavailable'],
});

export const resetPassword = endpoint({
  operation: 'resetPassword',
  capability,
  method: 'POST',
  path: '/v1/accounts/password-resets/confirmation',
  access: 'public',
  summary: 'Sets another password by the code that was sent, and ends all sessions of the account.',
  body: z.strictObject({ email: Email, code: SixDigits, password: Password }),
  status: 200,
  answer: z.strictObject({ reset: z.literal(true) }),
  refusals: [
    'password_weak',
    'confirmation_code_wrong',
    'otp_attempts_exceeded',
    'attempts_exceeded',
    'conflict_persistent',
    'service_unavailable',
  ],
});

export const accountCodeEndpoints = [resendConfirmation, askPasswordReset, resetPassword] as const;

export const renewSession = endpoint({
  operation: 'renewSession',
  capability,
  method: 'POST',
  path: '/v1/sessions/renewal',
  access: 'public',
  summary: 'Gives another access token for the refresh token of a session.',
  body: z.strictObject({ refreshToken: RefreshToken }),
  status: 201,
  answer: z.strictObject({ accessToken: z.string(), expiresInSeconds: z.int() }),
  refusals: ['session_over', 'attempts_exceeded', 'service_unavailable'],
});

export const endSession = endpoint({
  operation: 'endSession',
  capability,
  method: 'POST',
  path: '/v1/sessions/end',
  access: 'public',
  summary: 'Signs out: the refresh token gives no further access token. A repeat changes nothing.',
  body: z.strictObject({ refreshToken: RefreshToken }),
  status: 200,
  answer: z.strictObject({ ended: z.literal(true) }),
  refusals: ['attempts_exceeded', 'service_unavailable'],
});

export const endAllSessions = endpoint({
  operation: 'endAllSessions',
  capability,
  method: 'DELETE',
  path: '/v1/sessions',
  access: 'citizen',
  summary: 'Signs out everywhere. Access tokens that were given work until they end, within the hour.',
  status: 200,
  answer: z.strictObject({ ended: z.literal(true) }),
  refusals: ['service_unavailable'],
});

export const sessionEndpoints = [renewSession, endSession, endAllSessions] as const;
