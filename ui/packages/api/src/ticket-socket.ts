// A WebSocket that keeps itself open: a fresh ticket for every attempt, growing delays with jitter between them,
// and at once when the network or the reader comes back.
import { Backoff } from './backoff.ts';
import type { ClientMessage, StreamHandlers } from './door.ts';
import { readEvent } from './events.ts';

/** Close codes that mean more than "try again". */
const CLOSED = { ended: 4003, slow: 4008, fast: 4029 } as const;

/** The presence that a server keeps for us lapses after five minutes. */
const PRESENCE_MS = 240_000;
/** A request got no answer: a socket that says nothing for this long after is given up. */
const SUSPECT_MS = 5000;
/** After having been too fast, nothing is tried for this long. */
const CALM_MS = 10_000;
/** A connection that lasted this long was a good one: the delays begin anew. */
const GOOD_MS = 10_000;
/** How often the clock is looked at, and which jump of it means that the machine slept. */
const LOOK_MS = 20_000;
const SLEPT_MS = 120_000;
/** Everybody who was cut off for being slow does not come back in the same instant. */
const SPREAD_MS = 500;

/** One stream of events over WebSockets. */
export class TicketSocket {
  readonly #backoff = new Backoff();
  #socket: WebSocket | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #presence: ReturnType<typeof setInterval> | undefined;
  #doubt: ReturnType<typeof setTimeout> | undefined;
  readonly #watch: ReturnType<typeof setInterval>;
  #lookedAt = Date.now();
  #lostSince: number | null = null;
  #openedAt = 0;
  #attempting = false;
  #stopped = false;

  constructor(
    private readonly ticket: () => Promise<Response>,
    private readonly handlers: StreamHandlers,
  ) {
    addEventListener('online', this.#wake);
    addEventListener('offline', this.#offline);
    document.addEventListener('visibilitychange', this.#wake);
    this.#watch = setInterval(() => this.#look(), LOOK_MS);
    handlers.state({ kind: 'connecting' });
    void this.#attempt();
  }

  /** Sends a message if there is a connection. */
  send(message: ClientMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Something else noticed that the server does not answer. Without a sign of life the socket is given up. */
  suspect(): void {
    if (!this.#socket || this.#doubt !== undefined) return;
    this.#doubt = setTimeout(() => this.#drop(), SUSPECT_MS);
  }

  /** Ends it for good. */
  stop(): void {
    this.#stopped = true;
    clearInterval(this.#watch);
    removeEventListener('online', this.#wake);
    removeEventListener('offline', this.#offline);
    document.removeEventListener('visibilitychange', this.#wake);
    this.#clearTimers();
    this.#socket?.close(1000);
    this.#socket = null;
  }

  readonly #wake = (): void => {
    if (document.visibilityState === 'hidden' || this.#socket || this.#stopped) return;
    clearTimeout(this.#retry);
    void this.#attempt();
  };

  readonly #offline = (): void => this.#drop();

  /** After sleep the connection is gone, though nothing says so: it is made anew instead of waiting to notice. */
  #look(): void {
    const away = Date.now() - this.#lookedAt;
    this.#lookedAt = Date.now();
    if (away < SLEPT_MS || !this.#socket) return;
    this.#backoff.reset();
    this.#drop();
  }

  async #attempt(): Promise<void> {
    if (this.#attempting || this.#socket || this.#stopped) return;
    this.#attempting = true;
    const ticket = await this.#freshTicket().finally(() => (this.#attempting = false));
    if (this.#stopped) return;
    if (ticket === 'ended') return this.#end();
    if (ticket === null) return this.#lost(this.#backoff.next());
    this.#open(ticket);
  }

  async #freshTicket(): Promise<string | null> {
    try {
      const response = await this.ticket();
      // Without a session, or with one that may do nothing any more: asking again changes nothing.
      if (response.status === 401 || response.status === 403) return 'ended';
      if (!response.ok) return null;
      const body = (await response.json()) as { ticket?: unknown };
      return typeof body.ticket === 'string' ? body.ticket : null;
    } catch {
      return null; // no answer, or not an answer of ours: the next attempt will tell
    }
  }

  #open(ticket: string): void {
    const url = new URL('/ws', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.searchParams.set('ticket', ticket);
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.onopen = () => this.#opened();
    socket.onmessage = ({ data }) => this.#received(data);
    socket.onclose = ({ code }) => {
      if (this.#socket === socket) this.#closed(code);
    };
  }

  #opened(): void {
    this.#lostSince = null;
    this.#openedAt = Date.now();
    this.#presence = setInterval(() => this.#tellPresence(), PRESENCE_MS);
    this.handlers.state({ kind: 'live' });
  }

  #tellPresence(): void {
    this.send({
      type: 'presence.update',
      status: document.visibilityState === 'visible' ? 'online' : 'away',
    });
  }

  #received(data: unknown): void {
    clearTimeout(this.#doubt);
    this.#doubt = undefined;
    const event = readEvent(data);
    if (event) this.handlers.event(event);
  }

  #closed(code: number): void {
    this.#socket = null;
    this.#clearTimers();
    if (code === CLOSED.ended) return this.#end();
    const good = Date.now() - this.#openedAt > GOOD_MS;
    if (good) this.#backoff.reset();
    // Too slow means: come back and ask what was missed. Nothing is wrong with the way.
    if (code === CLOSED.slow && good) return this.#lost(Math.random() * SPREAD_MS);
    this.#lost(code === CLOSED.fast ? CALM_MS : this.#backoff.next());
  }

  /** Gives up a connection that may still look open. */
  #drop(): void {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = null;
    socket.close();
    this.#clearTimers();
    this.#lost(this.#backoff.next());
  }

  #lost(delay: number): void {
    this.#lostSince ??= Date.now();
    this.handlers.state({ kind: 'lost', since: this.#lostSince });
    this.#retry = setTimeout(() => void this.#attempt(), delay);
  }

  #end(): void {
    this.stop();
    this.handlers.state({ kind: 'ended' });
  }

  #clearTimers(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#doubt);
    clearInterval(this.#presence);
    this.#doubt = undefined;
  }
}
