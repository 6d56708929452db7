import { createHmac, randomBytes } from 'node:crypto';
import { isJudgment, type Outcome } from '../delivery/outcome.ts';
import { HooksError } from '../errors.ts';
import {
  changeHeader,
  type Headers,
  ID_HEADER,
  type Message,
  SIGNATURE_HEADER,
  SIGNED_HEADERS,
  TIMESTAMP_HEADER,
} from '../message.ts';
import { nearestNames } from '../names.ts';
import { readSecret, type Secret } from '../signature/secret.ts';
import { type SignedContent, sign, signMessage } from '../signature/sign.ts';
import { type FaultName, faultNames } from './fault-names.ts';

/** The parts of a correct message, to which a fault is applied. */
export interface MessageParts {
  readonly content: SignedContent;
  readonly secrets: readonly [Secret, ...Secret[]];
  readonly headers: Headers;
}

/** A deliberate fault: a correct handler rejects the message. */
export interface Fault {
  readonly name: FaultName;
  /** Describes the fault; completes "a message …". */
  readonly summary: string;
  makeMessage(parts: MessageParts): Message;
}

const SHIFT_SECONDS = 600;

/** Every fault. A faulty message differs from a correct one in exactly one way. */
export const faults: readonly Fault[] = [
  {
    name: 'no-headers',
    summary: 'without the three signature headers',
    makeMessage: without(...SIGNED_HEADERS),
  },
  { name: 'no-id', summary: 'without webhook-id', makeMessage: without(ID_HEADER) },
  { name: 'no-timestamp', summary: 'without webhook-timestamp', makeMessage: without(TIMESTAMP_HEADER) },
  { name: 'no-signature', summary: 'without webhook-signature', makeMessage: without(SIGNATURE_HEADER) },
  { name: 'wrong-secret', summary: 'signed with a different secret', makeMessage: wrongSecret },
  { name: 'tampered-body', summary: 'whose body was changed after signing', makeMessage: changedBody },
  {
    name: 'tampered-id',
    summary: 'whose webhook-id was changed after signing',
    makeMessage: replacing(ID_HEADER, (id) => `${id}x`),
  },
  {
    name: 'tampered-timestamp',
    summary: 'whose webhook-timestamp was changed after signing',
    makeMessage: replacing(TIMESTAMP_HEADER, (timestamp) => String(Number(timestamp) + 1)),
  },
  { name: 'stale', summary: 'that is ten minutes old', makeMessage: shifted(-SHIFT_SECONDS) },
  { name: 'future', summary: 'dated ten minutes in the future', makeMessage: shifted(SHIFT_SECONDS) },
  {
    name: 'malformed-timestamp',
    summary: 'whose timestamp is not a number',
    makeMessage: malformedTimestamp,
  },
  {
    name: 'unknown-version',
    summary: 'that has only a signature of an unknown version',
    makeMessage: signedAs((right) => right.replace('v1,', 'v2,')),
  },
  { name: 'empty-signature', summary: 'with an empty signature', makeMessage: signedAs(() => 'v1,') },
  {
    name: 'truncated-signature',
    summary: 'with a truncated signature',
    makeMessage: signedAs((right) => right.slice(0, 25)),
  },
  {
    name: 'lower-case-signature',
    summary: 'with its signature converted to lowercase',
    makeMessage: signedAs((right) => lowerCase(right)),
  },
  {
    name: 'hex-signature',
    summary: 'with its signature encoded as hex',
    makeMessage: signedAs((right) => `v1,${Buffer.from(right.slice(3), 'base64').toString('hex')}`),
  },
  {
    name: 'empty-key',
    summary: 'signed with an empty key',
    makeMessage: signedWithKey(() => Buffer.alloc(0)),
  },
  {
    name: 'secret-as-text',
    summary: "signed with the secret's text instead of its bytes",
    makeMessage: signedWithKey(({ text }) => Buffer.from(text)),
  },
  { name: 'body-only', summary: 'whose signature covers only the body', makeMessage: bodyOnly },
];

