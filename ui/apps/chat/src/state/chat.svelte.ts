// Everything of one signed-in person on this page, and the one stream of events that keeps it up to date.
import {
  Refusal,
  type Api,
  type EventStream,
  type Me,
  type Message,
  type ServerEvent,
  type StreamState,
} from '@hearth/api';
import { announcer, t } from '@hearth/kit';
import { createContext } from 'svelte';
import { Channels } from './channels.svelte.ts';
import { Outbox, type QueuedMessage } from './outbox.svelte.ts';
import { People, personOf } from './people.svelte.ts';
import { Timeline } from './timeline.svelte.ts';
import { Typing } from './typing.svelte.ts';

/** The chat of one person. */
export class Chat {
  readonly channels: Channels;
  readonly outbox: Outbox;
  readonly people: People;
  readonly typing: Typing;
  /** How the stream of events is doing. */
  connection = $state.raw<StreamState>({ kind: 'connecting' });
  /** The channel on the screen, if its newest message is in view. */
  reading = $state<string | null>(null);
  /** Grows whenever somebody came into a channel or left one. */
  membersChanged = $state(0);
  /** What is written but not sent, by channel. */
  readonly drafts = new Map<string, string>();
  readonly #timelines = new Map<string, Timeline>();
  readonly #stream: EventStream;

  constructor(
    readonly api: Api,
    readonly me: Me,
    left: readonly QueuedMessage[],
    private readonly ended: () => void,
  ) {
    this.people = new People(me);
    this.channels = new Channels(api);
    this.outbox = new Outbox(
      {
        api,
        user: me.id,
        timeline: (channel) => this.timeline(channel),
        newest: (channel) => this.#newest(channel),
        ended,
      },
      left,
    );
    this.typing = new Typing(me.id, (type, channel) => this.#stream.send({ type, channel_id: channel }));
    this.#stream = api.door.events({
      event: (event) => this.#apply(event),
      state: (state) => this.#connectionIs(state),
    });
    addEventListener('beforeunload', this.#holdOn);
    void this.channels.load();
  }

  /** The messages of a channel, made when first asked for. */
  timeline(channel: string): Timeline {
    let timeline = this.#timelines.get(channel);
    if (!timeline) {
      timeline = new Timeline(channel, this.api);
      this.#timelines.set(channel, timeline);
    }
    return timeline;
  }

  /** Learns who is in a channel; rejects with the refusal. */
  async loadMembers(channel: string): ReturnType<Api['members']> {
    const members = await this.api.members(channel);
    this.people.learn(members.map(personOf));
    return members;
  }

  /** Ends everything: the page shows something else now. */
  stop(): void {
    removeEventListener('beforeunload', this.#holdOn);
    this.#stream.stop();
    this.outbox.stop();
    this.channels.stop();
    for (const timeline of this.#timelines.values()) timeline.stop();
  }

  /** Closing the page would lose what is not sent: the browser asks. */
  readonly #holdOn = (event: BeforeUnloadEvent): void => {
    if (this.outbox.unsent > 0) event.preventDefault();
  };

  #connectionIs(state: StreamState): void {
    const wasLost = this.connection.kind === 'lost';
    this.connection = state;
    if (state.kind === 'ended') return this.ended();
    if (state.kind !== 'live') return;
    if (wasLost) announcer.now(t('chat-back-online'));
    void this.#catchUp();
    this.outbox.resume();
  }

  #newest(channel: string): number | undefined {
    const listed = this.channels.find(channel)?.last_seq ?? undefined;
    const loaded = this.#timelines.get(channel)?.newest;
    return listed === undefined ? loaded : Math.max(listed, loaded ?? 0);
  }

  /** Nothing is told twice: whatever happened without a connection is asked for. */
  async #catchUp(): Promise<void> {
    const open = [...this.#timelines.values()].filter((timeline) => timeline.isWanted);
    await Promise.all([this.channels.load(), ...open.map((timeline) => timeline.catchUp())]);
    if (this.reading) this.channels.seen(this.reading);
  }

  #apply(event: ServerEvent): void {
    switch (event.type) {
      case 'message.new':
        return this.#received(event);
      case 'typing.start':
        return this.typing.started(event.channel_id, event.user_id);
      case 'typing.stop':
        return this.typing.stopped(event.channel_id, event.user_id);
      case 'channel.new':
        this.channels.add(event.channel);
        return this.#stream.send({ type: 'subscribe', channel_id: event.channel.id });
      case 'member.joined':
        this.people.learn([personOf(event.member)]);
        return void this.membersChanged++;
      case 'member.left':
        if (event.user_id === this.me.id) this.channels.remove(event.channel_id);
        return void this.membersChanged++;
      case 'other':
        return;
    }
  }

  #received(event: ServerEvent & { type: 'message.new' }): void {
    const { message } = event;
    const timeline = this.#timelines.get(message.channel_id);
    const isNew = timeline?.arrived(message) ?? true;
    const byOthers = message.sender_id !== this.me.id;
    const seen = this.reading === message.channel_id && document.visibilityState === 'visible';
    this.channels.arrived(
      message.channel_id,
      Date.parse(message.created_at),
      message.seq,
      isNew && byOthers && !seen,
    );
    this.channels.meet(message.channel_id);
    if (message.sender_id) this.typing.stopped(message.channel_id, message.sender_id);
    void this.#meet(message);
    if (isNew && byOthers && seen) this.#announce(message);
  }

  #announce(message: Message): void {
    const name = this.people.nameOf(message.sender_id, t('chat-unknown-person'));
    announcer.say(t('chat-announce', { name, text: message.content }));
  }

  /** Somebody nobody told about wrote: the channel's list says who they are. */
  async #meet(message: Message): Promise<void> {
    if (!message.sender_id || this.people.find(message.sender_id)) return;
    try {
      await this.loadMembers(message.channel_id);
    } catch (error) {
      // Without the list they stay unnamed, which the message itself survives.
      if (error instanceof Refusal && error.status === 401) this.ended();
    }
  }
}

export const [useChat, provideChat] = createContext<Chat>();
