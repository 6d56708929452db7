import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import {
  type Headers,
  ID_HEADER,
  type Message,
  replaceHeaders,
  SIGNATURE_HEADER,
  TIMESTAMP_HEADER,
} from '../message.ts';
import type { Secret } from './secret.ts';

/** What a signature covers. */
export interface SignedContent {
  /** As in the header: one character per byte (latin1), which is how Node.js hands headers over. */
  readonly id: string;
  /** Whole seconds since 1970. */
  readonly timestamp: number;
  readonly body: Uint8Array;
}

/**
 * One signature entry, `v1,` and padded base64: HMAC-SHA256 over `id.timestamp.body`
 * (Standard Webhooks 1.0, "Signature scheme"; the same in all four Scalekit SDKs).
 */
export function sign(content: SignedContent, secret: Secret): string {
  const hmac = createHmac('sha256', keyOf(secret))
    .update(`${content.id}.${content.timestamp}.`, 'latin1')
    .update(content.body);
  return `v1,${hmac.digest('base64')}`;
}

/** Key objects are made once: on Node 24 an HMAC with raw key bytes costs five times as much. */
const keys = new WeakMap<Secret, KeyObject>();

function keyOf(secret: Secret): KeyObject {
  const known = keys.get(secret);
  if (known) return known;
  const key = createSecretKey(secret.key);
  keys.set(secret, key);
  return key;
}

/**
 * A signed message as Scalekit sends it, with an entry in the signature header for each secret, so that a handler in
 * the midst of a rotation finds its own. Header names are lower-case: the Java SDK looks for no other.
 * `extra` headers are added, or take the place of one with the same name.
 */
export function signMessage(
  content: SignedContent,
  secrets: readonly Secret[],
  extra: Headers = [],
): Message {
  const usual: Headers = [
    ['content-type', 'application/json'],
    ['user-agent', 'scalekit-hooks'],
    [ID_HEADER, content.id],
    [TIMESTAMP_HEADER, String(content.timestamp)],
    [SIGNATURE_HEADER, secrets.map((secret) => sign(content, secret)).join(' ')],
  ];
  return { headers: replaceHeaders(usual, extra), body: content.body };
}
