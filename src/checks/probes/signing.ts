import { createHmac } from 'node:crypto';
import { identifyEvent } from '../../events/identify.ts';
import { SIGNATURE_HEADER, textOfBody } from '../../message.ts';
import { type SignedText, signedTextReadings } from '../../signature/explain/signed-texts.ts';
import type { SignedContent } from '../../signature/sign.ts';
import { type ProbeRow, replaced } from './probe.ts';

/** Messages whose signature is encoded or computed differently. */
export function signingProbes(): ProbeRow[] {
  return [...formProbes(), ...textProbes(), ...valueProbes(), ...hashProbes()];
}

const asHex = (signature: string) => Buffer.from(signature.slice(3), 'base64').toString('hex');

/** Other forms of a signature, the commonest first. */
export const forms: readonly (readonly [form: string, write: (signature: string) => string])[] = [
  ['base64 without v1,', (signature) => signature.slice(3)],
  ['hex after v1,', (signature) => `v1,${asHex(signature)}`],
  ['hex', asHex],
  ['sha256= followed by hex', (signature) => `sha256=${asHex(signature)}`],
  ['v1= followed by base64', (signature) => `v1=${signature.slice(3)}`],
  ['v1= followed by hex', (signature) => `v1=${asHex(signature)}`],
  [
    'base64 of the hex text after v1,',
    (signature) => `v1,${Buffer.from(asHex(signature)).toString('base64')}`,
  ],
  ['base64 without padding after v1,', (signature) => signature.replace(/=+$/, '')],
  ["v1, and base64 as Python prints bytes (b'…')", (signature) => `v1,b'${signature.slice(3)}'`],
  [
    'base64url after v1,',
    (signature) => `v1,${Buffer.from(signature.slice(3), 'base64').toString('base64url')}`,
  ],
];

function formProbes(): ProbeRow[] {
  return forms.map(([form, write]) => [
    'signature-form',
    `whose signature is written as ${form}`,
    ({ right }) => replaced(right, SIGNATURE_HEADER, write),
  ]);
}

/** Signed texts with one change: a part left out, a different order or a different separator. */
function textProbes(): ProbeRow[] {
  const readings = signedTextReadings().filter(({ changes }) => changes.length === 1);
  return readings.flatMap(({ value }) =>
    (['key', 'text'] as const).map((part): ProbeRow => {
      const suffix = part === 'text' ? ", with the secret's text as the key" : '';
      return [
        'signed-text',
        `whose signature covers ${describe(value)}${suffix}`,
        ({ right, content, secret }) =>
          replaced(right, SIGNATURE_HEADER, () => {
            const hmac = createHmac('sha256', secret[part]).update(write(value, content));
            return `v1,${hmac.digest('base64')}`;
          }),
      ];
    }),
  );
}

function describe({ parts, joiner }: SignedText): string {
  if (parts.length === 1) return 'only the body';
  const between = joiner === '.' ? '' : `, with ${JSON.stringify(joiner)} as the separator`;
  return `${parts.join('.')}${between}`;
}

function write({ parts, joiner }: SignedText, content: SignedContent): string {
  const values = { id: content.id, timestamp: String(content.timestamp), body: textOfBody(content) };
  return parts.map((part) => values[part]).join(joiner);
}

/** Signed texts with another value in the place of the id or the timestamp. */
function valueProbes(): ProbeRow[] {
  const texts: readonly (readonly [what: string, text: (content: SignedContent) => string])[] = [
    [
      'the id of the event instead of webhook-id',
      (content) => `${identifyEvent(content.body).id}.${content.timestamp}.${textOfBody(content)}`,
    ],
    [
      'the timestamp in milliseconds',
      (content) => `${content.id}.${content.timestamp * 1000}.${textOfBody(content)}`,
    ],
  ];
  return texts.map(([what, text]) => [
    'signed-text',
    `whose signature covers ${what}`,
    ({ right, content, secret }) =>
      replaced(right, SIGNATURE_HEADER, () => {
        const hmac = createHmac('sha256', secret.key).update(text(content));
        return `v1,${hmac.digest('base64')}`;
      }),
  ]);
}

function hashProbes(): ProbeRow[] {
  return ['sha1', 'sha512', 'sha384', 'md5'].map((hash) => [
    'signed-text',
    `whose signature uses ${hash} instead of sha256`,
    ({ right, content, secret }) =>
      replaced(right, SIGNATURE_HEADER, () => {
        const text = `${content.id}.${content.timestamp}.${textOfBody(content)}`;
        return `v1,${createHmac(hash, secret.key).update(text).digest('base64')}`;
      }),
  ]);
}
