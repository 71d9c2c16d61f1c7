// Changing place: the title tells it, and focus goes to the new heading so that the next Tab starts there.
import { tick } from 'svelte';

/** Sets the page's title from its most particular part to its most general: "Kitchen · Lena's place". */
export function placeTitle(...parts: (string | undefined)[]): void {
  document.title = parts.filter(Boolean).join(' · ');
}

/** Moves focus to the heading of the screen just shown. */
export async function focusHeading(): Promise<void> {
  await tick();
  const heading = document.querySelector<HTMLElement>('h1');
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
