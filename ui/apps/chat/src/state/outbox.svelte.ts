// What is written but not stored yet: one queue per channel, sent in order, kept while there is no connection.
import { NoAnswer, Refusal, type Api, type Message } from '@hearth/api';
import { problemWords } from '../problems.ts';
import type { Timeline } from './timeline.svelte.ts';

/** A message on its way. */
export interface QueuedMessage {
  /** Its name on this page, before and after it is stored. */
  readonly key: string;
  readonly channel: string;
  readonly text: string;
  /** When it was written, milliseconds since 1970. */
  readonly at: number;
  readonly delivery: 'sending' | 'waiting' | 'failed';
  /** Why it was refused, for `failed`. */
  readonly problem?: string;
}

/** First and longest wait before trying again what the server could not do. */
const RETRY_MS = { first: 2000, most: 30_000 };

interface Parts {
  readonly api: Api;
  readonly user: string;
  readonly timeline: (channel: string) => Timeline;
  /** The session is over: nothing can be sent any more. */
  readonly ended: () => void;
}

// Names of messages on this page; never sent.
let written = 0;

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
    const key = `local-${written}`;
    written += 1;
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
    for (const channel of new Set(this.queue.map((message) => message.channel))) void this.#pump(channel);
  }

  /**
   * Something of our own arrived as an event, possibly before the answer to our own request. Returns the key
   * of the message it is, so that it does not appear twice.
   */
  recognise(message: Message): string | null {
    if (message.sender_id !== this.parts.user || !this.#pumping.has(message.channel_id)) return null;
    const [first] = this.#sendable(message.channel_id);
    if (first?.text !== message.content) return null;
    this.#forget(first.key);
    return first.key;
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
    const { api, timeline } = this.parts;
    this.#change(message.key, { delivery: 'sending' });
    try {
      const stored = await api.sendMessage(message.channel, message.text);
      this.#settle(message, stored);
      return null;
    } catch (error) {
      if (error instanceof NoAnswer) return this.#unanswered(message, timeline(message.channel));
      return this.#refused(message, error);
    }
  }

  #settle(message: QueuedMessage, stored: Message): void {
    this.parts.timeline(message.channel).stored(stored, message.key);
    this.#forget(message.key);
  }

  #forget(key: string): void {
    this.queue = this.queue.filter((message) => message.key !== key);
  }

  /**
   * No answer came, so the message may be stored or not. Before it is sent again, the channel is asked what came
   * since: sending twice is as wrong as losing it.
   */
  async #unanswered(message: QueuedMessage, timeline: Timeline): Promise<number | null> {
    this.#wait(message.channel);
    if (!(await timeline.catchUp())) return 0;
    const arrived = timeline.messages.findLast((stored) => this.#is(message, stored, timeline));
    if (!arrived) return 0;
    this.#settle(message, arrived);
    return null;
  }

  #is(message: QueuedMessage, stored: Message, timeline: Timeline): boolean {
    const ours = stored.sender_id === this.parts.user && stored.content === message.text;
    // Clocks differ by a little; an older message of the same words was adopted or loaded long before.
    const CLOCKS_MS = 120_000;
    return ours && !timeline.isAdopted(stored) && Date.parse(stored.created_at) > message.at - CLOCKS_MS;
  }

  #refused(message: QueuedMessage, error: unknown): number | null {
    const refusal = error instanceof Refusal ? error : null;
    if (refusal?.status === 401) {
      this.#wait(message.channel);
      this.parts.ended();
      return 0;
    }
    if (refusal && (refusal.status === 429 || refusal.status >= 500)) {
      this.#wait(message.channel);
      return refusal.retryAfter ?? 0;
    }
    this.#change(message.key, { delivery: 'failed', problem: problemWords(error) });
    return null;
  }
}
