// Times in the reader's own language and zone. Everything takes milliseconds since 1970, UTC.
import { locale } from '../i18n/locale.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "14:02". */
export function clockTime(at: number): string {
  return formatter({ hour: '2-digit', minute: '2-digit' }).format(at);
}

/** "2:02" without the half of the day, for narrow places where the whole time is told elsewhere. */
export function narrowTime(at: number): string {
  const parts = formatter({ hour: '2-digit', minute: '2-digit' }).formatToParts(at);
  const isClock = ({ type }: Intl.DateTimeFormatPart): boolean => type === 'hour' || type === 'minute';
  return parts
    .slice(parts.findIndex(isClock), parts.findLastIndex(isClock) + 1)
    .map(({ value }) => value)
    .join('');
}

/** The moment in full, for titles and details: "Sunday, 22 November 2026 at 14:02:09 CET". */
export function exactTime(at: number): string {
  return formatter({ dateStyle: 'full', timeStyle: 'long' }).format(at);
}

/** A short date with the year only when it is not this one: "3 May", "3 May 2025". */
export function shortDate(at: number, now: number): string {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return formatter({ day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) }).format(at);
}

/** A date for documents and certificates: "12 May 2027". */
export function longDate(at: number): string {
  return formatter({ dateStyle: 'long' }).format(at);
}

/** A day as a heading: "Today", "Yesterday", "Friday, 20 November", with the year when it is another. */
export function dayHeading(at: number, now: number): string {
  const distance = daysBetween(at, now);
  if (distance === 0 || distance === 1) {
    return sentenceCase(new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(-distance, 'day'));
  }
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return formatter({
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(at);
}

/** "just now" to "3 hours ago"; from a week on the date itself, since "19 days ago" helps nobody. */
export function relativeTime(at: number, now: number): string {
  const past = now - at;
  const words = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' });
  if (Math.abs(past) < MINUTE) return words.format(0, 'second');
  if (Math.abs(past) < HOUR) return words.format(-Math.trunc(past / MINUTE), 'minute');
  if (Math.abs(past) < DAY) return words.format(-Math.trunc(past / HOUR), 'hour');
  if (Math.abs(past) < 7 * DAY) return words.format(-Math.trunc(past / DAY), 'day');
  return shortDate(at, now);
}

/** The two largest units that say something: "3 days, 4 hr", "12 min", "8 sec". */
export function duration(milliseconds: number): string {
  const total = Math.max(0, Math.floor(milliseconds / 1000));
  const parts: [number, string][] = [
    [Math.floor(total / 86_400), 'day'],
    [Math.floor(total / 3600) % 24, 'hour'],
    [Math.floor(total / 60) % 60, 'minute'],
    [total % 60, 'second'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first === -1) return unit(0, 'second');
  // Seconds only while there is nothing larger: beside minutes they are noise.
  const shown = parts
    .slice(first, first + 2)
    .filter(([amount, name]) => amount > 0 && (name !== 'second' || first === 3));
  return shown.map(([amount, name]) => unit(amount, name)).join(' ');
}

/** Whether two moments fall on one day where the reader is. */
export function sameDay(a: number, b: number): boolean {
  return daysBetween(a, b) === 0;
}

function daysBetween(at: number, now: number): number {
  // Noon avoids the hour that a change of summer time adds or takes.
  const noon = (moment: number): number => new Date(moment).setHours(12, 0, 0, 0);
  return Math.round((noon(now) - noon(at)) / DAY);
}

function unit(amount: number, name: string): string {
  return new Intl.NumberFormat(locale(), { style: 'unit', unit: name, unitDisplay: 'short' }).format(amount);
}

function formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options) + locale();
  let known = formatters.get(key);
  if (!known) {
    known = new Intl.DateTimeFormat(locale(), options);
    formatters.set(key, known);
  }
  return known;
}

// Making a formatter costs far more than using one, and a message list uses thousands.
const formatters = new Map<string, Intl.DateTimeFormat>();

function sentenceCase(text: string): string {
  return text.charAt(0).toLocaleUpperCase(locale()) + text.slice(1);
}
