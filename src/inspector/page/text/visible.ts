/**
 * Characters that have no shape, or that change the order of others, by a name that can be shown instead. Everything in
 * a capture can come from anyone, and these are how text is made to look like other text.
 */
const names: Readonly<Record<number, string>> = {
  0: 'NUL',
  7: 'BEL',
  8: 'BS',
  9: 'TAB',
  10: 'LF',
  11: 'VT',
  12: 'FF',
  13: 'CR',
  27: 'ESC',
  127: 'DEL',
  133: 'NEL',
  160: 'NBSP',
  173: 'SHY',
  1564: 'ALM',
  6158: 'MVS',
  8203: 'ZWSP',
  8204: 'ZWNJ',
  8205: 'ZWJ',
  8206: 'LRM',
  8207: 'RLM',
  8232: 'LS',
  8233: 'PS',
  8234: 'LRE',
  8235: 'RLE',
  8236: 'PDF',
  8237: 'LRO',
  8238: 'RLO',
  8288: 'WJ',
  8294: 'LRI',
  8295: 'RLI',
  8296: 'FSI',
  8297: 'PDI',
  65279: 'BOM',
};

const invisible =
  /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;

export interface VisiblePart {
  readonly text: string;
  /** Whether the text is the name of a character. */
  readonly isName: boolean;
}

function nameOfCharacter(character: string): string {
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
