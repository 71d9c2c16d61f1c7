// Light, dark or as the system says. Kept in localStorage: a preference, nothing private.

/** A choice of theme. */
export type ThemeChoice = 'system' | 'light' | 'dark';

const KEY = 'hearth.theme';

function stored(): ThemeChoice {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'light' || kept === 'dark' ? kept : 'system';
  } catch {
    return 'system'; // storage can be refused altogether
  }
}

let choice = $state<ThemeChoice>('system');

/** The theme in use. */
export function theme(): ThemeChoice {
  return choice;
}

/** Applies a theme and remembers it. */
export function chooseTheme(next: ThemeChoice): void {
  show(next);
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // It will be forgotten with this page, which is all that can be done.
  }
}

/** Applies the remembered theme; called before anything is shown. */
export function restoreTheme(): void {
  show(stored());
}

function show(next: ThemeChoice): void {
  choice = next;
  document.documentElement.style.colorScheme = next === 'system' ? '' : next;
}
