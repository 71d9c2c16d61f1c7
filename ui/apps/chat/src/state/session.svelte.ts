// Who is here: from the first look at the server to signing out.
import { Refusal, codeOf, type Api, type Me, type PublicConfig, type Registration } from '@hearth/api';
import { Chat } from './chat.svelte.ts';
import type { QueuedMessage } from './outbox.svelte.ts';

/** What the app shows. */
export type SessionState =
  | { readonly kind: 'loading' }
  /** The server does not answer at all; tried again by itself. */
  | { readonly kind: 'unreachable'; readonly code: string }
  | { readonly kind: 'signed_out'; readonly expired: boolean }
  | { readonly kind: 'signed_in'; readonly chat: Chat };

const AGAIN_MS = 5000;
/** What this device is called in the list of somebody's devices. */
const DEVICE = 'web';

/** The session of this page. */
export class Session {
  state = $state.raw<SessionState>({ kind: 'loading' });
  /** What the server says about itself; kept while it does not answer. */
  config = $state.raw<PublicConfig | null>(null);
  #again: ReturnType<typeof setTimeout> | undefined;
  // Messages that were waiting when a session ended, with whose they are: signing in again sends them.
  #left: { readonly user: string; readonly queue: readonly QueuedMessage[] } | null = null;

  constructor(readonly api: Api) {
    void this.load();
  }

  /** Asks who we are talking to, and who we are. */
  async load(): Promise<void> {
    clearTimeout(this.#again);
    try {
      const [config, me] = await Promise.all([this.api.config(), this.#whoAmI()]);
      this.config = config;
      if (me) this.#enter(me);
      else this.state = { kind: 'signed_out', expired: false };
    } catch (error) {
      this.state = { kind: 'unreachable', code: codeOf(error) };
      this.#again = setTimeout(() => void this.load(), AGAIN_MS);
    }
  }

  /** Looks again at what the server says about itself. */
  async refreshConfig(): Promise<void> {
    this.config = await this.api.config();
  }

  /** Signs in; rejects with the refusal. */
  async signIn(username: string, password: string): Promise<void> {
    await this.api.login(username, password, DEVICE);
    this.#enter(await this.api.me());
  }

  /** Makes an account and is signed in with it; rejects with the refusal. */
  async register(registration: Omit<Registration, 'device_name'>): Promise<void> {
    await this.api.register({ ...registration, device_name: DEVICE });
    this.#enter(await this.api.me());
    await this.refreshConfig().catch(() => undefined); // it only says now that there is an owner
  }

  /** Signs out; rejects when the server could not be told. */
  async signOut(): Promise<void> {
    await this.api.logout();
    this.#leave(false);
  }

  async #whoAmI(): Promise<Me | null> {
    if (!mayBeSignedIn()) return null;
    try {
      return await this.api.me();
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) return null;
      throw error;
    }
  }

  #enter(me: Me): void {
    const queue = this.#left?.user === me.id ? this.#left.queue : [];
    this.#left = null;
    rememberSignedIn(true);
    this.state = { kind: 'signed_in', chat: new Chat(this.api, me, queue, () => this.#leave(true)) };
  }

  #leave(expired: boolean): void {
    if (this.state.kind !== 'signed_in') return;
    const { chat } = this.state;
    if (expired) this.#left = { user: chat.me.id, queue: chat.outbox.queue };
    chat.stop();
    rememberSignedIn(false);
    this.state = { kind: 'signed_out', expired };
  }
}

// The cookie cannot be seen from here, and asking without one is an error in every browser's log. So it is noted
// whether somebody signed in on this device; where nothing can be noted, the server is asked.
const KEY = 'hearth.signed-in';

function mayBeSignedIn(): boolean {
  try {
    return localStorage.getItem(KEY) === 'yes';
  } catch {
    return true;
  }
}

function rememberSignedIn(isIn: boolean): void {
  try {
    if (isIn) localStorage.setItem(KEY, 'yes');
    else localStorage.removeItem(KEY);
  } catch {
    // Then the server is asked every time.
  }
}
