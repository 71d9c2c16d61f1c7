import { Api } from '@hearth/api';
import { FakeDoor, refuse } from '@hearth/api/testing';
import { expect, test } from 'vitest';
import { HOME, MIA } from '../../../test/village.ts';
import { Lookup } from './lookup.svelte.ts';
import { lookupWords } from './words.ts';

const ROUTE = 'GET /api/v1/users/lookup';

async function lookedUp(typed: string, answer: () => unknown): Promise<Lookup> {
  const lookup = new Lookup(new Api(new FakeDoor().on(ROUTE, answer)), HOME);
  await lookup.start(typed);
  return lookup;
}

test('a bare name is asked for here, an address as it is', async () => {
  const door = new FakeDoor().on(ROUTE, () => MIA);
  const lookup = new Lookup(new Api(door), HOME);
  await lookup.start('ben');
  await lookup.start(' mia@b.hearth.test ');
  expect(door.asked.map(({ query }) => query['identity'])).toEqual([`ben@${HOME}`, 'mia@b.hearth.test']);
  expect(lookup.state).toMatchObject({
    kind: 'found',
    person: { displayName: 'Mia', server: 'b.hearth.test' },
  });
});

test('what cannot be an address is never asked for', async () => {
  const door = new FakeDoor();
  const lookup = new Lookup(new Api(door), HOME);
  await lookup.start('mia@@b');
  expect(lookup.state.kind).toBe('malformed');
  expect(door.asked).toEqual([]);
});

test.each([
  [404, 'user_not_found', 'There is no mia on b.example.'],
  [404, 'server_unreachable', 'b.example does not answer. Nobody there can be added until it does.'],
  [404, 'server_blocked', 'b.example is blocked here.'],
  [404, 'server_pending', 'b.example is new here. The people who run this server have to let it in first.'],
  [404, 'federation_off', 'Chatting with other servers is switched off here at the moment.'],
  [502, 'http_502', 'b.example does not answer. Nobody there can be added until it does.'],
  [429, 'rate_limited', 'Too many attempts. Wait a little, then try again.'],
])('%i %s is said as it is', async (status, code, words) => {
  const lookup = await lookedUp('mia@b.example', () => refuse(status, code));
  expect(lookupWords(lookup.state)).toBe(words);
});

test('typing on gives up the look-up under way', async () => {
  let resolve: (profile: unknown) => void = () => undefined;
  const late = new Promise((settle) => (resolve = settle));
  const lookup = new Lookup(new Api(new FakeDoor().on(ROUTE, () => late)), HOME);
  const looking = lookup.start('mia@b.example');
  expect(lookupWords(lookup.state)).toBe('Looking for mia on b.example…');
  lookup.reset();
  resolve(MIA);
  await looking;
  expect(lookup.state.kind).toBe('idle');
});
