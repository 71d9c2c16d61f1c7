// The time as state, for words that change by themselves ("3 minutes ago"). Runs only while something on the page
// reads it.
import { createSubscriber } from 'svelte/reactivity';

/** A clock that wakes its readers every `interval` milliseconds. */
export class Ticker {
  readonly #subscribe: () => void;

  constructor(interval: number) {
    this.#subscribe = createSubscriber((update) => {
      const timer = setInterval(update, interval);
      return () => clearInterval(timer);
    });
  }

  /** Milliseconds since 1970; reading it in a component keeps that component up to date. */
  get now(): number {
    this.#subscribe();
    return Date.now();
  }
}

/** For minutes and hours. */
export const everyMinute = new Ticker(15_000);
/** For durations that still show seconds. */
export const everySecond = new Ticker(1000);
