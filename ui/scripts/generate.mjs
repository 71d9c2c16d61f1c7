// Writes the generated sources, or with --check says which of them are stale.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { messagesSource } from './generate-messages.mjs';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const openapi = at('packages/api/openapi.json');

const outputs = [{ path: 'packages/kit/src/i18n/messages.ts', make: messagesSource }];
if (existsSync(openapi)) {
  const { apiSource } = await import('./generate-api.mjs');
  outputs.push({ path: 'packages/api/src/generated.ts', make: () => apiSource(openapi) });
}

const checking = process.argv.includes('--check');
let stale = 0;
for (const { path, make } of outputs) {
  const fresh = await make();
  const kept = existsSync(at(path)) ? await readFile(at(path), 'utf8') : null;
  if (kept === fresh) continue;
  if (checking) {
    stale += 1;
    console.error(`${path} is stale: run \`npm run generate\` in ui/ and commit it`);
  } else {
    await writeFile(at(path), fresh);
    console.log(`${path} written`);
  }
}
process.exitCode = stale > 0 ? 1 : 0;
