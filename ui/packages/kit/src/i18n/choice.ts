// The language chosen on this device. Kept in localStorage: a preference, nothing private.
import { PSEUDO } from './direction.ts';
import { addMessages, useLanguage } from './translate.svelte.ts';

const KEY = 'hearth.language';

/**
 * Applies the language chosen on this device. `english` is the app's English source, from which the pretend
 * language of the picture tests is made.
 */
export async function restoreLanguage(english: readonly string[]): Promise<void> {
  const chosen = remembered();
  if (chosen === PSEUDO) {
    const { pseudo } = await import('./pseudo.ts');
    for (const source of english) addMessages(PSEUDO, source, pseudo);
  }
  useLanguage(chosen === PSEUDO ? chosen : 'en');
}

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage can be refused altogether
  }
}
