import { type Headers as HeaderPairs, toHeaderBytes } from '../message.ts';

/** Headers of a Fetch Request, of node:http (`request.headers`), as name-value pairs or as an object. */
export type HeadersInput =
  | Iterable<readonly [string, string]>
  | Readonly<Record<string, string | number | readonly string[] | null | undefined>>;

/**
 * Converts headers to ordered name-value pairs with one character per byte. A loop for speed, since it runs for every
 * message. Throws TypeError for other input.
 */
export function toPairs(headers: HeadersInput): HeaderPairs {
  const pairs: [string, string][] = [];
  const add = (name: string, value: unknown) => {
    if (typeof value === 'string') pairs.push([name, asBytes(value)]);
    else if (Array.isArray(value)) for (const each of value) add(name, each);
    else if (value !== undefined && value !== null) pairs.push([name, String(value)]);
  };
  if (typeof headers !== 'object' || headers === null) {
    throw new TypeError('headers must be an object of names and values, Fetch Headers, or name-value pairs');
  }
  if (Symbol.iterator in headers) {
    for (const [name, value] of headers as Iterable<readonly [string, string]>) add(name, value);
  } else {
    for (const name of Object.keys(headers)) {
      const value = headers[name];
      if (typeof value === 'string') pairs.push([name, asBytes(value)]);
      else add(name, value);
    }
  }
  return pairs;
}

/** Received values already have one character per byte; values from a test may have other characters. */
function asBytes(value: string): string {
  return /^[\0-\xff]*$/.test(value) ? value : toHeaderBytes(value);
}
