// The desktop's door: the same requests over Tauri's IPC into the server in this very process.
import { Channel, invoke } from '@tauri-apps/api/core';
import { decodeResponse, encodeRequest } from './desktop-wire.ts';
import type { Door, EventStream, StreamHandlers } from './door.ts';
import { NoAnswer } from './errors.ts';
import { readEvent } from './events.ts';

/** The console's door inside the desktop window. */
export class DesktopDoor implements Door {
  async request(request: Request): Promise<Response> {
    const frame = await encodeRequest(request);
    try {
      const answer = await invoke<ArrayBuffer | number[]>('door', frame);
      return decodeResponse(new Uint8Array(answer));
    } catch (error) {
      // The server is starting, stopping or gone; the start state says which.
      throw new NoAnswer('the door did not answer', { cause: error });
    }
  }

  events(handlers: StreamHandlers): EventStream {
    let stopped = false;
    const channel = new Channel<unknown>();
    channel.onmessage = (data) => {
      const event = stopped ? null : readEvent(data);
      if (event) handlers.event(event);
    };
    handlers.state({ kind: 'connecting' });
    invoke('subscribe', { channel }).then(
      () => stopped || handlers.state({ kind: 'live' }),
      () => stopped || handlers.state({ kind: 'lost', since: Date.now() }),
    );
    return {
      // The console says nothing over its stream.
      send: () => undefined,
      stop: () => {
        stopped = true;
      },
    };
  }
}
