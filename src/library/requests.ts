import type { EventOf, EventType } from '../events/shapes/shapes.ts';
import { createEvent, type Overrides } from './events.ts';
import { type SignOptions, signMessage } from './messages.ts';

export interface RequestOptions<T extends EventType> extends SignOptions {
  /** What is to be other than in the sample event. */
  readonly overrides?: Overrides<Omit<EventOf<T>, 'type'>>;
  /** Of the request; nothing is sent there. */
  readonly url?: string | URL;
}

/**
 * A signed webhook as a Fetch Request, for a handler that takes one (Hono, Next.js route handlers, Remix, Deno, Bun).
 * Throws HooksError for an unknown type or a malformed secret.
 */
export function signedRequest<T extends EventType>(type: T, options: RequestOptions<T>): Request {
  const { overrides, url = 'http://localhost:3000/webhook', ...signing } = options;
  const { headers, body } = signMessage(createEvent(type, overrides), signing);
  return new Request(url, { method: 'POST', headers, body });
}
