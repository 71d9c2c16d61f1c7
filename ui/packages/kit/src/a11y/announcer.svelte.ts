// Words for people who listen: one polite live region per app, fed in batches so that a busy channel does not
// talk over the reader.

const BATCH_MS = 3000;

/** Collects announcements and says them at most once in three seconds. */
export class Announcer {
  /** What the live region holds now. */
  spoken = $state('');
  #waiting: string[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** Says `text` soon; several within one batch are said together. */
  say(text: string): void {
    this.#waiting.push(text);
    if (this.#timer === null) this.#timer = setTimeout(() => this.#flush(), BATCH_MS);
  }

  /** Says `text` at once: for the answer to something the person just did. */
  now(text: string): void {
    // A region that already holds the same words would stay silent.
    this.spoken = this.spoken === text ? `${text}\u00a0` : text;
  }

  #flush(): void {
    this.#timer = null;
    this.now(this.#waiting.join('. '));
    this.#waiting = [];
  }
}

/** The announcer of this page. */
export const announcer = new Announcer();
