// A server as its owner sees it, for tests.
import type { OwnerStatus, PeerSummary } from '@hearth/api';
import { FakeDoor } from '@hearth/api/testing';

const NOW = Date.now();
const ago = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();

/** A status where all is well. */
export function ownerStatus(change: Partial<OwnerStatus> = {}): OwnerStatus {
  return {
    server_name: 'lena.example',
    app_name: 'The Lighthouse',
    version: '0.1.0',
    state: 'running',
    addresses: ['192.168.1.20:8443'],
    browser_url: 'https://localhost:8443',
    fingerprint: `sha256:${'0123456789abcdef'.repeat(4)}`,
    started_at: ago(90),
    uptime_seconds: 5400,
    sockets: 6,
    users: 9,
    federation_enabled: true,
    registration_mode: 'invite_only',
    has_owner: true,
    key_store: { kind: 'keyring', note: null },
    tls: { mode: 'self-signed', not_after: '2027-11-22T00:00:00Z' },
    peers: { known: 1, requests: 0, held: 0, waiting_events: 2 },
    ...change,
  };
}

/** Another server that is well. */
export function peer(domain: string, change: Partial<PeerSummary> = {}): PeerSummary {
  return {
    domain,
    state: 'well',
    waiting: 0,
    oldest_waiting_at: null,
    last_contact_at: ago(4),
    fingerprint: null,
    first_seen_at: ago(60),
    last_error: null,
    ...change,
  };
}

/** The owner's API of one server. */
export class House {
  status = ownerStatus();
  peers: PeerSummary[] = [peer('b.example')];
  readonly door = new FakeDoor()
    .on('GET /api/v1/owner/status', () => this.status)
    .on('GET /api/v1/owner/peers', () => this.peers)
    .on('PUT /api/v1/owner/federation', async (request) => {
      const { enabled } = (await request.json()) as { enabled: boolean };
      this.status = { ...this.status, federation_enabled: enabled };
      return { enabled };
    })
    .on('PUT /api/v1/owner/registration', async (request) => {
      const { mode } = (await request.json()) as { mode: string };
      this.status = { ...this.status, registration_mode: mode };
      return { mode };
    })
    .on('POST /api/v1/owner/peers/*/accept', (_, { pathname }) => this.#decide(pathname, 'well'))
    .on('POST /api/v1/owner/peers/*/block', (_, { pathname }) => this.#decide(pathname, 'blocked'));

  #decide(path: string, state: PeerSummary['state']): undefined {
    const domain = decodeURIComponent(path.split('/').at(-2) ?? '');
    this.peers = this.peers.map((known) => (known.domain === domain ? { ...known, state } : known));
    return undefined;
  }
}
