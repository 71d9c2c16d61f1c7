// The kit's own page: every component in every state. Development only, never part of `dist/`.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('./dev'),
  base: '/kit/',
  cacheDir: here('../../.cache/vite-kit'),
  plugins: [svelte({ configFile: here('../../svelte.config.js') })],
  server: { host: '127.0.0.1', port: 5175, strictPort: true, fs: { allow: [here('../../..')] } },
});
