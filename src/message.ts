import { isUtf8 } from 'node:buffer';

/** Header fields in order, with repeats, as they are on the wire. */
export type Headers = readonly (readonly [name: string, value: string])[];

/**
 * What crosses the wire. The body is bytes and stays bytes: what was signed is what is sent, kept and sent again.
 */
export interface Message {
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** What is taken of one body that comes in, in bytes. */
export const BODY_LIMIT = 10 * 1024 * 1024;

/** The same bytes with the methods of a Buffer; nothing is copied. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The three headers of a signed webhook (Standard Webhooks 1.0, "Webhook metadata"; read by all four Scalekit SDKs). */
export const ID_HEADER = 'webhook-id';
export const TIMESTAMP_HEADER = 'webhook-timestamp';
export const SIGNATURE_HEADER = 'webhook-signature';

/** The connection's own (RFC 9110, 7.6.1), and those that frame a message. */
export const CONNECTION_HEADERS: readonly string[] = [
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Text as header bytes: one character per byte, which is how Node.js hands headers over and takes them. */
export function toHeaderBytes(text: string): string {
  return /^[ -~]*$/.test(text) ? text : Buffer.from(text).toString('latin1');
}

/** A header value for reading: its bytes as UTF-8 where they are that. */
export function fromHeaderBytes(value: string): string {
  const text = Buffer.from(value, 'latin1').toString();
  return toHeaderBytes(text) === value ? text : value;
}

/** Whether a header can be on the wire (RFC 9110, 5.1 and 5.5): its name is a token, its value has no control characters. */
export function isHeader(name: string, value: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && /^[\t -~\x80-\xff]*$/.test(value);
}

/** What stands in place of a credential where headers are shown or kept. */
export const MASKED = '(masked)';

/** Whether a header carries credentials, which are never shown or kept. */
export function isCredential(name: string): boolean {
  return /^(authorization|proxy-authorization|cookie|x-api-key)$/i.test(name);
}

/** The values of a header in order of appearance; names are compared without regard to case (RFC 9110, 5.1). */
export function headerValues(headers: Headers, name: string): string[] {
  const values: string[] = [];
  for (const [candidate, value] of headers) {
    // A listener does this for every header of every message: most are told apart by their length.
    if (candidate.length === name.length && candidate.toLowerCase() === name) values.push(value);
  }
  return values;
}

/** The value of a header that is there exactly once, else undefined. */
export function soleHeader(headers: Headers, name: string): string | undefined {
  const values = headerValues(headers, name);
  return values.length === 1 ? values[0] : undefined;
}

/** A body as JSON can keep it: as text if it is UTF-8, which text gives back byte for byte, else as base64. */
export function bodyMembers(body: Uint8Array): { body: string | null; body_base64: string | null } {
  const bytes = asBuffer(body);
  return isUtf8(bytes)
    ? { body: bytes.toString(), body_base64: null }
    : { body: null, body_base64: bytes.toString('base64') };
}

/** Headers with others added, or in place of those of the same name. */
export function replaceHeaders(headers: Headers, extra: Headers): Headers {
  if (extra.length === 0) return headers;
  const replaced = new Set(extra.map(([name]) => name.toLowerCase()));
  return [...headers.filter(([name]) => !replaced.has(name.toLowerCase())), ...extra];
}

/** Headers with another value in place of each that a header of this lower-case name has. */
export function changeHeader(headers: Headers, name: string, change: (value: string) => string): Headers {
  return headers.map(([own, value]) => [own, own.toLowerCase() === name ? change(value) : value]);
}

/** Headers as they are shown and kept: credentials masked. */
export function maskCredentials(headers: Headers): Headers {
  return headers.some(([name]) => isCredential(name))
    ? headers.map(([name, value]) => [name, isCredential(name) ? MASKED : value])
    : headers;
}
