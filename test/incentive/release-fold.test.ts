import { expect, it } from 'vitest';
import { evolveRelease } from '#shared/incentive/release.ts';
import { prepared } from '#test/incentive/release-history.ts';
import { start } from '#test/journal/citizen.ts';

it('a release is never folded as approved by who asked for it, or twice by the same operator, whatever a rule forgot', () => {
  const release = prepared();
  const { count = 0, sumRupiah = 0 } = release.prepared ?? {};
  const approval = (by: string, missing: number) =>
    ({ type: 'ReleaseApproved', by, count, sumRupiah, missing }) as const;
  expect(() => evolveRelease(release, approval(release.requested?.by ?? '', 0), start)).toThrow(
    'Nobody approves twice',
  );
  const once = evolveRelease(release, approval('operator-9', 1), start);
  expect(() => evolveRelease(once, approval('operator-9', 0), start)).toThrow('Nobody approves twice');
  expect(evolveRelease(once, approval('operator-8', 0), start).state).toBe('approved');
});
