import { type Headers as HeaderPairs, toHeaderBytes } from '../message.ts';

/** Headers in any of the forms in which handlers and frameworks have them. */
export type HeadersInput =
  | Iterable<readonly [string, string]>
  | Readonly<Record<string, string | number | readonly string[] | null | undefined>>;

/**
 * Names and values in order, one character per byte. Takes Fetch Headers, those of node:http, and pairs. Written as a
 * loop: a suite, or a handler, does this for every message. Throws TypeError for what is none.
 */
export function toPairs(headers: HeadersInput): HeaderPairs {
  const pairs: [string, string][] = [];
  const add = (name: string, value: unknown) => {
    if (typeof value === 'string') pairs.push([name, asBytes(value)]);
    else if (Array.isArray(value)) for (const each of value) add(name, each);
    else if (value !== undefined && value !== null) pairs.push([name, String(value)]);
  };
  if (typeof headers !== 'object' || headers === null) {
    throw new TypeError('headers are an object of names and values, Fetch Headers, or pairs');
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

/** What was received is as bytes already; what somebody wrote may not be. */
function asBytes(value: string): string {
  return /^[\0-\xff]*$/.test(value) ? value : toHeaderBytes(value);
}
