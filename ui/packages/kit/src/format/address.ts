// `user@server`: how people are addressed from anywhere.

/** A person's address in its two parts. */
export interface Address {
  readonly username: string;
  readonly server: string;
}

const USERNAME = /^[A-Za-z0-9_-]{3,64}$/;
// A domain or address with an optional port; what exactly is reachable is for the server to say.
const SERVER = /^[^\s@/?#]{1,253}$/u;

/**
 * Reads what a person typed. A bare name means somebody on `homeServer`; a leading `@` is forgiven, since other
 * networks write it. Returns null for what cannot be an address.
 */
export function parseAddress(typed: string, homeServer: string): Address | null {
  const text = typed.trim().replace(/^@/, '');
  const [username = '', server = homeServer, ...rest] = text.split('@');
  if (rest.length > 0 || !USERNAME.test(username) || !SERVER.test(server)) return null;
  return { username, server: server.toLowerCase() };
}

/** The address as people write it. */
export function addressText({ username, server }: Address): string {
  return `${username}@${server}`;
}
