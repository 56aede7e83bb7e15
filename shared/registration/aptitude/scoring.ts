import type { Keys } from '#shared/platform/keys.ts';
import type { AptitudeTest, Scoring } from '#shared/registration/aptitude/aptitude.ts';
import { paperOf, scoreOf } from '#shared/registration/aptitude/paper.ts';
import { openWithDataKey, sealWithDataKey } from '#shared/registration/person.ts';

/** Answer sheets of one person, which only the person's own data key opens: erased together with the person. */
export function sealedSheets(keys: Keys, participantId: string, { dataKey }: { readonly dataKey: Uint8Array }) {
  const open = (sealed: Uint8Array): string => openWithDataKey(keys, participantId, dataKey, sealed);
  const seal = (sheet: string): Uint8Array => sealWithDataKey(keys, participantId, dataKey, sheet);
  return {
    open,
    seal,
    /** Scores a sheet, and seals it for whoever reviews the score later. */
    score: (test: AptitudeTest, sheet: string): Scoring => ({ ...scoreOf(paperOf(test), sheet), answers: seal(sheet) }),
  };
}
