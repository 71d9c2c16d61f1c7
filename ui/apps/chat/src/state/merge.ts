// Messages in their channel's order, whatever order they arrived in.
import type { Message } from '@hearth/api';

/** `known` (in order) together with `arrived` (in any order), each once; the newest word about a message counts. */
export function merged(known: readonly Message[], arrived: readonly Message[]): readonly Message[] {
  if (arrived.length === 0) return known;
  const [only] = arrived;
  // Nearly always one message comes after all others: nothing to sort then.
  if (arrived.length === 1 && only && only.seq > (known.at(-1)?.seq ?? 0)) return [...known, only];
  const byId = new Map([...known, ...arrived].map((message) => [message.id, message]));
  return [...byId.values()].sort((a, b) => a.seq - b.seq);
}
