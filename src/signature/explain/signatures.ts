import { type Hash, hashesFor } from './hashes.ts';
import type { Change, Reading } from './reading.ts';

/** All readings of a signature header: digests to compare with, and damaged signatures. */
export interface SignatureReadings {
  /** Keyed by digest (latin1): the entry number, with the fewest changes. */
  readonly digests: ReadonlyMap<string, Reading<number>>;
  /** The hashes that may have made one of the digests. */
  readonly hashes: readonly Hash[];
  /** Truncated or lowercased base64, compared as text. */
  readonly damaged: readonly Damaged[];
}

/**
 * Reads a signature header in every known format. The `value` of a reading is the number of its entry in the header,
 * starting at 1.
 */
export function readSignatures(header: string): SignatureReadings {
  const digests = new Map<string, Reading<number>>();
  const damaged: Damaged[] = [];
  const keep = (digest: Buffer, value: number, changes: readonly Change[]) => {
    const name = digest.toString('latin1');
    const known = digests.get(name);
    if (!known || known.changes.length > changes.length) digests.set(name, { value, changes });
  };
  const all = spellings(header);
  for (const { text, lost } of all) {
    for (const [index, entry] of entriesOf(text).entries()) {
      const outer = [...lost, ...entry.changes];
      for (const { value, changes } of digestsOf(entry.token)) {
        // A token that ends at an invalid character counts only in the standard format.
        if (entry.isWhole || changes.length === 0) keep(value, index + 1, [...outer, ...changes]);
      }
      // Extra decoding splits a signature into pieces, which must not count as truncated.
      if (entry.isWhole && all.length === 1) damaged.push(...damagedReadings(entry.token, outer));
    }
  }
  return { digests, hashes: hashesFor([...digests.keys()].map(({ length }) => length)), damaged };
}

const MAX_ENTRIES = 2000;

