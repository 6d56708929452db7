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
import { readSecrets, type SecretInput } from './secrets.ts';
import { type TimeInput, toMilliseconds, toSeconds } from './times.ts';

/** A body: bytes and text are signed as they are, an object as Scalekit would write it. */
export type BodyInput = string | Uint8Array | ArrayBuffer | object;

export interface SignOptions {
  readonly secret: SecretInput;
  /** The webhook-id; a new one when it is left out. */
  readonly id?: string;
  /** When it is signed; now when it is left out. */
  readonly timestamp?: TimeInput;
  /** Further headers, or others in place of the usual. */
  readonly headers?: HeadersInput;
}

/** A message that is ready to be sent, or to be given to a handler. */
export interface SignedMessage {
  readonly id: string;
  /** Whole seconds since 1970. */
  readonly timestamp: number;
  /** Names in lower case, values as they go over the wire. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** A message as it was received. */
export interface MessageInput {
  readonly headers: HeadersInput;
  readonly body: string | Uint8Array | ArrayBuffer;
}

export interface VerifyOptions {
  readonly secret: SecretInput;
  /** The moment to judge as of; now when it is left out. */
  readonly now?: TimeInput;
  /** How far the timestamp may be from it, in seconds: 300 in every SDK. */
  readonly tolerance?: number;
}

/** Why a message was refused. */
export interface Explanation {
  readonly verdict: Verdict;
  /** Whether the signature fits once what the causes name is put right. */
  readonly explained: boolean;
  /** What is wrong, each with how it is known and how to mend it. */
  readonly causes: readonly Cause[];
  /** What is left when nothing fits. */
  readonly unexplained: string | null;
  /** How many combinations of usual mistakes were tried. */
  readonly combinations: number;
  /** Where a known library judges otherwise, or may. */
  readonly notes: readonly { readonly code: string; readonly message: string }[];
}

/**
 * Signs a message as Scalekit does (Standard Webhooks 1.0): with an entry in the signature header for each secret.
 * Throws HooksError for a malformed secret, TypeError for an id, timestamp or body that is none. The body is not copied.
 */
export function signMessage(body: BodyInput, options: SignOptions): SignedMessage {
  const { id = newWebhookId(), timestamp = Date.now() } = options;
  const seconds = toSeconds(timestamp);
  const bytes = toBody(body);
  const content = { id: toId(id), timestamp: seconds, body: bytes };
  const extra = options.headers === undefined ? [] : inLowerCase(toPairs(options.headers));
  const signed = sign(content, readSecrets(options.secret), extra);
  const headers: Record<string, string> = {};
  for (const [name, value] of signed.headers) headers[name] = value;
  return { id, timestamp: seconds, headers, body: bytes };
}

/**
 * Verifies a message over its bytes. A refusal is a value with a reason. Throws HooksError for a malformed secret, and
 * TypeError for a call that is wrong: a body that was parsed, headers that are none, a moment in seconds.
 */
export function verifyMessage(message: MessageInput, options: VerifyOptions): Verdict {
  const { now = Date.now() } = options;
  return verify(
    toMessage(message),
    readSecrets(options.secret),
    toMilliseconds(now),
    toTolerance(options.tolerance),
  );
}

/**
 * Says why a message does not verify: searches for the mistake that makes its signature fit. Takes up to a second for
 * a message that nothing fits. A malformed secret is read as most SDKs would, and noted. Throws as verifyMessage.
 */
export function explain(message: MessageInput, options: VerifyOptions): Explanation {
  const { now = Date.now() } = options;
  const tolerance = toTolerance(options.tolerance);
  const secrets = readSecrets(options.secret, readAnySecret);
  const received = toMessage(message);
  const explanation = explainMessage(received, secrets, toMilliseconds(now), { tolerance });
  return {
    verdict: explanation.verdict,
    ...causesFound(explanation, secrets, 'options'),
    combinations: explanation.tried,
    notes: sdkNotes({ message: received, explanation, secrets }),
  };
}

/** A body that was parsed is no body: written again it may not be what was signed, and a test would never tell. */
function toMessage({ headers, body }: MessageInput): Message {
  if (typeof body !== 'string' && !isBytes(body)) {
    throw new TypeError('body is the text or bytes that arrived, not what a parser made of them');
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

/**
 * The bytes of a body, not copied. An event that is given as an object is written in wire form: compact, keys in
 * alphabetical order. Throws TypeError for what is neither.
 */
function toBody(body: BodyInput): Uint8Array<ArrayBuffer> {
  if (typeof body === 'string') return Buffer.from(body);
  // Of what Node.js gives, none is in shared memory, which is all that the narrower type leaves out.
  if (body instanceof Uint8Array) return body as Uint8Array<ArrayBuffer>;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (ArrayBuffer.isView(body)) {
    return new Uint8Array(body.buffer as ArrayBuffer, body.byteOffset, body.byteLength);
  }
  if (isPlain(body)) return Buffer.from(wireForm(JSON.stringify(body)));
  throw new TypeError('body is text, bytes, or an event as an object');
}

/** An id as header bytes. Throws TypeError for one that no header could carry as it is. */
function toId(id: string): string {
  if (typeof id === 'string' && /^(?:[!-~]+|[^\s\p{Cc}]+)$/u.test(id)) return toHeaderBytes(id);
  throw new TypeError('id is text without blanks and control characters, not empty');
}

/** As frameworks and fetch have them. Throws TypeError for what no header can hold. */
function inLowerCase(headers: Headers): Headers {
  if (headers.some(([name, value]) => /[\r\n\0]/.test(name + value))) {
    throw new TypeError('a header is one line');
  }
  return headers.map(([name, value]) => [name.toLowerCase(), value]);
}

/** In seconds. Throws TypeError for what would let every message through. */
function toTolerance(tolerance = TOLERANCE_SECONDS): number {
  if (Number.isFinite(tolerance) && tolerance >= 0) return tolerance;
  throw new TypeError('tolerance is a number of seconds');
}
