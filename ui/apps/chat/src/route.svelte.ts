// Where in the app one is. The place lives in the fragment: every address of ours is the one page, so a server has
// nothing to know about places, and secrets in links never reach it.

/** A place. */
export type Place =
  /** The list of channels, or signing in. */
  | { readonly name: 'home' }
  /** Making an account. */
  | { readonly name: 'join' }
  /** One channel. */
  | { readonly name: 'channel'; readonly id: string };

const CHANNEL = /^#\/c\/([0-9a-f-]{36})$/;

/** Reads a fragment; what is not a place is home. */
export function placeOf(fragment: string): Place {
  if (fragment === '#/join') return { name: 'join' };
  const id = CHANNEL.exec(fragment)?.[1];
  return id ? { name: 'channel', id } : { name: 'home' };
}

/** The fragment of a place, for links. */
export function fragmentOf(place: Place): string {
  if (place.name === 'channel') return `#/c/${place.id}`;
  return place.name === 'join' ? '#/join' : '#/';
}

/** The place in the address bar, as state. */
export class Route {
  place = $state.raw<Place>({ name: 'home' });
  /** The token of a set-up link, once; it is taken out of the address as soon as it is read. */
  setupToken = $state.raw<string | null>(null);

  constructor() {
    this.#read();
    addEventListener('hashchange', () => this.#read());
  }

  /** Goes to a place, as a new step of the history. */
  go(place: Place): void {
    history.pushState(null, '', fragmentOf(place));
    this.place = place;
  }

  /** Goes to a place without a step to come back to. */
  replace(place: Place): void {
    history.replaceState(null, '', fragmentOf(place));
    this.place = place;
  }

  #read(): void {
    const setup = /^#setup=([A-Za-z0-9_-]+)$/.exec(location.hash)?.[1];
    if (setup) {
      this.setupToken = setup;
      this.replace({ name: 'home' });
    } else {
      this.place = placeOf(location.hash);
    }
  }
}
