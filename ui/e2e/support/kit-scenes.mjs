// The kit's own page, from the development build.
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

async function kit(page, look) {
  const server = await createServer({
    configFile: fileURLToPath(new URL('../../packages/kit/vite.config.ts', import.meta.url)),
    logLevel: 'error',
    server: { port: 0, strictPort: false, hmr: false, ws: false },
  });
  await server.listen();
  if (look === 'pretend')
    await page.addInitScript(() => localStorage.setItem('hearth.language', 'qps-plocm'));
  await page.goto(`${server.resolvedUrls.local[0]}`);
  await page.getByRole('heading', { level: 1, name: 'Kit' }).waitFor();
  return () => void server.close();
}

// The development server's own socket is of no use to a picture.
export const kitScenes = [{ name: 'kit', play: kit, whole: true, expected: /WebSocket|\[vite\]/ }];
