// The words this app shows, in the language chosen on this device.
import { addMessages, restoreLanguage as restore } from '@hearth/kit';

const english = import.meta.glob<string>('../../../locales/en/{kit,problems,console-*}.ftl', {
  query: '?raw',
  import: 'default',
  eager: true,
});
for (const source of Object.values(english)) addMessages('en', source);

/** Applies the language chosen on this device, before anything is shown. */
export const restoreLanguage = (): Promise<void> => restore(Object.values(english));
