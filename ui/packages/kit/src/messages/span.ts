// Which stretch of a long channel is on the page. Rather than a virtual list, whole pages of messages come and go
// at the far edges: what is near the reader is always real, so screen readers and find-in-page work.

/** The messages on the page: `start` included, `end` not. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Messages that one step adds at an edge. */
export const STEP = 100;
/** Most messages on the page; beyond it the far edge lets go. */
export const MOST = 300;

/** The newest messages of `length`. */
export function newest(length: number): Span {
  return { start: Math.max(0, length - STEP), end: length };
}

/** One step towards the oldest. */
export function towardsOldest({ start, end }: Span): Span {
  const next = Math.max(0, start - STEP);
  return { start: next, end: Math.min(end, next + MOST) };
}

/** One step towards the newest of `length`. */
export function towardsNewest({ start, end }: Span, length: number): Span {
  const next = Math.min(length, end + STEP);
  return { start: Math.max(start, next - MOST), end: next };
}

/** The stretch that has message `index` in its middle, as far as the ends allow. */
export function around(index: number, length: number): Span {
  const start = Math.max(0, Math.min(index - STEP, length - 2 * STEP));
  return { start, end: Math.min(length, start + 2 * STEP) };
}

/** The same stretch after `added` messages arrived above it. */
export function shifted({ start, end }: Span, added: number, length: number): Span {
  return {
    start: Math.max(0, Math.min(start + added, length)),
    end: Math.max(0, Math.min(end + added, length)),
  };
}
