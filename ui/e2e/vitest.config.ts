// Journeys of people in real browsers through real servers. One after another: a machine has few cores.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  cacheDir: '../.cache/vitest-e2e',
  test: {
    environment: 'node',
    include: ['*.e2e.ts'],
    root: import.meta.dirname,
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
  },
});
