// Alice's page while she writes, loses her connection, and finds it again.
import { Api, NoAnswer } from '@hearth/api';
import { refuse } from '@hearth/api/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ALICE, BEN, channel, CHANNEL, MIA, Village } from '../test/village.ts';
import { viewsOf } from './features/conversation/index.ts';
import { Chat } from './state/chat.svelte.ts';

let village: Village;
let chat: Chat;
const ended = vi.fn();

/** What Alice sees in the channel: her words with a mark for how they stand, others' after their name. */
function seen(): string[] {
  return viewsOf(chat, chat.timeline(CHANNEL), chat.outbox.of(CHANNEL)).map(
    ({ author, text, delivery }) => `${author.name}: ${text}${delivery === 'sent' ? '' : ` (${delivery})`}`,
  );
}

const POST = `POST /api/v1/channels/${CHANNEL}/messages`;
const posts = (): unknown[] =>
  village.door.asked.filter(({ route }) => route === POST).map(({ body }) => body);

beforeEach(async () => {
  vi.useFakeTimers();
  ended.mockClear();
  village = new Village();
  chat = new Chat(new Api(village.door), ALICE, [], ended);
  village.door.become({ kind: 'live' });
  await vi.advanceTimersByTimeAsync(0);
  await chat.timeline(CHANNEL).load();
  await chat.loadMembers(CHANNEL);
});

afterEach(() => {
  chat.stop();
  vi.useRealTimers();
});

function cut(): void {
  village.door.isCut = true;
  village.door.become({ kind: 'lost', since: Date.now() });
}

async function mend(): Promise<void> {
  village.door.isCut = false;
  village.door.become({ kind: 'live' });
  await vi.advanceTimersByTimeAsync(0);
}

test('what one writes is there at once, and once, though it is told as well', async () => {
  chat.outbox.write(CHANNEL, 'Soup is on.');
  expect(seen()).toEqual(['Alice: Soup is on. (sending)']);
  await vi.advanceTimersByTimeAsync(0);
  expect(seen()).toEqual(['Alice: Soup is on.']);
  expect(chat.outbox.unsent).toBe(0);
});

test('a message keeps its key from being written to being stored', async () => {
  chat.outbox.write(CHANNEL, 'Soup is on.');
  const keys = (): string[] =>
    viewsOf(chat, chat.timeline(CHANNEL), chat.outbox.of(CHANNEL)).map(({ key }) => key);
  const before = keys();
  await vi.advanceTimersByTimeAsync(0);
  expect(keys()).toEqual(before);
});

test('without a connection messages wait, and go out in the order they were written', async () => {
  cut();
  for (const text of ['one', 'two', 'three']) chat.outbox.write(CHANNEL, text);
  await vi.advanceTimersByTimeAsync(0);
  expect(seen()).toEqual(['Alice: one (waiting)', 'Alice: two (waiting)', 'Alice: three (waiting)']);
  await mend();
  await vi.advanceTimersByTimeAsync(0);
  expect(village.stored.map(({ content }) => content)).toEqual(['one', 'two', 'three']);
  expect(seen()).toEqual(['Alice: one', 'Alice: two', 'Alice: three']);
});

test('a message that was stored though no answer came is not sent twice', async () => {
  village.loseAnswers = true;
  chat.outbox.write(CHANNEL, 'Did this arrive?');
  await vi.advanceTimersByTimeAsync(0);
  expect(seen()).toEqual(['Alice: Did this arrive? (waiting)']);
  village.loseAnswers = false;
  await mend();
  expect(seen()).toEqual(['Alice: Did this arrive?']);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(village.stored).toHaveLength(1);
  expect(posts()).toHaveLength(2);
  expect(new Set(posts().map((body) => (body as { client_key: string }).client_key)).size).toBe(1);
});

