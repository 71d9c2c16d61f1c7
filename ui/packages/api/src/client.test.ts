// Calls and refusals: what goes out, and what comes back as what.
import { expect, test } from 'vitest';
import { FakeDoor, refuse } from '../test/fake-door.ts';
import { Api } from './client.ts';
import { codeOf, NoAnswer, Refusal } from './errors.ts';

test('paths are filled in, encoded, and asked with what is asked for', async () => {
  const door = new FakeDoor()
    .on('GET /api/v1/users/lookup', () => ({ id: '1' }))
    .on('POST /api/v1/owner/peers/*/accept', () => undefined)
    .on('GET /api/v1/channels/*/messages', () => ({ messages: [], has_more: false }));
  const api = new Api(door);
  await api.lookup('mia@b.example', new AbortController().signal);
  await api.acceptPeer('b.example:8448');
  await api.messages('c1', { limit: 50 });
  expect(door.asked).toEqual([
    { route: 'GET /api/v1/users/lookup', query: { identity: 'mia@b.example' }, body: null },
    { route: 'POST /api/v1/owner/peers/b.example%3A8448/accept', query: {}, body: null },
    { route: 'GET /api/v1/channels/c1/messages', query: { limit: '50' }, body: null },
  ]);
});

test('an unsafe request says that it is JSON, with and without a body', async () => {
  const types: (string | null)[] = [];
  const note = (request: Request): undefined => void types.push(request.headers.get('content-type'));
  const door = new FakeDoor()
    .on('POST /api/v1/owner/setup-link', note)
    .on('PUT /api/v1/owner/federation', note);
  await new Api(door).setupLink();
  await new Api(door).setFederation(false);
  expect(types).toEqual(['application/json', 'application/json']);
});

test('a refusal is decided by its code', async () => {
  const door = new FakeDoor().on('GET /api/v1/users/me', () => refuse(403, 'banned'));
  const error: unknown = await new Api(door).me().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Refusal);
  expect(codeOf(error)).toBe('banned');
});

test('faults name their fields and limits', async () => {
  const detail = [
    { type: 'string_too_short', loc: ['body', 'password'], msg: 'Too short', ctx: { min_length: 8 } },
    { type: 'missing', loc: ['body', 'username'], msg: 'Field required' },
  ];
  const door = new FakeDoor().on('POST /api/v1/auth/login', () => Response.json({ detail }, { status: 422 }));
  const error = (await new Api(door).login('a', 'b', 'web').catch((thrown: unknown) => thrown)) as Refusal;
  expect(error.code).toBe('invalid');
  expect(error.faults).toEqual([
    { field: 'password', type: 'string_too_short', limit: 8 },
    { field: 'username', type: 'missing', limit: null },
  ]);
});

test('a refusal without words of ours still has a code, and says when to come back', async () => {
  const page = () =>
    new Response('<html>Bad gateway</html>', { status: 502, headers: { 'retry-after': '10' } });
  const door = new FakeDoor().on('GET /api/v1/config', page);
  const error = (await new Api(door).config().catch((thrown: unknown) => thrown)) as Refusal;
  expect(error.code).toBe('http_502');
  expect(error.retryAfter).toBe(10_000);
});

test('no answer is not a refusal, and an answer that is no JSON is one', async () => {
  const door = new FakeDoor().on('GET /api/v1/config', () => new Response('hello'));
  const api = new Api(door);
  expect(codeOf(await api.config().catch((error: unknown) => error))).toBe('not_json');
  door.isCut = true;
  expect(await api.config().catch((error: unknown) => error)).toBeInstanceOf(NoAnswer);
});
