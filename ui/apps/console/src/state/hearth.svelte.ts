// The server as its owner sees it: asked now and then, and at once when it says that something changed.
import { codeOf, type Api, type EventStream, type OwnerStatus, type PeerSummary } from '@hearth/api';
import { createContext } from 'svelte';

/** How what is shown stands. */
export type Stand =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready' }
  /** What is shown was true then. */
  | { readonly kind: 'stale'; readonly since: number }
  | { readonly kind: 'failed'; readonly code: string };

/** Often enough for numbers that change by themselves, seldom enough to be nothing beside the server's work. */
const POLL_MS = 5000;
/** Several events at once are one question. */
const GATHER_MS = 200;

/** Status and other servers, kept up to date. */
export class Hearth {
  stand = $state.raw<Stand>({ kind: 'loading' });
  status = $state.raw<OwnerStatus | null>(null);
  peers = $state.raw<readonly PeerSummary[]>([]);
  readonly #stream: EventStream;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = false;
  #answeredAt = 0;
  #stopped = false;

  constructor(readonly api: Api) {
    this.#stream = api.door.events({
      event: () => this.#soon(GATHER_MS),
      state: (state) => state.kind === 'live' && this.#soon(0),
    });
    document.addEventListener('visibilitychange', this.#looked);
    void this.refresh();
  }

  /** Asks now. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#asking) return;
    this.#asking = true;
    try {
      const [status, peers] = await Promise.all([this.api.ownerStatus(), this.api.peers()]);
      this.status = status;
      this.peers = peers;
      this.#answeredAt = Date.now();
      this.stand = { kind: 'ready' };
    } catch (error) {
      this.stand = this.status
        ? { kind: 'stale', since: this.#answeredAt }
        : { kind: 'failed', code: codeOf(error) };
    } finally {
      this.#asking = false;
      this.#soon(POLL_MS);
    }
  }

  /** Ends all asking. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    document.removeEventListener('visibilitychange', this.#looked);
    this.#stream.stop();
  }

  readonly #looked = (): void => {
    if (document.visibilityState === 'visible') this.#soon(0);
  };

  #soon(delay: number): void {
    clearTimeout(this.#timer);
    // Nobody looks: the next look asks.
    if (this.#stopped || (document.visibilityState === 'hidden' && delay > GATHER_MS)) return;
    this.#timer = setTimeout(() => void this.refresh(), delay);
  }
}

export const [useHearth, provideHearth] = createContext<Hearth>();
