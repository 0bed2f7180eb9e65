import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'apps/*/src/**/*.test.{ts,tsx}',

      'scripts/**/*.test.ts',
    ],
    exclude: ['**/*.live.test.ts', '**/node_modules/**'],
    setupFiles: ['scripts/property-seed.ts'],
    // Tells what hangs, also on a shared machine that is several times slower than one's own.
    testTimeout: 120_000,
    hookTimeout: 60_000,
    pool: 'threads',
    // Packages are pure: no test leaves anything behind that another one could find, and starting a thread for each file
    // takes longer than most of them.
    isolate: false,
    maxWorkers: 2,
  },
});
