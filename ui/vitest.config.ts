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
    // One zone for every clock face that a test asserts.
    env: { TZ: 'UTC' },
    // Components of others come as sources.
    server: { deps: { inline: [/@lucide\/svelte/, /bits-ui/, /svelte-toolbelt/, /runed/] } },
    experimental: { fsModuleCache: true },
    // Test files share a worker and its modules: loading components anew for every file takes longer than the tests.
    // So a test leaves nothing behind: it cleans up what it renders, and restores timers and spies.
    pool: 'threads',
    isolate: false,
    restoreMocks: true,
    unstubGlobals: true,
  },
});
