// English words for component tests.
// By its own path: the kit's index would bring every component into every test of a number.
import { addMessages } from './packages/kit/src/i18n/translate.svelte.ts';

const english = import.meta.glob<string>('./locales/en/*.ftl', {
  query: '?raw',
  import: 'default',
  eager: true,
});
for (const source of Object.values(english)) addMessages('en', source);
