// What both faces share in their builds: Svelte, one old-enough target, and files that a strict
// content security policy can serve (nothing inlined as `data:`).
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import type { UserConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The Vite configuration of one app, `name` being its folder under `apps/`. */
export function faceConfig(name: 'chat' | 'console', base: string): UserConfig {
  return {
    root: here(`./apps/${name}`),
    base,
    cacheDir: here(`./.cache/vite-${name}`),
    plugins: [svelte({ configFile: here('./svelte.config.js') })],
    build: {
      outDir: here(`./dist/${name}`),
      emptyOutDir: true,
      target: 'safari16',
      // Styles are written for engines that know light-dark() and relative colours; older ones are not emulated.
      cssTarget: ['chrome125', 'firefox128', 'safari18'],
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      // How long plugins take is not news at every build.
      rolldownOptions: { checks: { pluginTimings: false } },
    },
    // Two apps and the kit page may run side by side; the server of the kit's own page is 5175.
    server: {
      host: '127.0.0.1',
      port: name === 'chat' ? 5173 : 5174,
      strictPort: true,
      fs: { allow: [here('..')] },
    },
  };
}
