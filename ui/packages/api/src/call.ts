// One call of the API, typed by the server's own document: a wrong path, parameter or body does not compile.
import type { paths } from './generated.ts';
import { requestOf, type Door } from './door.ts';
import { Refusal, refusalOf } from './errors.ts';

type Method = 'get' | 'post' | 'put';
type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : undefined;

/** The paths that a method exists for. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, object> ? P : never;
}[keyof paths];

type Operation<M extends Method, P extends PathOf<M>> = paths[P] extends Record<M, infer O> ? O : never;

type Success<Responses> = {
  [Status in keyof Responses]: Status extends 200 | 201 | 204 ? Json<Responses[Status]> : never;
}[keyof Responses];

/** What a successful answer carries. */
export type Answer<M extends Method, P extends PathOf<M>> =
  Operation<M, P> extends { responses: infer Responses } ? Success<Responses> : never;

type PathPart<O> = O extends { parameters: { path: infer Path extends object } }
  ? { path: Path }
  : { path?: never };
type QueryPart<O> = O extends { parameters: { query?: infer Query } }
  ? { query?: Partial<Query> | undefined }
  : { query?: never };
type BodyPart<O> = O extends { requestBody: { content: { 'application/json': infer Body } } }
  ? { body: Body }
  : { body?: never };

/** What a call takes. */
export type Parts<M extends Method, P extends PathOf<M>> = PathPart<Operation<M, P>> &
  QueryPart<Operation<M, P>> &
  BodyPart<Operation<M, P>> & { signal?: AbortSignal };

interface AnyParts {
  path?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  signal?: AbortSignal;
}

/** Makes one call. Rejects with `NoAnswer` or `Refusal`. */
export async function call<M extends Method, P extends PathOf<M>>(
  door: Door,
  method: M,
  path: P,
  parts: Parts<M, P>,
): Promise<Answer<M, P>> {
  const response = await door.request(requestFor(method, path, parts as AnyParts));
  if (!response.ok) throw await refusalOf(response);
  if (response.status === 204) return undefined as Answer<M, P>;
  try {
    return (await response.json()) as Answer<M, P>;
  } catch {
    throw new Refusal(response.status, 'not_json', '', null, []);
  }
}

function requestFor(
  method: Method,
  template: string,
  { path = {}, query = {}, body, signal }: AnyParts,
): Request {
  const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ''));
  const asked = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const search = new URLSearchParams(asked.map(([name, value]) => [name, String(value)])).toString();
  // Unsafe requests always say that they are JSON, with or without a body: the server asks for it.
  const headers: HeadersInit = method === 'get' ? {} : { 'content-type': 'application/json' };
  return requestOf(search ? `${filled}?${search}` : filled, {
    method: method.toUpperCase(),
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  });
}
