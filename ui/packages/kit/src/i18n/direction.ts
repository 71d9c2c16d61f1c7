// Which way languages write, and keeping words of the other way from disturbing a sentence.
import type { FluentVariable } from '@fluent/bundle';

/** The pretend language of the picture tests: longer, accented, right to left. */
export const PSEUDO = 'qps-plocm';

const RIGHT_TO_LEFT = new Set(['ar', 'fa', 'he', 'ur', 'yi', 'qps']);
// Strong right-to-left letters: Hebrew to Arabic Extended, presentation forms, and the historic planes.
const RTL_LETTERS = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
// By number: the characters themselves are invisible and look like an attack in source code.
const FIRST_STRONG_ISOLATE = String.fromCodePoint(0x2068);
const POP_ISOLATE = String.fromCodePoint(0x2069);

/** How a language writes, from its code alone. */
export function directionOf(code: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.has(code.split('-')[0] ?? '') ? 'rtl' : 'ltr';
}

/**
 * Values for a sentence in `language`, set apart where their direction may differ from it. Only there: invisible
 * marks round plain names would end up in everything that people copy.
 */
export function isolated(
  values: Record<string, FluentVariable> | undefined,
  language: string,
): Record<string, FluentVariable> | null {
  if (!values) return null;
  const everywhere = directionOf(language) === 'rtl';
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) =>
      typeof value === 'string' && (everywhere || RTL_LETTERS.test(value))
        ? [name, FIRST_STRONG_ISOLATE + value + POP_ISOLATE]
        : [name, value],
    ),
  );
}
