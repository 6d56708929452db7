import { type Headers as HeaderPairs, toHeaderBytes } from '../message.ts';

/** Headers in any of the forms in which handlers and frameworks have them. */
export type HeadersInput =
  | Iterable<readonly [string, string]>
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Names and values in order, one character per byte. Takes Fetch Headers, those of node:http, and pairs. Written as a
 * loop: a suite, or a handler, does this for every message.
 */
export function toPairs(headers: HeadersInput): HeaderPairs {
  const pairs: [string, string][] = [];
  const add = (name: string, value: string | readonly string[] | undefined) => {
    if (typeof value === 'string') pairs.push([name, asBytes(value)]);
    else if (value !== undefined) for (const each of value) pairs.push([name, asBytes(each)]);
  };
  if (Symbol.iterator in headers) {
    for (const [name, value] of headers as Iterable<readonly [string, string]>) add(name, value);
  } else for (const name of Object.keys(headers)) add(name, headers[name]);
  return pairs;
}

/** What was received is as bytes already; what somebody wrote may not be. */
function asBytes(value: string): string {
  return /^[\0-\xff]*$/.test(value) ? value : toHeaderBytes(value);
}
