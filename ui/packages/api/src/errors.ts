// What can go wrong, by code: the faces decide by these and never by an answer's text.

/** No answer came: the server or the way to it is not there. Whether the request arrived is not known. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** A field of a request that the server did not accept. */
export interface FieldFault {
  /** Its name on the wire. */
  readonly field: string;
  /** The kind of fault, such as `string_too_short`. */
  readonly type: string;
  /** The limit it broke, if it is one. */
  readonly limit: number | null;
}

/** The server answered, and the answer is no. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    /** The HTTP status. */
    readonly status: number,
    /** A stable word for programs; `http_<status>` when the server gave none. */
    readonly code: string,
    /** The server's own words. For details only. */
    readonly detail: string,
    /** When trying again makes sense, in milliseconds from now; null when the server did not say. */
    readonly retryAfter: number | null,
    /** Which fields are wrong, for `invalid`. */
    readonly faults: readonly FieldFault[],
  ) {
    super(detail || code);
  }
}

/** Whether the same request may succeed later: nothing was wrong with it, as far as is known. */
export function mayPass(error: unknown): boolean {
  if (error instanceof NoAnswer) return true;
  // A success whose body broke off is as good as no answer.
  return error instanceof Refusal && (error.status < 400 || error.status === 429 || error.status >= 500);
}

/** The stable word for anything that was thrown: `no_answer`, a refusal's code, or `unknown`. */
export function codeOf(error: unknown): string {
  if (error instanceof NoAnswer) return 'no_answer';
  if (error instanceof Refusal) return error.code;
  return 'unknown';
}

/** Reads a refusal from an answer that is not a success. */
export async function refusalOf(response: Response): Promise<Refusal> {
  const body = await bodyOf(response);
  const detail = body?.['detail'];
  const faults = Array.isArray(detail) ? detail.map(faultOf) : [];
  return new Refusal(
    response.status,
    codeFrom(response.status, body),
    typeof detail === 'string' ? detail : '',
    retryAfterOf(response),
    faults,
  );
}

async function bodyOf(response: Response): Promise<Record<string, unknown> | null> {
  try {
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : null;
  } catch {
    return null; // a proxy's page, or nothing
  }
}

function codeFrom(status: number, body: Record<string, unknown> | null): string {
  const code = body?.['code'];
  if (typeof code === 'string') return code;
  return status === 422 ? 'invalid' : `http_${status}`;
}

function faultOf(item: unknown): FieldFault {
  const fault = (item ?? {}) as { loc?: unknown[]; type?: unknown; ctx?: Record<string, unknown> };
  const limit = Object.values(fault.ctx ?? {}).find((value) => typeof value === 'number');
  return { field: String(fault.loc?.at(-1) ?? ''), type: String(fault.type ?? ''), limit: limit ?? null };
}

function retryAfterOf(response: Response): number | null {
  const header = response.headers.get('retry-after');
  const seconds = header === null ? Number.NaN : Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}
