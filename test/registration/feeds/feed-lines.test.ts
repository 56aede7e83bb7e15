import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FeedLine, feedLines, maxFeedRows, rowCodes } from '#shared/registration/feeds/feed-lines.ts';
import { nikSet } from '#shared/registration/feeds/nik-set.ts';
import { citizens } from '#test/journal/citizen.ts';
import { expectRefused } from '#test/platform/refused.ts';

const niks = citizens('feed lines', 40).map(({ person }) => person.nik);
const [anna = '', budi = ''] = niks;
const day = '2026-11-01';

/** All lines of a file that comes in pieces of some bytes. */
async function linesOf(text: string | Uint8Array, pieceBytes = 7): Promise<FeedLine[]> {
  const bytes = Buffer.from(text);
  async function* pieces() {
    for (let from = 0; from < bytes.length; from += pieceBytes) yield bytes.subarray(from, from + pieceBytes);
  }
  const lines: FeedLine[] = [];
  for await (const some of feedLines(pieces(), day)) lines.push(...some);
  return lines;
}
const said = (lines: readonly FeedLine[]) =>
  lines.map((line) => ('code' in line ? `${line.row} ${line.code}` : `${line.row} ${line.nik} ${line.until}`));

describe('the lines of a feed', () => {
  it.each([
    ['one column', `nik\n${anna}\n${budi}\n`],
    ['no end of the last line', `nik\n${anna}\n${budi}`],
    ['CRLF', `nik\r\n${anna}\r\n${budi}\r\n`],
    ['a byte order mark', `\ufeffnik\n${anna}\n${budi}\n`],
    ['capitals and spaces', ` NIK \n ${anna}\n${budi} \n`],
    ['quotes', `"nik"\n"${anna}"\n"${budi}"\n`],
    ['a semicolon, as Excel writes it', `\ufeffnik;until\r\n${anna};\r\n${budi};\r\n`],
    ['quotes and semicolons', `"until";"nik"\n"";"${anna}"\n;"${budi}"\n`],
    ['empty lines behind', `nik\n${anna}\n${budi}\n\n \n`],
  ])('are the same with %s', async (_, text) => {
    for (const pieceBytes of [1, 7, 1_000])
      expect(said(await linesOf(text, pieceBytes))).toEqual([`2 ${anna} null`, `3 ${budi} null`]);
  });

  it('have the number that a spreadsheet shows, empty lines counted', async () => {
    expect(said(await linesOf(`nik\n\n${anna}\n\n\n${budi}\n`))).toEqual([`3 ${anna} null`, `6 ${budi} null`]);
  });

  it('may have a last day, from the day of the feed on', async () => {
    const text = `nik,until\n${anna},2026-11-01\n${budi},2026-10-31\n`;
    expect(said(await linesOf(text))).toEqual([`2 ${anna} 2026-11-01`, '3 until_over']);
  });

  it.each([
    ['letters', '32739942070100AB', 'nik_format'],
    ['fifteen digits', anna.slice(1), 'nik_format'],
    ['seventeen digits', `${anna}1`, 'nik_format'],
    ['what Excel makes of a number', '3,27399E+15', 'row_format'],
    ['what Excel makes of a number, quoted', '"3,27399E+15"', 'nik_format'],
    ['digits of another alphabet', '٣٢٧٣٩٩٤٢٠٧٠١٠٠٠١', 'nik_format'],
    ['nothing but quotes', '""', 'nik_format'],
    ['a province that there is not', `99${anna.slice(2)}`, 'nik_implausible'],
    ['a day that there is not', `${anna.slice(0, 6)}32${anna.slice(8)}`, 'nik_implausible'],
    ['serial 0000', `${anna.slice(0, 12)}0000`, 'nik_implausible'],
    ['a column too many', `${anna},x`, 'row_format'],
    ['a quote that does not end', `"${anna}`, 'row_format'],
    ['a quote within', `${anna.slice(0, 8)}"${anna.slice(8)}`, 'row_format'],
    ['something behind a quote', `"${anna}"x`, 'row_format'],
    ['more than a line can have', '1'.repeat(5_000), 'row_too_long'],
  ])('are at fault alone: %s', async (_, bad, code) => {
    const text = `nik\n${budi}\n${bad}\n${niks[2]}\n`;
    for (const pieceBytes of [3, 100_000])
      expect(said(await linesOf(text, pieceBytes))).toEqual([`2 ${budi} null`, `3 ${code}`, `4 ${niks[2]} null`]);
  });

  it.each([
    ['not a day', 'besok'],
    ['a day that there is not', '2026-02-30'],
    ['a day in another order', '31/12/2026'],
  ])('are at fault where the last day is %s', async (_, until) => {
    expect(said(await linesOf(`nik,until\n${anna},${until}\n`))).toEqual(['2 until_format']);
  });

  it('name a person once: the first line counts, also where a later one says something else', async () => {
    const text = `nik,until\n${anna},2026-12-01\n${budi},\n${anna},\n${anna},2026-12-01\n`;
    expect(said(await linesOf(text))).toEqual([
      `2 ${anna} 2026-12-01`,
      `3 ${budi} null`,
      '4 nik_repeated',
      '5 nik_repeated',
    ]);
  });

  it('count a good line behind a bad one of the same person', async () => {
    const text = `nik,until\n${anna},besok\n${anna},\n`;
    expect(said(await linesOf(text))).toEqual(['2 until_format', `3 ${anna} null`]);
  });

  it('never say what a bad line said', async () => {
    const lines = await linesOf(`nik\n${anna}x\n${anna.slice(1)}\n`);
    expect(JSON.stringify(lines)).not.toContain(anna.slice(1, 15));
    expect(lines.map((line) => Object.keys(line).sort())).toEqual([
      ['code', 'row'],
      ['code', 'row'],
    ]);
  });

  it.each([
    ['nothing', ''],
    ['an empty line', '\n'],
    ['another column', `nik,name\n${anna},X\n`],
    ['no column of numbers', 'until\n2026-12-01\n'],
    ['a column twice', `nik,nik\n${anna},${anna}\n`],
    ['no names', `${anna}\n`],
    ['names without end', `${'nik'.repeat(100)}`],
    ['UTF-16', Buffer.from(`\ufeffnik\n${anna}\n`, 'utf16le')],
    ['a spreadsheet', Buffer.from('504b0304140006000800', 'hex')],
    ['quotes that do not fit', `"nik\n${anna}\n`],
  ])('are not read from a file that begins with %s', async (_, text) => {
    await expectRefused(linesOf(text), 'feed_columns');
  });

  it('are not read beyond what a feed can have', async () => {
    async function* endless() {
      yield Buffer.from('nik\n');
      for (let sent = 0; sent <= maxFeedRows; sent += 10_000) yield Buffer.from('x\n'.repeat(10_000));
    }
    const reading = async () => {
      let count = 0;
      for await (const lines of feedLines(endless(), day)) count += lines.length;
      return count;
    };
    await expectRefused(reading(), 'feed_too_long');
  });

  it('are each good or at fault, whatever the bytes', async () => {
    const bytes = fc.uint8Array({ maxLength: 400 });
    const check = async (body: Uint8Array) => {
      const lines = await linesOf(Buffer.concat([Buffer.from('nik\n'), body]), 11);
      for (const line of lines) {
        if ('code' in line) expect(rowCodes).toContain(line.code);
        else expect(line.nik).toMatch(/^\d{16}$/);
      }
      expect(lines.length).toBeLessThanOrEqual(Buffer.from(body).toString('latin1').split('\n').length);
    };
    await fc.assert(fc.asyncProperty(bytes, check));
  });

  it('do not depend on where pieces end', async () => {
    const line = fc.constantFrom(...niks, '', 'x', `"${anna}"`, `${anna}\r`, '"', '1'.repeat(300));
    const file = fc.array(line, { maxLength: 30 }).map((lines) => `nik\n${lines.join('\n')}`);
    const check = async (text: string, pieceBytes: number) => {
      expect(await linesOf(text, pieceBytes)).toEqual(await linesOf(text, 1_000_000));
    };
    await fc.assert(fc.asyncProperty(file, fc.integer({ min: 1, max: 40 }), check));
  });
});

describe('the numbers that were seen', () => {
  it('are told apart however many there are', () => {
    const set = nikSet();
    const numberAt = (at: number) =>
      `3273${String(90 + (at % 7))}1507${String(80 + (at % 19))}${String(1 + (Math.floor(at / 133) % 9_999)).padStart(4, '0')}`;
    const distinct = new Set<string>();
    let wrong = 0;
    for (let at = 0; at < 300_000; at += 1) {
      const nik = numberAt(at);
      if (set.add(nik) === distinct.has(nik)) wrong += 1;
      distinct.add(nik);
    }
    expect(wrong).toBe(0);
    expect(distinct.size).toBeGreaterThan(150_000);
  });

  it('differ where one digit does', () => {
    const digits = fc.stringMatching(/^[0-9]{6}(0[1-9]|[1-6][0-9]|7[01])(0[1-9]|1[0-2])[0-9]{2}[0-9]{4}$/);
    const check = (left: string, right: string) => {
      const set = nikSet();
      expect(set.add(left)).toBe(true);
      expect(set.add(right)).toBe(left !== right);
      expect(set.add(left)).toBe(false);
    };
    fc.assert(fc.property(digits, digits, check));
  });
});
