// The API client: doors, types, events, and errors by code.
export { Backoff } from './backoff.ts';
export { BrowserDoor } from './browser-door.ts';
export { Api } from './client.ts';
export type { ClientMessage, Door, EventStream, StreamHandlers, StreamState } from './door.ts';
export { codeOf, mayPass, NoAnswer, Refusal, type FieldFault } from './errors.ts';
export type { ServerEvent } from './events.ts';
export type * from './wire.ts';
