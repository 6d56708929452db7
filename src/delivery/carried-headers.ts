import { CONNECTION_HEADERS, type Headers, headerValues } from '../message.ts';

/** Those of one connection, what was between this side and its proxy, and the host, which is the new target's. */
const ofTheConnection = new Set([...CONNECTION_HEADERS, 'host', 'proxy-authenticate', 'proxy-authorization']);

/** The headers of a request that came in, as they go on to another server: in order, with case and repeats. */
export function forwardedHeaders(headers: Headers): Headers {
  const named = headerValues(headers, 'connection').join(',').toLowerCase();
  const isNamed = (lower: string) => named.includes(lower) && named.split(/[\s,]+/).includes(lower);
  return headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return !ofTheConnection.has(lower) && !isNamed(lower);
  });
}
