// One channel's messages, whatever order and gaps they arrive in.
import { Api } from '@hearth/api';
import { refuse } from '@hearth/api/testing';
import { expect, test, vi } from 'vitest';
import { CHANNEL, message, Village } from '../../test/village.ts';
import { merged } from './merge.ts';
import { Timeline } from './timeline.svelte.ts';

const places = (timeline: Timeline): number[] => timeline.messages.map(({ seq }) => seq);

async function opened(count: number): Promise<{ village: Village; timeline: Timeline }> {
  const village = new Village(count);
  const timeline = new Timeline(CHANNEL, new Api(village.door));
  await timeline.load();
  return { village, timeline };
}

test('messages are ordered by place and there once, and the newest word about one counts', () => {
  const changed = { ...message(2), content: 'changed' };
  expect(
    merged([message(1), message(2)], [message(4), message(3), changed]).map(({ content }) => content),
  ).toEqual(['message 1', 'changed', 'message 3', 'message 4']);
});

test('the newest page comes first, older ones on request', async () => {
  const { timeline } = await opened(120);
  expect(places(timeline)[0]).toBe(71);
  expect(timeline.hasOlder).toBe(true);
  await timeline.loadOlder();
  await timeline.loadOlder();
  expect(places(timeline)).toHaveLength(120);
  expect(timeline.hasOlder).toBe(false);
});

test('a place that was left out is asked for, in as many pages as it takes', async () => {
  const { village, timeline } = await opened(3);
  for (let seq = 4; seq <= 253; seq += 1) village.stored.push(message(seq));
  expect(timeline.arrived(message(253))).toBe(true);
  await vi.waitFor(() => expect(timeline.messages).toHaveLength(253));
  expect(places(timeline)).toEqual(Array.from({ length: 253 }, (_, index) => index + 1));
});

test('an event that was told twice is one message', async () => {
  const { timeline } = await opened(1);
  expect(timeline.arrived(message(2))).toBe(true);
  expect(timeline.arrived(message(2))).toBe(false);
  expect(places(timeline)).toEqual([1, 2]);
});

test('a gap that nothing fills is asked for once', async () => {
  const { village, timeline } = await opened(2);
  village.stored.push(message(4));
  timeline.arrived(message(4));
  await vi.waitFor(() => expect(village.door.asked.at(-1)?.query).toEqual({ after: '2', limit: '100' }));
  const asked = village.door.asked.length;
  timeline.arrived(message(5));
  expect(places(timeline)).toEqual([1, 2, 4, 5]);
  expect(village.door.asked).toHaveLength(asked);
});

test('without an answer what is known stays, marked as old', async () => {
  const { village, timeline } = await opened(2);
  village.door.isCut = true;
  expect(await timeline.catchUp()).toBe(false);
  expect(timeline.stand.kind).toBe('stale');
  expect(places(timeline)).toEqual([1, 2]);
  village.door.isCut = false;
  village.stored.push(message(3));
  expect(await timeline.catchUp()).toBe(true);
  expect(timeline.stand.kind).toBe('ready');
  expect(places(timeline)).toEqual([1, 2, 3]);
});

test('a page that was asked for before the call is not enough: what came since is asked for', async () => {
  const village = new Village(1);
  const timeline = new Timeline(CHANNEL, new Api(village.door));
  const first = { messages: [message(1)], has_more: false };
  const answers: ((page: unknown) => void)[] = [];
  village.door.on('GET /api/v1/channels/*/messages', () => new Promise((answer) => answers.push(answer)));
  const loading = timeline.load();
  const caughtUp = timeline.catchUp();
  await vi.waitFor(() => expect(answers).toHaveLength(1));
  answers[0]?.(first);
  await loading;
  await vi.waitFor(() => expect(answers).toHaveLength(2));
  answers[1]?.({ messages: [message(2)], has_more: false });
  expect(await caughtUp).toBe(true);
  expect(places(timeline)).toEqual([1, 2]);
});

test('what came behind a gap while the first page was on its way calls for the gap', async () => {
  const village = new Village(1);
  const timeline = new Timeline(CHANNEL, new Api(village.door));
  village.door.on('GET /api/v1/channels/*/messages', (_, { searchParams }) => ({
    messages: searchParams.has('after') ? [message(2), message(3)] : [message(1)],
    has_more: false,
  }));
  const loading = timeline.load();
  timeline.arrived(message(3));
  await loading;
  await vi.waitFor(() => expect(places(timeline)).toEqual([1, 2, 3]));
});

test('a question that came to nothing is asked again by itself, not before the server wants it', async () => {
  vi.useFakeTimers();
  try {
    const { village, timeline } = await opened(1);
    const page = { messages: [message(2)], has_more: false };
    let refusals = 1;
    village.door.on('GET /api/v1/channels/*/messages', () =>
      refusals-- > 0 ? refuse(429, 'too_many', { 'retry-after': '20' }) : page,
    );
    expect(await timeline.catchUp()).toBe(false);
    await vi.advanceTimersByTimeAsync(19_000);
    expect(timeline.stand.kind).toBe('stale');
    await vi.advanceTimersByTimeAsync(2000);
    expect(timeline.stand.kind).toBe('ready');
    expect(places(timeline)).toEqual([1, 2]);
  } finally {
    vi.useRealTimers();
  }
});

test('a first page that fails can be asked for again', async () => {
  const village = new Village(1);
  village.door.isCut = true;
  const timeline = new Timeline(CHANNEL, new Api(village.door));
  await timeline.load();
  expect(timeline.stand).toEqual({ kind: 'failed', code: 'no_answer' });
  village.door.isCut = false;
  await timeline.load();
  expect(places(timeline)).toEqual([1]);
});
