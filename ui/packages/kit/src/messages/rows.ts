// Messages to rows: headings for days, a line before what is new, and one heading per run of one person's messages.
import { sameDay } from '../format/time.ts';
import type { MessageView } from './view.ts';

/** What stands in the list. */
export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly at: number }
  | { readonly kind: 'unread'; readonly key: string }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly message: MessageView;
      /** Starts a run: shows who and when. */
      readonly leads: boolean;
    };

/** After this long, the same person's next message names them again. */
const RUN_MS = 5 * 60_000;

/**
 * The rows of `messages` (oldest first). `before` is the message just above the first one, if it is known, so
 * that a run is not torn where the list begins.
 */
export function rowsOf(
  messages: readonly MessageView[],
  firstUnread: string | null,
  before: MessageView | undefined,
): Row[] {
  const rows: Row[] = [];
  let previous = before;
  for (const message of messages) {
    const newDay = !previous || !sameDay(previous.at, message.at);
    const unread = message.key === firstUnread;
    if (newDay) rows.push({ kind: 'day', key: `day-${message.key}`, at: message.at });
    if (unread) rows.push({ kind: 'unread', key: `unread-${message.key}` });
    const follows = previous?.author.id === message.author.id && message.at - previous.at < RUN_MS;
    rows.push({ kind: 'message', key: message.key, message, leads: newDay || unread || !follows });
    previous = message;
  }
  return rows;
}
