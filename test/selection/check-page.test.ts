import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy } from '#shared/platform/page.ts';
import { reasonCodes } from '#shared/registration/eligibility/decide.ts';
import { checkPage } from '#shared/selection/check-page.ts';
import { proof } from '#shared/selection/check-page-proof.ts';
import { script } from '#shared/selection/check-page-script.ts';
import { checkStyle } from '#shared/selection/check-page-style.ts';
import { differences, words } from '#shared/selection/check-page-words.ts';
import { beacon, drawnBatch, numberOf, published, refused } from '#test/selection/check-page-fixture.ts';

const browserParts = { crypto, TextEncoder, TextDecoder, atob };
const honest = drawnBatch();
/** Another last digit. */
const changed = (hex: string) => `${hex.slice(0, -1)}${hex.endsWith('0') ? '1' : '0'}`;

/** The few parts of a document that the script touches. */
class FakeElement {
  readonly attributes = new Map<string, string>();
  readonly listeners = new Map<string, (event: { preventDefault(): void }) => unknown>();
  readonly tag: string;
  readonly dataset: Record<string, string>;
  children: (FakeElement | string)[] = [];
  hidden = false;
  value = '';
  disabled = false;
  focused = false;

  constructor(tag: string, dataset: Record<string, string> = {}) {
    this.tag = tag;
    this.dataset = dataset;
  }
  setAttribute(name: string, value: string) {
    this.attributes.set(name, value);
  }
  append(...content: (FakeElement | string)[]) {
    this.children.push(...content);
  }
  replaceChildren(...content: (FakeElement | string)[]) {
    this.children = content;
  }
  addEventListener(name: string, listener: (event: { preventDefault(): void }) => unknown) {
    this.listeners.set(name, listener);
  }
  querySelector() {
    return this.button;
  }
  readonly button: { disabled: boolean } = { disabled: false };
  focus() {
    this.focused = true;
  }
  get textContent(): string {
    return this.children.map((child) => (typeof child === 'string' ? child : child.textContent)).join('');
  }
  set textContent(text: string) {
    this.children = [text];
  }
  all(): FakeElement[] {
    return [this, ...this.children.flatMap((child) => (typeof child === 'string' ? [] : child.all()))];
  }
  classes(): string[] {
    return this.all().flatMap(({ attributes }) => attributes.get('class')?.split(' ') ?? []);
  }
}

type Answer = Uint8Array | number | 'unreachable';

/** The page's script with a server that has these files; anything else is 404. */
function browser(
  answers: ReadonlyMap<string, Answer>,
  { fragment = '', ...own }: { fragment?: string; crypto?: object } = {},
) {
  const regions = /data-regions="([^"]+)"/.exec(checkPage({ batchId: '71' }))?.[1] ?? '';
  const ids = ['ask', 'number', 'progress', 'trouble', 'result'];
  const elements = new Map(ids.map((id) => [id, new FakeElement('div')]));
  elements.set('check', new FakeElement('main', { batchId: '71', regions }));
  const byId = (id: string) => {
    const found =
      elements.get(id) ??
      elements
        .get('result')
        ?.all()
        .find(({ attributes }) => attributes.get('id') === id);
    if (!found) throw new Error(`There is no ${id}`);
    return found;
  };
  const calls: { url: string; asked: unknown }[] = [];
  const fetch = async (url: string, asked: unknown) => {
    calls.push({ url, asked });
    const answer = answers.get(url.replace('/v1/batches/71/documents/', '')) ?? 404;
    if (answer === 'unreachable') throw new TypeError('Failed to fetch');
    if (typeof answer === 'number') return { ok: false, status: answer };
    return { ok: true, status: 200, arrayBuffer: async () => Uint8Array.from(answer).buffer };
  };
  const make = (tag: string) => new FakeElement(tag);
  const location = { hash: fragment === '' ? '' : `#${fragment}` };
  const windowListeners = new Map<string, () => unknown>();
  const parts = {
    ...browserParts,
    ...own,
    fetch,
    location,
    Intl,
    document: { getElementById: byId, createElement: make, createElementNS: (_: string, tag: string) => make(tag) },
  };
  vm.runInNewContext(script, {
    ...parts,
    addEventListener: (name: string, listener: () => unknown) => windowListeners.set(name, listener),
  });
  return {
    calls,
    result: byId('result'),
    trouble: byId('trouble'),
    answer: () => byId('answer'),
    field: () => byId('number').value,
    isWaiting: () => byId('ask').button.disabled,
    submit: async (number: string) => {
      byId('number').value = number;
      await byId('ask').listeners.get('submit')?.({ preventDefault: () => undefined });
    },
    goTo: async (number: string) => {
      location.hash = `#${number}`;
      await windowListeners.get('hashchange')?.();
    },
  };
}

