import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const root = join(import.meta.dirname, '..');
const journeys = 'test/journeys/**/*.test.ts';

export default defineConfig({
  root,
  test: {
    expect: { requireAssertions: true },
    // Each file may start engines and servers of its own; two cores run two files well.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 90_000,
    projects: [
      { extends: true, test: { name: 'parts', include: ['test/**/*.test.ts'], exclude: [journeys] } },
      // The whole program runs in each of these files: it is synthesized once for all.
      {
        extends: true,
        test: {
          name: 'journeys',
          include: [journeys],
          globalSetup: ['test/journeys/synthesized.ts'],
          testTimeout: 60_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
