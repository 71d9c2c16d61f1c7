// Development and production build of the console. Its assets are found relative to the page, because the
// desktop window and `hearthd`'s owner listener serve it from different places.
import { defineConfig } from 'vite';
import { faceConfig } from '../../vite.shared.ts';

const target = process.env['HEARTH_URL'] ?? 'http://127.0.0.1:5180';

export default defineConfig(() => {
  const config = faceConfig('console', './');
  config.server = { ...config.server, proxy: { '/api': { target, changeOrigin: true, secure: false } } };
  return config;
});