describe('the check page', () => {
  const document = checkPage({ batchId: '71' });
  const files = published(honest);

  it('carries its batch, escaped, the names of all regions, and nothing from elsewhere', () => {
    expect(document).toContain('data-batch-id="71"');
    expect(checkPage({ batchId: '7"><b>' })).toContain('data-batch-id="7&quot;&gt;&lt;b&gt;"');
    expect(document).toContain('32=Jawa Barat|');
    expect(document).toContain('|3273=Kota Bandung|');
    expect(document).not.toMatch(/<(script|link|img|iframe)[^>]+(src|href)=/);
  });

  it('allows its one script and style by their hashes, and calls to its own origin alone', () => {
    const policy = contentSecurityPolicy({ script, ownStyle: checkStyle });

    expect(document).toContain(policy.replaceAll("'", '&#39;'));
    expect(policy).toContain("connect-src 'self';");
    expect(document).toContain(`<script>${script}</script>`);
    expect(document.split('</script>')).toHaveLength(2);
  });

  it('shows text as text', () => {
    expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacent|document\.write|eval\(/);
  });

  it('has words for all that can differ or be shown', () => {
    const codes = (pattern: RegExp) => [...proof.matchAll(pattern)].flatMap(([, code]) => code ?? []);
    const known = (table: object) => Object.keys(table);
    const faults = proof.slice(proof.indexOf('const faultsOf'));
    const differing = [
      ...codes(/(?:required|compared)\('(\w*[a-z])'/g),
      ...[...faults.matchAll(/, '([a-z_]+)'\]/g)].flatMap(([, code]) => code ?? []),
    ];

    expect(differing.length).toBeGreaterThan(30);
    expect(differing.filter((code) => !known(differences).includes(code))).toEqual([]);
    expect(codes(/(?:compared|shown)\('(\w+[a-z])'/g).filter((code) => !known(words.facts).includes(code))).toEqual([]);
    expect(codes(/unproved\('(\w+)'/g).filter((code) => !known(words.unproved).includes(code))).toEqual([]);
    expect(known(words.refusalReasons)).toEqual([...reasonCodes]);
  });

  it.each([
    ['won', 'Selamat, Anda terpilih!'],
    ['waiting', 'Daftar tunggu nomor '],
    ['not_drawn', 'Belum terpilih kali ini'],
    ['family_full', 'Belum terpilih: tempat keluarga sudah terisi'],
  ] as const)('says in big words what came of it: %s', async (kind, heading) => {
    const page = browser(files);
    await page.submit(numberOf(honest, kind));

    expect(page.answer().textContent).toContain(heading);
    expect(page.answer().focused).toBe(true);
    expect(page.result.classes()).not.toContain('bad');
    expect(page.result.textContent).toMatch(/tempat untuk \d+ orang: peluang Anda kira-kira \d+ dari \d+\./);
    expect(page.isWaiting()).toBe(false);
  });

  it('asks for four files, and sends no more of the number than all of the group share', async () => {
    const number = numberOf(honest, 'won');
    const page = browser(files);
    await page.submit(` ${number.toUpperCase().replace(/(.{4})/g, '$1 ')}`);

    expect(page.answer().textContent).toContain('Selamat');
    expect(page.calls.map(({ url }) => url)).toEqual([
      '/v1/batches/71/documents/commitment.json',
      '/v1/batches/71/documents/manifest.json',
      `/v1/batches/71/documents/result-${number[0]}.json`,
      '/v1/batches/71/documents/signature.json',
    ]);
    expect(JSON.stringify(page.calls)).not.toContain(number.slice(0, 4));
  });

  it('takes the number from behind the # of the address, and of the next one', async () => {
    const page = browser(files, { fragment: numberOf(honest, 'not_drawn') });
    expect(page.field()).toBe(numberOf(honest, 'not_drawn'));
    await page.goTo(numberOf(honest, 'won'));
    // The first answer comes too late: it is not shown.
    await new Promise((resolve) => setTimeout(resolve, 200));

    expect(page.answer().textContent).toContain('Selamat');
    expect(page.result.textContent).not.toContain('Belum terpilih');
  });

  it.each(refused)('tells why the screening refused somebody, in words', async (number, reason) => {
    const page = browser(files);
    await page.submit(number);

    expect(page.answer().textContent).toContain('Tidak lolos penyaringan');
    expect(page.result.textContent).toContain(words.refusalReasons[reason]?.[0]);
    expect(page.result.textContent).toContain('alasan untuk Anda sendiri tidak dapat dibuktikan di sini');
  });

  it('never congratulates when anything differs: it shows in red what does', async () => {
    const drawn = drawnBatch();
    const number = numberOf(drawn, 'won');
    drawn.manifest.seed = changed(drawn.manifest.seed);
    const page = browser(published(drawn));
    await page.submit(number);

    expect(page.answer().textContent).toContain('Ada yang tidak cocok');
    expect(page.result.textContent).not.toContain('Selamat');
    expect(page.result.textContent).toContain('Langkah 3: Benih undian berbeda.');
    expect(page.result.textContent).toContain(`Tertulis: ${drawn.manifest.seed}`);
    expect(page.result.classes()).toContain('bad');
  });

  it('says of a beacon what is proved elsewhere, and leads there', async () => {
    const drawn = drawnBatch(beacon);
    const page = browser(published(drawn));
    await page.submit(numberOf(drawn, 'won'));
    const addresses = page.result.all().flatMap(({ attributes }) => attributes.get('href') ?? []);

    expect(page.result.textContent).toContain('npm run verify-draw');
    expect(page.result.textContent).toContain('lihat langkah 3.');
    expect(addresses.join()).toMatch(/^https:\/\/api\.drand\.sh\/[0-9a-f]{64}\/public\/44812345$/);
  });

  it('does not know a number that is not there', async () => {
    const page = browser(files);
    await page.submit(`${'a1'.repeat(15)}00`);

    expect(page.answer().textContent).toContain('Nomor ini tidak ada di gelombang 71');
    expect(page.result.classes()).not.toContain('good');
  });

  it('says before the draw what is fixed already', async () => {
    const commitment = files.get('commitment.json') ?? new Uint8Array();
    const page = browser(new Map([['commitment.json', commitment]]));
    await page.submit(numberOf(honest, 'won'));

    expect(page.answer().textContent).toContain('Undian belum dilakukan');
    expect(page.result.textContent).toContain(honest.manifest.commitmentDigest);
    expect(page.result.textContent).toContain('Daftar 320 peserta dikunci pada 28 November 2026');
  });

  it('says so when not even the list is fixed', async () => {
    const page = browser(new Map());
    await page.submit(numberOf(honest, 'won'));

    expect(page.answer().textContent).toContain('Daftar peserta belum dikunci');
  });

  const won = numberOf(honest, 'won');
  const without = (file: string, answer: Answer = 404) => new Map<string, Answer>(files).set(file, answer);
  it.each([
    ['a number too short', files, won.slice(2), 'Nomor undian terdiri atas 32'],
    ['a number that does not end with 00', files, changed(won), 'Nomor undian terdiri atas 32'],
    ['a number with other letters', files, `z${won.slice(1)}`, 'Nomor undian terdiri atas 32'],
    ['no connection', without('manifest.json', 'unreachable'), won, 'Tidak dapat terhubung'],
    ['a failure', without('manifest.json', 503), won, 'Layanan sedang terganggu (503)'],
    ['no signature', without('signature.json'), won, 'Berkas signature.json belum tersedia'],
    ['no commitment', without('commitment.json'), won, 'Berkas commitment.json belum tersedia'],
    ['a group that is no JSON', without(`result-${won[0]}.json`, Buffer.from('<html>')), won, 'tidak terbaca'],
    ['a manifest that is no JSON', without('manifest.json', Buffer.from('<html>')), won, 'tidak terbaca'],
    ['a manifest that is nothing', without('manifest.json', Buffer.from('null')), won, 'tidak terbaca'],
  ])('shows no result for %s', async (_, answers, number, trouble) => {
    const page = browser(answers);
    await page.submit(number);

    expect(page.trouble.textContent).toContain(trouble);
    expect(page.trouble.hidden).toBe(false);
    expect(page.result.children).toEqual([]);
    expect(page.isWaiting()).toBe(false);
  });

  it('takes away an earlier trouble', async () => {
    const page = browser(files);
    await page.submit('abc');
    await page.submit(won);

    expect(page.trouble.hidden).toBe(true);
    expect(page.answer().textContent).toContain('Selamat');
  });

  it('says so in a browser that cannot compute', async () => {
    const page = browser(files, { crypto: {} });
    await page.submit(won);

    expect(page.trouble.textContent).toContain('Peramban ini tidak dapat menghitung sidik');
    expect(page.calls).toEqual([]);
  });
});
