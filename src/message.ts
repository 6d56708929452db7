import { isUtf8 } from 'node:buffer';

/** Headers in order, including repeated ones, as on the wire. */
export type Headers = readonly (readonly [name: string, value: string])[];

/** A webhook request. The body stays bytes, so that the signed bytes are also those sent, stored and replayed. */
export interface Message {
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** Largest accepted request body, in bytes. */
export const BODY_LIMIT = 10 * 1024 * 1024;

/** The same memory as a Buffer, without copying. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The headers of a signed webhook (Standard Webhooks 1.0, "Webhook metadata"; read by all four Scalekit SDKs). */
export const ID_HEADER = 'webhook-id';
export const TIMESTAMP_HEADER = 'webhook-timestamp';
export const SIGNATURE_HEADER = 'webhook-signature';
/** All three, the id first and the signature last. */
export const SIGNED_HEADERS: readonly string[] = [ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER];

/** Connection-specific headers (RFC 9110, 7.6.1) and message framing headers. */
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

/** Encodes text as a header value: UTF-8 with one character per byte, as Node.js reads and writes headers. */
export function toHeaderBytes(text: string): string {
  return /^[ -~]*$/.test(text) ? text : Buffer.from(text).toString('latin1');
}

/** Decodes a header value as UTF-8; returns it unchanged if it is not valid UTF-8. */
export function fromHeaderBytes(value: string): string {
  const text = Buffer.from(value, 'latin1').toString();
  return toHeaderBytes(text) === value ? text : value;
}

/** Whether a header is valid (RFC 9110, 5.1 and 5.5): the name is a token, the value has no control characters. */
export function isHeader(name: string, value: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && /^[\t -~\x80-\xff]*$/.test(value);
}

/** Replaces credentials in displayed and stored headers. */
export const MASKED = '(masked)';

/**
 * Whether a header holds credentials, which are never displayed or stored: those of HTTP, and those that gateways,
 * platforms and other services use, such as cf-access-jwt-assertion or x-vercel-protection-bypass.
 */
export function isCredential(name: string): boolean {
  return /(?:^|-)(?:authorization|cookie|api-?key|token|secret|password|credentials?|jwt|assertion|bypass)(?:-|$)/i.test(
    name,
  );
}

/** The values of a header, in order. Names are case-insensitive (RFC 9110, 5.1); `name` is lowercase. */
export function headerValues(headers: Headers, name: string): string[] {
  const values: string[] = [];
  for (const [candidate, value] of headers) {
    // Runs for every header of every message: comparing lengths first skips most of them.
    if (candidate.length === name.length && candidate.toLowerCase() === name) values.push(value);
  }
  return values;
}

/** The value of a header that occurs exactly once; otherwise undefined. */
export function soleHeader(headers: Headers, name: string): string | undefined {
  const values = headerValues(headers, name);
  return values.length === 1 ? values[0] : undefined;
}

/** The body as text; bytes that are not UTF-8 become U+FFFD. */
export function textOfBody({ body }: Pick<Message, 'body'>): string {
  return asBuffer(body).toString();
}

/** A body as JSON members: as text if it is UTF-8, otherwise as base64. Both preserve every byte. */
export function bodyMembers(body: Uint8Array): { body: string | null; body_base64: string | null } {
  const bytes = asBuffer(body);
  return isUtf8(bytes)
    ? { body: bytes.toString(), body_base64: null }
    : { body: null, body_base64: bytes.toString('base64') };
}

/** Adds headers; replaces those of the same name. */
export function replaceHeaders(headers: Headers, extra: Headers): Headers {
  if (extra.length === 0) return headers;
  const replaced = new Set(extra.map(([name]) => name.toLowerCase()));
  return [...headers.filter(([name]) => !replaced.has(name.toLowerCase())), ...extra];
}

/** Changes the value of each header with this name (lowercase). */
export function changeHeader(headers: Headers, name: string, change: (value: string) => string): Headers {
  return headers.map(([own, value]) => [own, own.toLowerCase() === name ? change(value) : value]);
}

/** Headers for display and storage, with credentials masked. */
export function maskCredentials(headers: Headers): Headers {
  return headers.some(([name]) => isCredential(name))
    ? headers.map(([name, value]) => [name, isCredential(name) ? MASKED : value])
    : headers;
}
