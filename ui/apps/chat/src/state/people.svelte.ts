// Names for ids: everybody this page has heard of.
import type { Me, Member, Profile } from '@hearth/api';
import type { AuthorView } from '@hearth/kit';
import { SvelteMap } from 'svelte/reactivity';

/** A person as lists and messages name them. */
export interface Person {
  readonly id: string;
  readonly username: string;
  readonly server: string;
  readonly isLocal: boolean;
  readonly displayName: string | null;
}

/** Reads a person from an answer of either form. */
export function personOf(source: Profile | Member): Person {
  return {
    id: 'user_id' in source ? source.user_id : source.id,
    username: source.username,
    server: source.server_domain,
    isLocal: source.is_local,
    displayName: source.display_name ?? null,
  };
}

/** Everybody known by id. */
export class People {
  readonly #known = new SvelteMap<string, Person>();

  constructor(me: Me) {
    this.learn([personOf(me)]);
  }

  /** Remembers people; the newest word about somebody counts. */
  learn(people: readonly Person[]): void {
    for (const person of people) this.#known.set(person.id, person);
  }

  /** The person with this id, if anybody told. */
  find(id: string): Person | undefined {
    return this.#known.get(id);
  }

  /** What people call them; `unknown` for somebody nobody told about. */
  nameOf(id: string | null, unknown: string): string {
    const person = id === null ? undefined : this.find(id);
    return person ? (person.displayName ?? person.username) : unknown;
  }

  /** The author of a message. */
  author(id: string | null, unknown: string): AuthorView {
    const person = id === null ? undefined : this.find(id);
    return {
      id: id ?? 'unknown',
      name: this.nameOf(id, unknown),
      server: person && !person.isLocal ? person.server : null,
    };
  }
}
