// What the message list shows. The kit knows no API: an app turns its messages into these.

/** How a message is doing on its way. */
export type Delivery = 'sending' | 'waiting' | 'sent' | 'failed';

/** Who wrote something. */
export interface AuthorView {
  /** Stays the same for one person; decides their shade. */
  readonly id: string;
  /** What people call them. */
  readonly name: string;
  /** Their server, when it is not the reader's own; null for people at home. */
  readonly server: string | null;
}

/** One message. */
export interface MessageView {
  /** Stays the same from being written to being stored, so that the row never jumps. */
  readonly key: string;
  readonly author: AuthorView;
  /** Written by the reader. */
  readonly mine: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
  readonly edited: boolean;
  readonly delivery: Delivery;
  /** Why it is not sent, for `failed`. */
  readonly problem?: string | undefined;
}
