import { expect, test } from 'vitest';
import { peer } from '../../../test/house.ts';
import { byUrgency, peerSentences } from './peers.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const before = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();

test('what the owner must decide comes first, what is settled last', () => {
  const states = ['blocked', 'well', 'request', 'waiting', 'held'] as const;
  const ordered = byUrgency(states.map((state, index) => peer(`${index}.example`, { state })));
  expect(ordered.map(({ state }) => state)).toEqual(['held', 'request', 'waiting', 'well', 'blocked']);
});

test('a server that is out of reach says what waits and since when', () => {
  const waiting = peer('b.example', {
    state: 'waiting',
    waiting: 3,
    oldest_waiting_at: before(130),
    last_contact_at: before(300),
  });
  expect(peerSentences(waiting, NOW)).toEqual([
    '3 messages wait, the oldest for 2 hr 10 min',
    'Last heard from 5 hours ago',
  ]);
});

test('every state has its sentence', () => {
  const sentence = (state: 'held' | 'paused' | 'blocked'): string | undefined =>
    peerSentences(peer('b.example', { state, last_contact_at: before(0) }), NOW)[0];
  expect(sentence('held')).toMatch(/different identity/);
  expect(sentence('paused')).toMatch(/refuses messages/);
  expect(sentence('blocked')).toMatch(/Nothing is taken/);
  expect(peerSentences(peer('b.example', { last_contact_at: before(0.2) }), NOW)).toEqual([
    'Heard from just now',
  ]);
});
