// The words of each app: every key that is used is one whose file the app loads, and every key is used somewhere.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ui = join(import.meta.dirname, '../../../..');
const SHARED = ['kit', 'problems'];
const ROOMS: Record<string, { folder: string; files: string[] }> = {
  kit: { folder: 'packages/kit/src', files: ['kit'] },
  chat: { folder: 'apps/chat/src', files: [...SHARED, 'chat-entry', 'chat-main'] },
  console: { folder: 'apps/console/src', files: [...SHARED, 'console-start', 'console-home'] },
};

function keysIn(file: string): string[] {
  const source = readFileSync(join(ui, 'locales/en', `${file}.ftl`), 'utf8');
  return [...source.matchAll(/^([a-z][\w-]*) =/gm)].map(([, key]) => key ?? '');
}

function sourcesOf(folder: string): string {
  const files = readdirSync(join(ui, folder), { recursive: true, encoding: 'utf8' });
  const wanted = files.filter(
    (name) => /\.(svelte|ts)$/.test(name) && !/\.test\.ts$|messages\.ts$/.test(name),
  );
  return wanted.map((name) => readFileSync(join(ui, folder, name), 'utf8')).join('\n');
}

/** Keys used in a source; those put together from pieces (`kit-status-${status}`) come as their beginning. */
function used(source: string): string[] {
  return [...source.matchAll(/['"`]((?:kit|problem|entry|chat|start|home)-[\w-]+)(?:\$\{)?/g)].map(
    ([, key]) => key ?? '',
  );
}

const allKeys = readdirSync(join(ui, 'locales/en')).flatMap((name) => keysIn(name.replace('.ftl', '')));

test.each(Object.entries(ROOMS))('%s uses only words that it loads', (_, { folder, files }) => {
  const loaded = files.flatMap(keysIn);
  const missing = used(sourcesOf(folder)).filter((key) => !loaded.some((known) => known.startsWith(key)));
  expect(missing).toEqual([]);
});

test('no word is without use', () => {
  const everything = Object.values(ROOMS).flatMap(({ folder }) => used(sourcesOf(folder)));
  const exact = new Set(everything);
  const beginnings = everything.filter((key) => key.endsWith('-'));
  const unused = allKeys.filter(
    (key) => !exact.has(key) && !beginnings.some((start) => key.startsWith(start)),
  );
  expect(unused).toEqual([]);
});
