import { createHmac } from 'node:crypto';
import { SIGNATURE_HEADER } from '../../message.ts';
import { type SignedText, signedTextReadings } from '../../signature/explain/signed-texts.ts';
import type { SignedContent } from '../../signature/sign.ts';
import { type ProbeRow, replaced, textOfBody } from './probe.ts';

/** Messages whose signature is written, or made, in another way. */
export function signingProbes(): ProbeRow[] {
  return [...formProbes(), ...textProbes(), ...hashProbes()];
}

const asHex = (signature: string) => Buffer.from(signature.slice(3), 'base64').toString('hex');

const forms: readonly (readonly [what: string, write: (signature: string) => string])[] = [
  ['base64 without v1,', (signature) => signature.slice(3)],
  ['hex behind v1,', (signature) => `v1,${asHex(signature)}`],
  ['hex', asHex],
  ['sha256= and hex', (signature) => `sha256=${asHex(signature)}`],
  ['v1= and base64', (signature) => `v1=${signature.slice(3)}`],
  ['v1= and hex', (signature) => `v1=${asHex(signature)}`],
  [
    'base64url behind v1,',
    (signature) => `v1,${Buffer.from(signature.slice(3), 'base64').toString('base64url')}`,
  ],
];

function formProbes(): ProbeRow[] {
  return forms.map(([what, write]) => [
    'signature-form',
    `whose signature is written as ${what}`,
    ({ right }) => replaced(right, SIGNATURE_HEADER, write),
  ]);
}

/** Texts that take one change: a part left out, another order, or something else between the parts. */
function textProbes(): ProbeRow[] {
  const readings = signedTextReadings().filter(({ changes }) => changes.length === 1);
  return readings.flatMap(({ value }) =>
    (['key', 'text'] as const).map((part): ProbeRow => {
      const suffix = part === 'text' ? ", with the secret's text as key" : '';
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
  if (parts.length === 1) return 'the body only';
  const between = joiner === '.' ? '' : `, with ${JSON.stringify(joiner)} between`;
  return `${parts.join('.')}${between}`;
}

function write({ parts, joiner }: SignedText, content: SignedContent): string {
  const values = { id: content.id, timestamp: String(content.timestamp), body: textOfBody(content) };
  return parts.map((part) => values[part]).join(joiner);
}

function hashProbes(): ProbeRow[] {
  return ['sha1', 'sha512', 'sha384', 'md5'].map((hash) => [
    'signed-text',
    `whose signature is made with ${hash} in place of sha256`,
    ({ right, content, secret }) =>
      replaced(right, SIGNATURE_HEADER, () => {
        const text = `${content.id}.${content.timestamp}.${textOfBody(content)}`;
        return `v1,${createHmac(hash, secret.key).update(text).digest('base64')}`;
      }),
  ]);
}
