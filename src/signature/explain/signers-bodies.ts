import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { asBuffer } from '../../message.ts';
import { binary } from './body-edges.ts';
import { changed, type Reading } from './reading.ts';

/** A body that was not at hand any more when it was signed, and what was signed in its place. */
export function lostWhenSigned(): Reading<Uint8Array>[] {
  return ['', '[object Object]', 'undefined', 'null', 'None', '{}'].map((text) =>
    changed(Buffer.from(text), 'body_lost_when_signed', { text }),
  );
}

/** A text that was stringified once more to be signed. */
export function stringifiedWhenSigned(body: Uint8Array): Reading<Uint8Array>[] {
  return isUtf8(body)
    ? [changed(Buffer.from(JSON.stringify(asBuffer(body).toString())), 'body_stringified_when_signed')]
    : [];
}

/** Base64, hexadecimal digits or a hash of the body were signed. */
export function digestSigned(body: Uint8Array): Reading<Uint8Array>[] {
  const hash = createHash('sha256').update(body).digest();
  const forms: [form: string, text: string][] = [
    ['base64', asBuffer(body).toString('base64')],
    ['hexadecimal digits', asBuffer(body).toString('hex')],
    ['SHA-256 in hexadecimal digits', hash.toString('hex')],
    ['SHA-256 in base64', hash.toString('base64')],
  ];
  return forms.map(([form, text]) => changed(Buffer.from(text), 'body_digest_signed', { form }));
}

/** Bytes that Python wrote into a text: `b'…'`. */
export function reprSigned(body: Uint8Array): Reading<Uint8Array>[] {
  const quote = body.includes(0x27) && !body.includes(0x22) ? '"' : "'";
  const escapes: Record<string, string> = {
    '\\': '\\\\',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    [quote]: `\\${quote}`,
  };
  const inner = binary(body).replace(
    /[^ -~]|[\\'"]/g,
    (character) =>
      escapes[character] ??
      (character >= ' ' && character <= '~'
        ? character
        : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`),
  );
  return [changed(Buffer.from(`b${quote}${inner}${quote}`), 'body_repr_signed')];
}
