import type { EventOf, EventType } from '../events/shapes/shapes.ts';
import { createEvent, type Overrides } from './events.ts';
import { needFetchClasses } from './fetch-classes.ts';
import { type SignOptions, signMessage } from './messages.ts';

export interface RequestOptions<T extends EventType> extends SignOptions {
  /** Values that replace those of the sample event; see createEvent. */
  readonly overrides?: Overrides<Omit<EventOf<T>, 'type'>>;
  /** URL of the Request, http://localhost:3000/webhook by default. Nothing is sent there. */
  readonly url?: string | URL;
}

/**
 * Creates a signed webhook as a Fetch Request, for handlers in Hono, Next.js route handlers, Remix, Deno and Bun.
 * Throws HooksError for an unknown type, a malformed secret or a missing Request class, and TypeError for other invalid
 * arguments.
 */
export function signedRequest<T extends EventType>(type: T, options: RequestOptions<T>): Request {
  needFetchClasses();
  const { overrides, url = 'http://localhost:3000/webhook', ...signing } = options;
  const { headers, body } = signMessage(createEvent(type, overrides), signing);
  return new Request(url, { method: 'POST', headers, body });
}
