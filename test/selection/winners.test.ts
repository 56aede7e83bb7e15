import { describe, expect, it } from 'vitest';
import { Refusal } from '#shared/platform/refusal.ts';
import { eachWinner } from '#shared/selection/winners.ts';

const ids = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(64));

describe('a chunk of winners', () => {
  it('counts what became of each', async () => {
    const counts = await eachWinner(ids, async (id) => (id.startsWith('a') ? 'decreed' : 'family_full'));
    expect(counts).toEqual({ decreed: 1, family_full: 3 });
  });

  it('goes on behind somebody who is refused', async () => {
    const done: string[] = [];
    const counts = await eachWinner(ids, async (id) => {
      if (id.startsWith('b')) throw new Refusal('identity_unverified');
      done.push(id);
      return 'decreed';
    });
    expect(counts).toEqual({ decreed: 3, refused: 1 });
    expect(done).toHaveLength(3);
  });

  it.each([
    ['a journal is broken', new Error('A journal has no gap')],
    ['others keep writing', new Refusal('conflict_persistent')],
  ])('goes on when %s, and then comes again', async (_, fault) => {
    const done: string[] = [];
    const chunk = eachWinner(ids, async (id) => {
      if (id.startsWith('a')) throw fault;
      done.push(id);
      return 'decreed';
    });
    await expect(chunk).rejects.toThrow('chunk.incomplete 1 of 4');
    expect(done).toEqual(ids.slice(1));
  });
});
