import { afterEach, expect, test, vi } from 'vitest';
import { clockTime, dayHeading, duration, narrowTime, relativeTime, sameDay, shortDate } from './time.ts';

const NOON = Date.UTC(2026, 10, 22, 12, 0, 0);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function speak(...languages: string[]): void {
  vi.spyOn(navigator, 'languages', 'get').mockReturnValue(languages);
}

afterEach(() => vi.restoreAllMocks());

test.each([
  ['en-US', '02:43'],
  ['en-GB', '14:43'],
  ['ko', '02:43'],
  ['fi', '14.43'],
])('the narrow time of %s is five characters', (language, words) => {
  speak(language);
  expect(narrowTime(Date.UTC(2026, 10, 22, 14, 43))).toBe(words);
});

test('durations tell their two largest units, and seconds only alone', () => {
  speak('en');
  expect(duration(0)).toBe('0 sec');
  expect(duration(8_999)).toBe('8 sec');
  expect(duration(12 * MINUTE + 5000)).toBe('12 min');
  expect(duration(2 * HOUR)).toBe('2 hr');
  expect(duration(27 * HOUR + 14 * MINUTE)).toBe('1 day 3 hr');
  expect(duration(-5)).toBe('0 sec');
});

test('what is long ago is told by its date', () => {
  speak('en-GB');
  expect(relativeTime(NOON - 20_000, NOON)).toBe('now');
  expect(relativeTime(NOON - 5 * MINUTE, NOON)).toBe('5 minutes ago');
  expect(relativeTime(NOON - 3 * HOUR, NOON)).toBe('3 hours ago');
  expect(relativeTime(NOON - 30 * HOUR, NOON)).toBe('yesterday');
  expect(relativeTime(NOON - 8 * DAY, NOON)).toBe('14 Nov');
  expect(relativeTime(Date.UTC(2025, 4, 3, 12), NOON)).toBe('3 May 2025');
});

test('days are headings', () => {
  speak('en-GB');
  expect(dayHeading(NOON - HOUR, NOON)).toBe('Today');
  expect(dayHeading(NOON - 20 * HOUR, NOON)).toBe('Yesterday');
  expect(dayHeading(NOON - 2 * DAY, NOON)).toBe('Friday 20 November');
  expect(sameDay(NOON, NOON + 11 * HOUR)).toBe(true);
});

test('a language that is none falls back to English', () => {
  speak('C');
  expect(clockTime(NOON)).toMatch(/12:00/);
  expect(shortDate(NOON, NOON)).toBe('Nov 22');
});
