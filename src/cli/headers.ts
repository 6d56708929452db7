import { HooksError } from '../errors.ts';
import {
  CONNECTION_HEADERS,
  type Headers,
  ID_HEADER,
  SIGNATURE_HEADER,
  TIMESTAMP_HEADER,
} from '../message.ts';
import { parseHeader } from './values.ts';

/** Computed from the message: with another value it would not verify. */
const signatureHeaders = [ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER].flatMap((name) => [
  name,
  name.replace('webhook', 'interceptor'),
]);

/** Reads the values of -H. Signature headers need `isForced`. Throws HooksError. */
export function readHeaders(texts: readonly string[], isForced: boolean): Headers {
  const headers = texts.map((text) => {
    const [name, value] = parseHeader(text);
    const lower = name.toLowerCase();
    if (CONNECTION_HEADERS.includes(lower)) throw new HooksError('connection_header', { name: lower });
    if (signatureHeaders.includes(lower) && !isForced)
      throw new HooksError('signature_header', { name: lower });
    return [name, value] as const;
  });
  const hosts = headers.filter(([name]) => name.toLowerCase() === 'host').map(([, value]) => value);
  if (hosts.length > 1) {
    throw new HooksError('repeated_flag', { flag: '-H host', first: hosts[0]!, second: hosts[1]! });
  }
  return headers;
}
