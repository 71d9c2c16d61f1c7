// The screens of the console. Outside the desktop app it stands at the browser's door; the states of starting come
// from a stand-in for the app's own commands.
import { Double } from './double.mjs';

const NOW = Date.now();
const ago = (minutes) => new Date(NOW - minutes * 60_000).toISOString();
const FINGERPRINT = 'sha256:3fa901c2b7745de0912af3c86d01ee5b7c4490af11d36e28f5a0b9c37d2e6184';

function status(change = {}) {
  return {
    server_name: 'lena.example:8443',
    app_name: 'The Lighthouse',
    version: '0.1.0',
    state: 'running',
    addresses: ['192.168.1.20:8443', '[fd00::20]:8443'],
    browser_url: 'https://localhost:8443',
    fingerprint: FINGERPRINT,
    started_at: ago(60 * 27 + 14),
    uptime_seconds: 98_040,
    sockets: 6,
    users: 9,
    federation_enabled: true,
    registration_mode: 'invite_only',
    has_owner: true,
    key_store: { kind: 'keyring', note: null },
    tls: { mode: 'self-signed', not_after: '2027-11-22T00:00:00Z' },
    peers: { known: 4, requests: 0, held: 0, waiting_events: 3 },
    ...change,
  };
}

const peer = (domain, state, change = {}) => ({
  domain,
  state,
  waiting: 0,
  oldest_waiting_at: null,
  last_contact_at: ago(4),
  fingerprint: FINGERPRINT,
  first_seen_at: ago(60 * 24 * 40),
  last_error: null,
  ...change,
});

const KNOWN = [
  peer('chat.harbour.example', 'well'),
  peer('mia.example', 'well', { last_contact_at: ago(0.2) }),
  peer('old-barn.example:8448', 'waiting', {
    waiting: 3,
    oldest_waiting_at: ago(130),
    last_contact_at: ago(60 * 5),
    last_error: 'connection refused by 203.0.113.9:8448',
  }),
  peer('noise.example', 'blocked'),
];

/** What the owner of a server in good order sees. */
export const house = () => ({ status: status(), peers: structuredClone(KNOWN) });

async function console_(page, owner) {
  const server = new Double('console');
  server.owner = owner;
  const url = await server.listen();
  await page.goto(url);
  return { server, close: () => server.close() };
}

async function home(page, change = {}, peers = KNOWN) {
  const opened = await console_(page, { status: status(change), peers: structuredClone(peers) });
  await page.getByRole('heading', { level: 1, name: 'The Lighthouse' }).waitFor();
  return opened;
}

/** The desktop app's commands, with a start that stands at `state`. */
async function starting(page, state) {
  await page.addInitScript((startState) => {
    window.__TAURI_INTERNALS__ = {
      transformCallback: () => 0,
      invoke: async (command) => (command === 'start_state' ? startState : null),
    };
  }, state);
  const { close } = await console_(page, null);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return close;
}

const scene = (name, play, expected) => ({ name: `console-${name}`, play, expected });

export const consoleScenes = [
  scene('home', async (page) => (await home(page)).close),
  scene('home-new', async (page) => {
    const change = { has_owner: false, sockets: 0, users: 0, started_at: ago(0.5) };
    return (await home(page, { ...change, peers: { known: 0, requests: 0, held: 0, waiting_events: 0 } }, []))
      .close;
  }),
  scene('home-decisions', async (page) => {
    const peers = [
      peer('anna.example', 'request', { first_seen_at: ago(12), last_contact_at: ago(12) }),
      peer('chat.lena-friends.example', 'held', { waiting: 3, oldest_waiting_at: ago(55) }),
      ...KNOWN,
    ];
    const counts = { known: 6, requests: 1, held: 1, waiting_events: 6 };
    return (await home(page, { peers: counts, key_store: { kind: 'plain-file', note: null } }, peers)).close;
  }),
  scene('federation-off', async (page) => {
    const { close } = await home(page);
    await page.getByRole('switch', { name: 'Federation' }).click();
    await page.getByRole('dialog').waitFor();
    return close;
  }),
  scene('federation-is-off', async (page) => {
    const { close } = await home(page);
    await page.getByRole('switch', { name: 'Federation' }).click();
    await page.getByRole('button', { name: 'Switch off' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    return close;
  }),
  scene(
    'stale',
    async (page) => {
      const { server, close } = await home(page);
      server.network = 'drop';
      await page.getByText('No answer since').waitFor();
      return close;
    },
    /ERR_|Failed to load/,
  ),
  scene(
    'failed',
    async (page) => {
      const server = new Double('console');
      server.network = 'drop';
      await page.goto(await server.listen());
      await page.getByRole('alert').waitFor();
      return () => server.close();
    },
    /ERR_|Failed to load/,
  ),
  scene('block', async (page) => {
    const { close } = await home(page);
    await page.getByRole('button', { name: 'More about chat.harbour.example' }).click();
    await page.getByRole('menuitem', { name: 'Block' }).click();
    await page.getByRole('dialog').waitFor();
    return close;
  }),
  scene('starting', (page) => starting(page, { state: 'starting' })),
  scene('keys-locked', (page) =>
    starting(page, {
      state: 'needs_key_store',
      code: 'keyring_locked',
      reason: 'the keyring is locked; unlock it, or choose a key file with a passphrase',
    }),
  ),
  scene('keys-absent', async (page) => {
    const close = await starting(page, {
      state: 'needs_key_store',
      code: 'keyring_absent',
      reason: 'no keyring service is running; install one (gnome-keyring or KWallet) and start Hearth again',
    });
    await page.getByLabel('Passphrase', { exact: true }).fill('four quiet winter evenings');
    await page.getByLabel('The same passphrase again').fill('four quiet winter');
    await page.getByRole('button', { name: 'Keep the keys in a file' }).click();
    return close;
  }),
  scene('keys-unseal', (page) =>
    starting(page, {
      state: 'needs_key_store',
      code: 'passphrase_wrong',
      reason: 'the passphrase does not open the file',
    }),
  ),
  scene('start-failed', (page) =>
    starting(page, {
      state: 'failed',
      code: 'address_in_use',
      reason: 'cannot listen on 0.0.0.0:8443: Address already in use (os error 98)',
    }),
  ),
];
