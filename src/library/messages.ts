import { newWebhookId } from '../events/build.ts';
import { wireForm } from '../events/wire-form.ts';
import { type Headers, type Message, toHeaderBytes } from '../message.ts';
import { causesFound } from '../report/facts/causes.ts';
import type { Cause } from '../report/facts/index.ts';
import { sdkNotes } from '../report/words/sdk-notes.ts';
import { explain as explainMessage } from '../signature/explain/explain.ts';
import { readAnySecret } from '../signature/secret.ts';
import { signMessage as sign } from '../signature/sign.ts';
import { TOLERANCE_SECONDS, type Verdict } from '../signature/verdict.ts';
import { verify } from '../signature/verify.ts';
import { type HeadersInput, toPairs } from './headers.ts';
import { knownOptions } from './options.ts';
import { readSecrets, type SecretInput } from './secrets.ts';
import { type TimeInput, toMilliseconds, toSeconds } from './times.ts';

/** A body to sign. Text and bytes are signed unchanged; an object is serialized as Scalekit does. */
export type BodyInput = string | Uint8Array | ArrayBuffer | object;

export interface SignOptions {
  readonly secret: SecretInput;
  /** The webhook-id, a new one by default. */
  readonly id?: string;
  /** The time of signing, now by default. */
  readonly timestamp?: TimeInput;
  /** Additional headers, or replacements for the default ones. */
  readonly headers?: HeadersInput;
}

/** A signed message to send, or to pass to a handler. */
export interface SignedMessage {
  readonly id: string;
  /** Unix timestamp in whole seconds. */
  readonly timestamp: number;
  /** Names in lower case. Values have one character per byte sent. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** A received message. `body` must be the raw body, not parsed JSON. */
export interface MessageInput {
  readonly headers: HeadersInput;
  readonly body: string | Uint8Array | ArrayBuffer;
}

export interface VerifyOptions {
  readonly secret: SecretInput;
  /** The current time for the timestamp check, now by default. */
  readonly now?: TimeInput;
  /** The largest allowed difference between timestamp and `now`, in seconds. 300 by default, as in every SDK. */
  readonly tolerance?: number;
}

/** Why a message was rejected. */
export interface Explanation {
  readonly verdict: Verdict;
  /** Whether the signature matches, after undoing the causes if necessary. */
  readonly explained: boolean;
  /** What is wrong with the message: each cause with its fix and, if proven, the evidence. */
  readonly causes: readonly Cause[];
  /** The remaining possibilities if no cause explains the rejection; null otherwise. */
  readonly unexplained: string | null;
  /** How many combinations of common mistakes were tried. */
  readonly combinations: number;
  /** Libraries that verify this message differently, or may. */
  readonly notes: readonly { readonly code: string; readonly message: string }[];
}

const signNames = { secret: true, id: true, timestamp: true, headers: true } as const;
const verifyNames = { secret: true, now: true, tolerance: true } as const;

/**
 * Signs a message as Scalekit does (Standard Webhooks 1.0), with one signature per secret. Does not copy a body that is
 * bytes. Throws HooksError for a malformed secret, and TypeError for an invalid body, id, timestamp or header.
 */
export function signMessage(body: BodyInput, given: SignOptions): SignedMessage {
  const options = knownOptions(given, signNames);
  const { id = newWebhookId() } = options;
  const seconds = toSeconds(options.timestamp);
  const bytes = toBody(body);
  const content = { id: toId(id), timestamp: seconds, body: bytes };
  const extra = options.headers === undefined ? [] : toLowerCaseNames(toPairs(options.headers));
  const signed = sign(content, readSecrets(options.secret), extra);
  const headers: Record<string, string> = {};
  for (const [name, value] of signed.headers) headers[name] = value;
  return { id, timestamp: seconds, headers, body: bytes };
}

/**
 * Verifies the signature and timestamp of a message. Returns a rejection as a value with a reason code. Throws
 * HooksError for a malformed secret, and TypeError for invalid arguments: a parsed body, invalid headers, or a time in
 * seconds instead of milliseconds.
 */
export function verifyMessage(message: MessageInput, given: VerifyOptions): Verdict {
  const options = knownOptions(given, verifyNames);
  return verify(
    toMessage(message),
    readSecrets(options.secret),
    toMilliseconds(options.now),
    toTolerance(options.tolerance),
  );
}

/**
 * Explains why a message fails verification. Searches for the mistake that, once undone, makes the signature match.
 * Takes up to a second if it finds none. Reads a malformed secret as most SDKs do and adds a note; throws HooksError
 * only if it cannot contain a key, and TypeError as verifyMessage does.
 */
export function explain(message: MessageInput, given: VerifyOptions): Explanation {
  const options = knownOptions(given, verifyNames);
  const tolerance = toTolerance(options.tolerance);
  const secrets = readSecrets(options.secret, readAnySecret);
  const received = toMessage(message);
  const explanation = explainMessage(received, secrets, toMilliseconds(options.now), { tolerance });
  return {
    verdict: explanation.verdict,
    ...causesFound(explanation, secrets, 'options'),
    combinations: explanation.tried,
    notes: sdkNotes({ message: received, explanation, secrets }),
  };
}

/** Rejects a parsed body: re-serializing it can change the signed bytes, and a test would not notice. */
function toMessage({ headers, body }: MessageInput): Message {
  if (typeof body !== 'string' && !isBytes(body)) {
    throw new TypeError('body must be the received text or bytes, not a parsed body');
  }
  return { headers: toPairs(headers), body: toBody(body) };
}

function isBytes(body: unknown): body is ArrayBuffer | ArrayBufferView {
  return ArrayBuffer.isView(body) || body instanceof ArrayBuffer;
}

function isPlain(body: unknown): boolean {
  const prototype = typeof body === 'object' && body !== null ? Object.getPrototypeOf(body) : undefined;
  return prototype === Object.prototype || prototype === null;
}

/** Returns bytes without copying them. Serializes an object in Scalekit's wire form: compact JSON with sorted keys. */
function toBody(body: BodyInput): Uint8Array<ArrayBuffer> {
  if (typeof body === 'string') return Buffer.from(body);
  // The narrower type excludes only shared memory, which Node.js does not use for bodies.
  if (body instanceof Uint8Array) return body as Uint8Array<ArrayBuffer>;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (ArrayBuffer.isView(body)) {
    return new Uint8Array(body.buffer as ArrayBuffer, body.byteOffset, body.byteLength);
  }
  if (isPlain(body)) return Buffer.from(wireForm(JSON.stringify(body)));
  throw new TypeError('body must be a string, bytes, or an event object');
}

/** Encodes an id for a header. Throws TypeError if a header would change it. */
function toId(id: string): string {
  if (typeof id === 'string' && /^(?:[!-~]+|[^\s\p{Cc}]+)$/u.test(id)) return toHeaderBytes(id);
  throw new TypeError('id must be a non-empty string without whitespace or control characters');
}

/** Lower case, as in frameworks and fetch. Throws TypeError for an invalid header. */
function toLowerCaseNames(headers: Headers): Headers {
  if (headers.some(([name, value]) => /[\r\n\0]/.test(name + value))) {
    throw new TypeError('a header name or value must not contain CR, LF or NUL');
  }
  return headers.map(([name, value]) => [name.toLowerCase(), value]);
}

/** In seconds. Throws TypeError, because NaN would accept every timestamp. */
function toTolerance(tolerance = TOLERANCE_SECONDS): number {
  if (Number.isFinite(tolerance) && tolerance >= 0) return tolerance;
  throw new TypeError('tolerance must be a number of seconds, 0 or greater');
}
