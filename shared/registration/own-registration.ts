import * as z from 'zod/mini';

/** A registration as its owner sees it. */
export const Registration = z.strictObject({
  participantId: z.string(),
  identity: z.enum(['pending', 'verified', 'refused']),
  refusalReasons: z.array(z.string()),
  regencyCode: z.string(),
  provinceCode: z.string(),
});
