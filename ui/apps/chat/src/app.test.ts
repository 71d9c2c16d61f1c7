// The app as people meet it: coming in, being turned away, and the first steps inside.
import { Api } from '@hearth/api';
import { refuse } from '@hearth/api/testing';
import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ALICE, channel, HOME, Village } from '../test/village.ts';
import App from './App.svelte';
import { Route } from './route.svelte.ts';
import { Session } from './state/session.svelte.ts';

let village: Village;

beforeEach(() => {
  village = new Village();
  village.door
    .on('POST /api/v1/auth/login', () => ({ user_id: ALICE.id }))
    .on('POST /api/v1/auth/register', () => Response.json({ user_id: ALICE.id }, { status: 201 }))
    .on('POST /api/v1/auth/logout', () => undefined);
});

afterEach(() => {
  cleanup();
  localStorage.clear();
  history.replaceState(null, '', '#');
});

async function open(fragment = '', config: object = {}): Promise<void> {
  const before = {
    app_name: 'The Lighthouse',
    app_description: '',
    registration_mode: 'open',
    has_owner: true,
  };
  village.door.on('GET /api/v1/config', () => ({ ...before, server_domain: HOME, ...config }));
  location.hash = fragment;
  render(App, { session: new Session(new Api(village.door)), route: new Route() });
  await screen.findByRole('heading', { level: 1 });
}

const press = (name: string | RegExp) => userEvent.click(screen.getByRole('button', { name }));
const fill = (label: string, text: string) => userEvent.type(screen.getByLabelText(label), text);

test('signing in leads to the channels, and nothing that was typed stays', async () => {
  await open();
  await fill('Name', 'alice');
  await fill('Password', 'correct horse');
  await press('Sign in');
  expect(await screen.findByRole('link', { name: /Kitchen/ })).toBeTruthy();
  expect(village.door.asked.find(({ route }) => route.endsWith('/login'))?.body).toEqual({
    username: 'alice',
    password: 'correct horse',
    device_name: 'web',
  });
  expect(JSON.stringify({ ...localStorage })).not.toContain('correct horse');
});

test('a wrong password is said as such', async () => {
  village.door.on('POST /api/v1/auth/login', () => refuse(401, 'invalid_credentials'));
  await open();
  await fill('Name', 'alice');
  await fill('Password', 'wrong');
  await press('Sign in');
  expect((await screen.findByRole('alert')).textContent).toContain('The name or the password is not right.');
});

test('what the server would refuse is said before it is asked', async () => {
  await open('#/join');
  await fill('Name', 'zoë');
  await fill('Password', 'short');
  await press('Create account');
  expect(screen.getByText('Only letters without accents, digits, - and _.')).toBeTruthy();
  expect(screen.getByText('At least 8 characters.')).toBeTruthy();
  expect(document.activeElement).toBe(screen.getByLabelText('Name'));
  expect(village.door.asked.some(({ route }) => route.endsWith('/register'))).toBe(false);
});

test('a taken name is said at the name', async () => {
  village.door.on('POST /api/v1/auth/register', () => refuse(409, 'username_taken'));
  await open('#/join');
  await fill('Name', 'alice');
  await fill('Password', 'long enough');
  await press('Create account');
  expect(await screen.findByText('This name is taken. Choose another one.')).toBeTruthy();
  expect(screen.getByLabelText('Name').getAttribute('aria-invalid')).toBe('true');
});

test('where accounts are by invitation, the page says how one is had', async () => {
  await open('#/join', { registration_mode: 'invite_only' });
  expect(screen.getByRole('heading', { name: 'The Lighthouse is by invitation' })).toBeTruthy();
  expect(screen.queryByLabelText('Password')).toBeNull();
});

test('before there is an owner, every address says where to begin', async () => {
  await open('#/join', { has_owner: false });
  expect(screen.getByRole('heading', { name: 'This Hearth is not set up yet' })).toBeTruthy();
});

test('the set-up link makes the owner, and its token is sent once and shown nowhere', async () => {
  await open('#setup=secret-token', { has_owner: false });
  expect(screen.getByRole('heading', { name: 'Make this Hearth yours' })).toBeTruthy();
  expect(location.href).not.toContain('secret-token');
  await fill('Name', 'alice');
  await fill('What should people call you?', 'Alice');
  await fill('Password', 'a lamp left on');
  await press('Make it mine');
  await screen.findByRole('navigation', { name: 'Channels' });
  const registered = village.door.asked.find(({ route }) => route.endsWith('/register'));
  expect(registered?.body).toMatchObject({
    username: 'alice',
    display_name: 'Alice',
    setup_token: 'secret-token',
  });
});

test('a server that does not answer says so, and the page goes on by itself', async () => {
  village.door.isCut = true;
  const route = new Route();
  const session = new Session(new Api(village.door));
  render(App, { session, route });
  expect((await screen.findByRole('alert')).textContent).toContain('does not answer');
  village.door.isCut = false;
  await press('Try again');
  expect(await screen.findByRole('heading', { name: 'Sign in' })).toBeTruthy();
});

test('a new channel opens as soon as it is made', async () => {
  const made = channel({ id: '00000000-0000-4000-8000-00000000000e', name: 'Garden' });
  village.door.on('POST /api/v1/channels', () => Response.json(made, { status: 201 }));
  localStorage.setItem('hearth.signed-in', 'yes');
  await open();
  await press('New channel');
  await userEvent.type(await screen.findByRole('textbox', { name: 'Name' }), 'Garden');
  await press('Create channel');
  expect(await screen.findByRole('heading', { level: 1, name: 'Garden' })).toBeTruthy();
  expect(screen.getByText('Servers in this channel can read messages')).toBeTruthy();
  expect(village.door.asked.find(({ route }) => route === 'POST /api/v1/channels')?.body).toEqual({
    name: 'Garden',
    encryption_type: 'none',
  });
});

test('signing out ends the session, and the page is the one to sign in', async () => {
  localStorage.setItem('hearth.signed-in', 'yes');
  await open();
  await press(/Your account/);
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Sign out' }));
  expect(await screen.findByRole('heading', { name: 'Sign in' })).toBeTruthy();
  expect(village.door.listeners).toBe(0);
  expect(localStorage.getItem('hearth.signed-in')).toBeNull();
});

test('a session that ends elsewhere says so; what was unsent goes out after signing in again', async () => {
  localStorage.setItem('hearth.signed-in', 'yes');
  await open();
  await userEvent.click(await screen.findByRole('link', { name: /Kitchen/ }));
  const composer = await screen.findByRole('textbox', { name: 'Message to Kitchen' });
  village.door.isCut = true;
  await userEvent.type(composer, 'kept{Enter}');
  village.door.isCut = false;
  village.door.become({ kind: 'ended' });
  expect(await screen.findByText('You were signed out. Sign in again to go on.')).toBeTruthy();
  await fill('Name', 'alice');
  await fill('Password', 'correct horse');
  await press('Sign in');
  await screen.findByRole('navigation', { name: 'Channels' });
  village.door.become({ kind: 'live' });
  await vi.waitFor(() => expect(village.stored.map(({ content }) => content)).toEqual(['kept']));
  expect(await screen.findByText('kept')).toBeTruthy();
});
