import * as z from 'zod/mini';
import { SchemeCode } from '#shared/credit/schemes.ts';
import { endpoint } from '#shared/platform/endpoint.ts';

const Text = z.strictObject({ id: z.string(), en: z.string() });
const Asked = { name: z.string(), text: Text };

export const readDeclarations = endpoint({
  operation: 'readDeclarations',
  capability: 'registration',
  method: 'GET',
  path: '/v1/declarations/{scheme}',
  access: 'public',
  summary: 'The questions that an applicant answers when joining a batch of a scheme, in Indonesian and English.',
  pathParameters: z.strictObject({ scheme: SchemeCode }),
  status: 200,
  answer: z.strictObject({
    version: z.string(),
    scheme: SchemeCode,
    questions: z.array(
      z.discriminatedUnion('kind', [
        z.strictObject({ ...Asked, kind: z.literal('boolean') }),
        z.strictObject({
          ...Asked,
          kind: z.literal('choice'),
          options: z.array(z.strictObject({ code: z.string(), ...Text.shape })),
        }),
        z.strictObject({ ...Asked, kind: z.literal('text'), maxCharacters: z.int() }),
      ]),
    ),
  }),
  refusals: [],
});
