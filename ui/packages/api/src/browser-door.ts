// The browser's door: fetch with the session's cookie, and a WebSocket opened by a one-time ticket.
import { NoAnswer } from './errors.ts';
import { requestOf, type Door, type EventStream, type StreamHandlers } from './door.ts';
import { TicketSocket } from './ticket-socket.ts';

/** Tells the server that this is its own page: it then sets and takes cookies instead of tokens. */
const OWN_CLIENT = 'x-hearth';

/** The door of pages that a server serves. */
export class BrowserDoor implements Door {
  readonly #sockets = new Set<TicketSocket>();

  async request(request: Request): Promise<Response> {
    request.headers.set(OWN_CLIENT, '1');
    try {
      return await fetch(request, { credentials: 'same-origin', redirect: 'error', cache: 'no-store' });
    } catch (error) {
      if (request.signal.aborted) throw error;
      // The socket may not have noticed yet.
      for (const socket of this.#sockets) socket.suspect();
      throw new NoAnswer('no answer', { cause: error });
    }
  }

  events(handlers: StreamHandlers): EventStream {
    const socket = new TicketSocket(() => this.#ticket(), handlers);
    this.#sockets.add(socket);
    return {
      send: (message) => socket.send(message),
      stop: () => {
        this.#sockets.delete(socket);
        socket.stop();
      },
    };
  }

  async #ticket(): Promise<Response> {
    return this.request(
      requestOf('/api/v1/auth/ws-ticket', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
      }),
    );
  }
}
