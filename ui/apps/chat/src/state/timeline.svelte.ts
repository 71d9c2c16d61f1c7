// The messages of one channel, as far as they are loaded: newest first to arrive, older on request, and whatever
// was missed while there was no connection.
import { codeOf, type Api, type Message } from '@hearth/api';
import { Again } from './again.ts';
import { merged } from './merge.ts';

/** How a subject of the app stands. */
export type Stand =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready' }
  /** What is shown was true then; newer things may be missing. */
  | { readonly kind: 'stale'; readonly since: number }
  | { readonly kind: 'failed'; readonly code: string };

const PAGE = 50;
const CATCH_UP_PAGE = 100;

/** One channel's messages. */
export class Timeline {
  stand = $state.raw<Stand>({ kind: 'loading' });
  /** Oldest first. */
  messages = $state.raw<readonly Message[]>([]);
  hasOlder = $state(false);
  // Own messages keep the key they were written under.
  readonly #keys = new Map<string, string>();
  // Up to this place in the channel's order nothing is missing.
  #complete = 0;
  #loading: Promise<void> | null = null;
  #catchingUp: Promise<boolean> | null = null;
  #again = false;
  readonly #later = new Again(() => this.catchUp());

  constructor(
    readonly channel: string,
    private readonly api: Api,
  ) {}

  /** Whether there is something to show. */
  get isLoaded(): boolean {
    return this.stand.kind === 'ready' || this.stand.kind === 'stale';
  }

  /** Whether anybody wants to see this channel, loaded or not. */
  get isWanted(): boolean {
    return this.isLoaded || this.#loading !== null || this.stand.kind === 'failed';
  }

  /** Loads the newest page; does nothing once that has worked. */
  async load(): Promise<void> {
    if (this.isLoaded) return;
    this.#loading ??= this.#first().finally(() => (this.#loading = null));
    await this.#loading;
  }

  async #first(): Promise<void> {
    this.stand = { kind: 'loading' };
    try {
      const page = await this.api.messages(this.channel, { limit: PAGE });
      this.messages = merged(this.messages, page.messages);
      this.#complete = page.messages.at(-1)?.seq ?? 0;
      this.hasOlder = page.has_more;
      this.stand = { kind: 'ready' };
      // Told about while the page was on its way: after its end, or even after a gap.
      if ((this.messages.at(-1)?.seq ?? 0) > this.#complete) void this.catchUp();
    } catch (error) {
      this.stand = { kind: 'failed', code: codeOf(error) };
    }
  }

  /** Loads the page before the oldest message. A failure leaves everything as it was. */
  async loadOlder(): Promise<void> {
    const [oldest] = this.messages;
    if (!oldest || !this.hasOlder) return;
    try {
      const page = await this.api.messages(this.channel, { before: oldest.created_at, limit: PAGE });
      this.messages = merged(this.messages, page.messages);
      this.hasOlder = page.has_more;
    } catch {
      // The reader stays where they are; scrolling on asks again.
      this.messages = [...this.messages];
    }
  }

  /**
   * Asks for everything that came since, and says whether an answer came; without one it asks again by itself.
   * Calls that come meanwhile cause one more round, not many.
   */
  async catchUp(): Promise<boolean> {
    if (!this.isLoaded) {
      const wasAsked = this.#loading !== null;
      await this.load();
      // A page that was asked for earlier may be older than what called for this.
      if (!wasAsked || !this.isLoaded) return this.isLoaded;
    }
    this.#again = true;
    this.#catchingUp ??= this.#rounds().finally(() => (this.#catchingUp = null));
    return this.#catchingUp;
  }

  /** Asks for nothing by itself any more. */
  stop(): void {
    this.#later.stop();
  }

  /** Takes in a message that was told while it happened. Returns whether it was not known before. */
  arrived(message: Message): boolean {
    const isKnown = this.messages.some(({ id }) => id === message.id);
    this.#take(message);
    return !isKnown;
  }

  /** Puts in a message that the server has just stored for us, under the key it was written with. */
  stored(message: Message, key: string): void {
    this.#keys.set(message.id, key);
    this.#take(message);
  }

  /** What stays the same for a message from being written on. */
  keyOf(message: Message): string {
    return this.#keys.get(message.id) ?? message.id;
  }

  /** The last place that is known; none while nothing is loaded. */
  get newest(): number | undefined {
    return this.isLoaded ? (this.messages.at(-1)?.seq ?? 0) : undefined;
  }

  /** Whether a message was written here, on this page. */
  isAdopted(message: Message): boolean {
    return this.#keys.has(message.id);
  }

  #take(message: Message): void {
    this.messages = merged(this.messages, [message]);
    if (!this.isLoaded || message.seq <= this.#complete) return;
    if (message.seq === this.#complete + 1) this.#complete = message.seq;
    // A place was left out: something was not told to us.
    else void this.catchUp();
  }

  async #rounds(): Promise<boolean> {
    try {
      while (this.#again) {
        this.#again = false;
        await this.#fetchMissing();
      }
      this.stand = { kind: 'ready' };
      this.#later.worked();
      return true;
    } catch (error) {
      this.#later.failed(error);
      this.#again = false;
      this.stand = { kind: 'stale', since: this.stand.kind === 'stale' ? this.stand.since : Date.now() };
      return false;
    }
  }

  async #fetchMissing(): Promise<void> {
    for (;;) {
      const page = await this.api.messagesAfter(this.channel, this.#complete, CATCH_UP_PAGE);
      this.messages = merged(this.messages, page.messages);
      const reached = page.messages.at(-1)?.seq ?? 0;
      const isFurther = reached > this.#complete;
      this.#complete = Math.max(this.#complete, reached);
      // An answer that leads nowhere must not be asked for again for ever.
      if (!page.has_more || !isFurther) return;
    }
  }
}
