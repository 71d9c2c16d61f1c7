// Unit and component tests of all packages, in one quick run.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  cacheDir: '.cache/vitest',
  plugins: [svelte(), svelteTesting()],
  test: {
    environment: 'happy-dom',
    include: ['{packages,apps}/**/*.test.ts', 'scripts/*.test.mjs'],
    setupFiles: ['./vitest.setup.ts'],
    restoreMocks: true,
    unstubGlobals: true,
  },
});