/** What a handler's response to a faulty message means. */
export type FaultVerdict = 'rejected' | 'accepted' | 'not_judged';

/** Judges the response to a faulty message. A 2xx counts as accepted even if the response breaks off. */
export function judgeFault(outcome: Outcome): FaultVerdict {
  if (!outcome.answered) return 'not_judged';
  if (outcome.status >= 200 && outcome.status < 300) return 'accepted';
  return isJudgment(outcome) ? 'rejected' : 'not_judged';
}

/** Throws HooksError with the nearest name for an unknown fault. */
export function findFault(name: string): Fault {
  const found = faults.find((fault) => fault.name === name);
  if (found) return found;
  throw new HooksError('unknown_fault', { name, nearest: nearestNames(name, faultNames), known: faultNames });
}

function sound({ content, secrets, headers }: MessageParts): Message {
  return signMessage(content, secrets, headers);
}

function without(...names: string[]) {
  return (parts: MessageParts): Message => {
    const message = sound(parts);
    return { ...message, headers: message.headers.filter(([name]) => !names.includes(name)) };
  };
}

function replacing(header: string, change: (value: string) => string) {
  return (parts: MessageParts): Message => {
    const message = sound(parts);
    return { ...message, headers: changeHeader(message.headers, header, change) };
  };
}

/** Signs with the first secret, then rewrites the signature. */
function signedAs(rewrite: (right: string) => string) {
  return (parts: MessageParts): Message => {
    const right = sign(parts.content, parts.secrets[0]);
    return replacing(SIGNATURE_HEADER, () => rewrite(right))(parts);
  };
}

function signedWithKey(keyOf: (secret: Secret) => Uint8Array) {
  return (parts: MessageParts): Message => {
    const secret = { text: '', key: keyOf(parts.secrets[0]) };
    return signMessage(parts.content, [secret], parts.headers);
  };
}

function wrongSecret({ content, headers }: MessageParts): Message {
  const other = readSecret(`whsec_${randomBytes(24).toString('base64')}`) as Secret;
  return signMessage(content, [other], headers);
}

/** Changes a digit: every event has one in its id, and the changed body is still valid JSON. */
function changedBody(parts: MessageParts): Message {
  const message = sound(parts);
  const body = Uint8Array.from(message.body);
  const at = body.findLastIndex((byte) => byte >= 0x31 && byte <= 0x38);
  if (at === -1) return { ...message, body: Buffer.concat([body, Buffer.from(' ')]) };
  body[at]! += 1;
  return { ...message, body };
}

function shifted(seconds: number) {
  return ({ content, secrets, headers }: MessageParts): Message =>
    signMessage({ ...content, timestamp: content.timestamp + seconds }, secrets, headers);
}

/** The signature covers the malformed text, so only a check of the timestamp format can reject it. */
function malformedTimestamp(parts: MessageParts): Message {
  const { content, secrets } = parts;
  const timestamp = `${content.timestamp}abc`;
  const signature = hmac(secrets[0].key, `${content.id}.${timestamp}.`, content.body);
  const { headers, body } = sound(parts);
  const stamped = changeHeader(headers, TIMESTAMP_HEADER, () => timestamp);
  return { headers: changeHeader(stamped, SIGNATURE_HEADER, () => signature), body };
}

function bodyOnly(parts: MessageParts): Message {
  const { content, secrets } = parts;
  return replacing(SIGNATURE_HEADER, () => hmac(secrets[0].key, '', content.body))(parts);
}

function hmac(key: Uint8Array, before: string, body: Uint8Array): string {
  return `v1,${createHmac('sha256', key).update(before).update(body).digest('base64')}`;
}

function lowerCase(signature: string): string {
  const lower = signature.toLowerCase();
  // About one signature in 10^8 has no capital letter and would stay valid.
  return lower === signature ? `v1,a${lower.slice(4)}` : lower;
}
