import { CONNECTION_HEADERS, type Headers, headerValues } from '../message.ts';

/** Hop-by-hop and proxy headers, and the host, which the new target determines. */
const notForwarded = new Set([...CONNECTION_HEADERS, 'host', 'proxy-authenticate', 'proxy-authorization']);

/** The headers of a received request to forward, with order, case and repeats unchanged (RFC 9110, section 7.6.1). */
export function forwardedHeaders(headers: Headers): Headers {
  const named = headerValues(headers, 'connection').join(',').toLowerCase();
  const isNamed = (lower: string) => named.includes(lower) && named.split(/[\s,]+/).includes(lower);
  return headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return !notForwarded.has(lower) && !isNamed(lower);
  });
}
