import * as z from 'zod/mini';
import { Legs } from '#shared/credit/ledger.ts';
import { endpoint } from '#shared/platform/endpoint.ts';

export const readStatement = endpoint({
  operation: 'readStatement',
  capability: 'credit',
  method: 'GET',
  path: '/v1/participants/me/statement',
  access: 'citizen',
  summary: "Every movement of money in the caller's file, with the credit after it.",
  status: 200,
  answer: z.strictObject({
    creditRupiah: z.int(),
    movements: z.array(
      z.strictObject({ at: z.iso.datetime(), event: z.string(), legs: Legs, creditAfterRupiah: z.int() }),
    ),
  }),
  refusals: ['not_registered'],
});
