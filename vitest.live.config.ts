import { defineConfig } from 'vitest/config';

/** Tests against a real kube-apiserver: one after the other, because each takes some hundred megabytes. */
export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.live.test.ts', 'apps/*/src/**/*.live.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    pool: 'forks',
    fileParallelism: false,
  },
});
