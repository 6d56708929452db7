import { HooksError } from '../errors.ts';
import { CONNECTION_HEADERS, type Headers, SIGNED_HEADERS, toHeaderBytes } from '../message.ts';
import { isVisible, trimSpaces } from './values.ts';

/** These are computed from the message; with any other value, it does not verify. */
const signatureHeaders = SIGNED_HEADERS.flatMap((name) => [name, name.replace('webhook', 'interceptor')]);

/** Throws HooksError for a connection header and, unless `isForced`, for a signature header. */
export function allowedHeaders(headers: Headers, isForced: boolean): Headers {
  for (const [name] of headers) {
    const lower = name.toLowerCase();
    if (CONNECTION_HEADERS.includes(lower)) throw new HooksError('connection_header', { name: lower });
    if (signatureHeaders.includes(lower) && !isForced)
      throw new HooksError('signature_header', { name: lower });
  }
  const hosts = headers.filter(([name]) => name.toLowerCase() === 'host').map(([, value]) => value);
  if (hosts.length > 1) {
    throw new HooksError('repeated_flag', { flag: '-H host', first: hosts[0]!, second: hosts[1]! });
  }
  return headers;
}

/** Parses `name: value` (RFC 9110, 5.5) into UTF-8 bytes. Errors never show the value: it may be a credential. */
export function parseHeader(flag: string, text: string): [name: string, value: string] {
  const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\r\n]*)$/.exec(text);
  const value = trimSpaces(match?.[2] ?? '');
  if (match && isVisible(value.replaceAll('\t', ' '))) return [match[1]!, toHeaderBytes(value)];
  throw new HooksError('invalid_value', {
    flag,
    // Without a colon, all of it may be a credential.
    value: text.includes(':') ? `${text.split(':')[0]}: …` : `${text.slice(0, 3)}…`,
    expected: "a header in one line: a name, a colon and a value, such as 'x-tenant: acme'",
    example: "-H 'x-tenant: acme'",
  });
}
