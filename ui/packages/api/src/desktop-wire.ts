// Requests and answers as bytes for Tauri's IPC: four bytes of big-endian length, a JSON head, the body as it is.

/** The head of a request. The desktop side refuses anything more. */
interface RequestHead {
  readonly method: string;
  readonly path: string;
  readonly headers: [string, string][];
}

const LENGTH_BYTES = 4;
/** Statuses whose `Response` may carry no body. */
const BODYLESS = new Set([204, 205, 304]);

/** A request as one frame. */
export async function encodeRequest(request: Request): Promise<Uint8Array> {
  const { pathname, search } = new URL(request.url);
  const head: RequestHead = {
    method: request.method,
    path: pathname + search,
    headers: [...request.headers],
  };
  const headBytes = new TextEncoder().encode(JSON.stringify(head));
  const body = new Uint8Array(await request.arrayBuffer());
  const frame = new Uint8Array(LENGTH_BYTES + headBytes.length + body.length);
  new DataView(frame.buffer).setUint32(0, headBytes.length);
  frame.set(headBytes, LENGTH_BYTES);
  frame.set(body, LENGTH_BYTES + headBytes.length);
  return frame;
}

/** The answer in a frame. Throws on bytes that are not one. */
export function decodeResponse(frame: Uint8Array): Response {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const end = LENGTH_BYTES + view.getUint32(0);
  if (end > frame.length) throw new RangeError('the frame ends inside its head');
  const head = JSON.parse(new TextDecoder().decode(frame.subarray(LENGTH_BYTES, end))) as {
    status: number;
    headers: [string, string][];
  };
  // A copy: the frame may be a view into memory that is not ours to keep.
  const body = BODYLESS.has(head.status) ? null : frame.slice(end);
  return new Response(body, { status: head.status, headers: head.headers });
}
