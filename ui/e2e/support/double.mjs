// A double of the server's API, for pictures and component work only. It keeps everything in memory and proves
// nothing about Hearth: the journeys run against the real server.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** The policy of the real server, so that the pictures are taken under it. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html hearth-url',
].join('; ');

class Refused extends Error {
  constructor(status, code, detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

/** One server in memory. */
export class Double {
  #server = createServer((request, response) => void this.#handle(request, response));
  #sockets = new Map();
  #tickets = new Map();
  #serial = 1;
  /** What happens to requests: `answer`, `drop` the connection, or `hold` them without an answer. */
  network = 'answer';
  /** Simulates a remote server's answer to a look-up: `found`, `missing`, `unreachable`, `slow`. */
  remote = 'found';
  config = {
    app_name: 'The Lighthouse',
    app_description: 'A quiet place for the people of Harbour Street.',
    registration_mode: 'open',
    brand_primary_color: '#005e66',
    brand_accent_color: '#bf632e',
    has_owner: true,
  };
  branding = ':root{}';
  domain = 'a.hearth.test';
  users = new Map();
  channels = new Map();
  owner = null;

  constructor(app = 'chat') {
    this.app = app;
  }

  id() {
    return `00000000-0000-4000-8000-${String(this.#serial++).padStart(12, '0')}`;
  }

  addUser(username, displayName = null, server = this.domain) {
    const user = {
      id: this.id(),
      username,
      email: null,
      server_domain: server,
      is_local: server === this.domain,
      role: 'user',
      display_name: displayName,
      avatar_url: null,
      bio: null,
      status_message: null,
      email_visible: false,
      preferences: {},
      created_at: '2026-11-01T08:00:00Z',
    };
    this.users.set(user.id, user);
    return user;
  }

  addChannel(name, members, created = '2026-11-20T08:00:00Z') {
    const channel = {
      id: this.id(),
      name,
      is_dm: false,
      is_federated: members.some((member) => !member.is_local),
      encryption_type: 'none',
      created_by: members[0].id,
      created_at: created,
      last_seq: 0,
      last_message_at: null,
    };
    this.channels.set(channel.id, { channel, members: [...members], messages: [] });
    return channel.id;
  }

  /** Stores a message and tells everybody. */
  say(channelId, user, content, at = new Date()) {
    const room = this.channels.get(channelId);
    const message = {
      id: this.id(),
      channel_id: channelId,
      sender_id: user.id,
      sender_device_id: null,
      content,
      content_type: 'text',
      protocol_version: 1,
      reply_to_id: null,
      reply_to: null,
      attachments: [],
      edited_at: null,
      created_at: new Date(at).toISOString(),
      seq: room.messages.length + 1,
    };
    room.messages.push(message);
    room.channel.last_seq = message.seq;
    room.channel.last_message_at = message.created_at;
    this.tell(room.members, { type: 'message.new', message });
    return message;
  }

  tell(users, event) {
    const ids = new Set(users.map(({ id }) => id));
    for (const [socket, user] of this.#sockets) if (ids.has(user.id)) socket.send(JSON.stringify(event));
  }

  /** Waits until a page of this person listens. */
  async attended(user) {
    while (![...this.#sockets.values()].includes(user))
      await new Promise((resolve) => this.#server.once('listened', resolve));
  }

  /** Cuts every socket and stops answering. */
  cut() {
    this.network = 'drop';
    for (const socket of this.#sockets.keys()) socket.terminate();
  }

  async listen(port = 0) {
    const sockets = new WebSocketServer({ noServer: true });
    this.#server.on('upgrade', (request, raw, head) => {
      const ticket = new URL(request.url, 'http://x').searchParams.get('ticket');
      const user = this.#tickets.get(ticket);
      if (this.network !== 'answer') return raw.destroy();
      sockets.handleUpgrade(request, raw, head, (socket) => {
        if (!user) return socket.close(4001, 'Invalid or expired ticket');
        this.#tickets.delete(ticket);
        this.#sockets.set(socket, user);
        this.#server.emit('listened');
        socket.on('close', () => this.#sockets.delete(socket));
      });
    });
    await new Promise((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  close() {
    for (const socket of this.#sockets.keys()) socket.terminate();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #handle(request, response) {
    const url = new URL(request.url, 'http://x');
    if (url.pathname === '/branding.css') return respond(response, 200, this.branding, 'text/css');
    if (!url.pathname.startsWith('/api/')) return this.#file(url.pathname, response);
    if (this.network === 'drop') return request.socket.destroy();
    if (this.network === 'hold') return;
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    try {
      const user = [...this.users.values()].find(({ id }) =>
        request.headers.cookie?.includes(`session=${id}`),
      );
      const answer = await this.#api(request.method, url, text ? JSON.parse(text) : null, user);
      if (answer.cookie !== undefined)
        response.setHeader('set-cookie', `session=${answer.cookie}; HttpOnly; SameSite=Strict; Path=/`);
      respond(response, answer.status ?? 200, answer.body === undefined ? '' : JSON.stringify(answer.body));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      respond(response, error.status, JSON.stringify({ detail: error.message, code: error.code }));
    }
  }

  async #api(method, url, body, user) {
    const path = url.pathname.replace('/api/v1', '');
    if (path === '/config') return { body: this.config };
    if (path === '/auth/register') return this.#register(body);
    if (path === '/auth/login') return this.#login(body);
    if (path.startsWith('/owner/')) return this.#ownerApi(method, path.slice('/owner'.length), body);
    if (path === '/auth/ws-ticket' && this.owner) return { body: { ticket: this.#ownersTicket() } };
    if (!user) throw new Refused(401, 'unauthenticated', 'Not authenticated');
    if (path === '/auth/logout') return { status: 204, cookie: '' };
    if (path === '/auth/ws-ticket') {
      const ticket = this.id();
      this.#tickets.set(ticket, user);
      return { body: { ticket } };
    }
    if (path === '/users/me') return { body: user };
    if (path === '/users/lookup') return { body: await this.#lookup(url.searchParams.get('identity')) };
    if (path === '/channels' && method === 'GET') {
      const rooms = [...this.channels.values()].filter(({ members }) => members.includes(user));
      return { body: rooms.map(({ channel }) => channel) };
    }
    if (path === '/channels')
      return {
        status: 201,
        body: this.channels.get(this.addChannel(body.name, [user], new Date().toISOString())).channel,
      };
    const [, id, part] = /^\/channels\/([^/]+)\/?(\w*)$/.exec(path) ?? [];
    const room = this.channels.get(id);
    if (!room) throw new Refused(404, 'not_found', 'Channel not found');
    return this.#room(method, part, room, url, body, user);
  }

  #ownersTicket() {
    const ticket = this.id();
    this.#tickets.set(ticket, { id: 'console' });
    return ticket;
  }

  #room(method, part, room, url, body, user) {
    if (part === 'members' && method === 'GET')
      return { body: room.members.map((member, index) => memberOf(member, index)) };
    if (part === 'members') {
      const added = this.users.get(body.user_id);
      room.members.push(added);
      room.channel.is_federated ||= !added.is_local;
      return { status: 201, body: memberOf(added, room.members.length) };
    }
    if (part === 'messages' && method === 'POST')
      return { status: 201, body: this.say(room.channel.id, user, body.content) };
    if (part === 'messages') return { body: pageOf(room.messages, url.searchParams) };
    return { body: room.channel };
  }

  #register({ username, display_name, setup_token }) {
    if (username === 'taken') throw new Refused(409, 'username_taken', 'Username already taken');
    if (setup_token === 'old')
      throw new Refused(403, 'setup_link_invalid', 'This setup link is no longer valid');
    const user = this.addUser(username, display_name ?? null);
    if (setup_token) this.config.has_owner = true;
    return {
      status: 201,
      cookie: user.id,
      body: { user_id: user.id, device_id: this.id(), token_type: 'cookie' },
    };
  }

  #login({ username, password }) {
    const user = [...this.users.values()].find((known) => known.username === username && known.is_local);
    if (!user || password === 'wrong') throw new Refused(401, 'invalid_credentials', 'Invalid credentials');
    return { cookie: user.id, body: { user_id: user.id, device_id: this.id(), token_type: 'cookie' } };
  }

  async #lookup(identity) {
    const [username, server] = identity.split('@');
    const known = [...this.users.values()].find(
      (user) => user.username === username && user.server_domain === server,
    );
    if (server !== this.domain) {
      if (this.remote === 'slow') await new Promise(() => undefined);
      if (this.remote === 'unreachable') throw new Refused(502, 'server_unreachable', 'unreachable');
    }
    if (known) return known;
    throw new Refused(404, 'user_not_found', 'User not found');
  }

  #ownerApi(method, path, body) {
    const { owner } = this;
    if (path === '/status') return { body: owner.status };
    if (path === '/peers') return { body: owner.peers };
    if (path === '/federation') owner.status.federation_enabled = body.enabled;
    if (path === '/registration') owner.status.registration_mode = body.mode;
    if (path === '/setup-link') return { body: { url: `${owner.status.browser_url}#setup=abc` } };
    const [, domain, act] = /^\/peers\/([^/]+)\/(accept|block)$/.exec(path) ?? [];
    const peer = owner.peers.find((candidate) => candidate.domain === domain);
    if (peer) peer.state = act === 'accept' ? 'well' : 'blocked';
    return { body: owner.status };
  }

  async #file(pathname, response) {
    const asked = pathname === '/' ? 'index.html' : normalize(pathname).replace(/^(\.\.[/\\])+/, '');
    response.setHeader(
      'content-security-policy',
      this.app === 'console'
        ? POLICY.replace("connect-src 'self'", "connect-src 'self' ipc: http://ipc.localhost")
        : POLICY,
    );
    try {
      const file = await readFile(join(dist, this.app, asked));
      respond(response, 200, file, TYPES[extname(asked)] ?? 'application/octet-stream');
    } catch {
      respond(response, 404, 'not found', 'text/plain');
    }
  }
}

function memberOf(user, index) {
  return {
    user_id: user.id,
    username: user.username,
    server_domain: user.server_domain,
    is_local: user.is_local,
    role: index === 0 ? 'owner' : 'member',
    joined_at: user.created_at,
    display_name: user.display_name,
    avatar_url: null,
  };
}

function pageOf(messages, query) {
  const limit = Number(query.get('limit') ?? 50);
  if (query.has('after')) {
    const after = messages.filter(({ seq }) => seq > Number(query.get('after')));
    return { messages: after.slice(0, limit), has_more: after.length > limit };
  }
  const before = query.get('before');
  const older = before
    ? messages.filter(({ created_at }) => Date.parse(created_at) < Date.parse(before))
    : messages;
  return { messages: older.slice(-limit), has_more: older.length > limit };
}

function respond(response, status, body, type = 'application/json') {
  response.writeHead(status, { 'content-type': type });
  response.end(body);
}
