// English words for component tests, and one zone and language for every clock face they assert.
import { addMessages } from '@hearth/kit';

process.env['TZ'] = 'UTC';
const english = import.meta.glob<string>('./locales/en/*.ftl', {
  query: '?raw',
  import: 'default',
  eager: true,
});
for (const source of Object.values(english)) addMessages('en', source);
