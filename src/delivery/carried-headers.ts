import { type Headers, headerValues } from '../message.ts';

/** Those of one connection (RFC 9110, 7.6.1), those that frame a body, and the host, which is the new target's. */
const ofTheConnection = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The headers of a request that came in, as they go on to another server: in order, with case and repeats. */
export function carriedHeaders(headers: Headers): Headers {
  const named = headerValues(headers, 'connection').join(',').toLowerCase();
  const isNamed = (lower: string) => named.includes(lower) && named.split(/[\s,]+/).includes(lower);
  return headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return !ofTheConnection.has(lower) && !isNamed(lower);
  });
}

/** Headers with others added, or in place of those of the same name. */
export function replaceHeaders(headers: Headers, extra: Headers): Headers {
  if (extra.length === 0) return headers;
  const replaced = new Set(extra.map(([name]) => name.toLowerCase()));
  return [...headers.filter(([name]) => !replaced.has(name.toLowerCase())), ...extra];
}
