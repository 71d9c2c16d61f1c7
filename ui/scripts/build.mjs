// Builds both faces into dist/, then checks what was built: sizes, forbidden ways to make markup, integrity.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { checkBudgets } from './budgets.mjs';
import { checkForbidden } from './forbidden.mjs';
import { addIntegrity } from './integrity.mjs';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

for (const face of ['chat', 'console']) {
  await build({ configFile: at(`apps/${face}/vite.config.ts`), logLevel: 'warn' });
}
// The console is read from inside the app's own binary: there is no way on which it could be changed.
await addIntegrity(at('dist/chat'));
await checkForbidden([at('dist/chat'), at('dist/console')]);
await checkBudgets(at('dist'));
