// What is written but not stored yet: one queue per channel, sent in order, kept while there is no connection.
import { mayPass, NoAnswer, Refusal, type Api, type Message } from '@hearth/api';
import { problemWords } from '../problems.ts';
import type { Timeline } from './timeline.svelte.ts';

/** A message on its way. */
export interface QueuedMessage {
  /** Its name on this page, before and after it is stored; the server knows by it what it has seen already. */
  readonly key: string;
  readonly channel: string;
  readonly text: string;
  /** When it was written, milliseconds since 1970. */
  readonly at: number;
  readonly delivery: 'sending' | 'waiting' | 'failed';
  /** Why it was refused, for `failed`. */
  readonly problem?: string;
  /** The last place of its channel before it was first sent: if it is stored, then after this one. */
  readonly after?: number;
  /** Sent, and not yet known whether it is stored: any of our own words since may be this message. */
  readonly isOpen?: boolean;
}

/** First and longest wait before trying again what the server could not do. */
const RETRY_MS = { first: 2000, most: 30_000 };
/** A request without an answer is given up after this long: repeating it does no harm. */
const PATIENCE_MS = 30_000;
/** After so many attempts in vain our own words are shown again, even if one of them is the one on its way. */
const OPEN_ATTEMPTS = 4;

interface Parts {
  readonly api: Api;
  readonly user: string;
  readonly timeline: (channel: string) => Timeline;
  /** The last place of a channel that anybody told about. */
  readonly newest: (channel: string) => number | undefined;
  /** The session is over: nothing can be sent any more. */
  readonly ended: () => void;
}

/** All messages on their way. */
export class Outbox {
  queue = $state.raw<readonly QueuedMessage[]>([]);
  readonly #pumping = new Set<string>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  // Attempts in a row that came to nothing, by channel.
  readonly #attempts = new Map<string, number>();
  #stopped = false;

  constructor(
    private readonly parts: Parts,
    left: readonly QueuedMessage[],
  ) {
    this.queue = left;
  }

  /** What is on its way to one channel, in order. */
  of(channel: string): readonly QueuedMessage[] {
    return this.queue.filter((message) => message.channel === channel);
  }

  /** How many would be lost if this page closed now. */
  get unsent(): number {
    return this.queue.length;
  }

  /** Takes a message and sends it as soon as all before it are sent. */
  write(channel: string, text: string): void {
    const key = crypto.randomUUID();
    const delivery = this.of(channel).some((before) => before.delivery === 'waiting') ? 'waiting' : 'sending';
    this.queue = [...this.queue, { key, channel, text, at: Date.now(), delivery }];
    void this.#pump(channel);
  }

  /** Tries a refused message again, after those that wait before it. */
  retry(key: string): void {
    const message = this.#find(key);
    if (!message) return;
    this.#change(key, { delivery: 'waiting' });
    void this.#pump(message.channel);
  }

  /** Takes a message back; returns its words so that they can be written anew. */
  takeBack(key: string): string {
    const text = this.#find(key)?.text ?? '';
    this.#forget(key);
    return text;
  }

  /** There is a connection again: sends what waits. */
  resume(): void {
    this.#attempts.clear();
    for (const channel of new Set(this.queue.map((message) => message.channel))) void this.#pump(channel);
  }

  /**
   * Whether a stored message may be the one on its way in its channel. Until that is settled it is not shown, or
   * the same words would stand there twice. Only the answer to our own request says which one it is.
   */
  mayBe(stored: Message): boolean {
    if (stored.sender_id !== this.parts.user) return false;
    return this.of(stored.channel_id).some(
      ({ isOpen, after }) => isOpen && after !== undefined && stored.seq > after,
    );
  }

  /** Sends nothing any more; what waits stays in `queue`. */
  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #find(key: string): QueuedMessage | undefined {
    return this.queue.find((message) => message.key === key);
  }

  #sendable(channel: string): QueuedMessage[] {
    return this.of(channel).filter(({ delivery }) => delivery !== 'failed');
  }

  #change(key: string, change: Partial<QueuedMessage>): void {
    this.queue = this.queue.map((message) => (message.key === key ? { ...message, ...change } : message));
  }

  /** Everything on its way to a channel waits together: nothing overtakes. */
  #wait(channel: string): void {
    this.queue = this.queue.map((message) =>
      message.channel === channel && message.delivery === 'sending'
        ? { ...message, delivery: 'waiting' }
        : message,
    );
  }

  async #pump(channel: string): Promise<void> {
    clearTimeout(this.#timers.get(channel));
    if (this.#pumping.has(channel)) return;
    this.#pumping.add(channel);
    try {
      for (;;) {
        const [next] = this.#sendable(channel);
        if (!next || this.#stopped) return;
        const wait = await this.#send(next);
        if (wait !== null) return this.#later(channel, wait);
        this.#attempts.delete(channel);
      }
    } finally {
      this.#pumping.delete(channel);
    }
  }

  #later(channel: string, wait: number): void {
    const attempt = this.#attempts.get(channel) ?? 0;
    this.#attempts.set(channel, attempt + 1);
    const usual = Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** attempt);
    this.#timers.set(
      channel,
      setTimeout(() => void this.#pump(channel), wait || usual),
    );
  }

  /** Sends one; returns how long to wait before trying again (0: the usual time), or null when it is settled. */
  async #send(message: QueuedMessage): Promise<number | null> {
    const after = message.after ?? this.parts.newest(message.channel);
    const isOpen = (this.#attempts.get(message.channel) ?? 0) < OPEN_ATTEMPTS;
    this.#change(message.key, { delivery: 'sending', isOpen, ...(after === undefined ? {} : { after }) });
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
    try {
      const { channel, text, key } = message;
      this.#settle(message, await this.parts.api.sendMessage(channel, text, key, patience.signal));
      return null;
    } catch (error) {
      return this.#unsettled(
        message,
        patience.signal.aborted ? new NoAnswer('gave up', { cause: error }) : error,
      );
    } finally {
      clearTimeout(timer);
    }
  }

  #settle(message: QueuedMessage, stored: Message): void {
    this.parts.timeline(message.channel).stored(stored, message.key);
    this.#forget(message.key);
  }

  #forget(key: string): void {
    this.queue = this.queue.filter((message) => message.key !== key);
  }

  /** Whatever left it open whether the message is stored is answered by sending it again under the same key. */
  #unsettled(message: QueuedMessage, error: unknown): number | null {
    if (error instanceof Refusal && error.status === 401) {
      this.#wait(message.channel);
      this.parts.ended();
      return 0;
    }
    if (mayPass(error)) {
      this.#wait(message.channel);
      return (error instanceof Refusal && error.retryAfter) || 0;
    }
    this.#change(message.key, { delivery: 'failed', problem: problemWords(error), isOpen: false });
    return null;
  }
}
