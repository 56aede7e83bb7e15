import * as z from 'zod/mini';
import { IdentityExplanation } from '#shared/registration/identity/identity-reasons.ts';

/** A registration as its owner sees it. */
export const Registration = z.strictObject({
  participantId: z.string(),
  identity: z.enum(['pending', 'verified', 'refused']),
  /** Codes of why the civil registry did not confirm the identity, and each in words. */
  refusalReasons: z.array(z.string()),
  explanations: z.array(IdentityExplanation),
  regencyCode: z.string(),
  provinceCode: z.string(),
});
