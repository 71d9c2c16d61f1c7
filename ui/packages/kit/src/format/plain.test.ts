// Fingerprints, addresses, initials: the formats that are the same in every language.
import { expect, test } from 'vitest';
import { addressText, parseAddress } from './address.ts';
import { fingerprintFull, fingerprintGroups, fingerprintShort } from './fingerprint.ts';
import { initials, shadeOf } from './initials.ts';

const DIGITS = '3fa901c2b7745de0912af3c86d01ee5b7c4490af11d36e28f5a0b9c37d2e6184';

test('a fingerprint is sixteen groups of four, and is copied with its prefix', () => {
  const groups = fingerprintGroups(`sha256:${DIGITS}`);
  expect(groups).toHaveLength(16);
  expect(groups[0]).toBe('3fa9');
  expect(groups.at(-1)).toBe('6184');
  expect(fingerprintShort(`sha256:${DIGITS}`)).toBe('3fa9 01c2');
  expect(fingerprintFull(groups.join(' ').toUpperCase())).toBe(`sha256:${DIGITS}`);
});

test('a bare name is somebody at home, anything with an @ is somebody there', () => {
  expect(parseAddress('ben', 'home.example')).toEqual({ username: 'ben', server: 'home.example' });
  expect(parseAddress(' @mia@B.example:8448 ', 'home.example')).toEqual({
    username: 'mia',
    server: 'b.example:8448',
  });
  expect(addressText({ username: 'mia', server: 'b.example' })).toBe('mia@b.example');
});

test.each(['', 'ab', 'a b', 'zoë', 'mia@', 'mia@a@b', 'mia@b.example/x', 'mia@b?c'])(
  '%j is no address',
  (typed) => {
    expect(parseAddress(typed, 'home.example')).toBeNull();
  },
);

test('initials are at most two letters, whatever the name is made of', () => {
  expect(initials('Mia Ngozi Okafor')).toBe('MO');
  expect(initials('ben')).toBe('B');
  expect(initials('anna_lena')).toBe('AL');
  expect(initials('🌻 garden')).toBe('🌻G');
  expect(initials('')).toBe('');
});

test('a shade stays with its person', () => {
  expect(shadeOf('x', 6)).toBe(shadeOf('x', 6));
  expect(new Set(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => shadeOf(id, 6))).size).toBeGreaterThan(3);
});
