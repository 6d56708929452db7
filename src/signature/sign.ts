import {
  type Headers,
  ID_HEADER,
  type Message,
  replaceHeaders,
  SIGNATURE_HEADER,
  TIMESTAMP_HEADER,
} from '../message.ts';
import { HmacSha256 } from './hmac.ts';
import type { Secret } from './secret.ts';

/** The content that a signature covers. */
export interface SignedContent {
  /** As in the header: one character per byte (latin1), as Node.js represents header values. */
  readonly id: string;
  /** Whole seconds since 1970. */
  readonly timestamp: number;
  readonly body: Uint8Array;
}

/**
 * One signature entry: `v1,` and the padded base64 of HMAC-SHA256 over `id.timestamp.body`
 * (Standard Webhooks 1.0, "Signature scheme"; the same in all four Scalekit SDKs).
 */
export function sign(content: SignedContent, secret: Secret): string {
  return entryOf(beginSigning(content, secret).update(content.body));
}

/** The same for a body that comes in chunks: update the HMAC with each, then pass it to `entryOf`. */
export function beginSigning({ id, timestamp }: Omit<SignedContent, 'body'>, secret: Secret): HmacSha256 {
  return new HmacSha256(secret.key).update(`${id}.${timestamp}.`);
}

/** The entry of the signature header for an HMAC. */
export function entryOf(hmac: HmacSha256): string {
  return `v1,${hmac.digest('base64')}`;
}

/**
 * A signed message as Scalekit sends it. The signature header has one entry per secret, so that handlers keep working
 * during a rotation. Header names are lowercase because the Java SDK looks up only those. `extra` headers are added, or
 * replace headers of the same name.
 */
export function signMessage(
  content: SignedContent,
  secrets: readonly Secret[],
  extra: Headers = [],
): Message {
  const defaults: Headers = [
    ['content-type', 'application/json'],
    ['user-agent', 'scalekit-hooks'],
    [ID_HEADER, content.id],
    [TIMESTAMP_HEADER, String(content.timestamp)],
    [SIGNATURE_HEADER, secrets.map((secret) => sign(content, secret)).join(' ')],
  ];
  return { headers: replaceHeaders(defaults, extra), body: content.body };
}
