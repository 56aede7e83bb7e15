/** Where progress is written: a terminal gets one line that is drawn again, anything else a line for each stage. */
export type Output = Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;

const barWidth = 32;
const labelWidth = 55;

/** One stage's line: label, bar, count. At most 100 characters. */
export function progressLine(label: string, done: number, total: number): string {
  const filled = Math.round((barWidth * done) / Math.max(1, total));
  return `${label.padEnd(labelWidth)} ${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${done}/${total}`;
}

/** Shows how far the demonstration is. `stage` opens a stage of `total` ticks and closes the one before. */
export function progressOn(output: Output) {
  let current: { label: string; done: number; total: number; startedAt: number } | undefined;

  function draw(): void {
    if (output.isTTY && current) output.write(`\r\x1b[2K${progressLine(current.label, current.done, current.total)}`);
  }

  function close(): void {
    if (!current) return;
    const seconds = ((Date.now() - current.startedAt) / 1000).toFixed(1);
    if (output.isTTY) output.write('\r\x1b[2K');
    else output.write(`${current.label}: ${current.done} of ${current.total} in ${seconds} s\n`);
    current = undefined;
  }

  return {
    stage(label: string, total = 1): void {
      close();
      current = { label, done: 0, total, startedAt: Date.now() };
      draw();
    },
    tick(): void {
      if (current) current.done += 1;
      draw();
    },
    close,
  };
}
export type Progress = ReturnType<typeof progressOn>;