/** The header as received, and with one extra decoding or encoding step undone. */
function spellings(header: string): { text: string; lost: readonly Change[] }[] {
  const found: { text: string; lost: readonly Change[] }[] = [{ text: header, lost: [] }];
  if (/%(2B|2F|3D|2C)/i.test(header)) {
    const text = header.replace(/%(2B|2F|3D|2C|20)/gi, (_all, code) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
    found.push({ text, lost: [{ code: 'signature_percent_encoded' }] });
  }
  if (/[A-Za-z0-9/] [A-Za-z0-9/]/.test(header)) {
    found.push({ text: header.replaceAll(/ (?!v1,)/g, '+'), lost: [{ code: 'signature_plus_lost' }] });
  }
  return found;
}

/** A part of the header that may be a signature. */
export interface SignatureEntry {
  readonly token: string;
  /** Whether it ends where a signature may end: see endsHere. */
  readonly isWhole: boolean;
  /** Mistakes in the text around the signature. */
  readonly changes: readonly Change[];
}

/** A run of characters that may be a digest, with its label (`v1,`, `sha256=`, …) and the next character. */
const entryForm =
  /(?:([A-Za-z][\w-]{0,15})(\s?[,=:]\s?))?(b?["'])?(?<![A-Za-z0-9+/_-])([A-Za-z0-9+/_-]{12,}={0,2})([^A-Za-z0-9+/=_-]?)/g;

/** The parts of a header that may be signatures, in order. */
function entriesOf(text: string): SignatureEntry[] {
  const entries: SignatureEntry[] = [];
  let end = 0;
  for (const match of text.matchAll(entryForm)) {
    if (entries.length === MAX_ENTRIES) break;
    const [, label, joint, quote = '', token, after] = match as unknown as (string | undefined)[];
    const before = text.slice(end, match.index);
    end = match.index + match[0].length - (after?.length ?? 0);
    entries.push({
      token: token!,
      isWhole: endsHere(after ?? '', quote, text.slice(end)),
      changes: around({
        label,
        joint,
        quote,
        before,
        isFirst: entries.length === 0,
        after: after ?? '',
        rest: text.slice(end),
      }),
    });
  }
  return entries;
}

/** Whether a signature may end here: at the end, before a space, or before the closing quotation mark. */
function endsHere(after: string, quote: string, rest: string): boolean {
  return after === '' ? rest === '' : after === ' ' || (quote !== '' && quote.endsWith(after));
}

interface EntryContext {
  readonly label: string | undefined;
  readonly joint: string | undefined;
  /** Opening quotation mark before the signature, as in Python's b'…'. */
  readonly quote: string;
  readonly before: string;
  readonly isFirst: boolean;
  readonly after: string;
  readonly rest: string;
}

/** With a wrong label, other mistakes around the signature are not reported. */
function around({ label, joint, quote, before, isFirst, after, rest }: EntryContext): Change[] {
  // Text before the first signature counts as part of its label.
  const odd = isFirst && label === 'v1' ? before.trim() : '';
  if (quote !== '' || odd !== '') {
    const written = odd + (label ?? '') + (joint ?? '') + quote;
    return [{ code: 'signature_label', details: { label: written.slice(-20) } }, ...followed(after, rest)];
  }
  const other = labelled(label, joint);
  return other.length > 0 ? other : [...(isFirst ? [] : separated(before)), ...followed(after, rest)];
}

/** Requires `v1,` before a signature. */
function labelled(label: string | undefined, joint: string | undefined): Change[] {
  if (label === undefined) return [{ code: 'signature_without_version' }];
  if (label === 'v1' && joint === ',') return [];
  return [{ code: 'signature_label', details: { label: `${label}${joint}` } }];
}

/** Requires spaces, and nothing else, between two signatures. */
function separated(before: string): Change[] {
  return /^ *$/.test(before)
    ? []
    : [{ code: 'signature_separator', details: { separator: before.slice(0, 20) } }];
}

/** Requires a space or the end after a signature. */
function followed(after: string, rest: string): Change[] {
  if (after === ' ' || (after === '' && rest === '')) return [];
  const separator = /^([^A-Za-z0-9]+)v\d+a?[,=:]/.exec(rest)?.[1];
  return separator === undefined
    ? [{ code: 'signature_tail', details: { tail: rest.slice(0, 20) } }]
    : [{ code: 'signature_separator', details: { separator: separator.slice(0, 20) } }];
}

/** MD5, SHA-1, SHA-256, SHA-384 and SHA-512. */
const HASH_BYTES = [16, 20, 32, 48, 64];

/** All digests that a token may encode. */
function digestsOf(token: string): Reading<Buffer>[] {
  return [standard, hex, base64url, unpadded, hexInBase64].flatMap((read) => read(token));
}

/** Standard padded base64, the correct format; non-zero trailing bits are not allowed. */
function standard(token: string): Reading<Buffer>[] {
  return decoded(token, 'base64', (digest) => digest.toString('base64') === token, []);
}

function hex(token: string): Reading<Buffer>[] {
  if (!/^[0-9a-f]+$/i.test(token)) return [];
  // Code that converts the digest to a number loses a leading zero.
  const digits = token.length % 2 === 1 ? `0${token}` : token;
  return decoded(digits, 'hex', () => true, [{ code: 'signature_hex' }]);
}

/** The URL-safe alphabet, with - and _ instead of + and /. */
function base64url(token: string): Reading<Buffer>[] {
  const isCanonical = (digest: Buffer) =>
    /[-_]/.test(token) && digest.toString('base64url') === token.replace(/=+$/, '');
  return decoded(token, 'base64url', isCanonical, [{ code: 'signature_base64url' }]);
}

/** Standard base64 without its padding. */
function unpadded(token: string): Reading<Buffer>[] {
  const isCanonical = (digest: Buffer) =>
    !token.endsWith('=') && digest.toString('base64').replace(/=+$/, '') === token;
  return decoded(token, 'base64', isCanonical, digestPads(token) ? [{ code: 'signature_unpadded' }] : []);
}

/** Base64 of the hex digits instead of the bytes. */
function hexInBase64(token: string): Reading<Buffer>[] {
  // Output from a shell ends with a newline.
  const text = Buffer.from(token, 'base64').toString('latin1').trimEnd();
  return /^[0-9a-f]+$/i.test(text)
    ? decoded(text, 'hex', () => true, [{ code: 'signature_hex_in_base64' }])
    : [];
}

function digestPads(token: string): boolean {
  return token.length % 4 !== 0;
}

function decoded(
  text: string,
  encoding: 'base64' | 'base64url' | 'hex',
  isCanonical: (digest: Buffer) => boolean,
  changes: readonly Change[],
): Reading<Buffer>[] {
  const digest = Buffer.from(text, encoding);
  return HASH_BYTES.includes(digest.length) && isCanonical(digest) ? [{ value: digest, changes }] : [];
}

/** A damaged signature; `value` tests whether an expected signature (base64) may be its original. */
export type Damaged = Reading<(expected: string) => boolean>;

/** Fewest characters of a truncated signature, so that a chance match is practically impossible. */
const SHORTEST_TRUNCATED = 12;

/** Readings of a token as a lowercased or truncated signature. */
function damagedReadings(token: string, outer: readonly Change[]): Damaged[] {
  return [...lowerCased(token), ...cut(token)].map(({ value, changes }) => ({
    value,
    changes: [...outer, ...changes],
  }));
}

function lowerCased(token: string): Damaged[] {
  const isLike = /^[a-z0-9+/]{43}=$/.test(token) && /[a-z]/.test(token);
  return isLike
    ? [
        {
          value: (expected) => expected !== token && expected.toLowerCase() === token,
          changes: [{ code: 'signature_lower_case' }],
        },
      ]
    : [];
}

function cut(token: string): Damaged[] {
  const isShort = token.length >= SHORTEST_TRUNCATED && token.length < 43 && /^[A-Za-z0-9+/]+$/.test(token);
  return isShort
    ? [
        {
          value: (expected) => expected.startsWith(token),
          changes: [{ code: 'signature_truncated', details: { length: token.length } }],
        },
      ]
    : [];
}
