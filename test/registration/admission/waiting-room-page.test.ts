import vm from 'node:vm';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { contentSecurityPolicy } from '#shared/platform/page.ts';
import { waitingRoomPage } from '#shared/registration/admission/waiting-room-page.ts';
import { script } from '#shared/registration/admission/waiting-room-script.ts';
import { waitingRoomStyle } from '#shared/registration/admission/waiting-room-style.ts';

const document = waitingRoomPage();
const states = ['loading', 'waiting', 'paused', 'turn', 'ready', 'closed'] as const;

/** The few parts of an element that the script touches. */
class FakeElement {
  hidden = true;
  value = '';
  textContent = '';
  readonly style = { width: '' };
  readonly firstChild: { textContent: string };
  readonly button = { disabled: false };
  readonly listeners = new Map<string, (event: { preventDefault(): void }) => Promise<void>>();
  constructor(text: string) {
    this.textContent = text;
    this.firstChild = { textContent: text };
  }
  addEventListener(name: string, listener: (event: { preventDefault(): void }) => Promise<void>) {
    this.listeners.set(name, listener);
  }
  querySelector() {
    return this.button;
  }
}

type Answer = { readonly status: number; readonly body: unknown } | 'unreachable';
type Call = { readonly method: string; readonly path: string; readonly body: unknown };

/** A browser that keeps what pages keep, and a server that answers one after the other. */
function browser(storage: Map<string, string> | 'refused' = new Map()) {
  const answers: Answer[] = [];
  const calls: Call[] = [];
  const timers: { run: () => unknown; milliseconds: number }[] = [];
  let now = Date.parse('2026-11-27T05:00:00Z');
  const elements = new Map([...document.matchAll(/ id="([\w-]+)"/g)].map(([, id = '']) => [id, new FakeElement(id)]));
  const byId = (id: string) => {
    const found = elements.get(id);
    if (!found) throw new Error(`There is no ${id}`);
    return found;
  };
  class Clock extends Date {
    static override now = () => now;
  }
  const localStorage = {
    getItem: (name: string) => (storage === 'refused' ? refuse() : (storage.get(name) ?? null)),
    setItem: (name: string, value: string) => void (storage === 'refused' ? refuse() : storage.set(name, value)),
    removeItem: (name: string) => void (storage === 'refused' ? refuse() : storage.delete(name)),
  };
  const tab = { title: 'Ruang tunggu' };
  const fetch = async (path: string, { method, body }: { method: string; body?: string }) => {
    calls.push({ method, path, body: body === undefined ? undefined : JSON.parse(body) });
    const answer = answers.shift() ?? 'unreachable';
    if (answer === 'unreachable') throw new TypeError('Failed to fetch');
    return { ok: answer.status < 400, status: answer.status, json: async () => answer.body };
  };
  const parts = {
    ...{ fetch, localStorage, Intl, Math, JSON, Date: Clock, setInterval: () => 0, addEventListener: () => {} },
    clearTimeout: () => void timers.splice(0),
    setTimeout: (run: () => unknown, milliseconds: number) => timers.push({ run, milliseconds }),
    document: Object.assign(tab, { getElementById: byId }),
  };
  const visible = (ids: readonly string[]) => ids.filter((id) => !byId(id).hidden);
  return {
    ...{ answers, calls, timers, tab },
    text: (id: string) => byId(id).textContent,
    value: (id: string) => byId(id).value,
    state: () => visible(states),
    troubles: () => visible(['unreachable', 'service', 'nik', 'used'].map((code) => `trouble-${code}`)),
    open: async (...planned: Answer[]) => {
      answers.push(...planned);
      await vm.runInNewContext(script, parts);
    },
    async later(seconds: number, ...planned: Answer[]) {
      now += seconds * 1_000;
      answers.push(...planned);
      await timers.at(-1)?.run();
    },
    async submit(nik: string, ...planned: Answer[]) {
      answers.push(...planned);
      byId('nik').value = nik;
      await byId('enter').listeners.get('submit')?.({ preventDefault: () => {} });
    },
  };
}
function refuse(): never {
  throw new Error('SecurityError');
}

