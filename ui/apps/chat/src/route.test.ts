import { afterEach, expect, test } from 'vitest';
import { fragmentOf, placeOf, Route } from './route.svelte.ts';

const ID = '00000000-0000-4000-8000-00000000000c';

afterEach(() => history.replaceState(null, '', '#'));

test('places and fragments are two ways to say the same', () => {
  for (const place of [{ name: 'home' }, { name: 'join' }, { name: 'channel', id: ID }] as const) {
    expect(placeOf(fragmentOf(place))).toEqual(place);
  }
});

test.each(['', '#', '#/', '#/c/', '#/c/../x', '#/nowhere', '#setup=abc'])('%j is home', (fragment) => {
  expect(placeOf(fragment)).toEqual({ name: 'home' });
});

test('a set-up token leaves the address as soon as it is read', () => {
  location.hash = '#setup=abc_DEF-123';
  const route = new Route();
  expect(route.setupToken).toBe('abc_DEF-123');
  expect(location.href).not.toContain('abc_DEF');
  expect(route.place).toEqual({ name: 'home' });
});
