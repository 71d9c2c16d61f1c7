// Which language and region to format in. Every `Intl` call takes its locale from here: WebKitGTK under
// `LANG=C` reports `navigator.language` as "C", and `Intl` throws on that.

const FALLBACK = 'en';

/** The first of `candidates` that `Intl` accepts, in canonical form, else English. */
export function usableLocale(candidates: readonly (string | undefined)[]): string {
  for (const candidate of candidates) {
    if (!candidate) continue;
    try {
      const [canonical] = Intl.getCanonicalLocales(candidate);
      if (canonical && Intl.DateTimeFormat.supportedLocalesOf([canonical]).length > 0) return canonical;
    } catch {
      // Not a language tag at all ("C", "POSIX", "en_US.UTF-8"): try the next one.
    }
  }
  return FALLBACK;
}

/** The reader's locale, safe to hand to any `Intl` constructor. */
export function locale(): string {
  const known = typeof navigator === 'undefined' ? [] : (navigator.languages ?? [navigator.language]);
  return usableLocale(known);
}
