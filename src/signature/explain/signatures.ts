import type { Change, Reading } from './reading.ts';

/** What a signature header may mean: digests to be compared with, and texts that are only like one. */
export interface SignatureReadings {
  /** By its bytes (one character each), the reading of it that changes least. */
  readonly digests: ReadonlyMap<string, Reading<number>>;
  /** Lengths of those digests, in bytes. */
  readonly lengths: ReadonlySet<number>;
  /** Base64 that was cut, or lost its capitals: compared as text. */
  readonly damaged: readonly Damaged[];
}

/**
 * Reads a signature header in every way in which signatures have been written. `value` of a reading is the number of
 * its entry in the header, counted from 1.
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
        // Where a character broke it, what is left of it is no spelling of its own.
        if (entry.isWhole || changes.length === 0) keep(value, index + 1, [...outer, ...changes]);
      }
      // What was decoded once too often is in pieces: none of them was cut.
      if (entry.isWhole && all.length === 1) damaged.push(...damagedReadings(entry.token, outer));
    }
  }
  return { digests, lengths: new Set([...digests.keys()].map(({ length }) => length)), damaged };
}

/** Beyond these nobody looks. */
const MOST_ENTRIES = 2000;

/** The header as it stands, and as it was before a step on the way decoded or encoded it once too often. */
export function spellings(header: string): { text: string; lost: readonly Change[] }[] {
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

/** A part of the header that can be a signature. */
export interface SignatureEntry {
  readonly token: string;
  /** Whether it ends where a signature may: at the end, or before a space or quotation mark. */
  readonly isWhole: boolean;
  /** What is unusual about what stands around it. */
  readonly changes: readonly Change[];
}

/** A run of characters that can be a digest, with what stands before it (`v1,`, `sha256=`, …) and after it. */
const entryForm =
  /(?:([A-Za-z][\w-]{0,15})(\s?[,=:]\s?))?(b?["'])?(?<![A-Za-z0-9+/_-])([A-Za-z0-9+/_-]{12,}={0,2})([^A-Za-z0-9+/=_-]?)/g;

/** The parts of a header that can be signatures, in their order. */
export function entriesOf(text: string): SignatureEntry[] {
  const entries: SignatureEntry[] = [];
  let end = 0;
  for (const match of text.matchAll(entryForm)) {
    if (entries.length === MOST_ENTRIES) break;
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

/** Whether a signature may end here: at the end, before a space, or before the quotation mark that was opened. */
function endsHere(after: string, quote: string, rest: string): boolean {
  return after === '' ? rest === '' : after === ' ' || (quote !== '' && quote.endsWith(after));
}

interface EntryContext {
  readonly label: string | undefined;
  readonly joint: string | undefined;
  /** Between label and signature, as Python writes bytes: b'…'. */
  readonly quote: string;
  readonly before: string;
  readonly isFirst: boolean;
  readonly after: string;
  readonly rest: string;
}

/** With another label, nothing else can be expected to be as it should. */
function around({ label, joint, quote, before, isFirst, after, rest }: EntryContext): Change[] {
  // What stands before the first is taken for a part of its label.
  const odd = isFirst && label === 'v1' ? before.trim() : '';
  if (quote !== '' || odd !== '') {
    const written = odd + (label ?? '') + (joint ?? '') + quote;
    return [{ code: 'signature_label', details: { label: written.slice(-20) } }, ...followed(after, rest)];
  }
  const other = labelled(label, joint);
  return other.length > 0 ? other : [...(isFirst ? [] : separated(before)), ...followed(after, rest)];
}

/** `v1,` has to stand before a signature. */
export function labelled(label: string | undefined, joint: string | undefined): Change[] {
  if (label === undefined) return [{ code: 'signature_without_version' }];
  if (label === 'v1' && joint === ',') return [];
  return [{ code: 'signature_label', details: { label: `${label}${joint}` } }];
}

/** Between two signatures there has to be a space and nothing else. */
export function separated(before: string): Change[] {
  return /^ *$/.test(before)
    ? []
    : [{ code: 'signature_separator', details: { separator: before.slice(0, 20) } }];
}

/** After a signature there has to be a space, or the end. */
export function followed(after: string, rest: string): Change[] {
  if (after === ' ' || (after === '' && rest === '')) return [];
  const separator = /^([^A-Za-z0-9]+)v\d+a?[,=:]/.exec(rest)?.[1];
  return separator === undefined
    ? [{ code: 'signature_tail', details: { tail: rest.slice(0, 20) } }]
    : [{ code: 'signature_separator', details: { separator: separator.slice(0, 20) } }];
}

/** Of MD5, SHA-1, SHA-256, SHA-384 and SHA-512, in bytes. */
const hashLengths = [16, 20, 32, 48, 64];

/** The digests that a token can be, by how it is written. */
export function digestsOf(token: string): Reading<Buffer>[] {
  return [standard, hex, base64url, unpadded, hexInBase64].flatMap((read) => read(token));
}

/** Standard padded base64, as it has to be; one that has stray bits at its end is not. */
function standard(token: string): Reading<Buffer>[] {
  return decoded(token, 'base64', (digest) => digest.toString('base64') === token, []);
}

/** Hexadecimal digits. */
export function hex(token: string): Reading<Buffer>[] {
  if (!/^[0-9a-f]+$/i.test(token)) return [];
  // A number has no zero before it: one that was made of the digest lost it.
  const digits = token.length % 2 === 1 ? `0${token}` : token;
  return decoded(digits, 'hex', () => true, [{ code: 'signature_hex' }]);
}

/** The alphabet of URLs, in which + and / are - and _. */
export function base64url(token: string): Reading<Buffer>[] {
  const isCanonical = (digest: Buffer) =>
    /[-_]/.test(token) && digest.toString('base64url') === token.replace(/=+$/, '');
  return decoded(token, 'base64url', isCanonical, [{ code: 'signature_base64url' }]);
}

/** Standard base64 without its padding. */
export function unpadded(token: string): Reading<Buffer>[] {
  const isCanonical = (digest: Buffer) =>
    !token.endsWith('=') && digest.toString('base64').replace(/=+$/, '') === token;
  return decoded(token, 'base64', isCanonical, digestPads(token) ? [{ code: 'signature_unpadded' }] : []);
}

/** Base64 of the hexadecimal digits in place of base64 of the bytes. */
export function hexInBase64(token: string): Reading<Buffer>[] {
  // What a shell prints ends in a line end.
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
  return hashLengths.includes(digest.length) && isCanonical(digest) ? [{ value: digest, changes }] : [];
}

/** A reading of base64 that was damaged: whether it can be the rest of what is expected. */
export type Damaged = Reading<(expected: string) => boolean>;

/** Of a signature that was cut, as much must be left that no other begins so. */
const SHORTEST_CUT = 12;

/** What a token may be the rest of. */
export function damagedReadings(token: string, outer: readonly Change[]): Damaged[] {
  return [...lowerCased(token), ...cut(token)].map(({ value, changes }) => ({
    value,
    changes: [...outer, ...changes],
  }));
}

/** All capitals became small. */
export function lowerCased(token: string): Damaged[] {
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

/** The end is missing. */
export function cut(token: string): Damaged[] {
  const isShort = token.length >= SHORTEST_CUT && token.length < 43 && /^[A-Za-z0-9+/]+$/.test(token);
  return isShort
    ? [
        {
          value: (expected) => expected.startsWith(token),
          changes: [{ code: 'signature_truncated', details: { length: token.length } }],
        },
      ]
    : [];
}
