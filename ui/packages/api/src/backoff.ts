// When to try again: sooner at first, later and later then, and never everybody at once.

const FIRST_MS = 1000;
const MOST_MS = 30_000;

/** Delays between attempts to connect. */
export class Backoff {
  #attempt = 0;

  /** `random` gives numbers from 0 up to 1. */
  constructor(private readonly random: () => number = Math.random) {}

  /** How long to wait before the next attempt, in milliseconds: half of it fixed, half by chance. */
  next(): number {
    const whole = Math.min(MOST_MS, FIRST_MS * 2 ** this.#attempt);
    this.#attempt += 1;
    return whole / 2 + (whole / 2) * this.random();
  }

  /** The connection is good: the next loss begins from the first delay. */
  reset(): void {
    this.#attempt = 0;
  }
}
