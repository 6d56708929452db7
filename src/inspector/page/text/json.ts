/**
 * JSON as tokens of the text. Bodies are shown and edited by these, never by JSON.parse and JSON.stringify, because those
 * change numbers, escapes and repeated keys. Text that is not JSON has tokens too, of kind `other`.
 */
export type BodyTokenKind =
  | 'open'
  | 'close'
  | 'comma'
  | 'colon'
  | 'key'
  | 'string'
  | 'number'
  | 'literal'
  | 'space'
  | 'other';

export interface BodyToken {
  readonly kind: BodyTokenKind;
  readonly start: number;
  readonly end: number;
}

const marks: Readonly<Record<string, BodyTokenKind>> = {
  '{': 'open',
  '[': 'open',
  '}': 'close',
  ']': 'close',
  ',': 'comma',
  ':': 'colon',
};

const isSpace = (code: number) =>
  code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09 || code === 0xfeff;
const isDigit = (code: number) => code >= 0x30 && code <= 0x39;
const isWord = (code: number) =>
  isDigit(code) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code === 0x5f;
const isInNumber = (code: number) => isDigit(code) || '.eE+-'.includes(String.fromCharCode(code));

/** A loop, not a pattern: a pattern overflows the stack on a string of a few megabytes. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    at += code === 0x5c ? 2 : 1;
  }
  return text.length;
}

function endOfRun(text: string, start: number, belongs: (code: number) => boolean): number {
  let at = start + 1;
  while (at < text.length && belongs(text.charCodeAt(at))) at++;
  return at;
}

function stringAt(text: string, start: number): BodyToken {
  const end = endOfString(text, start);
  let next = end;
  while (isSpace(text.charCodeAt(next))) next++;
  return { kind: text[next] === ':' ? 'key' : 'string', start, end };
}

function tokenAt(text: string, start: number): BodyToken {
  const code = text.charCodeAt(start);
  if (code === 0x22) return stringAt(text, start);
  const mark = marks[text[start]!];
  if (mark) return { kind: mark, start, end: start + 1 };
  if (isSpace(code)) return { kind: 'space', start, end: endOfRun(text, start, isSpace) };
  if (isDigit(code) || (code === 0x2d && isDigit(text.charCodeAt(start + 1)))) {
    return { kind: 'number', start, end: endOfRun(text, start, isInNumber) };
  }
  if (!isWord(code)) return { kind: 'other', start, end: start + 1 };
  const end = endOfRun(text, start, isWord);
  const isLiteral = /^(true|false|null)$/.test(text.slice(start, Math.min(end, start + 6)));
  return { kind: isLiteral ? 'literal' : 'other', start, end };
}

/** One token after the other, to read only the first ones, or to keep none. */
export function* eachToken(text: string): Generator<BodyToken> {
  for (let at = 0; at < text.length; ) {
    const token = tokenAt(text, at);
    yield token;
    at = token.end;
  }
}

export const tokensOf = (text: string): BodyToken[] => [...eachToken(text)];

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Valid JSON without whitespace between tokens; any other text as it is. */
export function compacted(text: string): string {
  if (!isJson(text)) return text;
  return tokensOf(text)
    .filter(({ kind }) => kind !== 'space')
    .map(({ start, end }) => text.slice(start, end))
    .join('');
}

/** The text that a JSON string stands for; the literal itself if it is not valid. */
export function decoded(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal;
  }
}

const isOpening = (code: number) => code === 0x7b || code === 0x5b;
const isClosing = (code: number) => code === 0x7d || code === 0x5d;

/**
 * The text of each member of the outermost object of valid JSON, by name. Character by character, because the tokens of a
 * large body would keep the page busy for longer than anyone should notice.
 */
export function membersOf(text: string): Map<string, string> {
  const members = new Map<string, string>();
  let depth = 0;
  let name = '';
  /** Where the value starts; undefined before it. */
  let start: number | undefined;
  for (let at = 0, next = 0; at < text.length; at = next) {
    const code = text.charCodeAt(at);
    next = code === 0x22 ? endOfString(text, at) : at + 1;
    if (isClosing(code)) depth--;
    if (start !== undefined && (depth === 0 || (depth === 1 && code === 0x2c))) {
      members.set(name, text.slice(start, at).trim());
      start = undefined;
    }
    if (depth === 1 && start === undefined && code === 0x22) name = decoded(text.slice(at, next));
    if (depth === 1 && start === undefined && code === 0x3a) start = next;
    if (isOpening(code)) depth++;
  }
  return members;
}
