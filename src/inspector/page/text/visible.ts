/**
 * Characters that have no shape, or that change the order of others, by a name that can be shown instead. Everything in
 * a capture can come from anyone, and these are how text is made to look like other text.
 */
const names: Readonly<Record<number, string>> = {
  0x00: 'NUL',
  0x07: 'BEL',
  0x08: 'BS',
  0x09: 'TAB',
  0x0a: 'LF',
  0x0b: 'VT',
  0x0c: 'FF',
  0x0d: 'CR',
  0x1b: 'ESC',
  0x7f: 'DEL',
  0x85: 'NEL',
  0xa0: 'NBSP',
  0xad: 'SHY',
  0x61c: 'ALM',
  0x180e: 'MVS',
  0x200b: 'ZWSP',
  0x200c: 'ZWNJ',
  0x200d: 'ZWJ',
  0x200e: 'LRM',
  0x200f: 'RLM',
  0x2028: 'LS',
  0x2029: 'PS',
  0x202a: 'LRE',
  0x202b: 'RLE',
  0x202c: 'PDF',
  0x202d: 'LRO',
  0x202e: 'RLO',
  0x2060: 'WJ',
  0x2066: 'LRI',
  0x2067: 'RLI',
  0x2068: 'FSI',
  0x2069: 'PDI',
  0xfeff: 'BOM',
};

const invisible =
  /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;

export interface VisiblePart {
  readonly text: string;
  /** Whether the text is the name of a character. */
  readonly isName: boolean;
}

export function nameOfCharacter(character: string): string {
  const code = character.codePointAt(0)!;
  return names[code] ?? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Splits text at characters that cannot be seen. `kept` are those that the place shows by itself, such as newlines. */
export function visibleParts(text: string, kept = ''): VisiblePart[] {
  const parts: VisiblePart[] = [];
  let from = 0;
  for (const { 0: character, index } of text.matchAll(invisible)) {
    if (kept.includes(character)) continue;
    if (index > from) parts.push({ text: text.slice(from, index), isName: false });
    parts.push({ text: nameOfCharacter(character), isName: true });
    from = index + character.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), isName: false });
  return parts;
}

/** For attributes, which hold no elements: names in angle brackets. */
export function visibleText(text: string): string {
  return visibleParts(text)
    .map((part) => (part.isName ? `<${part.text}>` : part.text))
    .join('');
}
