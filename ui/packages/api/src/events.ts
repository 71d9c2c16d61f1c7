// Live events, read once at the edge. An event is passed on when its type is known and the parts that the faces
// build on are there; anything else is passed over, as the protocol wants, so that newer servers can tell more.
import * as v from 'valibot';
import type { LiveEvent } from './wire.ts';

const text = v.string();

const readable = v.variant('type', [
  v.looseObject({
    type: v.literal('message.new'),
    message: v.looseObject({ id: text, channel_id: text, content: text, created_at: text }),
  }),
  v.looseObject({ type: v.literal('channel.new'), channel: v.looseObject({ id: text, created_at: text }) }),
  v.looseObject({
    type: v.literal('member.joined'),
    channel_id: text,
    member: v.looseObject({ user_id: text, username: text, server_domain: text }),
  }),
  v.looseObject({ type: v.literal('member.left'), channel_id: text, user_id: text }),
  v.looseObject({ type: v.literal('typing.start'), channel_id: text, user_id: text }),
  v.looseObject({ type: v.literal('typing.stop'), channel_id: text, user_id: text }),
]);

/** The types of events that the faces act on. */
export type KnownType = v.InferOutput<typeof readable>['type'];

/** Something that happened, as the server tells it while it happens. */
export type ServerEvent =
  | Extract<LiveEvent, { type: KnownType }>
  /** Any other event. The owner's console takes each as a sign that something changed. */
  | { readonly type: 'other'; readonly kind: string };

/** Reads one event; null for what is not JSON or has no type. */
export function readEvent(data: unknown): ServerEvent | null {
  const value = typeof data === 'string' ? parsed(data) : data;
  // The check is of what the faces build on; the rest of the shape is the document's word.
  if (v.is(readable, value)) return value as unknown as Extract<LiveEvent, { type: KnownType }>;
  const kind = (value as { type?: unknown } | null)?.type;
  return typeof kind === 'string' ? { type: 'other', kind } : null;
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return null;
  }
}
