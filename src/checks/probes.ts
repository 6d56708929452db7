import { createHmac } from 'node:crypto';
import {
  type Headers,
  headerValues,
  ID_HEADER,
  type Message,
  SIGNATURE_HEADER,
  TIMESTAMP_HEADER,
} from '../message.ts';
import { type JsonStyle, readJson, writeJson } from '../signature/explain/json-writers.ts';
import type { Secret } from '../signature/secret.ts';
import { type SignedContent, signMessage } from '../signature/sign.ts';
import { rewritten } from './body-forms.ts';
import type { Exchange } from './check.ts';
import { findFault } from './faults.ts';
import { baseOf, type Sample } from './samples.ts';
import type { Workbench } from './workbench.ts';

/** What a handler does wrong, as a probe shows it. */
export type ProbeCode =
  | 'unsteady'
  | 'inverted'
  | 'other-secret'
  | 'empty-secret'
  | 'secret-as-text'
  | 'parsed-body'
  | 'no-body'
  | 'rewritten-body'
  | 'signature-form'
  | 'signed-text'
  | 'svix-headers'
  | 'other-headers'
  | 'milliseconds'
  | 'clock'
  | 'some-types'
  | 'interceptor-headers'
  // These show nothing when they are taken, but by how they are answered.
  | 'without-headers'
  | 'stale';

/**
 * A message that a right handler refuses, or need not take, and one with a certain mistake takes: it is signed as that
 * mistake would have it. Taken where the plain message is refused, it proves the mistake.
 */
export interface Probe {
  readonly code: ProbeCode;
  /** What it is, as the end of "a message …". */
  readonly what: string;
  make(bench: Workbench): Message;
}

export interface ProbeResult {
  readonly probe: Probe;
  readonly exchange: Exchange;
}

/** A secret that scalekit-hooks knows of beside the one in use. */
export interface OtherSecret {
  readonly secret: Secret;
  readonly source: string;
}

/** Searches for why a plain message is refused. */
export function searchProbes(
  samples: readonly [Sample, ...Sample[]],
  others: readonly OtherSecret[],
): Probe[] {
  const base = baseOf(samples);
  const of = (code: ProbeCode, what: string, change: Change): Probe => ({
    code,
    what,
    make: (bench) => changed(bench, base, change),
  });
  return [
    of('unsteady', 'that is plain and rightly signed, once more', ({ right }) => right),
    ...otherTypes(samples, base),
    of('inverted', 'signed with another secret', ({ content, headers, secret }) =>
      findFault('wrong-secret').spoil({ content, headers, secrets: [secret] }),
    ),
    ...others.map(({ secret, source }) =>
      of('other-secret', `signed with the secret from ${source}`, ({ content, headers }) =>
        signMessage(content, [secret], headers),
      ),
    ),
    of(
      'empty-secret',
      'signed with an empty key',
      signedWith(() => Buffer.alloc(0)),
    ),
    of(
      'secret-as-text',
      "signed with the secret's whole text as key",
      signedWith(({ text }) => Buffer.from(text)),
    ),
    of(
      'secret-as-text',
      "signed with the secret's text after the prefix as key",
      signedWith(({ text }) => Buffer.from(afterPrefix(text))),
    ),
    of(
      'secret-as-text',
      'signed with what base64 makes of the secret and its prefix together',
      signedWith(({ text }) => Buffer.from(text, 'base64')),
    ),
    of(
      'parsed-body',
      'whose signature covers "[object Object]" in place of the body',
      signedOver(() => '[object Object]'),
    ),
    of(
      'no-body',
      'whose signature covers an empty body',
      signedOver(() => ''),
    ),
    of(
      'no-body',
      'whose signature covers "undefined" in place of the body',
      signedOver(() => 'undefined'),
    ),
    of(
      'no-body',
      'whose signature covers "{}" in place of the body',
      signedOver(() => '{}'),
    ),
    ...writers.map(([what, style]) =>
      of(
        'rewritten-body',
        `whose signature covers the body as ${what} writes it`,
        signedOver((text) => writeJson(readJson(text)!, style)),
      ),
    ),
    ...signatureForms.map(([what, write]) =>
      of('signature-form', `whose signature is written as ${what}`, ({ right }) =>
        replaced(right, SIGNATURE_HEADER, write),
      ),
    ),
    ...signedTexts.map(([what, text, key]) =>
      of('signed-text', `whose signature covers ${what}`, ({ right, content, secret }) =>
        replaced(
          right,
          SIGNATURE_HEADER,
          () => `v1,${digest((key ?? keyBytes)(secret), text(content), 'base64')}`,
        ),
      ),
    ),
    of('svix-headers', 'with svix-id, svix-timestamp and svix-signature', ({ right }) =>
      renamed(right, 'svix-'),
    ),
    of(
      'interceptor-headers',
      'with interceptor-id, interceptor-timestamp and interceptor-signature',
      ({ right }) => renamed(right, 'interceptor-'),
    ),
    ...otherHeaders.map(([what, value]) =>
      of('other-headers', `with ${what} in ${headerNames.join(', ')}`, ({ right, content, secret }) => ({
        ...right,
        headers: [...right.headers, ...headerNames.map((name) => [name, value(content, secret)] as const)],
      })),
    ),
    of('milliseconds', 'whose timestamp is in milliseconds', ({ content, secret, headers }) =>
      signMessage({ ...content, timestamp: content.timestamp * 1000 }, [secret], headers),
    ),
    ...clockHours.map((hours) =>
      of('clock', `whose timestamp is ${hours} h ahead`, ({ content, headers, secret }) =>
        signMessage({ ...content, timestamp: content.timestamp + hours * 3600 }, [secret], headers),
      ),
    ),
    of('without-headers', 'without the three signature headers', ({ content, headers, secret }) =>
      findFault('no-headers').spoil({ content, headers, secrets: [secret] }),
    ),
    of('stale', 'that is ten minutes old', ({ content, headers, secret }) =>
      findFault('stale').spoil({ content, headers, secrets: [secret] }),
    ),
  ];
}

