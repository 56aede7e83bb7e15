import * as z from 'zod/mini';
import { decide, reasonCodes } from '#shared/registration/eligibility/decide.ts';
import { Facts } from '#shared/registration/eligibility/facts.ts';
import { type RuleVersion, versionNamed } from '#shared/registration/eligibility/rules.ts';

/** A decision as it is kept: by which version of the rules, from which facts, and what it came to. No reasons: eligible. */
export const DecisionRecord = z.strictObject({
  rules: z.string().check(z.maxLength(40)),
  facts: Facts,
  reasons: z.array(z.enum(reasonCodes)),
});
/** As `DecisionRecord` reads it; nothing in it is ever changed. */
export type DecisionRecord = {
  readonly rules: string;
  readonly facts: Facts;
  readonly reasons: readonly (typeof reasonCodes)[number][];
};

/** A decision that comes to something else when it is made again; null: its version of the rules is not known any more. */
export type Difference = Pick<DecisionRecord, 'rules'> & {
  readonly recorded: readonly string[];
  readonly recomputed: readonly string[] | null;
};

/** Makes a recorded decision again, from its own facts and by the version that it names; null where it comes to the same. */
export function replay(
  { rules, facts, reasons }: DecisionRecord,
  versionOf: (name: string) => RuleVersion | undefined = versionNamed,
): Difference | null {
  const version = versionOf(rules);
  const recomputed = version ? decide(version, facts).reasons : null;
  if (recomputed?.join() === reasons.join()) return null;
  return { rules, recorded: reasons, recomputed };
}
