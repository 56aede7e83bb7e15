import * as z from 'zod/mini';
import { endpoint } from '#shared/platform/endpoint.ts';
import { Note } from '#shared/platform/operator.ts';
import { ParticipantId } from '#shared/registration/participant-id.ts';

const capability = 'operations';

export const readContract = endpoint({
  operation: 'readContract',
  capability,
  method: 'GET',
  path: '/openapi.json',
  access: 'public',
  summary: 'This API as an OpenAPI 3.1 document.',
  status: 200,
  answer: z.looseObject({ openapi: z.string() }),
  refusals: [],
});

export const showReference = endpoint({
  operation: 'showReference',
  capability,
  method: 'GET',
  path: '/docs',
  access: 'public',
  summary: 'This API as a page.',
  status: 200,
  answer: 'text/html',
  refusals: [],
});

export const readJournal = endpoint({
  operation: 'readJournal',
  capability,
  method: 'GET',
  path: '/v1/participants/{participantId}/journal',
  access: 'operator',
  summary:
    'The journal of a participant, without what identifies the person. The participant sees who read it, and the reason.',
  pathParameters: z.strictObject({ participantId: ParticipantId }),
  query: z.strictObject({ reason: Note }),
  status: 200,
  answer: z.strictObject({
    participantId: z.string(),
    decisions: z.array(
      z.strictObject({ version: z.int(), at: z.iso.datetime(), events: z.array(z.looseObject({ type: z.string() })) }),
    ),
  }),
  refusals: ['participant_unknown'],
});
