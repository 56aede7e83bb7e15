import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy, html, htmlHeaders, page } from '#shared/platform/page.ts';

const digestOf = (text = '') => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

describe('markup', () => {
  it('escapes every value for text and attributes', () => {
    const value = `<b title='x'>"R&D"</b>`;

    expect(html`<p title="${value}">${value}</p>`.markup).toBe(
      '<p title="&lt;b title=&#39;x&#39;&gt;&quot;R&amp;D&quot;&lt;/b&gt;">&lt;b title=&#39;x&#39;&gt;&quot;R&amp;D&quot;&lt;/b&gt;</p>',
    );
  });

  it('never lets a value open an element, an attribute or an entity', () => {
    const check = (value: string) => {
      const inside = html`${value}`.markup;
      expect(inside).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
    };

    fc.assert(fc.property(fc.string({ unit: 'binary' }), check));
  });

  it('keeps markup as it is, joins lists, and shows nothing for nothing', () => {
    const items = ['a', '<b>'].map((item) => html`<li>${item}</li>`);

    expect(html`<ul>${items}</ul>${false}${null}${undefined}${0}`.markup).toBe(
      '<ul><li>a</li><li>&lt;b&gt;</li></ul>0',
    );
  });
});

describe('a page', () => {
  const script = "document.title = 'a && b'";
  const document = page({
    title: 'A & B',
    lang: 'id',
    body: html`<p>x</p>`,
    script,
    apiOrigin: 'https://api.contoh.id',
  });
  const between = (start: string, end: string) => document.split(start)[1]?.split(end)[0];

  it('is a whole document with its language and title', () => {
    expect(document).toMatch(/^<!doctype html>\n<html lang="id">/);
    expect(document).toContain('<title>A &amp; B</title>');
    expect(document).toContain('name="viewport"');
  });

  it('allows exactly the style and the script it carries, and calls to its own API', () => {
    const policy = between('Content-Security-Policy" content="', '"')?.replaceAll('&#39;', "'");

    expect(policy).toBe(
      [
        "default-src 'none'",
        `style-src ${digestOf(between('<style>', '</style>'))}`,
        `script-src ${digestOf(between('<script>', '</script>'))}`,
        "connect-src 'self' https://api.contoh.id",
        "base-uri 'none'",
        "form-action 'none'",
      ].join('; '),
    );
  });

  it('allows no script when it has none', () => {
    expect(contentSecurityPolicy()).not.toMatch(/script-src|connect-src|unsafe/);
    expect(page({ title: 'x', lang: 'en', body: html`` })).not.toContain('<script');
  });

  it('refuses a script that closes its own element', () => {
    expect(() => page({ title: 'x', lang: 'en', body: html``, script: '"</script>"' })).toThrow('cannot close');
  });

  it('is answered with headers that forbid framing, sniffing, referrers and caches', () => {
    expect(htmlHeaders).toMatchObject({
      'content-security-policy': "frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
  });
});
