import { Refusal } from '#shared/platform/refusal.ts';

/** What a reader of XML is told, in the order of the document. Names come without their prefix. */
type XmlReader = {
  open(name: string, attributes: string): void;
  /** Text of an element, in pieces where elements or comments stand between. */
  text(text: string): void;
  close(name: string): void;
};

/** Characters between two tags, and of one tag: a bank has no reason for more. */
const maxText = 8_192;
const maxTag = 2_048;
const maxDepth = 64;

const comment = '<!--';
const cdata = '<![CDATA[';

const tagForm = /^(\/?)(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)(\s(?:[^<"']|"[^<"]*"|'[^<']*')*)?$/;
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const broken = (sentence: string): Refusal => new Refusal('statement_format', sentence);

/**
 * Reads XML as it comes, in pieces of any size, without keeping the document: tags must be balanced, a DOCTYPE is refused and with
 * it every entity but the five of XML. @throws Refusal `statement_format`.
 */
export function xmlScanner(reader: XmlReader): { feed(text: string): void; end(): void } {
  let rest = '';
  const path: string[] = [];
  let isRootClosed = false;

  function text(raw: string, hasEntities: boolean): void {
    if (raw.length > maxText) throw broken('An element is too large');
    if (raw === '') return;
    if (path.length > 0) reader.text(hasEntities ? decoded(raw) : raw);
    else if (raw.trim() !== '') throw broken('There is text outside the document');
  }

  function tag(inside: string): void {
    const isEmpty = inside.endsWith('/');
    const [, slash, name, attributes = ''] = tagForm.exec(isEmpty ? inside.slice(0, -1) : inside.trimEnd()) ?? [];
    if (name === undefined || (slash === '/' && (isEmpty || attributes.trim() !== '')))
      throw broken('A tag is not readable');
    if (slash !== '/') {
      if (isRootClosed || path.length >= maxDepth) throw broken('The elements are not nested as in one document');
      path.push(name);
      reader.open(name, attributes);
    }
    if (slash === '/' || isEmpty) {
      if (path.pop() !== name) throw broken('The elements are not closed in their order');
      isRootClosed = path.length === 0;
      reader.close(name);
    }
  }

  /** Where the tag that begins at `from` ends: the first `>` outside quotes, or -1. */
  function tagEnd(from: number): number {
    let quote = '';
    const last = Math.min(rest.length, from + maxTag);
    for (let at = from; at < last; at += 1) {
      const character = rest[at] ?? '';
      if (quote !== '') quote = character === quote ? '' : quote;
      else if (character === '"' || character === "'") quote = character;
      else if (character === '>') return at;
    }
    if (rest.length - from >= maxTag) throw broken('A tag is too long');
    return -1;
  }

  /** What begins with `<!` or `<?`: where it ends and the text that it stands for, or null where its end has not come yet. */
  function declaration(from: number): { readonly end: number; readonly content: string } | null {
    if (rest.startsWith(cdata, from)) {
      const end = endOf(from, ']]>');
      return end === null ? null : { end, content: rest.slice(from + cdata.length, end - ']]>'.length) };
    }
    const isInstruction = rest.startsWith('<?', from);
    if (isInstruction || rest.startsWith(comment, from)) {
      const end = endOf(from, isInstruction ? '?>' : '-->');
      return end === null ? null : { end, content: '' };
    }
    const begun = rest.slice(from, from + cdata.length);
    if (comment.startsWith(begun) || cdata.startsWith(begun)) return null;
    throw broken('A document type is not accepted');
  }

  /** The place behind a mark, or null where it has not come yet. */
  function endOf(from: number, mark: string): number | null {
    const end = rest.indexOf(mark, from + 2);
    if ((end < 0 ? rest.length : end) - from > maxText) throw broken('An element is too large');
    return end < 0 ? null : end + mark.length;
  }

  return {
    feed(piece) {
      rest += piece;
      let from = 0;
      for (let start = rest.indexOf('<'); start >= 0; start = rest.indexOf('<', from)) {
        const second = rest[start + 1];
        if (second === undefined) break;
        const declared = second === '!' || second === '?' ? declaration(start) : undefined;
        const end = declared === undefined ? tagEnd(start + 1) : declared?.end;
        if (end === undefined || end < 0) break;
        // Text is told when it is complete, so that an entity is never cut.
        text(rest.slice(from, start), true);
        if (declared) text(declared.content, false);
        else tag(rest.slice(start + 1, end));
        from = declared ? end : end + 1;
      }
      rest = rest.slice(from);
      if (rest.length > 3 * maxText) throw broken('An element is too large');
    },
    end() {
      if (!isRootClosed || rest.trim() !== '') throw broken('The document is not complete');
    },
  };
}

function decoded(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&([^;&]{0,12});|&/g, (_, name: string | undefined) => {
    const known = name === undefined ? undefined : (entities[name] ?? characterOf(name));
    if (known === undefined) throw broken('An entity is not known');
    return known;
  });
}

function characterOf(name: string): string | undefined {
  const [, hex, decimal] = /^#(?:x([0-9A-Fa-f]{1,6})|(\d{1,7}))$/.exec(name) ?? [];
  const code = hex === undefined ? Number(decimal ?? Number.NaN) : Number.parseInt(hex, 16);
  const isCharacter = code >= 0x20 ? code <= 0x10ffff : code === 0x9 || code === 0xa || code === 0xd;
  return isCharacter ? String.fromCodePoint(code) : undefined;
}
