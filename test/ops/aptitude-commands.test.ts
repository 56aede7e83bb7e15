import { describe, expect, it } from 'vitest';
import { run } from './fake-api.ts';

const participantId = 'a'.repeat(64);
const marks = {
  percent: 73,
  parts: [
    { category: 'verbal', right: 15, asked: 15 },
    { category: 'quantitative', right: 7, asked: 15 },
  ],
};
const score = {
  ...{ participantId, attempt: 2, scheme: 'NORMAL_2023', bankVersion: '2026-11' },
  agrees: true,
  recorded: marks,
  recomputed: marks,
};
const asked = ['aptitude', 'rescore', participantId, '--reason', 'Asked by the auditors'];

describe('the aptitude command', () => {
  it('shows the recorded score beside the one that is made anew', async () => {
    const { code, out, received } = await run([...asked, '--attempt', '2'], { rescoreAptitudeTest: score });
    expect(code).toBe(0);
    expect(out).toMatch(/Recorded +73 %, verbal 15 of 15, quantitative 7 of 15/);
    expect(out).toMatch(/Agrees +yes/);
    const url = new URL(`http://a${received[0]?.path}`);
    expect(url.pathname).toBe(`/v1/participants/${participantId}/aptitude-tests/2/score`);
    expect(url.searchParams.get('reason')).toBe('Asked by the auditors');
  });

  it('is not done when they differ', async () => {
    const rescoreAptitudeTest = { ...score, agrees: false, recomputed: { ...marks, percent: 40 } };
    const { code, out } = await run(asked, { rescoreAptitudeTest });
    expect(code).toBe(1);
    expect(out).toMatch(/Anew +40 %/);
  });

  it.each([
    ['no participant', ['aptitude', 'rescore', 'ratna', '--reason', 'Because']],
    ['no reason', ['aptitude', 'rescore', participantId]],
    ['a number of somebody', ['aptitude', 'rescore', participantId, '--reason', 'NIK 3273994207010001']],
    ['half an attempt', [...asked, '--attempt', '1.5']],
  ])('does not take %s', async (_, line) => {
    expect((await run(line, {})).code).toBe(64);
  });
});
