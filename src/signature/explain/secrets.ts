import type { Secret } from '../secret.ts';
import { changed, type Reading, unchanged } from './reading.ts';

type Key = Uint8Array;

/** The keys that a secret has been taken for, the right one first. */
export function keyReadings(secret: Secret): Reading<Key>[] {
  return [unchanged(secret.key), ...readers.flatMap((read) => read(secret))];
}

/** One habit each of code that reads secrets. */
const readers: readonly ((secret: Secret) => Reading<Key>[])[] = [
  textAfterPrefix,
  textWithPrefix,
  quotedText,
  textWithBlanks,
  prefixDecodedToo,
  base64url,
  cutAtSecondUnderscore,
  wholeRemainder,
  hex,
  emptyKey,
  notSet,
  decodedToText,
];

/** The base64 was not decoded: its characters are the key. */
export function textAfterPrefix({ text }: Secret): Reading<Key>[] {
  return [changed(bytes(remainder(text)), 'secret_as_text')];
}

/** All of it is the key, `whsec_` too. */
export function textWithPrefix({ text }: Secret): Reading<Key>[] {
  return text.includes('_') ? [changed(bytes(text), 'secret_with_prefix')] : [];
}

/** The quotation marks of a .env file or a shell became part of the key. */
export function quotedText({ text }: Secret): Reading<Key>[] {
  return ['"', "'"].flatMap((quote) =>
    [text, remainder(text)].flatMap((inner) => [
      changed(bytes(quote + inner + quote), 'secret_quoted', { quote }),
      changed(bytes(inner + quote), 'secret_quoted', { quote }),
    ]),
  );
}

/** A line feed or blank around the secret became part of the key. */
export function textWithBlanks({ text }: Secret): Reading<Key>[] {
  const endings = ['\n', '\r\n', ' ', '\t', '\\n', ','];
  return [text, remainder(text)].flatMap((inner) => [
    ...endings.map((blank) => changed(bytes(inner + blank), 'secret_with_whitespace')),
    changed(bytes(` ${inner}`), 'secret_with_whitespace'),
  ]);
}

/** The prefix was decoded as if it were base64, too: lenient decoders take it. */
export function prefixDecodedToo({ text }: Secret): Reading<Key>[] {
  if (!text.includes('_')) return [];
  return [
    changed(Buffer.from(text, 'base64'), 'secret_prefix_decoded'),
    // A decoder that does not know "_" drops it.
    changed(Buffer.from(text.replaceAll('_', ''), 'base64'), 'secret_prefix_decoded'),
  ];
}

/** The characters in which the two base64 alphabets differ were dropped by a decoder of the other one. */
export function base64url({ text }: Secret): Reading<Key>[] {
  const inner = remainder(text);
  return [/-/g, /[+/]/g].flatMap((foreign) =>
    inner.search(foreign) === -1
      ? []
      : [changed(Buffer.from(inner.replace(foreign, ''), 'base64'), 'secret_base64url')],
  );
}

/** Only what stands between the first underscore and the second: so do all four Scalekit SDKs. */
export function cutAtSecondUnderscore({ text }: Secret): Reading<Key>[] {
  const parts = text.split('_');
  return parts.length > 2
    ? [changed(Buffer.from(parts[1]!, 'base64'), 'secret_cut_at_underscore', { kept: parts[1]!.length })]
    : [];
}

/** All that follows the prefix, further underscores too: so do readers that cut off `whsec_` only. */
export function wholeRemainder({ text }: Secret): Reading<Key>[] {
  const parts = text.split('_');
  return parts.length > 2
    ? [
        changed(Buffer.from(remainder(text), 'base64'), 'secret_whole_remainder'),
        changed(Buffer.from(parts.at(-1)!, 'base64'), 'secret_whole_remainder'),
        // A decoder that does not know "_" drops it.
        changed(Buffer.from(parts.slice(1).join(''), 'base64'), 'secret_whole_remainder'),
      ]
    : [];
}

/** Read as hexadecimal digits, where it can be. */
export function hex({ text }: Secret): Reading<Key>[] {
  const inner = remainder(text);
  return /^(?:[0-9a-f]{2}){16,}$/i.test(inner) ? [changed(Buffer.from(inner, 'hex'), 'secret_hex')] : [];
}

/** No key at all, as when a variable was not set. */
export function emptyKey(): Reading<Key>[] {
  return [changed(bytes(''), 'secret_empty_key')];
}

/** What JavaScript or Python write for a variable that is not set. */
export function notSet(): Reading<Key>[] {
  return ['undefined', 'null', 'None'].map((text) => changed(bytes(text), 'secret_not_set', { text }));
}

/** The key was decoded, and then made into a text again. */
export function decodedToText({ key }: Secret): Reading<Key>[] {
  const decoded = Buffer.from(key);
  return [decoded.toString('hex'), decoded.toString(), bytes(decoded.toString('latin1')).toString()].map(
    (text) => changed(bytes(text), 'secret_decoded_to_text'),
  );
}

function remainder(text: string): string {
  return text.slice(text.indexOf('_') + 1);
}

function bytes(text: string): Buffer {
  return Buffer.from(text);
}
