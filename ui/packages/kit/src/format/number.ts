// Numbers and lists in the reader's language.
import { locale } from '../i18n/locale.ts';

/** A whole number with its separators. */
export function count(value: number): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: 0 }).format(value);
}

/** "Ben, Anna and Mia". */
export function listOf(words: readonly string[]): string {
  return new Intl.ListFormat(locale(), { style: 'long', type: 'conjunction' }).format(words);
}