/** Asks whether a body is verified as it arrived, or as it was written again: what arrives is laid out, what is signed is not. */
export function rewritingProbes(base: Sample): Probe[] {
  const laidOut = (text: string) => JSON.stringify(JSON.parse(text), null, 2);
  const signers: [what: string, write: (text: string) => string][] = [
    ['JSON.stringify', rewritten],
    ...writers.map(
      ([what, style]) =>
        [what, (text: string) => writeJson(readJson(text)!, style)] as [string, (text: string) => string],
    ),
  ];
  return signers.map(([what, write]) => ({
    code: 'rewritten-body',
    what: `that is laid out over several lines, and whose signature covers it as ${what} writes it`,
    make: (bench) =>
      changed(bench, base, ({ content, secret, headers }) => {
        const text = Buffer.from(content.body).toString();
        const signed = signMessage({ ...content, body: Buffer.from(write(text)) }, [secret], headers);
        return { ...signed, body: Buffer.from(laidOut(text)) };
      }),
  }));
}

/** What a probe is made of. */
interface Parts {
  readonly content: SignedContent;
  readonly secret: Secret;
  readonly headers: Headers;
  /** The message as it should be. */
  readonly right: Message;
}
type Change = (parts: Parts) => Message;

function changed(bench: Workbench, base: Sample, change: Change): Message {
  const { materials } = bench;
  const content = bench.content(base.build(materials.now()).body);
  const [secret] = materials.secrets;
  const right = signMessage(content, [secret], materials.headers);
  return materials.finish(change({ content, secret, headers: materials.headers, right }));
}

/** By how much clocks differ that take local time for UTC. */
const clockHours = [
  -12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 5.5, 6, 7, 8, 9, 10, 11, 12, 13,
];

/** Other types that a handler may take which refuses the usual one: one of each category. */
function otherTypes(samples: readonly Sample[], base: Sample): Probe[] {
  const others = new Map(
    samples
      .filter(({ type }) => type !== base.type)
      .map((sample) => [sample.type.replace(/[._][^._]*$/, ''), sample]),
  );
  return [...others.values()].slice(0, 12).map((sample) => ({
    code: 'some-types',
    what: `of the type ${sample.type}`,
    make: (bench) => changed(bench, sample, ({ right }) => right),
  }));
}

const keyBytes = ({ key }: Secret): Uint8Array => key;
const keyText = ({ text }: Secret): Uint8Array => Buffer.from(text);
const afterPrefix = (text: string) => text.slice(text.indexOf('_') + 1);

function signedWith(keyOf: (secret: Secret) => Uint8Array): Change {
  return ({ content, secret, headers }) => signMessage(content, [{ text: '', key: keyOf(secret) }], headers);
}

function signedOver(bodyOf: (text: string) => string): Change {
  return ({ content, secret, headers }) => {
    const body = Buffer.from(bodyOf(Buffer.from(content.body).toString()));
    return { ...signMessage({ ...content, body }, [secret], headers), body: content.body };
  };
}

