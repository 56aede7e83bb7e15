import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mutants } from '#test/mutants/all.ts';
import { planted } from '#test/mutants/mutant.ts';

const root = join(import.meta.dirname, '..', '..');

/* `npm run mutants` takes long and is run now and then: a rule that moved away from its mutant must be noticed before. */
describe('every mutant', () => {
  it('has its place in the file that it breaks, exactly once', async () => {
    const lost: string[] = [];
    for (const mutant of mutants)
      if (planted(await readFile(join(root, mutant.file), 'utf8'), mutant) === null)
        lost.push(`${mutant.file}: ${mutant.says}`);
    expect(lost).toEqual([]);
    expect(mutants.length).toBeGreaterThan(200);
  });

  it('has tests that are there to notice it', async () => {
    const tests = [...new Set(mutants.flatMap((mutant) => mutant.tests))];
    await expect(Promise.all(tests.map((test) => access(join(root, test))))).resolves.toBeDefined();
  });
});
