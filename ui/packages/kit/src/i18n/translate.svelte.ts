// Words: Fluent messages by typed key. English is the source and the fallback; other languages are added
// when a person chooses them, and components follow because the language is reactive state.
import { FluentBundle, FluentResource, type FluentVariable } from '@fluent/bundle';
import { directionOf, isolated } from './direction.ts';
import { usableLocale } from './locale.ts';
import type { Messages } from './messages.ts';

/** A message's name, as the English files define it. */
export type MessageKey = keyof Messages;

/** The messages that need to be told nothing: those that tables of words may hold. */
export type PlainKey = { [K in MessageKey]: Messages[K] extends null ? K : never }[MessageKey];

type Values<K extends MessageKey> = Messages[K] extends null ? [] : [values: Messages[K]];

const SOURCE = 'en';
const bundles = new Map<string, FluentBundle>();
let language = $state(SOURCE);
let missing = 0;

/** Adds Fluent source to a language. `transform` rewrites its text (the pseudo-language uses it). */
export function addMessages(code: string, source: string, transform?: (text: string) => string): void {
  const bundle = bundles.get(code) ?? newBundle(code, transform);
  bundle.addResource(new FluentResource(source), { allowOverrides: true });
}

function newBundle(code: string, transform?: (text: string) => string): FluentBundle {
  // Isolation is done in `t`, and only where it matters: invisible marks round plain names would end up in
  // everything people copy.
  const bundle = new FluentBundle(usableLocale([code]), {
    useIsolating: false,
    ...(transform ? { transform } : {}),
  });
  bundles.set(code, bundle);
  return bundle;
}

/** Switches every visible word to `code`, whose messages must have been added. */
export function useLanguage(code: string): void {
  language = code;
  document.documentElement.lang = usableLocale([code]);
  document.documentElement.dir = directionOf(code);
}

/** The language in use. */
export function currentLanguage(): string {
  return language;
}

/** How often a message was asked for that the chosen language does not have. */
export function missingMessages(): number {
  return missing;
}

/** The words for `key` in the language in use. */
export function t<K extends MessageKey>(key: K, ...values: Values<K>): string {
  const chosen = bundles.get(language);
  const found = format(chosen, key, values[0]);
  if (found !== null) return found;
  missing += 1;
  return format(bundles.get(SOURCE), key, values[0]) ?? key;
}

function format(bundle: FluentBundle | undefined, key: string, values: unknown): string | null {
  const pattern = bundle?.getMessage(key)?.value;
  if (!bundle || !pattern) return null;
  return bundle.formatPattern(
    pattern,
    isolated(values as Record<string, FluentVariable> | undefined, language),
    [],
  );
}
