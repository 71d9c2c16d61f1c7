// Copying words, also where the clipboard interface is missing (plain-HTTP pages, some web views).

/** Puts `text` on the clipboard; false when the system refuses. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const holder = document.createElement('textarea');
  holder.value = text;
  holder.className = 'visually-hidden';
  holder.setAttribute('aria-hidden', 'true');
  // Inside an open dialog, focus may not leave it.
  const home = document.activeElement?.closest('[role=dialog]') ?? document.body;
  const before = document.activeElement;
  home.append(holder);
  holder.select();
  try {
    return document.execCommand('copy');
  } finally {
    holder.remove();
    if (before instanceof HTMLElement) before.focus();
  }
}
