// What the message list shows of a channel: what is stored, then what is on its way.
import { t, type MessageView } from '@hearth/kit';
import type { Chat } from '../../state/chat.svelte.ts';
import type { QueuedMessage } from '../../state/outbox.svelte.ts';
import type { Timeline } from '../../state/timeline.svelte.ts';

/** All messages of a channel, oldest first. */
export function viewsOf(chat: Chat, timeline: Timeline, queue: readonly QueuedMessage[]): MessageView[] {
  const unknown = t('chat-unknown-person');
  // What may be the message on its way is not shown beside it.
  const shown = timeline.messages.filter(
    (message) => timeline.isAdopted(message) || !chat.outbox.mayBe(message),
  );
  const stored = shown.map((message): MessageView => ({
    key: timeline.keyOf(message),
    author: chat.people.author(message.sender_id, unknown),
    mine: message.sender_id === chat.me.id,
    at: Date.parse(message.created_at),
    text: message.content,
    edited: message.edited_at !== null,
    delivery: 'sent',
  }));
  const onTheirWay = queue.map((message): MessageView => ({
    key: message.key,
    author: chat.people.author(chat.me.id, unknown),
    mine: true,
    at: message.at,
    text: message.text,
    edited: false,
    delivery: message.delivery,
    problem: message.problem,
  }));
  return [...stored, ...onTheirWay];
}

/** The first of the newest `unread` messages by others: where the line before what is new belongs. */
export function firstUnreadOf(views: readonly MessageView[], unread: number): string | null {
  let left = unread;
  let first: string | null = null;
  for (const view of views.toReversed()) {
    if (left === 0) break;
    if (view.mine) continue;
    first = view.key;
    left -= 1;
  }
  return first;
}
