// Short words about what was just done, with a way to undo it. Never the only place where an error is told.

/** One toast on the screen. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'ok' | 'danger';
  /** A way back, offered while the toast is there. */
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
}

const SHOWN_MS = 5000;
/** What can be undone stays long enough to be read and reached by keyboard. */
const SHOWN_WITH_ACTION_MS = 10_000;

/** The toasts of one page. */
export class Toasts {
  /** Oldest first. */
  shown = $state<Toast[]>([]);
  #next = 0;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  /** Shows a toast until its time is over. */
  show(text: string, options: Partial<Pick<Toast, 'tone' | 'action'>> = {}): void {
    const toast: Toast = { id: this.#next++, text, tone: options.tone ?? 'ok', action: options.action };
    this.shown.push(toast);
    this.resume(toast);
  }

  /** Takes a toast away. */
  dismiss(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.shown = this.shown.filter((toast) => toast.id !== id);
  }

  /** Keeps a toast while the pointer or the keyboard is on it. */
  pause(id: number): void {
    clearTimeout(this.#timers.get(id));
  }

  /** Starts a toast's time anew. */
  resume(toast: Toast): void {
    clearTimeout(this.#timers.get(toast.id));
    const time = toast.action ? SHOWN_WITH_ACTION_MS : SHOWN_MS;
    this.#timers.set(
      toast.id,
      setTimeout(() => this.dismiss(toast.id), time),
    );
  }
}

/** The toasts of this page. */
export const toasts = new Toasts();
