import { describe, expect, it } from 'vitest';
import { verificationPage } from '#shared/certificate/verification-page.ts';

const certificate = {
  found: true,
  number: 'KP-2026-7Q4M-9XWD',
  maskedName: 'S*** R********',
  courseTitle: 'Jahit & Bordir <Dasar>',
  institutionName: 'Lembaga Pelatihan Cakrawala Nusantara',
  completedOn: '2026-03-05',
  issuedAt: '2026-03-06T17:00:00Z',
} as const;

const headingOf = (document: string) => document.match(/<h1>(.*?)<\/h1>/)?.[1];

describe('the page that verifies a certificate', () => {
  it.each([
    [
      'valid',
      { ...certificate, status: 'valid' },
      'Sertifikat ini sah',
      'class="verdict good"',
      'This certificate is valid',
    ],
    [
      'revoked',
      { ...certificate, status: 'revoked' },
      'Sertifikat ini telah dicabut',
      'class="verdict bad"',
      'has been revoked',
    ],
    [
      'unknown',
      { found: false, number: 'KP-1' },
      'Nomor ini tidak dikenal',
      'class="verdict warn"',
      'There is no certificate',
    ],
  ] as const)('gives its verdict first: %s', (_, result, heading, look, english) => {
    const document = verificationPage(result);

    expect(headingOf(document)).toBe(heading);
    expect(document).toContain(look);
    expect(document).toContain(english);
    expect(document.match(/<h1>/g)).toHaveLength(1);
    expect(document.match(/class="verdict /g)).toHaveLength(1);
  });

  it('shows what can be compared with the paper, with days as in Jakarta', () => {
    const document = verificationPage({ ...certificate, status: 'valid', fileDigest: 'ab'.repeat(32) });
    const shown = [
      'KP-2026-7Q4M-9XWD',
      'S*** R********',
      'Jahit &amp; Bordir &lt;Dasar&gt;',
      '5 Maret 2026',
      '7 Maret 2026',
    ];

    for (const text of [...shown, 'ab'.repeat(32)]) expect(document).toContain(text);
  });

  it('escapes a number that somebody made up', () => {
    const document = verificationPage({ found: false, number: '<script>alert(1)</script>' });

    expect(document).not.toContain('<script');
    expect(document).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  it('says nothing of a course when the number is unknown', () => {
    expect(verificationPage({ found: false, number: 'KP-1' })).not.toContain('Lembaga pelatihan');
  });
});
