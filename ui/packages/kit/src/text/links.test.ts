import { expect, test } from 'vitest';
import { pieces } from './links.ts';

const links = (text: string): string[] =>
  pieces(text).flatMap((piece) => (piece.kind === 'link' ? [piece.text] : []));

test('nothing of a message is lost', () => {
  const text = 'See https://a.example/x, (http://b.example/y) and javascript:alert(1). End';
  expect(
    pieces(text)
      .map((piece) => piece.text)
      .join(''),
  ).toBe(text);
});

test('punctuation belongs to the sentence, an opened bracket to the address', () => {
  expect(links('Look: https://a.example/x.')).toEqual(['https://a.example/x']);
  expect(links('(https://a.example/x)')).toEqual(['https://a.example/x']);
  expect(links('https://a.example/wiki/Hearth_(room) is good')).toEqual([
    'https://a.example/wiki/Hearth_(room)',
  ]);
});

test.each([
  'javascript:alert(1)',
  'data:text/html,x',
  'ftp://a.example',
  'https://',
  'a.example',
  '<https://',
])('%j is no link', (text) => expect(links(text)).toEqual([]));
