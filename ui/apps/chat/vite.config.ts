// Development and production build of the web client.
import { defineConfig } from 'vite';
import { faceConfig } from '../../vite.shared.ts';

// `HEARTH_URL` names a running server (or the API double of e2e/support) for development.
const target = process.env['HEARTH_URL'] ?? 'http://127.0.0.1:5180';
// The server takes cookies from its own pages only, so the proxy says that this is one.
const proxied = { target, changeOrigin: true, secure: false, headers: { origin: new URL(target).origin } };

export default defineConfig(() => {
  const config = faceConfig('chat', '/');
  config.server = {
    ...config.server,
    proxy: { '/api': proxied, '/branding.css': proxied, '/ws': { ...proxied, ws: true } },
  };
  return config;
});
