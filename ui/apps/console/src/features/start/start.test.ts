// Before the server runs: what the owner is told and asked.
import type { DesktopApp, StartState } from '@hearth/api/desktop';
import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { Start } from '../../state/start.svelte.ts';
import { keysMatter } from './keys.ts';
import StartPage from './StartPage.svelte';

afterEach(cleanup);

/** A desktop app whose start stands at `first` and comes to `then` by any command. */
function desktop(first: StartState, then: StartState = { state: 'running' }) {
  const calls: string[] = [];
  const listeners: ((state: StartState) => void)[] = [];
  const answer = (call: string): Promise<StartState> => {
    calls.push(call);
    return Promise.resolve(then);
  };
  const app: DesktopApp = {
    startState: () => Promise.resolve(first),
    onStartState: (changed) => {
      listeners.push(changed);
      return () => undefined;
    },
    usePassphrase: (passphrase) => answer(`passphrase ${passphrase}`),
    retryStart: () => answer('retry'),
    openInBrowser: () => Promise.resolve(),
  };
  return { app, calls, tell: (state: StartState) => listeners.forEach((changed) => changed(state)) };
}

async function open(first: StartState, then?: StartState) {
  const desk = desktop(first, then);
  const start = new Start(desk.app);
  render(StartPage, { start });
  await vi.waitFor(() => expect(start.state).toEqual(first));
  return { ...desk, start };
}

const locked: StartState = {
  state: 'needs_key_store',
  code: 'keyring_locked',
  reason: 'the keyring is locked',
};
const press = (name: string) => userEvent.click(screen.getByRole('button', { name }));

test('starting is said, and every change is followed', async () => {
  const { tell, start } = await open({ state: 'starting' });
  expect(screen.getByRole('heading', { name: 'Starting' })).toBeTruthy();
  tell({ state: 'running' });
  expect(start.state.state).toBe('running');
});

test('a locked keyring is explained, and trying again is one press', async () => {
  const { calls } = await open(locked);
  expect(await screen.findByRole('heading', { name: 'The password store is locked' })).toBeTruthy();
  await press('Try again');
  expect(calls).toEqual(['retry']);
});

test('a passphrase is asked for twice, and is long enough', async () => {
  const { calls } = await open(locked);
  await screen.findByRole('heading', { name: 'The password store is locked' });
  await userEvent.type(screen.getByLabelText('Passphrase'), 'short');
  await press('Keep the keys in a file');
  expect(screen.getByText('At least 8 characters.')).toBeTruthy();
  await userEvent.type(screen.getByLabelText('Passphrase'), ' and longer');
  await userEvent.type(screen.getByLabelText('The same passphrase again'), 'short and longe');
  await press('Keep the keys in a file');
  expect(screen.getByText('The two are not the same.')).toBeTruthy();
  expect(calls).toEqual([]);
  await userEvent.type(screen.getByLabelText('The same passphrase again'), 'r');
  await press('Keep the keys in a file');
  expect(calls).toEqual(['passphrase short and longer']);
});

test('a sealed file is opened with one field, and a wrong passphrase is said at it', async () => {
  const wrong: StartState = { state: 'needs_key_store', code: 'passphrase_wrong', reason: 'wrong' };
  await open({ state: 'needs_key_store', code: 'passphrase_needed', reason: 'needed' }, wrong);
  await userEvent.type(await screen.findByLabelText('Passphrase'), 'not it');
  expect(screen.queryByLabelText('The same passphrase again')).toBeNull();
  await press('Start');
  expect(await screen.findByText('This passphrase does not open the file.')).toBeTruthy();
});

test('a lost key offers no way to a new identity', () => {
  expect(keysMatter('signing_key_missing').way).toBe('none');
  expect(keysMatter('keys_in_plain_file')).toMatchObject({
    title: 'The keys lie in a file without protection',
    way: 'none',
  });
  expect(keysMatter('signing_key_mismatch').way).toBe('none');
  expect(keysMatter('keyring_absent').way).toBe('seal');
  expect(keysMatter('something_new').way).toBe('seal');
});

test('a failed start is said in words where there are some, and in its own below', async () => {
  const reason = 'cannot listen on 0.0.0.0:8443: Address already in use';
  const { calls } = await open({ state: 'failed', code: 'address_in_use', reason });
  expect(await screen.findByText(/Another program uses the port/)).toBeTruthy();
  expect(screen.getByText(reason)).toBeTruthy();
  await press('Try again');
  expect(calls).toEqual(['retry']);
});

test('outside the desktop app there is nothing to start', () => {
  expect(new Start(null).state).toEqual({ state: 'running' });
});
