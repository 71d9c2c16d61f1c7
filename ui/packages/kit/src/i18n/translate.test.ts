import { afterEach, expect, test } from 'vitest';
import { PSEUDO } from './direction.ts';
import { pseudo } from './pseudo.ts';
import { addMessages, currentLanguage, missingMessages, t, useLanguage } from './translate.svelte.ts';

afterEach(() => useLanguage('en'));

test('plurals follow the number', () => {
  expect(t('kit-new-messages', { count: 1 })).toBe('One new message');
  expect(t('kit-new-messages', { count: 7 })).toBe('7 new messages');
});

test('plain names stay plain, names of the other direction are set apart', () => {
  expect(t('kit-typing-one', { name: 'Ben' })).toBe('Ben is writing…');
  expect(t('kit-typing-one', { name: 'דנה' })).toBe('\u2068דנה\u2069 is writing…');
});

test('a language that lacks a message shows it in English, and that is counted', () => {
  addMessages('de', 'kit-retry = Noch einmal');
  useLanguage('de');
  const before = missingMessages();
  expect(t('kit-retry')).toBe('Noch einmal');
  expect(t('kit-close')).toBe('Close');
  expect(missingMessages()).toBe(before + 1);
  expect(document.documentElement.lang).toBe('de');
});

test('the pretend language is longer, accented and right to left', () => {
  addMessages(PSEUDO, 'kit-retry = Try again', pseudo);
  useLanguage(PSEUDO);
  expect(currentLanguage()).toBe(PSEUDO);
  expect(document.documentElement.dir).toBe('rtl');
  expect(t('kit-retry')).toBe('Tŕý áĝááíñ');
});
