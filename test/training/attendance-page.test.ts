import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import { signIn } from '#shared/registration/registration-api.ts';
import { attendancePage } from '#shared/training/attendance-page.ts';
import { script } from '#shared/training/attendance-script.ts';
import { confirmAttendance } from '#shared/training/training-api.ts';

type Answer = { readonly status: number; readonly content: unknown } | 'unreachable';

/** The few parts of a browser that the script touches. `answers` are given in turn to its calls. */
function browser(answers: Answer[], token?: string) {
  const store = new Map(token ? [['prakerja.accessToken', token]] : []);
  const calls: unknown[] = [];
  const visited: string[] = [];
  const elements = new Map<string, ReturnType<typeof element>>();
  const element = (dataset: Record<string, string> = {}) => {
    const listeners = new Map<string, (event: { preventDefault(): void }) => unknown>();
    const button = { disabled: false };
    return {
      ...{ dataset, hidden: true, textContent: '', value: '', listeners, button },
      querySelector: () => button,
      addEventListener: (name: string, listener: (event: { preventDefault(): void }) => unknown) =>
        listeners.set(name, listener),
    };
  };
  for (const id of ['sign-in', 'confirm', 'trouble', 'email', 'password', 'sign-out']) elements.set(id, element());
  elements.set('attendance', element({ ticket: 'ticket-1', apiOrigin: '' }));
  const fetch = async (url: string, { headers, body }: { headers: unknown; body: string }) => {
    const answer = answers.shift() ?? 'unreachable';
    calls.push({ url, headers, body: JSON.parse(body) });
    if (answer === 'unreachable') throw new TypeError('fetch failed');
    return { ok: answer.status < 300, status: answer.status, json: async () => answer.content };
  };
  const sessionStorage = {
    getItem: (name: string) => store.get(name) ?? null,
    setItem: (name: string, value: string) => store.set(name, value),
    removeItem: (name: string) => store.delete(name),
  };
  const document = { getElementById: (id: string) => elements.get(id) };
  vm.runInNewContext(script, {
    document,
    fetch,
    sessionStorage,
    URL,
    location: { assign: (url: string) => visited.push(url) },
  });
  const on = (id: string, name: string) => elements.get(id)?.listeners.get(name)?.({ preventDefault: () => undefined });
  return {
    ...{ calls, visited, store },
    fill: (id: 'email' | 'password', value: string) => Object.assign(elements.get(id) ?? {}, { value }),
    submit: async (id: 'sign-in' | 'confirm') => on(id, 'submit'),
    signOut: () => on('sign-out', 'click'),
    shown: () => [...elements].filter(([id, { hidden }]) => !hidden && id !== 'trouble').map(([id]) => id),
    trouble: () => elements.get('trouble')?.textContent,
    isWaiting: () => [...elements.values()].some(({ button }) => button.disabled),
  };
}

const here = { status: 201, content: { redirectUrl: 'https://kelas.contoh.id/masuk?state=1' } };

describe('the attendance page', () => {
  it('names the course and the institution, and carries the ticket, all escaped', () => {
    const names = { courseTitle: 'Jahit & Bordir', institutionName: '<LP>' };
    const document = attendancePage({ ...names, ticket: 'a"b', apiOrigin: 'https://api.contoh.id' });

    expect(document).toContain('Jahit &amp; Bordir');
    expect(document).toContain('&lt;LP&gt;');
    expect(document).toContain('data-ticket="a&quot;b"');
    expect(document).toContain('connect-src &#39;self&#39; https://api.contoh.id;');
    expect(document).not.toMatch(/<(script|link|img|iframe)[^>]+(src|href)=/);
  });

  it('has Indonesian words for every refusal of its two calls', () => {
    const codes = [
      ...signIn.refusals,
      ...confirmAttendance.refusals,
      'credentials_missing',
      'role_missing',
      'internal',
    ];

    expect(codes.filter((code) => !script.includes(`    ${code}: '`))).toEqual([]);
  });

  it('signs in, then confirms with the token and leads back to the class', async () => {
    const page = browser([{ status: 200, content: { accessToken: 'token-1' } }, here]);
    expect(page.shown()).toEqual(['sign-in']);

    page.fill('email', ' siti@contoh.id ');
    page.fill('password', 'rahasia-sekali');
    await page.submit('sign-in');
    expect(page.shown()).toEqual(['confirm']);
    await page.submit('confirm');

    const headers = { 'content-type': 'application/json' };
    expect(page.calls).toEqual([
      { url: '/v1/sessions', headers, body: { email: 'siti@contoh.id', password: 'rahasia-sekali' } },
      {
        url: '/v1/attendances',
        headers: { ...headers, authorization: 'Bearer token-1' },
        body: { ticket: 'ticket-1' },
      },
    ]);
    expect(page.visited).toEqual(['https://kelas.contoh.id/masuk?state=1']);
  });

  it('skips the sign-in while the tab holds a token, and offers another account', () => {
    const page = browser([], 'token-1');
    expect(page.shown()).toEqual(['confirm']);

    page.signOut();
    expect(page.shown()).toEqual(['sign-in']);
    expect(page.store.size).toBe(0);
  });

  it.each([
    [
      { status: 409, content: { code: 'redeem_code_unused', title: 'x' } },
      'Kode pelatihan ini belum ditukarkan',
      ['confirm'],
    ],
    [
      { status: 409, content: { code: 'new_code', title: 'In the words of the API' } },
      'In the words of the API',
      ['confirm'],
    ],
    [{ status: 502, content: 'no problem document' }, 'Terjadi kesalahan (502).', ['confirm']],
    [{ status: 401, content: { message: 'Unauthorized' } }, 'Sesi Anda telah berakhir', ['sign-in']],
    ['unreachable', 'Tidak dapat terhubung', ['confirm']],
    [{ status: 201, content: { redirectUrl: 'javascript:alert(1)' } }, 'Tautan ini tidak berlaku', ['confirm']],
  ] satisfies [Answer, string, string[]][])('says in words what went wrong: %j', async (answer, words, shown) => {
    const page = browser([answer], 'token-1');
    await page.submit('confirm');

    expect(page.trouble()).toContain(words);
    expect(page.shown()).toEqual(shown);
    expect(page.visited).toEqual([]);
    expect(page.isWaiting()).toBe(false);
  });
});
