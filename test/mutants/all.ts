import { drawMutants } from './draw.ts';
import type { Mutant } from './mutant.ts';
import { partnerMutants } from './partners.ts';
import { ruleMutants } from './rules.ts';
import { workMutants } from './work.ts';

export const mutants: readonly Mutant[] = [...ruleMutants, ...partnerMutants, ...workMutants, ...drawMutants];
