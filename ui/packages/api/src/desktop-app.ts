// What only the desktop app can do: starting its server, opening the browser, quitting.
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';

/** How the start of the server in this app stands. */
export type StartState =
  | { readonly state: 'starting' | 'running' }
  | { readonly state: 'needs_key_store' | 'failed'; readonly code: string; readonly reason: string };

/** Why one of the app's own commands was refused. */
export interface CommandError {
  /** A stable word for programs. */
  readonly code: string;
  /** The same for people. */
  readonly message: string;
}

/** The desktop app round this page. */
export interface DesktopApp {
  startState: () => Promise<StartState>;
  /** Calls `changed` at every change of the start state, until the returned function is called. */
  onStartState: (changed: (state: StartState) => void) => () => void;
  /** Keeps the keys in a file sealed with this passphrase, and starts. */
  usePassphrase: (passphrase: string) => Promise<StartState>;
  /** Starts with the key store that the settings name. */
  retryStart: () => Promise<StartState>;
  /** Opens this Hearth in the system's browser; without an owner yet, where the owner's account is made. */
  openInBrowser: () => Promise<void>;
}

/** Whether this page runs inside the desktop app. */
export function insideDesktopApp(): boolean {
  return '__TAURI_INTERNALS__' in globalThis;
}

/** The app's commands over IPC. */
export const desktopApp: DesktopApp = {
  startState: () => invoke<StartState>('start_state'),
  onStartState: (changed) => {
    const listening = listen<StartState>('start-state', ({ payload }) => changed(payload));
    return () => void listening.then((unlisten) => unlisten());
  },
  usePassphrase: (passphrase) => invoke('use_passphrase', { passphrase }),
  retryStart: () => invoke('retry_start'),
  openInBrowser: () => invoke('open_in_browser'),
};

/** The code of a refused command, or `unknown`. */
export function commandCode(error: unknown): string {
  const code = (error as Partial<CommandError> | null)?.code;
  return typeof code === 'string' ? code : 'unknown';
}
