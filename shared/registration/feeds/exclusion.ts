import { ok } from 'node:assert/strict';
import type { SchemeCode } from '#shared/credit/schemes.ts';
import { ruleVersions, versionNamed } from '#shared/registration/eligibility/rules.ts';
import type { FeedSource } from '#shared/registration/feeds/feed-source.ts';

/** What a recipient was decided about by: the version that their joining names; one of before there were versions names none. */
type DecidedBy = { readonly scheme: SchemeCode; readonly rules?: string | undefined };

/**
 * Whether who is named by a source has no right to the benefits, by the rules of eligibility. Where a joining names no version, the last one of
 * its scheme says so: the law was the same before there were lists.
 */
export function excludes({ scheme, rules }: DecidedBy, source: FeedSource): boolean {
  const named = rules === undefined ? undefined : versionNamed(rules);
  const version = named ?? ruleVersions.findLast((last) => last.scheme === scheme);
  ok(version, 'Every scheme has rules');
  return version.rules.some((rule) => rule.kind === 'not_listed' && rule.source === source);
}
