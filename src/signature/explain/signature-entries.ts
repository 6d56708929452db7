import type { Change } from './reading.ts';

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
export interface Entry {
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
export function entriesOf(text: string): Entry[] {
  const entries: Entry[] = [];
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

interface Surroundings {
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
function around({ label, joint, quote, before, isFirst, after, rest }: Surroundings): Change[] {
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
