// F6 walks from region to region, as in desktop programs. A region is any element with `data-region`.

/** Handles F6 and Shift+F6 on the window. */
export function cycleRegions(event: KeyboardEvent): void {
  if (event.key !== 'F6' || event.ctrlKey || event.altKey || event.metaKey) return;
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter((region) =>
    region.checkVisibility(),
  );
  if (regions.length === 0) return;
  event.preventDefault();
  const current = regions.findIndex((region) => region.contains(document.activeElement));
  const step = event.shiftKey ? -1 : 1;
  const next = regions.at((current + step) % regions.length);
  focusInside(next);
}

/** The first thing in `region` that takes the keyboard, or the region itself. */
function focusInside(region: HTMLElement | undefined): void {
  if (!region) return;
  const first = region.querySelector<HTMLElement>(
    'a[href], button:not([disabled]):not([tabindex="-1"]), input:not([disabled]), textarea, [tabindex="0"]',
  );
  if (first) return first.focus();
  region.tabIndex = -1;
  region.focus();
}
