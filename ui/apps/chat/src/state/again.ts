// Asking again by itself what did not work: later and later, or when the server says.
import { Backoff, mayPass, Refusal } from '@hearth/api';

/** Plans the next attempt of one thing. */
export class Again {
  readonly #backoff = new Backoff();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(private readonly attempt: () => unknown) {}

  /** It worked, or is being tried now: nothing is planned any more. */
  worked(): void {
    clearTimeout(this.#timer);
    this.#backoff.reset();
  }

  /** It did not work: tries again if that can help. */
  failed(error: unknown): void {
    clearTimeout(this.#timer);
    if (this.#stopped || !mayPass(error)) return;
    const wanted = error instanceof Refusal ? (error.retryAfter ?? 0) : 0;
    this.#timer = setTimeout(() => void this.attempt(), Math.max(wanted, this.#backoff.next()));
  }

  /** Tries nothing any more. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }
}
