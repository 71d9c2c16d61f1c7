// The socket that keeps itself open, against a WebSocket and a clock of the test's own.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Backoff } from './backoff.ts';
import type { ServerEvent } from './events.ts';
import type { StreamState } from './door.ts';
import { TicketSocket } from './ticket-socket.ts';

class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  readonly sent: string[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly url: URL) {
    FakeSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.readyState = 3;
  }

  open(): void {
    this.readyState = FakeSocket.OPEN;
    this.onopen?.();
  }

  end(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

const states: StreamState['kind'][] = [];
const events: ServerEvent[] = [];
let tickets = 0;
let answer: () => Response;
let socket: TicketSocket;

const newest = (): FakeSocket => {
  const last = FakeSocket.all.at(-1);
  if (!last) throw new Error('no socket was opened');
  return last;
};

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', FakeSocket);
  FakeSocket.all = [];
  states.length = 0;
  events.length = 0;
  tickets = 0;
  answer = () => Response.json({ ticket: `t${++tickets}` });
  socket = new TicketSocket(async () => answer(), {
    event: (event) => void events.push(event),
    state: ({ kind }) => void states.push(kind),
  });
  await vi.advanceTimersByTimeAsync(0);
});

afterEach(() => {
  socket.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('every attempt takes a fresh ticket', async () => {
  expect(newest().url.search).toBe('?ticket=t1');
  newest().open();
  newest().end(1006);
  await vi.advanceTimersByTimeAsync(1000);
  expect(newest().url.search).toBe('?ticket=t2');
  newest().open();
  expect(states).toEqual(['connecting', 'live', 'lost', 'live']);
});

test('a socket is told of, its events are read, what is said goes out', () => {
  newest().open();
  newest().onmessage?.({ data: '{"type":"typing.start","user_id":"u","channel_id":"c"}' });
  newest().onmessage?.({ data: 'nonsense' });
  socket.send({ type: 'typing.start', channel_id: 'c' });
  expect(events).toEqual([{ type: 'typing.start', user_id: 'u', channel_id: 'c' }]);
  expect(newest().sent).toEqual(['{"type":"typing.start","channel_id":"c"}']);
});

test('a session that ended is not tried again', async () => {
  newest().open();
  newest().end(4003);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(FakeSocket.all).toHaveLength(1);
  expect(states.at(-1)).toBe('ended');
});

test.each([401, 403])('a ticket that is refused with %i ends the session too', async (status) => {
  answer = () => new Response(null, { status });
  newest().open();
  newest().end(1001);
  await vi.advanceTimersByTimeAsync(2000);
  expect(states.at(-1)).toBe('ended');
});

test('a server that is down is tried later and later', async () => {
  answer = () => new Response(null, { status: 503 });
  newest().end(1006);
  await vi.advanceTimersByTimeAsync(60_000);
  const attempts = FakeSocket.all.length;
  expect(attempts).toBe(1);
  answer = () => Response.json({ ticket: 'back' });
  await vi.advanceTimersByTimeAsync(31_000);
  expect(newest().url.search).toBe('?ticket=back');
});

test('who was too slow comes back at once, who was too fast later', async () => {
  newest().open();
  await vi.advanceTimersByTimeAsync(11_000);
  newest().end(4008);
  await vi.advanceTimersByTimeAsync(500);
  expect(FakeSocket.all).toHaveLength(2);
  newest().open();
  await vi.advanceTimersByTimeAsync(11_000);
  newest().end(4029);
  await vi.advanceTimersByTimeAsync(9000);
  expect(FakeSocket.all).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1500);
  expect(FakeSocket.all).toHaveLength(3);
});

test('when the network comes back, nobody waits for a delay', async () => {
  newest().open();
  dispatchEvent(new Event('offline'));
  expect(states.at(-1)).toBe('lost');
  dispatchEvent(new Event('online'));
  await vi.advanceTimersByTimeAsync(0);
  expect(FakeSocket.all).toHaveLength(2);
});

test('a machine that slept connects anew', async () => {
  newest().open();
  vi.setSystemTime(Date.now() + 9 * 3_600_000);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(states).toContain('lost');
  await vi.advanceTimersByTimeAsync(1000);
  expect(FakeSocket.all).toHaveLength(2);
});

test('a socket under suspicion that stays silent is given up', async () => {
  newest().open();
  socket.suspect();
  await vi.advanceTimersByTimeAsync(4000);
  newest().onmessage?.({ data: '{"type":"x"}' });
  await vi.advanceTimersByTimeAsync(4000);
  expect(states.at(-1)).toBe('live');
  socket.suspect();
  await vi.advanceTimersByTimeAsync(5000);
  expect(states.at(-1)).toBe('lost');
});

test('delays double up to half a minute, half of each by chance', () => {
  const calm = new Backoff(() => 0);
  expect([1, 2, 3, 4, 5, 6, 7].map(() => calm.next())).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
  const wild = new Backoff(() => 0.999999);
  expect(Math.round(wild.next())).toBe(1000);
  wild.reset();
  expect(Math.round(wild.next())).toBe(1000);
});