const ticket = 't.1.a.b.c';
const told = (changes: object = {}) => ({
  ...{ position: 12_345, estimateSeconds: 425, admitted: false, useUntil: null, askAgainSeconds: 120 },
  ...changes,
});
const taken = (changes: object = {}): Answer => ({ status: 201, body: { ticket, ...told(changes) } });
const standing = (changes: object = {}): Answer => ({ status: 200, body: told(changes) });
const turn = { position: 0, estimateSeconds: 0, admitted: true, useUntil: '2026-11-27T05:20:00Z' };
const refused = (code: string, status = 409): Answer => ({ status, body: { code } });
const pass: Answer = { status: 201, body: { pass: 'p.1.a.b.c', validUntil: '2026-11-27T06:00:00Z' } };
const nik = '3273994207010001';

let storage: Map<string, string>;
beforeEach(() => {
  storage = new Map();
});

describe('the page of the waiting room', () => {
  it('says in both languages that the order has no effect on the draw', () => {
    expect(document).toContain('tidak berpengaruh sama sekali pada undian');
    expect(document).toContain('The order of arrival and of joining has no effect on the draw');
  });

  it('is small, and takes nothing from anybody else', () => {
    expect(gzipSync(document).length).toBeLessThan(7_000);
    expect(document.length).toBeLessThan(20_000);
    expect(document).not.toMatch(/<(script|link|img|iframe)[^>]+(src|href)=|https?:/);
    const policy = contentSecurityPolicy({ script, ownStyle: waitingRoomStyle });
    expect(document).toContain(policy.replaceAll("'", '&#39;'));
    expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacent|document\.write|eval\(/);
  });

  it('has a title for every state, a label for every field, and a place where changes are said', () => {
    for (const state of states) expect(document).toContain(`aria-labelledby="${state}-title"`);
    expect(
      [...document.matchAll(/<input id="(\w+)"/g)].map(([, id]) => document.includes(`<label for="${id}"`)),
    ).toEqual([true, true]);
    expect(document).toContain('role="status"');
    expect(document).toContain('role="alert"');
  });
});

describe('who comes', () => {
  it('takes a ticket at once, keeps it, and counts down without asking', async () => {
    const page = browser(storage);
    await page.open(taken());
    expect(page.state()).toEqual(['waiting']);
    expect([page.text('position'), page.text('estimate'), page.text('estimate-en')]).toEqual([
      '12.345',
      '7 menit',
      'about 7 minutes',
    ]);
    expect(page.tab.title).toBe('7 menit · Ruang tunggu');
    expect(storage.get('prakerja-ticket')).toBe(ticket);
    expect(page.text('spoken')).toBe('waiting-title');
    expect(page.calls).toEqual([{ method: 'POST', path: '/v1/waiting-room/tickets', body: undefined }]);
  });

  it('asks again when it is told to, never in step with the others', async () => {
    const waits = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const page = browser(new Map());
        await page.open(taken());
        return page.timers.at(-1)?.milliseconds ?? 0;
      }),
    );
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(96_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(144_000);
    expect(new Set(waits).size).toBeGreaterThan(30);
  });

  it('keeps the place when the page is opened again', async () => {
    storage.set('prakerja-ticket', ticket);
    const page = browser(storage);
    await page.open(standing({ position: 10, estimateSeconds: 3 }));
    expect(page.calls).toEqual([{ method: 'GET', path: `/v1/waiting-room/tickets/${ticket}`, body: undefined }]);
    expect(page.text('estimate')).toBe('5 detik');
  });

  it('waits also where the browser keeps nothing', async () => {
    const page = browser('refused');
    await page.open(taken());
    await page.later(120, standing({ position: 6_000, estimateSeconds: 3_700 }));
    expect(page.calls.map(({ method }) => method)).toEqual(['POST', 'GET']);
    expect([page.text('position'), page.text('estimate'), page.text('estimate-en')]).toEqual([
      '6.000',
      '1 jam 2 menit',
      'about 1 hour 2 min',
    ]);
  });

  it('is told when nobody is let in, and when nobody has to wait', async () => {
    const page = browser(storage);
    await page.open(taken({ estimateSeconds: null }));
    expect(page.state()).toEqual(['paused']);
    await page.later(60, refused('waiting_room_closed'));
    expect(page.state()).toEqual(['closed']);
    expect(storage.size).toBe(0);
  });

  it('gets another ticket for one that is over, and is told so', async () => {
    storage.set('prakerja-ticket', 't.old');
    const page = browser(storage);
    await page.open(refused('waiting_ticket_invalid', 400), taken());
    expect(page.state()).toEqual(['waiting']);
    expect(storage.get('prakerja-ticket')).toBe(ticket);
  });

  it.each<[string, Answer, string]>([
    ['cannot reach the service', 'unreachable', 'unreachable'],
    ['meets a fault', { status: 500, body: { code: 'internal' } }, 'service'],
    ['meets an answer that is none', { status: 503, body: {} }, 'service'],
  ])('keeps the ticket and tries again, later each time, who %s', async (_, answer, trouble) => {
    const page = browser(storage);
    await page.open(taken());
    const waits: number[] = [];
    for (let times = 0; times < 6; times += 1) {
      await page.later(120, answer);
      waits.push(page.timers.at(-1)?.milliseconds ?? 0);
    }
    expect(page.troubles()).toEqual([`trouble-${trouble}`]);
    expect(page.state()).toEqual(['waiting']);
    expect(waits[0]).toBeLessThan(13_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(144_000);
    await page.later(120, standing());
    expect(page.troubles()).toEqual([]);
    expect(storage.get('prakerja-ticket')).toBe(ticket);
  });
});

