import { HooksError } from '../errors.ts';
import {
  CONNECTION_HEADERS,
  type Headers,
  ID_HEADER,
  SIGNATURE_HEADER,
  TIMESTAMP_HEADER,
  toHeaderBytes,
} from '../message.ts';
import { isVisible, trimSpaces } from './values.ts';

/** Computed from the message: with another value it would not verify. */
const signatureHeaders = [ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER].flatMap((name) => [
  name,
  name.replace('webhook', 'interceptor'),
]);

/** The headers of -H, unless one of them belongs to the connection or, without `isForced`, to the signature. Throws HooksError. */
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

/** A header (`name: value`, RFC 9110, 5.5): one line of visible text, as UTF-8 bytes. An error does not show the value. */
export function parseHeader(flag: string, text: string): [name: string, value: string] {
  const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\r\n]*)$/.exec(text);
  const value = trimSpaces(match?.[2] ?? '');
  if (match && isVisible(value.replaceAll('\t', ' '))) return [match[1]!, toHeaderBytes(value)];
  throw new HooksError('invalid_value', {
    flag,
    value: text.includes(':') ? `${text.split(':')[0]}: …` : text,
    expected: "a header: a name, a colon and a value of one line, as in 'x-tenant: acme'",
    example: "-H 'x-tenant: acme'",
  });
}
