import { createHmac, randomBytes } from 'node:crypto';
import { isJudgment, type Outcome } from '../delivery/outcome.ts';
import { HooksError } from '../errors.ts';
import {
  changeHeader,
  type Headers,
  ID_HEADER,
  type Message,
  SIGNATURE_HEADER,
  TIMESTAMP_HEADER,
} from '../message.ts';
import { nearestNames } from '../names.ts';
import { readSecret, type Secret } from '../signature/secret.ts';
import { type SignedContent, sign, signMessage } from '../signature/sign.ts';
import { type FaultName, faultNames } from './fault-names.ts';

/** What a sound message is made of, before it is spoiled. */
export interface MessageParts {
  readonly content: SignedContent;
  readonly secrets: readonly [Secret, ...Secret[]];
  readonly headers: Headers;
}

/** A way to make a message that a right handler must refuse. */
export interface Fault {
  readonly name: FaultName;
  /** What is wrong with the message, as the end of "a message …". */
  readonly summary: string;
  makeMessage(ingredients: MessageParts): Message;
}

const TEN_MINUTES = 600;

/** Every fault, each differing from a sound message in exactly one thing. */
export const faults: readonly Fault[] = [
  {
    name: 'no-headers',
    summary: 'without the three signature headers',
    makeMessage: without(ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER),
  },
  { name: 'no-id', summary: 'without webhook-id', makeMessage: without(ID_HEADER) },
  { name: 'no-timestamp', summary: 'without webhook-timestamp', makeMessage: without(TIMESTAMP_HEADER) },
  { name: 'no-signature', summary: 'without webhook-signature', makeMessage: without(SIGNATURE_HEADER) },
  { name: 'wrong-secret', summary: 'signed with another secret', makeMessage: wrongSecret },
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
  { name: 'stale', summary: 'that is ten minutes old', makeMessage: shifted(-TEN_MINUTES) },
  { name: 'future', summary: 'that is ten minutes ahead', makeMessage: shifted(TEN_MINUTES) },
  {
    name: 'malformed-timestamp',
    summary: 'whose timestamp is not a number',
    makeMessage: malformedTimestamp,
  },
  {
    name: 'unknown-version',
    summary: 'with a signature of another version only',
    makeMessage: signedAs((right) => right.replace('v1,', 'v2,')),
  },
  { name: 'empty-signature', summary: 'with an empty signature', makeMessage: signedAs(() => 'v1,') },
  {
    name: 'truncated-signature',
    summary: 'with half of its signature',
    makeMessage: signedAs((right) => right.slice(0, 25)),
  },
  {
    name: 'lower-case-signature',
    summary: 'with its signature in lower case',
    makeMessage: signedAs((right) => lowerCase(right)),
  },
  {
    name: 'hex-signature',
    summary: 'with its signature in hex',
    makeMessage: signedAs((right) => `v1,${Buffer.from(right.slice(3), 'base64').toString('hex')}`),
  },
  {
    name: 'empty-key',
    summary: 'signed with an empty key',
    makeMessage: signedWithKey(() => Buffer.alloc(0)),
  },
  {
    name: 'secret-as-text',
    summary: "signed with the secret's text in place of its bytes",
    makeMessage: signedWithKey(({ text }) => Buffer.from(text)),
  },
  { name: 'body-only', summary: 'whose signature covers the body only', makeMessage: bodyOnly },
];

/** What a handler made of a spoiled message. */
export type FaultVerdict = 'rejected' | 'accepted' | 'not_judged';

/** Reads from its answer what a handler made of a spoiled message; a 2xx that broke off was taken all the same. */
export function judgeFault(outcome: Outcome): FaultVerdict {
  if (!outcome.answered) return 'not_judged';
  if (outcome.status >= 200 && outcome.status < 300) return 'accepted';
  return isJudgment(outcome) ? 'rejected' : 'not_judged';
}

/** The fault of that name. Throws HooksError, with the nearest. */
export function findFault(name: string): Fault {
  const found = faults.find((fault) => fault.name === name);
  if (found) return found;
  throw new HooksError('unknown_fault', { name, nearest: nearestNames(name, faultNames), known: faultNames });
}

function sound({ content, secrets, headers }: MessageParts): Message {
  return signMessage(content, secrets, headers);
}

function without(...names: string[]) {
  return (ingredients: MessageParts): Message => {
    const message = sound(ingredients);
    return { ...message, headers: message.headers.filter(([name]) => !names.includes(name)) };
  };
}

function replacing(header: string, change: (value: string) => string) {
  return (ingredients: MessageParts): Message => {
    const message = sound(ingredients);
    return { ...message, headers: changeHeader(message.headers, header, change) };
  };
}

/** Signed rightly with the first secret, and then written otherwise. */
function signedAs(rewrite: (right: string) => string) {
  return (ingredients: MessageParts): Message => {
    const right = sign(ingredients.content, ingredients.secrets[0]);
    return replacing(SIGNATURE_HEADER, () => rewrite(right))(ingredients);
  };
}

function signedWithKey(keyOf: (secret: Secret) => Uint8Array) {
  return (ingredients: MessageParts): Message => {
    const secret = { text: '', key: keyOf(ingredients.secrets[0]) };
    return signMessage(ingredients.content, [secret], ingredients.headers);
  };
}

function wrongSecret({ content, headers }: MessageParts): Message {
  const other = readSecret(`whsec_${randomBytes(24).toString('base64')}`) as Secret;
  return signMessage(content, [other], headers);
}

/** Changes a digit (every event has one, in its id), so that the body says something else and is still JSON. */
function changedBody(ingredients: MessageParts): Message {
  const message = sound(ingredients);
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

/** The signature covers the text that stands in the header, so that only a check of the text can refuse it. */
function malformedTimestamp(ingredients: MessageParts): Message {
  const { content, secrets } = ingredients;
  const timestamp = `${content.timestamp}abc`;
  const signature = hmac(secrets[0].key, `${content.id}.${timestamp}.`, content.body);
  const { headers, body } = sound(ingredients);
  const stamped = changeHeader(headers, TIMESTAMP_HEADER, () => timestamp);
  return { headers: changeHeader(stamped, SIGNATURE_HEADER, () => signature), body };
}

function bodyOnly(ingredients: MessageParts): Message {
  const { content, secrets } = ingredients;
  return replacing(SIGNATURE_HEADER, () => hmac(secrets[0].key, '', content.body))(ingredients);
}

function hmac(key: Uint8Array, before: string, body: Uint8Array): string {
  return `v1,${createHmac('sha256', key).update(before).update(body).digest('base64')}`;
}

function lowerCase(signature: string): string {
  const lower = signature.toLowerCase();
  // One in some 10^8 signatures has no capital: then it is not spoiled yet.
  return lower === signature ? `v1,a${lower.slice(4)}` : lower;
}
