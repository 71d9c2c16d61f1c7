// The one seam between the faces and their server. Components cannot tell which door they stand at.
import type { ServerEvent } from './events.ts';

/** How the stream of live events is doing. */
export type StreamState =
  /** Trying for the first time, or again after a loss. */
  | { readonly kind: 'connecting' }
  /** Events arrive. What happened before is not repeated: ask for it. */
  | { readonly kind: 'live' }
  /** No connection since `since` (milliseconds since 1970); trying again by itself. */
  | { readonly kind: 'lost'; readonly since: number }
  /** The server ended the session; nothing will be tried again. */
  | { readonly kind: 'ended' };

/** What the receiver of events does. Called in the order things happened. */
export interface StreamHandlers {
  event: (event: ServerEvent) => void;
  state: (state: StreamState) => void;
}

/** What may be said over the stream. */
export type ClientMessage =
  | { readonly type: 'typing.start' | 'typing.stop' | 'subscribe'; readonly channel_id: string }
  | { readonly type: 'presence.update'; readonly status: 'online' | 'away' | 'offline' };

/** An open stream of events. */
export interface EventStream {
  /** Says something to the server now; dropped while there is no connection. */
  send: (message: ClientMessage) => void;
  /** Ends the stream. */
  stop: () => void;
}

/** A way to the server. */
export interface Door {
  /**
   * Asks something. The request's URL is a path such as `/api/v1/channels`. Rejects with `NoAnswer` when
   * no answer came; any answer, refusals too, is a resolved `Response`.
   */
  request: (request: Request) => Promise<Response>;
  /** Opens the stream of live events and keeps it open until stopped. */
  events: (handlers: StreamHandlers) => EventStream;
}

/** A request for a door: the origin is filled in, since the door decides where it leads. */
export function requestOf(path: string, init: RequestInit): Request {
  // The desktop window's own scheme is no base for a request; its door looks at the path only.
  const base = location.protocol.startsWith('http') ? location.href : 'http://localhost/';
  return new Request(new URL(path, base), init);
}
