import { type Headers as HeaderPairs, toHeaderBytes } from '../message.ts';

/** Headers in any of the forms in which handlers and frameworks have them. */
export type HeadersInput =
  | Iterable<readonly [string, string]>
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** Names and values in order, one character per byte. Takes Fetch Headers, those of node:http, and pairs. */
export function toPairs(headers: HeadersInput): HeaderPairs {
  const pairs =
    Symbol.iterator in headers
      ? [...(headers as Iterable<readonly [string, string]>)]
      : Object.entries(headers);
  return pairs.flatMap(([name, value]) => valuesOf(value).map((each) => [name, asBytes(each)] as const));
}

function valuesOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

/** What was received is as bytes already; what somebody wrote may not be. */
function asBytes(value: string): string {
  return /^[\0-\xff]*$/.test(value) ? value : toHeaderBytes(value);
}
