import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { asBuffer } from '../../message.ts';
import { binary } from './body-text.ts';
import { changed, type Reading } from './reading.ts';

/** The body was no longer available when it was signed; one of these texts was signed instead. */
export function lostWhenSigned(): Reading<Uint8Array>[] {
  return ['', '[object Object]', 'undefined', 'null', 'None', '{}'].map((text) =>
    changed(Buffer.from(text), 'body_lost_when_signed', { text }),
  );
}

/** The body was stringified once more before signing. */
export function stringifiedWhenSigned(body: Uint8Array): Reading<Uint8Array>[] {
  return isUtf8(body)
    ? [changed(Buffer.from(JSON.stringify(asBuffer(body).toString())), 'body_stringified_when_signed')]
    : [];
}

/** Base64, hex or a hash of the body was signed. */
export function digestSigned(body: Uint8Array): Reading<Uint8Array>[] {
  const hash = createHash('sha256').update(body).digest();
  const forms: [form: string, text: string][] = [
    ['base64', asBuffer(body).toString('base64')],
    ['hex', asBuffer(body).toString('hex')],
    ['SHA-256 in hex', hash.toString('hex')],
    ['SHA-256 in base64', hash.toString('base64')],
  ];
  return forms.map(([form, text]) => changed(Buffer.from(text), 'body_digest_signed', { form }));
}

/** Python's text form of bytes was signed: `b'…'`. */
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
