import * as z from 'zod/mini';

/** A participant's id: the keyed hash of the NIK, see `participantIdOf`. */
export const ParticipantId = z.string().check(z.regex(/^[0-9a-f]{64}$/));
