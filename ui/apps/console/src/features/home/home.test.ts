// The owner's first page, by what the owner reads and does.
import { Api } from '@hearth/api';
import type { DesktopApp } from '@hearth/api/desktop';
import { refuse } from '@hearth/api/testing';
import { toasts } from '@hearth/kit';
import { cleanup, render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { House, ownerStatus, peer } from '../../../test/house.ts';
import Home from './Home.svelte';

let house: House;

beforeEach(() => {
  house = new House();
});

afterEach(() => {
  cleanup();
  for (const { id } of toasts.shown) toasts.dismiss(id);
});

async function open(): Promise<void> {
  render(Home, { api: new Api(house.door), app: null });
  await screen.findByRole('heading', { level: 1, name: 'The Lighthouse' });
}

function desktop(openInBrowser: DesktopApp['openInBrowser']): DesktopApp {
  return {
    startState: () => Promise.resolve({ state: 'running' }),
    onStartState: () => () => undefined,
    usePassphrase: () => Promise.resolve({ state: 'running' }),
    retryStart: () => Promise.resolve({ state: 'running' }),
    openInBrowser,
  };
}

const press = (name: string) => userEvent.click(screen.getByRole('button', { name }));
const told = (): string[] => toasts.shown.map(({ text }) => text);

test('a server that is well says so in one sentence, and how it is reached', async () => {
  await open();
  expect(screen.getByText('All is well.')).toBeTruthy();
  expect(screen.getByText('6 connections are open.')).toBeTruthy();
  expect(screen.getByText('https://lena.example')).toBeTruthy();
  expect(screen.getByRole('img', { name: 'QR code of https://lena.example' })).toBeTruthy();
  expect(screen.getByText("In this computer's password store")).toBeTruthy();
});

test.each([
  [{ has_owner: false }, 'Running, and waiting for its owner.'],
  [{ peers: { known: 2, requests: 1, held: 1, waiting_events: 0 } }, 'One server needs your decision.'],
  [{ peers: { known: 2, requests: 2, held: 0, waiting_events: 0 } }, '2 servers ask to connect.'],
  [{ federation_enabled: false }, 'Chatting with other servers is off.'],
])('the most urgent thing is said first: %j', async (change, words) => {
  house.status = ownerStatus(change);
  await open();
  expect(screen.getByText(words)).toBeTruthy();
});

test('switching federation off says first what happens, and does nothing when one thinks again', async () => {
  await open();
  const federation = screen.getByRole('switch', { name: 'Federation' });
  await userEvent.click(federation);
  const dialog = await screen.findByRole('dialog', { name: 'Stop chatting with other servers?' });
  expect(within(dialog).getByText('2 messages wait right now.')).toBeTruthy();
  await userEvent.click(within(dialog).getByRole('button', { name: 'Cancel' }));
  expect(house.status.federation_enabled).toBe(true);

  await userEvent.click(federation);
  await userEvent.click(await screen.findByRole('button', { name: 'Switch off' }));
  await vi.waitFor(() => expect(federation.getAttribute('aria-checked')).toBe('false'));
  expect(told()).toEqual(['Chatting with other servers is off.']);
});

test('switching federation on needs no question and says what goes out', async () => {
  house.status = ownerStatus({ federation_enabled: false });
  await open();
  await userEvent.click(screen.getByRole('switch', { name: 'Federation' }));
  await vi.waitFor(() => expect(house.status.federation_enabled).toBe(true));
  await vi.waitFor(() =>
    expect(told()).toEqual(['Chatting with other servers is on. Sending 2 waiting messages.']),
  );
});

test('who may join is saved at once, and can be taken back', async () => {
  await open();
  await userEvent.click(screen.getByRole('radio', { name: 'Anyone' }));
  await vi.waitFor(() => expect(house.status.registration_mode).toBe('open'));
  expect(told()).toEqual(['Anyone can make an account now.']);
  toasts.shown[0]?.action?.run();
  await vi.waitFor(() => expect(house.status.registration_mode).toBe('invite_only'));
  await vi.waitFor(() =>
    expect(screen.getByRole('radio', { name: 'By invitation' })).toHaveProperty('checked', true),
  );
});

test('a change that is refused shows what is, not what was wanted', async () => {
  house.door.on('PUT /api/v1/owner/registration', () => refuse(500, 'http_500'));
  await open();
  await userEvent.click(screen.getByRole('radio', { name: 'Anyone' }));
  await vi.waitFor(() => expect(told()[0]).toMatch(/^That did not work: /));
  expect(screen.getByRole('radio', { name: 'By invitation' })).toHaveProperty('checked', true);
});

test('a server that asks is accepted or blocked by name', async () => {
  house.peers = [
    peer('b.example'),
    peer('anna.example', { state: 'request' }),
    peer('noise.example', { state: 'request' }),
  ];
  await open();
  await press('Accept anna.example');
  await vi.waitFor(() => expect(told()).toContain('anna.example is accepted'));
  await press('Block noise.example');
  const dialog = await screen.findByRole('dialog', { name: 'Block noise.example?' });
  await userEvent.click(within(dialog).getByRole('button', { name: 'Block' }));
  await vi.waitFor(() => expect(house.peers.map(({ state }) => state)).toEqual(['well', 'well', 'blocked']));
});

test('an event brings the page up to date', async () => {
  await open();
  house.status = ownerStatus({ sockets: 7 });
  house.door.tell({ type: 'other', kind: 'settings.changed' });
  expect(await screen.findByText('7 connections are open.')).toBeTruthy();
});

test('old numbers are never shown as if they were new', async () => {
  await open();
  house.door.isCut = true;
  house.door.tell({ type: 'other', kind: 'x' });
  expect(await screen.findByText(/^No answer since /)).toBeTruthy();
  expect(screen.getByText('The server does not answer')).toBeTruthy();
  house.door.isCut = false;
  house.door.tell({ type: 'other', kind: 'x' });
  expect(await screen.findByText('All is well.')).toBeTruthy();
});

test('before the first answer there are no numbers at all', async () => {
  house.door.isCut = true;
  render(Home, { api: new Api(house.door), app: null });
  expect((await screen.findByRole('alert')).textContent).toContain('The server does not answer');
  house.door.isCut = false;
  await press('Try again');
  expect(await screen.findByRole('heading', { name: 'The Lighthouse' })).toBeTruthy();
});

test('without an owner the page offers to make one, through the desktop app where there is one', async () => {
  house.status = ownerStatus({ has_owner: false });
  const openInBrowser = vi.fn().mockResolvedValue(undefined);
  render(Home, { api: new Api(house.door), app: desktop(openInBrowser) });
  await userEvent.click(await screen.findByRole('button', { name: 'Make your account' }));
  expect(openInBrowser).toHaveBeenCalledOnce();
});

test.each([
  [true, 'Open in browser', 'https://localhost:8443'],
  [false, 'Make your account', 'https://localhost:8443/#/setup/once'],
])(
  'where no browser can be opened, the address is there to copy (has an owner: %s)',
  async (has_owner, name, url) => {
    house.status = ownerStatus({ has_owner });
    house.door.on('POST /api/v1/owner/setup-link', () => ({ url }));
    const openInBrowser = vi.fn().mockRejectedValueOnce(new Error('no browser')).mockResolvedValue(undefined);
    render(Home, { api: new Api(house.door), app: desktop(openInBrowser) });
    await userEvent.click(await screen.findByRole('button', { name }));
    const alert = await screen.findByRole('alert');
    expect(within(alert).getByText(url)).toBeTruthy();
    expect(within(alert).getByRole('button', { name: 'Copy the address to open' })).toBeTruthy();
    await press(name);
    await vi.waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
  },
);
