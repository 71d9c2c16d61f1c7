import { afterEach, expect, test, vi } from 'vitest';
import { BrowserDoor } from './browser-door.ts';
import { requestOf } from './door.ts';
import { NoAnswer } from './errors.ts';

afterEach(() => vi.unstubAllGlobals());

test('every request says that the page is ours, and never follows elsewhere', async () => {
  const fetched = vi.fn(async (request: Request, init: RequestInit) => {
    expect(request.headers.get('x-hearth')).toBe('1');
    expect(init).toMatchObject({ credentials: 'same-origin', redirect: 'error' });
    return new Response('{}');
  });
  vi.stubGlobal('fetch', fetched);
  await new BrowserDoor().request(requestOf('/api/v1/config', {}));
  expect(fetched).toHaveBeenCalledOnce();
});

test('no answer is told as such, giving up is not', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
  const door = new BrowserDoor();
  await expect(door.request(requestOf('/api/v1/config', {}))).rejects.toBeInstanceOf(NoAnswer);
  const given = new AbortController();
  given.abort();
  const request = requestOf('/api/v1/config', { signal: given.signal });
  await expect(door.request(request)).rejects.toBeInstanceOf(TypeError);
});