test('the same words from another device settle nothing: what was lost on the way is sent again', async () => {
  let isLost = true;
  village.door.on('POST /api/v1/channels/*/messages', async (request) => {
    if (isLost) throw new NoAnswer('lost on the way');
    const { content } = (await request.json()) as { content: string };
    return Response.json(village.say(ALICE, content), { status: 201 });
  });
  chat.outbox.write(CHANNEL, 'ok');
  village.say(ALICE, 'ok');
  await vi.advanceTimersByTimeAsync(0);
  expect(chat.outbox.unsent).toBe(1);
  isLost = false;
  await vi.advanceTimersByTimeAsync(2000);
  expect(seen()).toEqual(['Alice: ok', 'Alice: ok']);
  expect(village.stored).toHaveLength(2);
});

test("one's own words from another device are not kept back for ever", async () => {
  village.door.on('POST /api/v1/channels/*/messages', () => refuse(503, 'http_503'));
  chat.outbox.write(CHANNEL, 'from here');
  await vi.advanceTimersByTimeAsync(0);
  village.say(ALICE, 'from there');
  expect(seen()).toEqual(['Alice: from here (waiting)']);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(seen()).toEqual(['Alice: from there', 'Alice: from here (waiting)']);
});

test('a request that nobody answers is given up and repeated', async () => {
  let asked = 0;
  village.door.on('POST /api/v1/channels/*/messages', (request) => {
    asked += 1;
    if (asked > 1) return Response.json(village.say(ALICE, 'hello'), { status: 201 });
    return new Promise((_, reject) =>
      request.signal.addEventListener('abort', () => reject(new Error('aborted'))),
    );
  });
  chat.outbox.write(CHANNEL, 'hello');
  await vi.advanceTimersByTimeAsync(33_000);
  expect(seen()).toEqual(['Alice: hello']);
});

test('the same words may be said twice', async () => {
  chat.outbox.write(CHANNEL, 'ha');
  chat.outbox.write(CHANNEL, 'ha');
  await vi.advanceTimersByTimeAsync(0);
  expect(seen()).toEqual(['Alice: ha', 'Alice: ha']);
  expect(village.stored).toHaveLength(2);
});

test('what the server cannot do now is tried again, later and later', async () => {
  let refusals = 2;
  village.door.on('POST /api/v1/channels/*/messages', () =>
    refusals-- > 0 ? refuse(503, 'unavailable') : refuse(403, 'not_a_member'),
  );
  chat.outbox.write(CHANNEL, 'hello');
  await vi.advanceTimersByTimeAsync(0);
  expect(seen()).toEqual(['Alice: hello (waiting)']);
  await vi.advanceTimersByTimeAsync(2000);
  expect(seen()).toEqual(['Alice: hello (waiting)']);
  await vi.advanceTimersByTimeAsync(4000);
  expect(seen()).toEqual(['Alice: hello (failed)']);
});

test('what is refused stays with its reason and does not stop what follows; it can be taken back', async () => {
  village.door.on('POST /api/v1/channels/*/messages', async (request) => {
    const { content } = (await request.json()) as { content: string };
    return content === 'bad' ? refuse(413, 'body_too_large') : Response.json(village.say(ALICE, content));
  });
  chat.outbox.write(CHANNEL, 'bad');
  chat.outbox.write(CHANNEL, 'good');
  await vi.advanceTimersByTimeAsync(0);
  expect(seen()).toEqual(['Alice: good', 'Alice: bad (failed)']);
  const [failed] = chat.outbox.queue;
  expect(failed?.problem).toBe('This is too long to send.');
  expect(chat.outbox.takeBack(failed?.key ?? '')).toBe('bad');
  expect(chat.outbox.unsent).toBe(0);
});

test('what others said meanwhile is there after the connection is back', async () => {
  cut();
  for (const text of ['one', 'two', 'three']) village.say(BEN, text);
  await mend();
  expect(seen()).toEqual(['Ben: one', 'Ben: two', 'Ben: three']);
});

test('what is new counts until it was in view', async () => {
  village.say(BEN, 'hello');
  expect(chat.channels.unread(CHANNEL)).toBe(1);
  chat.reading = CHANNEL;
  chat.channels.seen(CHANNEL);
  village.say(BEN, 'again');
  village.say(ALICE, 'from my other device');
  expect(chat.channels.allUnread).toBe(0);
});

