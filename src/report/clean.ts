/**
 * Characters that must not reach a terminal unescaped: control characters (which start escape sequences), invisible and
 * direction-changing format characters, line and paragraph separators, tags, and lone surrogates.
 */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\u2060-\u206f\u{e0000}-\u{e0fff}]/gu;

/** Makes text from outside safe to print on one line: unsafe characters become \n, \x1b, \u202e or \u{e0041}. */
export function cleanLine(text: string): string {
  // Most text is plain ASCII, and this test is ten times as fast as the replacement.
  if (/^[ -~]*$/.test(text)) return text;
  return text.replace(unsafe, showEscaped);
}

/** As cleanLine, but keeps newlines. */
export function cleanText(text: string): string {
  return text.replace(unsafe, (character) => (character === '\n' ? character : showEscaped(character)));
}

/** Replaces the unsafe characters of JSON text by \u escapes, so that it parses to the same value. */
export function cleanJson(json: string): string {
  return json.replace(unsafe, (character) => {
    let escaped = '';
    for (let i = 0; i < character.length; i += 1) escaped += `\\u${hex(character.charCodeAt(i), 4)}`;
    return escaped;
  });
}

/** As cleanJson, for indented JSON: keeps newlines and tabs between members. */
export function cleanJsonText(json: string): string {
  return json
    .replaceAll('\r', '')
    .split(/([\n\t])/)
    .map((part, index) => (index % 2 === 1 ? part : cleanJson(part)))
    .join('');
}

/** Cuts text to `length` characters and appends how many were removed. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}… (${text.length - length} more characters)`;
}

function showEscaped(character: string): string {
  const code = character.codePointAt(0)!;
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  if (code < 0x100) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 5)}}`;
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, '0');
}
