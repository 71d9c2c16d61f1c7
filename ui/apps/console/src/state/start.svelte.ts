// How the server in this app comes up. In a plain browser there is nothing to start: the server that serves the
// page runs.
import type { DesktopApp, StartState } from '@hearth/api/desktop';

/** The start of the server, as state. */
export class Start {
  state = $state.raw<StartState>({ state: 'starting' });
  /** A command was given and has not been answered. */
  busy = $state(false);

  /** `app` is null outside the desktop app. */
  constructor(private readonly app: DesktopApp | null) {
    if (!app) {
      this.state = { state: 'running' };
      return;
    }
    // Listening comes first: a change between the two would be missed otherwise.
    app.onStartState((state) => (this.state = state));
    void app.startState().then((state) => (this.state = state));
  }

  /** Tries once more, for example after the keyring was unlocked. */
  retry(): Promise<void> {
    return this.#command((app) => app.retryStart());
  }

  /** Keeps the keys in a sealed file, or opens the one that is there. */
  usePassphrase(passphrase: string): Promise<void> {
    return this.#command((app) => app.usePassphrase(passphrase));
  }

  async #command(run: (app: DesktopApp) => Promise<StartState>): Promise<void> {
    if (!this.app || this.busy) return;
    this.busy = true;
    try {
      this.state = await run(this.app);
    } finally {
      this.busy = false;
    }
  }
}
