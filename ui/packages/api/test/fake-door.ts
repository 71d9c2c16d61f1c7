// A door for tests: it answers what a test tells it to, and lets the test tell events. It leads nowhere.
import {
  NoAnswer,
  type ClientMessage,
  type Door,
  type EventStream,
  type StreamHandlers,
  type StreamState,
} from '../src/index.ts';
import type { ServerEvent } from '../src/index.ts';

/** Answers one request: a body, a whole response, or an error to reject with. */
export type Handler = (request: Request, path: URL) => unknown;

/** One request that came through. */
export interface Asked {
  readonly route: string;
  readonly query: Record<string, string>;
  readonly body: unknown;
}

/** The door of a test. */
export class FakeDoor implements Door {
  /** Every request so far, in order. */
  readonly asked: Asked[] = [];
  /** Everything said over the stream. */
  readonly said: ClientMessage[] = [];
  readonly #handlers = new Map<string, Handler>();
  readonly #streams = new Set<StreamHandlers>();
  /** While true, no request is answered. */
  isCut = false;

  /** Answers `route` ("GET /api/v1/channels"; `*` stands for one segment) from now on. */
  on(route: string, handler: Handler): this {
    this.#handlers.set(route, handler);
    return this;
  }

  async request(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const body = request.body ? ((await request.clone().json()) as unknown) : null;
    this.asked.push({
      route: `${request.method} ${url.pathname}`,
      query: Object.fromEntries(url.searchParams),
      body,
    });
    if (this.isCut) throw new NoAnswer('cut');
    const handler = this.#find(request.method, url.pathname);
    const answer = handler ? await handler(request, url) : refuse(404, 'not_found');
    if (answer instanceof Response) return answer;
    return answer === undefined ? new Response(null, { status: 204 }) : Response.json(answer);
  }

  events(handlers: StreamHandlers): EventStream {
    this.#streams.add(handlers);
    handlers.state({ kind: 'connecting' });
    return {
      send: (message) => void this.said.push(message),
      stop: () => void this.#streams.delete(handlers),
    };
  }

  /** Tells an event to everybody who listens. */
  tell(event: ServerEvent): void {
    for (const { event: hear } of this.#streams) hear(event);
  }

  /** Changes the state of every stream. */
  become(state: StreamState): void {
    for (const { state: hear } of this.#streams) hear(state);
  }

  /** How many streams are open. */
  get listeners(): number {
    return this.#streams.size;
  }

  #find(method: string, path: string): Handler | undefined {
    const parts = path.split('/');
    for (const [route, handler] of this.#handlers) {
      const [wantedMethod, wantedPath = ''] = route.split(' ');
      const wanted = wantedPath.split('/');
      const fits =
        wanted.length === parts.length &&
        wanted.every((part, index) => part === '*' || part === parts[index]);
      if (wantedMethod === method && fits) return handler;
    }
    return undefined;
  }
}

/** A refusal in the server's shape. */
export function refuse(status: number, code: string, headers: Record<string, string> = {}): Response {
  return Response.json({ detail: code, code }, { status, headers });
}