test('what came without a connection counts as new', async () => {
  cut();
  village.say(BEN, 'one');
  village.say(MIA, 'two');
  await mend();
  expect(chat.channels.unread(CHANNEL)).toBe(2);
});

test('a channel that one was added to appears, and one that was left goes', () => {
  const other = channel({ id: '00000000-0000-4000-8000-00000000000d', name: 'Garden' });
  village.door.tell({ type: 'channel.new', channel: other });
  expect(chat.channels.listed.map(({ name }) => name)).toContain('Garden');
  expect(village.door.said).toContainEqual({ type: 'subscribe', channel_id: other.id });
  village.door.tell({ type: 'member.left', channel_id: other.id, user_id: ALICE.id });
  expect(chat.channels.listed.map(({ name }) => name)).not.toContain('Garden');
});

test('a channel that appears or goes while the list is on its way is as the event says', async () => {
  const garden = channel({ id: '00000000-0000-4000-8000-00000000000d', name: 'Garden' });
  let answer: (list: unknown) => void = () => undefined;
  village.door.on('GET /api/v1/channels', () => new Promise((resolve) => (answer = resolve)));
  const loading = chat.channels.load();
  village.door.tell({ type: 'channel.new', channel: garden });
  village.door.tell({ type: 'member.left', channel_id: CHANNEL, user_id: ALICE.id });
  await vi.advanceTimersByTimeAsync(0);
  answer([channel()]);
  await loading;
  expect(chat.channels.listed.map(({ name }) => name)).toEqual(['Garden']);
});

test('a message in a channel that nobody told about calls for the list, once', async () => {
  const id = '00000000-0000-4000-8000-00000000000e';
  const asked = (): number =>
    village.door.asked.filter(({ route }) => route === 'GET /api/v1/channels').length;
  const before = asked();
  const stored = { ...village.say(BEN, 'here'), channel_id: id };
  village.door.tell({ type: 'message.new', message: stored });
  village.door.tell({ type: 'message.new', message: { ...stored, id: 'another', seq: 2 } });
  await vi.advanceTimersByTimeAsync(0);
  expect(asked()).toBe(before + 1);
});

test('a list of channels that did not come is asked for again by itself', async () => {
  let refusals = 1;
  village.door.on('GET /api/v1/channels', () => (refusals-- > 0 ? refuse(503, 'http_503') : [channel()]));
  await chat.channels.load();
  expect(chat.channels.stand.kind).toBe('stale');
  await vi.advanceTimersByTimeAsync(2000);
  expect(chat.channels.stand.kind).toBe('ready');
});

test('signs of writing fade, end with what was written, and never show oneself', async () => {
  const start = (user_id: string): void =>
    village.door.tell({ type: 'typing.start', channel_id: CHANNEL, user_id });
  start(BEN.id);
  start(ALICE.id);
  expect(chat.typing.in(CHANNEL)).toEqual([BEN.id]);
  village.say(BEN, 'there');
  expect(chat.typing.in(CHANNEL)).toEqual([]);
  start(MIA.id);
  await vi.advanceTimersByTimeAsync(6000);
  expect(chat.typing.in(CHANNEL)).toEqual([]);
});

test('one tells that one writes, though not at every letter', async () => {
  for (let letter = 0; letter < 5; letter += 1) chat.typing.typed(CHANNEL);
  await vi.advanceTimersByTimeAsync(3000);
  chat.typing.typed(CHANNEL);
  chat.typing.finished(CHANNEL);
  chat.typing.finished(CHANNEL);
  expect(village.door.said.map(({ type }) => type)).toEqual(['typing.start', 'typing.start', 'typing.stop']);
});

test('a session that ended says so, and closing with unsent messages asks first', () => {
  cut();
  chat.outbox.write(CHANNEL, 'still here');
  const closing = new Event('beforeunload', { cancelable: true });
  dispatchEvent(closing);
  expect(closing.defaultPrevented).toBe(true);
  village.door.become({ kind: 'ended' });
  expect(ended).toHaveBeenCalledOnce();
});
