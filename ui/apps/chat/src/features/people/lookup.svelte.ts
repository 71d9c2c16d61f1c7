// Looking somebody up by address, on this server or another.
import { codeOf, Refusal, type Api } from '@hearth/api';
import { addressText, parseAddress, type Address } from '@hearth/kit';
import { personOf, type Person } from '../../state/people.svelte.ts';

/** Why another server is not asked, by the code of the refusal. */
export type Bar = 'server_blocked' | 'server_held' | 'server_pending' | 'server_refused' | 'federation_off';
const BARS: readonly string[] = [
  'server_blocked',
  'server_held',
  'server_pending',
  'server_refused',
  'federation_off',
] satisfies Bar[];
/** It could not be asked, or its answer was none. */
const UNREACHABLE: readonly string[] = ['server_unreachable', 'server_answer'];

/** How a look-up stands. */
export type LookupState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'looking'; readonly address: Address }
  | { readonly kind: 'found'; readonly person: Person }
  | { readonly kind: 'not_found'; readonly address: Address }
  | { readonly kind: 'unreachable'; readonly address: Address }
  /** The two servers do not talk: `code` says why. */
  | { readonly kind: 'barred'; readonly address: Address; readonly code: Bar }
  | { readonly kind: 'failed'; readonly error: unknown };

/** One look-up at a time; starting another gives up the one before. */
export class Lookup {
  state = $state.raw<LookupState>({ kind: 'idle' });
  #asked: AbortController | null = null;

  constructor(
    private readonly api: Api,
    private readonly home: string,
  ) {}

  /** Looks up what was typed. */
  async start(typed: string): Promise<void> {
    this.reset();
    const address = parseAddress(typed, this.home);
    if (!address) {
      this.state = { kind: 'malformed' };
      return;
    }
    const asked = new AbortController();
    this.#asked = asked;
    this.state = { kind: 'looking', address };
    const answer = await this.#ask(address, asked.signal);
    if (!asked.signal.aborted) this.state = answer;
  }

  /** Forgets the look-up, also one that is under way. */
  reset(): void {
    this.#asked?.abort();
    this.#asked = null;
    this.state = { kind: 'idle' };
  }

  async #ask(address: Address, signal: AbortSignal): Promise<LookupState> {
    try {
      return { kind: 'found', person: personOf(await this.api.lookup(addressText(address), signal)) };
    } catch (error) {
      return refused(error, address);
    }
  }
}

function refused(error: unknown, address: Address): LookupState {
  const code = codeOf(error);
  if (isBar(code)) return { kind: 'barred', address, code };
  if (UNREACHABLE.includes(code)) return { kind: 'unreachable', address };
  if (code === 'invalid_identity') return { kind: 'malformed' };
  if (!(error instanceof Refusal)) return { kind: 'failed', error };
  if (error.status === 404) return { kind: 'not_found', address };
  return [502, 503, 504].includes(error.status)
    ? { kind: 'unreachable', address }
    : { kind: 'failed', error };
}

function isBar(code: string): code is Bar {
  return BARS.includes(code);
}
