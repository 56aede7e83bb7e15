import { describe, expect, it } from 'vitest';
import { schemes } from '#shared/credit/schemes.ts';
import { canonicalJson } from '#shared/platform/canonical-json.ts';
import { digestOf } from '#shared/platform/digest.ts';
import { dayAfter } from '#shared/platform/wib.ts';
import { rulesOf, rulesOn, ruleVersions, versionNamed } from '#shared/registration/eligibility/rules.ts';

describe('versions of the rules', () => {
  // Somebody was decided about by these: whoever changes one changes what was decided. Add a version instead.
  it.each([
    ['SEMI_BANSOS_2020/2020-03-20', '0bfbd3ee42545f6a'],
    ['NORMAL_2023/2023-02-17', '5b27dc28f4651191'],
    ['SEMI_BANSOS_2020/unversioned', '1cb8b3be6d0b0e00'],
    ['NORMAL_2023/unversioned', 'f6edafe4b92ef000'],
  ])('%s is what it was', (name, digest) => {
    const text = canonicalJson(JSON.parse(JSON.stringify(versionNamed(name)?.rules)));
    expect(digestOf(text).slice(0, 16)).toBe(digest);
  });

  it('have a name each, of their scheme', () => {
    const names = ruleVersions.map(({ version }) => version);
    expect(new Set(names).size).toBe(names.length);
    for (const { version, scheme, effectiveFrom } of ruleVersions) expect(version).toBe(`${scheme}/${effectiveFrom}`);
  });

  it('of a scheme follow each other without a gap, from its first day to its last', () => {
    for (const scheme of ['SEMI_BANSOS_2020', 'NORMAL_2023'] as const) {
      const versions = ruleVersions.filter((version) => version.scheme === scheme);
      expect(versions[0]?.effectiveFrom).toBe(schemes[scheme].effectiveFrom);
      expect(versions.at(-1)?.effectiveTo).toBe(schemes[scheme].effectiveTo);
      for (const [index, { effectiveFrom }] of versions.entries()) {
        const before = versions[index - 1];
        if (before) expect(before.effectiveTo).toBe(dayAfter(effectiveFrom, -1));
      }
    }
  });

  it('decide about batches by the day of their opening', () => {
    const later = { ...rulesOn('NORMAL_2023', '2026-01-01'), version: 'later', effectiveFrom: '2027-01-01' };
    const versions = [...ruleVersions, later];
    expect(rulesOn('NORMAL_2023', '2026-12-31', versions).version).toBe('NORMAL_2023/2023-02-17');
    expect(rulesOn('NORMAL_2023', '2027-01-01', versions).version).toBe('later');
    expect(rulesOn('SEMI_BANSOS_2020', '2027-01-01', versions).version).toBe('SEMI_BANSOS_2020/2020-03-20');
  });

  it('of joinings of before there were versions are the ones of then, and in force for nobody new', () => {
    expect(rulesOf({ scheme: 'NORMAL_2023' }).version).toBe('NORMAL_2023/unversioned');
    expect(rulesOf({ scheme: 'NORMAL_2023', rules: 'NORMAL_2023/2023-02-17' }).version).toBe('NORMAL_2023/2023-02-17');
    expect(ruleVersions.filter(({ version }) => version.endsWith('unversioned'))).toEqual([]);
  });

  it('that nobody knows decide nothing', () => {
    expect(() => rulesOf({ scheme: 'NORMAL_2023', rules: 'NORMAL_2023/1999-01-01' })).toThrow(/version/);
    expect(versionNamed('NORMAL_2023/1999-01-01')).toBeUndefined();
  });
});
