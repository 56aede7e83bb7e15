import type * as z from 'zod/mini';
import { Refusal } from '#shared/platform/refusal.ts';
import { explanationOf } from '#shared/registration/identity/identity-reasons.ts';
import type { Registration as File } from '#shared/registration/registration.ts';
import type { Registration } from '#shared/registration/registration-api.ts';

/** A registration as its owner sees it. @throws Refusal `not_registered`. */
export function viewOf(participantId: string, file: File): z.input<typeof Registration> {
  const { registered, identity, refusalReasons } = file;
  if (!registered || identity === 'unknown') throw new Refusal('not_registered');
  const { regencyCode, provinceCode } = registered;
  const explanations = refusalReasons.map(explanationOf);
  return { participantId, identity, refusalReasons: [...refusalReasons], explanations, regencyCode, provinceCode };
}
