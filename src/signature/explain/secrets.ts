import type { Secret } from '../secret.ts';
import { changed, type Reading, unchanged } from './reading.ts';

type Key = Uint8Array;

/** The keys that code derives from a secret, the correct one first. */
export function keyReadings(secret: Secret): Reading<Key>[] {
  return [unchanged(secret.key), ...readers.flatMap((read) => read(secret))];
}

/** Each covers one known mistake in reading a secret. */
const readers: readonly ((secret: Secret) => Reading<Key>[])[] = [
  textAfterPrefix,
  textWithPrefix,
  quotedText,
  textWithWhitespace,
  prefixDecodedToo,
  base64url,
  decodedUpToError,
  cutAtSecondUnderscore,
  textBeforePrefix,
  wholeRemainder,
  wronglyCut,
  hex,
  emptyKey,
  notSet,
  decodedToText,
];

/** The base64 was not decoded; its characters are the key. */
function textAfterPrefix({ text }: Secret): Reading<Key>[] {
  return [changed(bytes(afterPrefix(text)), 'secret_as_text')];
}

/** The whole secret is the key, including `whsec_`. */
function textWithPrefix({ text }: Secret): Reading<Key>[] {
  return text.includes('_') ? [changed(bytes(text), 'secret_with_prefix')] : [];
}

/** Quotation marks from a .env file or shell became part of the key. */
function quotedText({ text }: Secret): Reading<Key>[] {
  return ['"', "'"].flatMap((quote) =>
    [text, afterPrefix(text)].flatMap((inner) => [
      changed(bytes(quote + inner + quote), 'secret_quoted', { quote }),
      changed(bytes(inner + quote), 'secret_quoted', { quote }),
    ]),
  );
}

/** Whitespace around the secret became part of the key. */
function textWithWhitespace({ text }: Secret): Reading<Key>[] {
  const endings = ['\n', '\r\n', ' ', '\t', '\\n', ','];
  return [text, afterPrefix(text)].flatMap((inner) => [
    ...endings.map((ending) => changed(bytes(inner + ending), 'secret_with_whitespace')),
    changed(bytes(` ${inner}`), 'secret_with_whitespace'),
  ]);
}

/** The prefix was decoded as base64 too, which lenient decoders accept. */
function prefixDecodedToo({ text }: Secret): Reading<Key>[] {
  if (!text.includes('_')) return [];
  return [
    changed(Buffer.from(text, 'base64'), 'secret_prefix_decoded'),
    // A standard base64 decoder drops "_".
    changed(Buffer.from(text.replaceAll('_', ''), 'base64'), 'secret_prefix_decoded'),
  ];
}

/** A decoder for the other base64 alphabet dropped the characters that it does not know. */
function base64url({ text }: Secret): Reading<Key>[] {
  const inner = afterPrefix(text);
  return [/-/g, /[+/]/g].flatMap((characters) =>
    inner.search(characters) === -1
      ? []
      : [changed(Buffer.from(inner.replace(characters, ''), 'base64'), 'secret_base64url')],
  );
}

/** A decoder stopped at the first character that it does not know, and its error was ignored, as Go code can do. */
function decodedUpToError({ text }: Secret): Reading<Key>[] {
  const inner = afterPrefix(text);
  const upTo = (whole: string, unknown: RegExp) => {
    const length = whole.search(unknown);
    // Decoders work on groups of four characters.
    return length < 4 ? [] : [Buffer.from(whole.slice(0, length - (length % 4)), 'base64')];
  };
  return [...upTo(inner, /[+/]/), ...upTo(inner, /[-_]/), ...upTo(text, /_/)].map((key) =>
    changed(key, 'secret_decoding_failed'),
  );
}

/** Only the part between the first two underscores was decoded, as all four Scalekit SDKs do. */
function cutAtSecondUnderscore({ text }: Secret): Reading<Key>[] {
  const parts = text.split('_');
  return parts.length > 2
    ? [changed(Buffer.from(parts[1]!, 'base64'), 'secret_cut_at_underscore', { kept: parts[1]!.length })]
    : [];
}

/** The secret has other text before its prefix: the name of its variable, or the prefix twice. */
function textBeforePrefix({ text }: Secret): Reading<Key>[] {
  const start = text.lastIndexOf('whsec_');
  return start > 0
    ? [changed(Buffer.from(text.slice(start + 'whsec_'.length), 'base64'), 'secret_with_more_text')]
    : [];
}

/** Everything after the prefix was decoded, including further underscores, as by code that only strips `whsec_`. */
function wholeRemainder({ text }: Secret): Reading<Key>[] {
  const parts = text.split('_');
  return parts.length > 2 && text.lastIndexOf('whsec_') <= 0
    ? [
        changed(Buffer.from(afterPrefix(text), 'base64'), 'secret_whole_remainder'),
        changed(Buffer.from(parts.at(-1)!, 'base64'), 'secret_whole_remainder'),
        // A standard base64 decoder drops "_".
        changed(Buffer.from(parts.slice(1).join(''), 'base64'), 'secret_whole_remainder'),
      ]
    : [];
}

/** The prefix was removed with a wrong number of characters, or each of its characters, as lstrip and ltrim do. */
function wronglyCut({ text }: Secret): Reading<Key>[] {
  const inner = afterPrefix(text);
  const prefix = text.slice(0, -inner.length || undefined);
  if (!/^[a-z]+_$/.test(prefix)) return [];
  const rests = new Map([
    [`_${inner}`, `${prefix.length - 1} characters`],
    [inner.slice(1), `${prefix.length + 1} characters`],
    [text.replace(new RegExp(`^[${prefix}]+`), ''), 'each of its characters'],
  ]);
  rests.delete(inner);
  return [...rests].map(([rest, removed]) => changed(Buffer.from(rest, 'base64'), 'secret_cut', { removed }));
}

/** The secret was decoded as hex, if it is valid hex. */
function hex({ text }: Secret): Reading<Key>[] {
  const inner = afterPrefix(text);
  return /^(?:[0-9a-f]{2}){16,}$/i.test(inner) ? [changed(Buffer.from(inner, 'hex'), 'secret_hex')] : [];
}

/** The key is empty, as when a variable is not set. */
function emptyKey(): Reading<Key>[] {
  return [changed(bytes(''), 'secret_empty_key')];
}

/** The text that JavaScript or Python produces for an unset variable. */
function notSet(): Reading<Key>[] {
  return ['undefined', 'null', 'None'].map((text) => changed(bytes(text), 'secret_not_set', { text }));
}

/** The key was decoded and then converted back to text. */
function decodedToText({ key }: Secret): Reading<Key>[] {
  const decoded = Buffer.from(key);
  return [decoded.toString('hex'), decoded.toString(), bytes(decoded.toString('latin1')).toString()].map(
    (text) => changed(bytes(text), 'secret_decoded_to_text'),
  );
}

function afterPrefix(text: string): string {
  return text.slice(text.indexOf('_') + 1);
}

function bytes(text: string): Buffer {
  return Buffer.from(text);
}
