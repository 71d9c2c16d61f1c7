import { expect, test } from 'vitest';
import { usableLocale } from './locale.ts';

test('what a bare system calls its language is not one for Intl', () => {
  for (const name of ['C', 'POSIX', 'C.UTF-8', 'en_US.UTF-8', '', undefined]) {
    expect(usableLocale([name])).toBe('en');
  }
});

test('the first usable one counts, in canonical form', () => {
  expect(usableLocale(['C', 'de-at', 'fr'])).toBe('de-AT');
  expect(usableLocale([])).toBe('en');
});
