// The promise of tokens.css: text is readable on everything it may stand on, in both modes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const source = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');
const colours = new Map(
  [...source.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name, light, dark]) => [name ?? '', { light: light ?? '', dark: dark ?? '' }],
  ),
);

function luminance(hex: string): number {
  const channels = [1, 3, 5].map((start) => Number.parseInt(hex.slice(start, start + 2), 16) / 255);
  const [r = 0, g = 0, b = 0] = channels.map((c) =>
    c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

function worst(front: string, backs: string[]): number {
  const pairs = backs.flatMap((back) =>
    (['light', 'dark'] as const).map((mode) =>
      ratio(colours.get(front)?.[mode] ?? '', colours.get(back)?.[mode] ?? ''),
    ),
  );
  return Math.min(...pairs);
}

const GROUNDS = ['bg', 'surface', 'surface-2'];

test.each(['text', 'text-2', 'text-3', 'primary', 'ok', 'warn', 'danger', 'info'])(
  '%s is readable',
  (name) => {
    expect(worst(name, GROUNDS)).toBeGreaterThanOrEqual(4.5);
  },
);

test.each(['ok', 'warn', 'danger', 'info'])('%s is readable on its tint', (name) => {
  expect(worst(name, [`${name}-soft`])).toBeGreaterThanOrEqual(5.5);
  expect(worst('text', [`${name}-soft`])).toBeGreaterThanOrEqual(7);
});

test('buttons, borders and focus can be seen', () => {
  expect(worst('on-primary', ['primary', 'primary-hover'])).toBeGreaterThanOrEqual(4.5);
  expect(worst('text', ['primary-soft'])).toBeGreaterThanOrEqual(7);
  expect(worst('line-strong', GROUNDS)).toBeGreaterThanOrEqual(3.2);
  expect(worst('focus', GROUNDS)).toBeGreaterThanOrEqual(3);
});
