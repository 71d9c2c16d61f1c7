// Who is writing where. Forgotten by itself, since a closed laptop never says that it stopped.
import { SvelteMap } from 'svelte/reactivity';

/** A sign of writing counts for this long. */
const FADES_MS = 6000;
/** Our own sign is repeated at most this often. */
const REPEAT_MS = 2500;

type Say = (type: 'typing.start' | 'typing.stop', channel: string) => void;

/** Typing signs, in and out. */
export class Typing {
  readonly #writing = new SvelteMap<string, readonly string[]>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #saidAt = 0;
  #saidIn: string | null = null;

  constructor(
    private readonly me: string,
    private readonly say: Say,
  ) {}

  /** Ids of the people writing in a channel, oneself left out. */
  in(channel: string): readonly string[] {
    return this.#writing.get(channel) ?? [];
  }

  /** Somebody writes. */
  started(channel: string, user: string): void {
    if (user === this.me) return;
    this.stopped(channel, user);
    this.#writing.set(channel, [...this.in(channel), user]);
    this.#timers.set(
      channel + user,
      setTimeout(() => this.stopped(channel, user), FADES_MS),
    );
  }

  /** Somebody stopped, or sent what they wrote. */
  stopped(channel: string, user: string): void {
    clearTimeout(this.#timers.get(channel + user));
    this.#timers.delete(channel + user);
    if (!this.in(channel).includes(user)) return;
    this.#writing.set(
      channel,
      this.in(channel).filter((id) => id !== user),
    );
  }

  /** The reader typed something; tells the others, though not at every letter. */
  typed(channel: string): void {
    const now = Date.now();
    if (this.#saidIn === channel && now - this.#saidAt < REPEAT_MS) return;
    this.#saidAt = now;
    this.#saidIn = channel;
    this.say('typing.start', channel);
  }

  /** The reader sent or emptied what they wrote. */
  finished(channel: string): void {
    if (this.#saidIn !== channel) return;
    this.#saidIn = null;
    this.say('typing.stop', channel);
  }
}
