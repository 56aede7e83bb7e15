import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesizeApp } from '#infra/local/synthesize.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the synthesized app. */
    assembly: string;
  }
}

/** Synthesizes the app once for all journeys; removes it after the last. */
export async function setup(project: TestProject): Promise<() => void> {
  const assembly = mkdtempSync(join(tmpdir(), 'journeys-'));
  await synthesizeApp(assembly);
  project.provide('assembly', assembly);
  return () => rmSync(assembly, { recursive: true, force: true });
}
