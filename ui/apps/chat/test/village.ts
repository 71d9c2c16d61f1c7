// Alice at home, Ben beside her, Mia on another server, and the channel they share: the setting of most tests.
import type { Channel, Me, Member, Message } from '@hearth/api';
import { FakeDoor } from '@hearth/api/testing';

export const HOME = 'a.hearth.test';
export const CHANNEL = '00000000-0000-4000-8000-00000000000c';

/** A person's profile as answers carry it. */
export function person(id: string, username: string, server = HOME): Me {
  return {
    id,
    username,
    email: null,
    server_domain: server,
    is_local: server === HOME,
    role: 'user',
    display_name: null,
    avatar_url: null,
    bio: null,
    status_message: null,
    created_at: '2026-11-01T08:00:00Z',
    email_visible: false,
    preferences: {},
  };
}

export const ALICE = { ...person('alice-id', 'alice'), display_name: 'Alice' };
export const BEN = { ...person('ben-id', 'ben'), display_name: 'Ben' };
export const MIA = { ...person('mia-id', 'mia', 'b.hearth.test'), display_name: 'Mia' };

/** A person as a member. */
export function memberOf({ id, ...profile }: Me): Member {
  return { ...profile, user_id: id, role: 'member', joined_at: profile.created_at };
}

/** A channel as answers carry it. */
export function channel(change: Partial<Channel> = {}): Channel {
  return {
    id: CHANNEL,
    name: 'Kitchen',
    is_dm: false,
    is_federated: true,
    encryption_type: 'none',
    created_by: ALICE.id,
    created_at: '2026-11-20T08:00:00Z',
    last_seq: 0,
    ...change,
  };
}

/** The message at place `seq`. */
export function message(seq: number, sender = BEN.id, content = `message ${seq}`): Message {
  return {
    id: `m${seq}`,
    channel_id: CHANNEL,
    seq,
    sender_id: sender,
    sender_device_id: null,
    content,
    content_type: 'text',
    protocol_version: 1,
    reply_to_id: null,
    reply_to: null,
    attachments: [],
    edited_at: null,
    created_at: new Date(Date.UTC(2026, 10, 22, 12) + seq * 1000).toISOString(),
  };
}

/** A server that keeps the messages of one channel and answers as the real one does. */
export class Village {
  readonly door = new FakeDoor();
  readonly stored: Message[] = [];
  readonly #byKey = new Map<string, Message>();
  /** Stores what is sent, but the answer never arrives. */
  loseAnswers = false;

  constructor(count = 0) {
    for (let seq = 1; seq <= count; seq += 1) this.stored.push(message(seq));
    this.door
      .on('GET /api/v1/config', () => ({
        app_name: 'The Lighthouse',
        app_description: 'A quiet place.',
        registration_mode: 'open',
        brand_primary_color: '#005e66',
        brand_accent_color: '#bf632e',
        has_owner: true,
        server_domain: HOME,
      }))
      .on('GET /api/v1/users/me', () => ALICE)
      .on('GET /api/v1/channels', () => [channel({ last_seq: this.stored.length })])
      .on('GET /api/v1/channels/*/members', () => [ALICE, BEN, MIA].map(memberOf))
      .on('GET /api/v1/channels/*/messages', (_, { searchParams }) => this.#page(searchParams))
      .on('POST /api/v1/channels/*/messages', async (request) => this.#store(request));
  }

  /** Somebody says something; everybody who listens is told. */
  say(sender: Me, content: string): Message {
    const stored = message(this.stored.length + 1, sender.id, content);
    this.stored.push(stored);
    if (!this.door.isCut) this.door.tell({ type: 'message.new', message: stored });
    return stored;
  }

  async #store(request: Request): Promise<unknown> {
    const { content, client_key: key } = (await request.json()) as { content: string; client_key: string };
    const stored = this.#byKey.get(key) ?? this.say(ALICE, content);
    this.#byKey.set(key, stored);
    if (!this.loseAnswers) return Response.json(stored, { status: 201 });
    this.door.isCut = true;
    return this.door.request(new Request(request.url)); // no answer, though it is stored
  }

  #page(query: URLSearchParams): unknown {
    const limit = Number(query.get('limit'));
    const after = query.get('after');
    if (after !== null) {
      const newer = this.stored.filter(({ seq }) => seq > Number(after));
      return { messages: newer.slice(0, limit), has_more: newer.length > limit };
    }
    const before = query.get('before') ?? '9999';
    const older = this.stored.filter(({ created_at }) => created_at < before);
    return { messages: older.slice(-limit), has_more: older.length > limit };
  }
}
