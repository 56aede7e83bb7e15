import * as z from 'zod/mini';

/** Whether a stage asks for the mother's maiden name. Where it is off the name is refused: what nobody needs is not collected. */
export const MotherNameUse = z.enum(['off', 'optional', 'required']);
export type MotherNameUse = z.infer<typeof MotherNameUse>;

/** Whether a registration has the name where it must, and not where it must not. */
export function fitsUse(use: MotherNameUse, motherName: string | undefined): boolean {
  return motherName === undefined ? use !== 'required' : use !== 'off';
}
