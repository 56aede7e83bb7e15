import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  explanationOf,
  identityReasons,
  identityReasonsOf,
  isKnownWord,
} from '#shared/registration/identity/identity-reasons.ts';
import { recordIdentity } from '#shared/registration/registration.ts';
import { viewOf } from '#shared/registration/registration-view.ts';
import { decided, fileAfter } from '#test/journal/citizen.ts';

describe('a reason of the civil registry', () => {
  it.each(identityReasons)('%s is kept under its code, and the citizen reads what it is and what to do', (reason) => {
    expect(identityReasonsOf([reason])).toEqual([reason]);
    const file = fileAfter('register');
    const answer = { outcome: 'mismatch', reasons: [reason] } as const;
    const decision = recordIdentity(file.registration, 'r', { ...answer, reasons: [...answer.reasons] });
    const { registration } = decided(file, decision, new Date());
    const [explained] = viewOf('p', registration).explanations;
    expect(explained?.code).toBe(reason);
    const sentences = [explained?.id, explained?.en, explained?.remedy.id, explained?.remedy.en];
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].{15,}\.$/);
  });

  it('in words that nobody knows is another one, and its words are not kept', () => {
    const check = (words: readonly string[]) => {
      const reasons = identityReasonsOf(words);
      expect(reasons.length).toBeGreaterThan(0);
      expect(new Set(reasons).size).toBe(reasons.length);
      expect(reasons.every((reason) => identityReasons.includes(reason))).toBe(true);
      if (!words.some(isKnownWord)) expect(reasons).toEqual(['other']);
    };

    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom('Gender', 'NAME', '__proto__')), { maxLength: 50 }),
        check,
      ),
    );
    expect(identityReasonsOf(['Gender', 'NAME', 'sex', 'Siti Contoh 3273'])).toEqual(['sex', 'name', 'other']);
    expect(explanationOf('a code of long ago').id).toBe(explanationOf('other').id);
  });
});
