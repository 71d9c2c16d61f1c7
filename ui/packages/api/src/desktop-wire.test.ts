import { expect, test } from 'vitest';
import { decodeResponse, encodeRequest } from './desktop-wire.ts';
import { requestOf } from './door.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function frame(head: string, body: string): Uint8Array {
  const headBytes = bytes(head);
  const whole = new Uint8Array(4 + headBytes.length + body.length);
  new DataView(whole.buffer).setUint32(0, headBytes.length);
  whole.set(headBytes, 4);
  whole.set(bytes(body), 4 + headBytes.length);
  return whole;
}

test('a request is a length, a head and its body', async () => {
  const headers = { 'content-type': 'application/json' };
  const request = requestOf('/api/v1/owner/federation?x=ä', {
    method: 'PUT',
    headers,
    body: '{"enabled":false}',
  });
  const whole = await encodeRequest(request);
  const length = new DataView(whole.buffer).getUint32(0);
  expect(JSON.parse(new TextDecoder().decode(whole.subarray(4, 4 + length)))).toEqual({
    method: 'PUT',
    path: '/api/v1/owner/federation?x=%C3%A4',
    headers: [['content-type', 'application/json']],
  });
  expect(new TextDecoder().decode(whole.subarray(4 + length))).toBe('{"enabled":false}');
});

test('an answer comes out whole, also from the middle of other memory', async () => {
  const inner = frame('{"status":201,"headers":[["etag","\\"1\\""]]}', '{"ok":true}');
  const outer = new Uint8Array(inner.length + 10);
  outer.set(inner, 5);
  const response = decodeResponse(outer.subarray(5, 5 + inner.length));
  expect(response.status).toBe(201);
  expect(response.headers.get('etag')).toBe('"1"');
  expect(await response.json()).toEqual({ ok: true });
});

test('an answer without a body is one', () => {
  expect(decodeResponse(frame('{"status":204,"headers":[]}', '')).body).toBeNull();
});

test('a frame that ends inside its head is refused', () => {
  expect(() => decodeResponse(frame('{"status":200,"headers":[]}', '').subarray(0, 12))).toThrow(RangeError);
});
