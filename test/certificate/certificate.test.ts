import { describe, expect, it } from 'vitest';
import { issue, rate } from '#shared/certificate/certificate.ts';
import { certificateNumberOf, decided, fileAfter, minutesAfter, purchaseIdOf, start } from '#test/journal/citizen.ts';
import { expectRefusal } from '#test/platform/refused.ts';

const purchaseId = purchaseIdOf(1);
const file = { purchaseId, fileKey: 'certificates/1.pdf', fileDigest: 'digest' };
const rating = { purchaseId, stars: 5, review: 'Jelas dan berguna sekali' };

describe('issuing a certificate', () => {
  it('records the number that the completion was answered with, and where to find it', () => {
    const { events, index } = issue(fileAfter('complete'), file);
    expect(events).toEqual([{ type: 'CertificateIssued', number: certificateNumberOf(1), ...file }]);
    expect(index).toEqual({ lookup: `CERT#${certificateNumberOf(1)}`, lookupSort: purchaseId });
  });

  it('is refused before the completion', () => {
    expectRefusal(() => issue(fileAfter('redeem'), file), 'certificate_missing');
  });

  it('happens once: the first file stands', () => {
    const certified = fileAfter('certify');
    expect(issue(certified, { ...file, fileDigest: 'another' }).events).toEqual([]);
    expect(certified.certificates.issued.get(purchaseId)?.issuedAt).toEqual(minutesAfter(start, 8));
  });
});

describe('rating a course', () => {
  const { certificates } = fileAfter('certify');
  const rated = decided(fileAfter('certify'), rate(certificates, rating), start).certificates;

  it('needs its certificate', () => {
    expectRefusal(() => rate(fileAfter('complete').certificates, rating), 'certificate_missing');
    expect(rate(certificates, rating).events).toEqual([{ type: 'CourseRated', ...rating }]);
  });

  it('is said once; the same again is a repeat', () => {
    expect(rate(rated, rating).events).toEqual([]);
  });

  it.each([
    ['other stars', { ...rating, stars: 4 }],
    ['another review', { ...rating, review: 'Sebenarnya kurang jelas' }],
  ])('is not changed to %s', (_, changed) => {
    expectRefusal(() => rate(rated, changed), 'rating_differs');
  });
});
