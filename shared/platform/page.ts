import { ok } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { style } from '#shared/platform/page-style.ts';

/** Markup that is safe to send: made by `html` only. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

export type Content = Html | string | number | false | null | undefined | readonly Content[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => entities[sign] ?? '');

/**
 * Markup from a template. Every value is escaped for text and for quoted attributes, unless it is Html itself; a list
 * is joined; false, null and undefined are nothing. An attribute's value must stand in quotes in the template.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(parts.map((part, index) => (index === 0 ? part : markupOf(values[index - 1]) + part)).join(''));
}

function markupOf(content: Content): string {
  if (content === false || content === null || content === undefined) return '';
  if (content instanceof Html) return content.markup;
  if (typeof content === 'string' || typeof content === 'number') return escaped(String(content));
  return content.map(markupOf).join('');
}

const sourceOf = (inline: string) => `'sha256-${createHash('sha256').update(inline).digest('base64')}'`;

type Allowed = {
  /** The page's one inline script, exactly as it stands between its tags. */
  readonly script?: string;
  /** Another origin that the script may call beside the page's own. */
  readonly apiOrigin?: string;
  /** Style of this page alone, beside the style of all pages. */
  readonly ownStyle?: string;
};

/** What the page may load and do: its own inline style and script by their hashes, and nothing from anywhere else. */
export function contentSecurityPolicy({ script, apiOrigin, ownStyle = '' }: Allowed = {}): string {
  const called = apiOrigin ? `'self' ${apiOrigin}` : "'self'";
  return [
    "default-src 'none'",
    `style-src ${sourceOf(style + ownStyle)}`,
    ...(script ? [`script-src ${sourceOf(script)}`, `connect-src ${called}`] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** Headers of every answer that is a page. The page carries the rest of its policy itself, where its hashes are known. */
export const htmlHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const;

type Page = Allowed & { readonly title: string; readonly lang: 'id' | 'en'; readonly body: Html };

/** A whole HTML document. The script runs after the body; it gets its values from data attributes, never by insertion. */
export function page({ title, lang, body, ...allowed }: Page): string {
  const { script = '', ownStyle = '' } = allowed;
  ok(!/<\/script|<!--/i.test(script), 'The script cannot close its own element');
  return html`<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(allowed)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Html(style + ownStyle)}</style>
</head>
<body>
${body}
${script !== '' && html`<script>${new Html(script)}</script>`}
</body>
</html>
`.markup;
}

/** The program's name above a page, with the band of kawung flowers that also frames the certificates. */
export function masthead(subject: Html): Html {
  return html`<header class="masthead">
<svg class="kawung" aria-hidden="true" width="100%" height="20"><defs><pattern id="kawung" width="20" height="20" patternUnits="userSpaceOnUse">${petals}</pattern></defs><rect width="100%" height="20" fill="url(#kawung)"/></svg>
<p><strong>Kartu Prakerja</strong> <span>${subject}</span></p>
</header>`;
}

const petal = 'M1.4 1.4C1.4 5.8 4.2 9.3 9.3 9.3C9.3 4.2 5.8 1.4 1.4 1.4z';
const petals = [0, 90, 180, 270].map((turn) => html`<path d="${petal}" transform="translate(10 10) rotate(${turn})"/>`);