describe('whose turn it is', () => {
  async function atTurn() {
    const page = browser(storage);
    await page.open(taken(turn));
    return page;
  }

  it('sees until when, and gets a pass for a NIK that is not kept', async () => {
    const page = await atTurn();
    expect(page.state()).toEqual(['turn']);
    expect(page.text('use-until')).toBe('12.20');
    expect(page.tab.title).toMatch(/^● /);
    await page.submit('3273 9942 0701 0001', pass);
    expect(page.calls.at(-1)).toEqual({
      ...{ method: 'POST', path: '/v1/waiting-room/passes' },
      body: { waitingTicket: ticket, nik },
    });
    expect([page.state(), page.value('pass'), page.text('pass-until')]).toEqual([['ready'], 'p.1.a.b.c', '13.00']);
    expect(page.value('nik')).toBe('');
    expect([...storage]).toEqual([
      ['prakerja-pass', 'p.1.a.b.c'],
      ['prakerja-pass-until', '2026-11-27T06:00:00Z'],
    ]);
  });

  it('sees the pass again until it is over, and then waits anew', async () => {
    const page = await atTurn();
    await page.submit(nik, pass);
    await page.later(300);
    expect([page.state(), page.calls.length]).toEqual([['ready'], 2]);
    await page.later(3_600, taken());
    expect(page.state()).toEqual(['waiting']);
  });

  it.each<[string, string, Answer[], string[], string[]]>([
    ['a NIK of fifteen digits', nik.slice(1), [], ['turn'], ['trouble-nik']],
    ['a NIK that is none', nik, [refused('nik_invalid', 400)], ['turn'], ['trouble-nik']],
    ['a ticket that let somebody else in', nik, [refused('waiting_ticket_used')], ['turn'], ['trouble-used']],
    [
      'a ticket that was slept through',
      nik,
      [refused('waiting_ticket_invalid', 400), refused('waiting_ticket_invalid', 400), taken()],
      ['waiting'],
      [],
    ],
    ['a room that was closed meanwhile', nik, [refused('waiting_room_closed')], ['closed'], []],
    ['no connection', nik, ['unreachable'], ['turn'], ['trouble-unreachable']],
  ])('is told what is wrong: %s', async (_, typed, answers, state, troubles) => {
    const page = await atTurn();
    await page.submit(typed, ...answers);
    expect([page.state(), page.troubles()]).toEqual([state, troubles]);
  });
});
