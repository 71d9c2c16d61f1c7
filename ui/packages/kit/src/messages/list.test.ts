// Rows and spans: what the message list shows, without a page.
import { expect, test } from 'vitest';
import { rowsOf } from './rows.ts';
import { around, MOST, newest, shifted, STEP, towardsNewest, towardsOldest } from './span.ts';
import type { MessageView } from './view.ts';

const NOON = Date.UTC(2026, 10, 22, 12);
const MINUTE = 60_000;

function message(key: string, author: string, at: number): MessageView {
  return {
    key,
    author: { id: author, name: author, server: null },
    mine: false,
    at,
    text: key,
    edited: false,
    delivery: 'sent',
  };
}

const shape = (messages: MessageView[], unread: string | null = null): string[] =>
  rowsOf(messages, unread, undefined).map((row) =>
    row.kind === 'message' ? (row.leads ? `${row.key}!` : row.key) : row.kind,
  );

test('a run has one heading; another person, a pause or a new day begins a new one', () => {
  const messages = [
    message('a', 'ben', NOON - 26 * 60 * MINUTE),
    message('b', 'ben', NOON),
    message('c', 'ben', NOON + 2 * MINUTE),
    message('d', 'mia', NOON + 3 * MINUTE),
    message('e', 'mia', NOON + 20 * MINUTE),
  ];
  expect(shape(messages)).toEqual(['day', 'a!', 'day', 'b!', 'c', 'd!', 'e!']);
});

test('the line before what is new begins a run', () => {
  const messages = [message('a', 'ben', NOON), message('b', 'ben', NOON + MINUTE)];
  expect(shape(messages, 'b')).toEqual(['day', 'a!', 'unread', 'b!']);
});

test('a run is not torn where the list begins', () => {
  const before = message('z', 'ben', NOON);
  const rows = rowsOf([message('a', 'ben', NOON + MINUTE)], null, before);
  expect(rows.map(({ kind }) => kind)).toEqual(['message']);
});

test('however long the channel, the page stays small', () => {
  let span = newest(10_000);
  expect(span.end - span.start).toBe(STEP);
  for (let step = 0; step < 20; step += 1) span = towardsOldest(span);
  expect(span.end - span.start).toBe(MOST);
  expect(towardsOldest({ start: 50, end: 200 }).start).toBe(0);
  for (let step = 0; step < 200; step += 1) span = towardsNewest(span, 10_000);
  expect(span).toEqual({ start: 10_000 - MOST, end: 10_000 });
});

test('messages that arrive above move the stretch, not what is read', () => {
  expect(shifted({ start: 0, end: 100 }, 50, 150)).toEqual({ start: 50, end: 150 });
  expect(shifted({ start: 10, end: 40 }, 0, 30)).toEqual({ start: 10, end: 30 });
});

test('a message in the middle has room on both sides', () => {
  const { start, end } = around(5000, 10_000);
  expect([start, end]).toEqual([4900, 5100]);
  expect(around(3, 40)).toEqual({ start: 0, end: 40 });
});
