import qrcode from 'qrcode-generator';

/**
 * A QR code of `text` as an SVG path in units of one module, without its quiet zone: `modules` wide and high.
 * A quarter of the code may be damaged and it still reads.
 */
export function qrCode(text: string): { readonly path: string; readonly modules: number } {
  const code = qrcode(0, 'Q');
  code.addData(text, 'Byte');
  code.make();
  const modules = code.getModuleCount();
  const rows = Array.from({ length: modules }, (_, row) => darkRuns(modules, (column) => code.isDark(row, column)));
  // A hair taller than a module: rows drawn apart show white seams in some viewers.
  const path = rows.flatMap((runs, row) =>
    runs.map(({ from, length }) => `M${from} ${row}h${length}v1.01h${-length}z`),
  );
  return { path: path.join(''), modules };
}

function darkRuns(modules: number, isDark: (column: number) => boolean): { from: number; length: number }[] {
  const runs: { from: number; length: number }[] = [];
  for (let column = 0; column < modules; column += 1) {
    if (!isDark(column)) continue;
    const last = runs.at(-1);
    if (last && last.from + last.length === column) last.length += 1;
    else runs.push({ from: column, length: 1 });
  }
  return runs;
}
