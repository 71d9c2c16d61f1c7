// The channels one is in: what they are called, and what is new in them.
import { codeOf, type Api, type Channel } from '@hearth/api';
import { SvelteMap } from 'svelte/reactivity';
import { Again } from './again.ts';
import type { Stand } from './timeline.svelte.ts';

/** All channels of the reader. */
export class Channels {
  stand = $state.raw<Stand>({ kind: 'loading' });
  #known = $state.raw<ReadonlyMap<string, Channel>>(new Map());
  readonly #unread = new SvelteMap<string, number>();
  readonly #lastAt = new SvelteMap<string, number>();

  #loading: Promise<void> | null = null;
  #again = false;
  // What events said while the list was on its way: newer than the list, whatever it says.
  readonly #told = new Map<string, Channel | null>();
  // Channels that no list had when they were asked for.
  readonly #strange = new Set<string>();
  readonly #later = new Again(() => this.load());

  constructor(private readonly api: Api) {}

  /** Unread first, then the most recently used; a channel nobody wrote in counts from when it was made. */
  readonly listed = $derived.by(() =>
    [...this.#known.values()].sort((a, b) => {
      const unread = Number(this.unread(b.id) > 0) - Number(this.unread(a.id) > 0);
      return unread || this.#usedAt(b) - this.#usedAt(a) || (a.name ?? '').localeCompare(b.name ?? '');
    }),
  );

  /** Everything new in all channels together. */
  readonly allUnread = $derived([...this.#unread.values()].reduce((sum, count) => sum + count, 0));

  /** A channel by id. */
  find(id: string): Channel | undefined {
    return this.#known.get(id);
  }

  /** Messages in a channel that the reader has not seen. */
  unread(id: string): number {
    return this.#unread.get(id) ?? 0;
  }

  /**
   * Loads the list, or brings it up to date after a time without connection; without an answer it asks again by
   * itself. Calls that come meanwhile cause one more round, not many.
   */
  load(): Promise<void> {
    this.#again = true;
    this.#loading ??= this.#rounds().finally(() => (this.#loading = null));
    return this.#loading;
  }

  /** Somebody wrote in a channel: if nobody told about it, the list does. Asks once for each. */
  meet(id: string): void {
    if (this.#known.has(id) || this.#strange.has(id)) return;
    this.#strange.add(id);
    void this.load();
  }

  /** Asks for nothing by itself any more. */
  stop(): void {
    this.#later.stop();
  }

  async #rounds(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      await this.#round();
    }
  }

  async #round(): Promise<void> {
    this.#told.clear();
    try {
      const channels = await this.api.channels();
      // Compared with what is known now, not when asking: events may have come in between.
      const before = this.#known;
      for (const channel of channels) this.#countMissed(before.get(channel.id), channel);
      const known = new Map(channels.map((channel) => [channel.id, newer(before.get(channel.id), channel)]));
      for (const [id, told] of this.#told) {
        if (!told) known.delete(id);
        else if (!known.has(id)) known.set(id, before.get(id) ?? told);
      }
      this.#known = known;
      this.stand = { kind: 'ready' };
      this.#later.worked();
    } catch (error) {
      this.#later.failed(error);
      if (this.stand.kind === 'ready') this.stand = { kind: 'stale', since: Date.now() };
      else if (this.stand.kind === 'loading') this.stand = { kind: 'failed', code: codeOf(error) };
    }
  }

  /** Loads the list from the beginning, after it could not be. */
  async retry(): Promise<void> {
    this.stand = { kind: 'loading' };
    await this.load();
  }

  /** Takes in a channel that was made or that one was added to. */
  add(channel: Channel): void {
    this.#told.set(channel.id, channel);
    this.#known = new Map([...this.#known, [channel.id, channel]]);
  }

  /** One is in this channel no more. */
  remove(id: string): void {
    this.#told.set(id, null);
    this.#strange.delete(id);
    this.#known = new Map([...this.#known].filter(([known]) => known !== id));
    this.#unread.delete(id);
  }

  /** Something was written in a channel. */
  arrived(id: string, at: number, seq: number, isNew: boolean): void {
    this.#lastAt.set(id, Math.max(at, this.#lastAt.get(id) ?? 0));
    if (isNew) this.#unread.set(id, this.unread(id) + 1);
    const channel = this.#known.get(id);
    if (channel)
      this.#known = new Map([
        ...this.#known,
        [id, { ...channel, last_seq: Math.max(seq, channel.last_seq ?? 0) }],
      ]);
  }

  /** The reader has seen everything in a channel. */
  seen(id: string): void {
    if (this.unread(id) > 0) this.#unread.delete(id);
  }

  /** What came while nothing was told: the difference of the two counts. */
  #countMissed(before: Channel | undefined, now: Channel): void {
    const missed = (now.last_seq ?? 0) - (before?.last_seq ?? now.last_seq ?? 0);
    if (missed > 0) this.#unread.set(now.id, this.unread(now.id) + missed);
  }

  #usedAt(channel: Channel): number {
    return Math.max(Date.parse(channel.created_at), this.#lastAt.get(channel.id) ?? 0);
  }
}

/** What the list says of a channel, except that a place in its order is never taken back. */
function newer(before: Channel | undefined, now: Channel): Channel {
  const ahead = (before?.last_seq ?? 0) > (now.last_seq ?? 0);
  return ahead ? { ...now, last_seq: before?.last_seq ?? null } : now;
}
