// The API by its own words: one short method per route. Every method rejects with `NoAnswer` or `Refusal`.
import { call } from './call.ts';
import type { Door } from './door.ts';
import type {
  Channel,
  Me,
  Member,
  Message,
  MessagePage,
  OwnerStatus,
  PeerSummary,
  Profile,
  PublicConfig,
  Registration,
  RegistrationMode,
  SetupLink,
} from './wire.ts';

/** A typed client over any door. */
export class Api {
  constructor(readonly door: Door) {}

  config(): Promise<PublicConfig> {
    return call(this.door, 'get', '/api/v1/config', {});
  }

  /** Makes an account. Through the browser's door, the session is a cookie that no script can read. */
  async register(body: Registration): Promise<void> {
    await call(this.door, 'post', '/api/v1/auth/register', { body });
  }

  /** Signs in; the session is a cookie, as with `register`. */
  async login(username: string, password: string, deviceName: string): Promise<void> {
    const body = { username, password, device_name: deviceName };
    await call(this.door, 'post', '/api/v1/auth/login', { body });
  }

  /** Ends the session of the cookie. */
  async logout(): Promise<void> {
    // The body is for sessions with tokens; a cookie's session has nothing to hand back.
    await call(this.door, 'post', '/api/v1/auth/logout', { body: { refresh_token: '' } });
  }

  me(): Promise<Me> {
    return call(this.door, 'get', '/api/v1/users/me', {});
  }

  /** Finds a person by `user@server`, asking their server if it is another. */
  lookup(identity: string, signal: AbortSignal): Promise<Profile> {
    return call(this.door, 'get', '/api/v1/users/lookup', { query: { identity }, signal });
  }

  channels(): Promise<Channel[]> {
    return call(this.door, 'get', '/api/v1/channels', {});
  }

  createChannel(name: string, encryptionType: string): Promise<Channel> {
    return call(this.door, 'post', '/api/v1/channels', { body: { name, encryption_type: encryptionType } });
  }

  members(channel: string): Promise<Member[]> {
    return call(this.door, 'get', '/api/v1/channels/{channel_id}/members', { path: { channel_id: channel } });
  }

  addMember(channel: string, user: string): Promise<Member> {
    const parts = { path: { channel_id: channel }, body: { user_id: user } };
    return call(this.door, 'post', '/api/v1/channels/{channel_id}/members', parts);
  }

  /** The newest messages, or those before a time, oldest first. */
  messages(channel: string, query: { before?: string; limit: number }): Promise<MessagePage> {
    const parts = { path: { channel_id: channel }, query };
    return call(this.door, 'get', '/api/v1/channels/{channel_id}/messages', parts);
  }

  /** The messages after a place in the channel's order, oldest first; `has_more` means newer ones follow. */
  messagesAfter(channel: string, after: number, limit: number): Promise<MessagePage> {
    const parts = { path: { channel_id: channel }, query: { after, limit } };
    return call(this.door, 'get', '/api/v1/channels/{channel_id}/messages', parts);
  }

  /** Sends a message. Repeated with the same `key`, it is still one message: the answer is the first one's. */
  sendMessage(channel: string, content: string, key: string, signal: AbortSignal): Promise<Message> {
    const body = { content, content_type: 'text', protocol_version: 1, client_key: key };
    return call(this.door, 'post', '/api/v1/channels/{channel_id}/messages', {
      path: { channel_id: channel },
      body,
      signal,
    });
  }

  ownerStatus(): Promise<OwnerStatus> {
    return call(this.door, 'get', '/api/v1/owner/status', {});
  }

  async setFederation(enabled: boolean): Promise<void> {
    await call(this.door, 'put', '/api/v1/owner/federation', { body: { enabled } });
  }

  async setRegistration(mode: RegistrationMode): Promise<void> {
    await call(this.door, 'put', '/api/v1/owner/registration', { body: { mode } });
  }

  /** A fresh link by which the owner's account is made; an earlier one stops working. */
  setupLink(): Promise<SetupLink> {
    return call(this.door, 'post', '/api/v1/owner/setup-link', {});
  }

  peers(): Promise<PeerSummary[]> {
    return call(this.door, 'get', '/api/v1/owner/peers', {});
  }

  acceptPeer(domain: string): Promise<undefined> {
    return call(this.door, 'post', '/api/v1/owner/peers/{domain}/accept', { path: { domain } });
  }

  blockPeer(domain: string): Promise<undefined> {
    return call(this.door, 'post', '/api/v1/owner/peers/{domain}/block', { path: { domain } });
  }
}
