import { inspect } from 'node:util';

/** What was thrown, in one line. Anything can be: an error, text, an object of any kind. */
export function thrownText(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  // Not instanceof, because a test runner may have another Error class.
  const { name, message } = thrown as Partial<Error>;
  if (typeof name === 'string' && typeof message === 'string') return `${name}: ${message}`;
  return inspect(thrown, { depth: 1, breakLength: Number.POSITIVE_INFINITY });
}
