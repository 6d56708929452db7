import { createHmac } from 'node:crypto';
import { headerValues, type Message, SIGNATURE_HEADER, SIGNED_HEADERS, textOfBody } from '../../message.ts';
import type { Parts, ProbeRow } from './probe.ts';

/** Messages with the signature in headers that a faulty handler reads; `asked` are the names that a response asks for. */
export function headerProbes(asked: readonly string[]): ProbeRow[] {
  return [
    [
      'svix-headers',
      'with svix-id, svix-timestamp and svix-signature',
      ({ right }) => renamed(right, 'svix-'),
    ],
    [
      'interceptor-headers',
      'with interceptor-id, interceptor-timestamp and interceptor-signature',
      ({ right }) => renamed(right, 'interceptor-'),
    ],
    ...otherHeaderRows(asked),
  ];
}

/** Messages with a signature in other headers, over what `view` makes of the body. */
export function otherHeaderRows(
  asked: readonly string[],
  view: (text: string) => string = (text) => text,
): ProbeRow[] {
  const all = [...new Set([...asked, ...names])];
  return values.map(([value, write]) => [
    'other-headers',
    `with ${value} in ${all.join(', ')}`,
    (parts) => {
      const body = Buffer.from(view(textOfBody(parts.content)));
      const text = write({ ...parts, content: { ...parts.content, body } });
      return {
        ...parts.right,
        headers: [...parts.right.headers, ...all.map((name) => [name, text] as const)],
      };
    },
  ]);
}

/** Header names of other senders, of some Scalekit docs pages and of hand-written code. */
const names = [
  'scalekit-signature',
  'x-scalekit-signature',
  'x-signature',
  'x-webhook-signature',
  'x-hub-signature-256',
  'signature',
];

type Digest = (parts: Parts, encoding: 'hex' | 'base64') => string;
const overBody =
  (key: 'key' | 'text'): Digest =>
  ({ content, secret }, encoding) =>
    createHmac('sha256', secret[key]).update(content.body).digest(encoding);

/** `t=…,v1=…` over timestamp.body, the format of some other senders. */
const timed =
  (key: 'key' | 'text') =>
  ({ content, secret }: Parts) => {
    const text = `${content.timestamp}.${textOfBody(content)}`;
    return `t=${content.timestamp},v1=${createHmac('sha256', secret[key]).update(text).digest('hex')}`;
  };

const values: readonly (readonly [value: string, write: (parts: Parts) => string])[] = [
  ['the webhook-signature value', ({ right }) => headerValues(right.headers, SIGNATURE_HEADER)[0]!],
  ["t=…,v1=… in hex over timestamp.body, with the secret's text as the key", timed('text')],
  ['t=…,v1=… in hex over timestamp.body', timed('key')],
  ["the body HMAC in hex, with the secret's text as the key", (parts) => overBody('text')(parts, 'hex')],
  ['the body HMAC in hex', (parts) => overBody('key')(parts, 'hex')],
  [
    "sha256= and the body HMAC in hex, with the secret's text as the key",
    (parts) => `sha256=${overBody('text')(parts, 'hex')}`,
  ],
  ['sha256= and the body HMAC in hex', (parts) => `sha256=${overBody('key')(parts, 'hex')}`],
  [
    "the body HMAC in base64, with the secret's text as the key",
    (parts) => overBody('text')(parts, 'base64'),
  ],
  ['the body HMAC in base64', (parts) => overBody('key')(parts, 'base64')],
];

/** Renames the three signature headers. */
export function renamed(message: Message, prefix: string): Message {
  const headers = message.headers.map(
    ([name, value]) =>
      [SIGNED_HEADERS.includes(name) ? name.replace('webhook-', prefix) : name, value] as const,
  );
  return { ...message, headers };
}
