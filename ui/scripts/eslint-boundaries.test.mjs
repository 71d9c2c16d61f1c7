import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fault } from './eslint-boundaries.mjs';

const at = (path) => join(import.meta.dirname, '..', path);

test.each([
  ['packages/kit/src/index.ts', '@hearth/api'],
  ['packages/kit/src/index.ts', '../../api/src/index.ts'],
  ['packages/api/src/index.ts', '@hearth/kit'],
  ['apps/chat/src/App.svelte', '@hearth/console'],
  ['apps/chat/src/App.svelte', '../../console/src/words.ts'],
  ['apps/chat/src/Main.svelte', './features/people/AddPerson.svelte'],
  ['apps/chat/src/features/conversation/ConversationHeader.svelte', '../people/words.ts'],
])('%s may not import %s', (from, specifier) => {
  expect(fault(at(from), specifier)).not.toBeNull();
});

test.each([
  ['apps/chat/src/App.svelte', '@hearth/kit'],
  ['apps/console/src/main.ts', '@hearth/api/desktop'],
  ['apps/chat/src/Main.svelte', './features/people/index.ts'],
  ['apps/chat/src/features/people/AddPerson.svelte', './words.ts'],
  ['apps/chat/src/features/people/AddPerson.svelte', '../../state/chat.svelte.ts'],
  ['apps/chat/src/words.ts', '../../../locales/en/kit.ftl?raw'],
  ['packages/kit/src/index.ts', './theme.svelte.ts'],
  ['scripts/build.mjs', 'vite'],
])('%s may import %s', (from, specifier) => {
  expect(fault(at(from), specifier)).toBeNull();
});