/** How JSON is written elsewhere. */
const writers: readonly (readonly [what: string, style: JsonStyle])[] = [
  ["Python's json.dumps", { layout: 'spaced', escapes: 'ascii', order: 'kept' }],
  ["Python's json.dumps with sort_keys", { layout: 'spaced', escapes: 'ascii', order: 'sorted' }],
  ["Python's json.dumps with ensure_ascii=False", { layout: 'spaced', escapes: 'minimal', order: 'kept' }],
  ['JSON.stringify with an indent of 2', { layout: 'indent2', escapes: 'minimal', order: 'kept' }],
  ['JSON.stringify with an indent of 4', { layout: 'indent4', escapes: 'minimal', order: 'kept' }],
  ["PHP's json_encode", { layout: 'compact', escapes: 'slashes_ascii', order: 'kept' }],
  ["Go's json.Marshal", { layout: 'compact', escapes: 'go', order: 'sorted' }],
  ['.NET (System.Text.Json)', { layout: 'compact', escapes: 'dotnet', order: 'kept' }],
  ['Gson', { layout: 'compact', escapes: 'gson', order: 'kept' }],
  ['Jackson with its pretty printer', { layout: 'jackson', escapes: 'minimal', order: 'kept' }],
];

const asHex = (signature: string) => Buffer.from(signature.slice(3), 'base64').toString('hex');
const signatureForms: readonly (readonly [what: string, write: (signature: string) => string])[] = [
  ['base64 without v1,', (signature) => signature.slice(3)],
  ['hex behind v1,', (signature) => `v1,${asHex(signature)}`],
  ['hex', asHex],
  ['sha256= and hex', (signature) => `sha256=${asHex(signature)}`],
  ['v1= and base64', (signature) => `v1=${signature.slice(3)}`],
  [
    'base64url behind v1,',
    (signature) => `v1,${Buffer.from(signature.slice(3), 'base64').toString('base64url')}`,
  ],
];

type TextOf = (content: SignedContent) => string;
const bodyOf: TextOf = ({ body }) => Buffer.from(body).toString();
const signedTexts: readonly (readonly [what: string, text: TextOf, key?: (secret: Secret) => Uint8Array])[] =
  [
    ['the body only', bodyOf],
    ["the body only, with the secret's text as key", bodyOf, keyText],
    ['timestamp.body, without the id', (content) => `${content.timestamp}.${bodyOf(content)}`],
    [
      "timestamp.body, with the secret's text as key",
      (content) => `${content.timestamp}.${bodyOf(content)}`,
      keyText,
    ],
    ['timestamp.id.body', (content) => `${content.timestamp}.${content.id}.${bodyOf(content)}`],
    [
      'id, timestamp and body without dots between them',
      (content) => `${content.id}${content.timestamp}${bodyOf(content)}`,
    ],
    ['id.body, without the timestamp', (content) => `${content.id}.${bodyOf(content)}`],
  ];

/** Header names of other senders, of old pages of Scalekit's documents, and of hand-made checks. */
const headerNames = [
  'scalekit-signature',
  'x-scalekit-signature',
  'x-signature',
  'x-webhook-signature',
  'x-hub-signature-256',
  'signature',
];
const otherHeaders: readonly (readonly [
  what: string,
  value: (content: SignedContent, secret: Secret) => string,
])[] = [
  [
    'the usual signature',
    (content, secret) => headerValues(signMessage(content, [secret]).headers, SIGNATURE_HEADER)[0]!,
  ],
  ["t=…,v1=… in hex over timestamp.body, with the secret's text as key", timed(keyText)],
  ['t=…,v1=… in hex over timestamp.body', timed(keyBytes)],
  [
    "hex over the body, with the secret's text as key",
    (content, secret) => digest(keyText(secret), bodyOf(content), 'hex'),
  ],
  ['hex over the body', (content, secret) => digest(keyBytes(secret), bodyOf(content), 'hex')],
  [
    "sha256= and hex over the body, with the secret's text as key",
    (content, secret) => `sha256=${digest(keyText(secret), bodyOf(content), 'hex')}`,
  ],
  [
    "base64 over the body, with the secret's text as key",
    (content, secret) => digest(keyText(secret), bodyOf(content), 'base64'),
  ],
  ['base64 over the body', (content, secret) => digest(keyBytes(secret), bodyOf(content), 'base64')],
];

function timed(key: (secret: Secret) => Uint8Array) {
  return (content: SignedContent, secret: Secret) =>
    `t=${content.timestamp},v1=${digest(key(secret), `${content.timestamp}.${bodyOf(content)}`, 'hex')}`;
}

function digest(key: Uint8Array, text: string, encoding: 'hex' | 'base64'): string {
  return createHmac('sha256', key).update(text).digest(encoding);
}

function replaced(message: Message, header: string, change: (value: string) => string): Message {
  return {
    ...message,
    headers: message.headers.map(([name, value]) => [name, name === header ? change(value) : value] as const),
  };
}

function renamed(message: Message, prefix: string): Message {
  const signed = [ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER];
  return {
    ...message,
    headers: message.headers.map(
      ([name, value]) => [signed.includes(name) ? name.replace('webhook-', prefix) : name, value] as const,
    ),
  };
}
