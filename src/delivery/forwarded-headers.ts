import {
  CONNECTION_HEADERS,
  type Headers,
  headerValues,
  ID_HEADER,
  SIGNATURE_HEADER,
  TIMESTAMP_HEADER,
} from '../message.ts';

/** Hop-by-hop and proxy headers, and the host, which the new target determines. */
const notForwarded = new Set([...CONNECTION_HEADERS, 'host', 'proxy-authenticate', 'proxy-authorization']);

/** What was verified is forwarded, even if a `connection` header names it. */
const alwaysForwarded: readonly string[] = [ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER];

/** The headers of a received request to forward, with order, case and repeats unchanged (RFC 9110, section 7.6.1). */
export function forwardedHeaders(headers: Headers): Headers {
  const named = headerValues(headers, 'connection').join(',').toLowerCase();
  const isNamed = (lower: string) => named.includes(lower) && named.split(/[\s,]+/).includes(lower);
  return headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return !notForwarded.has(lower) && (!isNamed(lower) || alwaysForwarded.includes(lower));
  });
}
