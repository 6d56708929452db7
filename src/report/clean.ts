/**
 * What may not reach a terminal raw: control characters (escape sequences begin with one), invisible and
 * direction-changing format characters, line and paragraph separators, tags, and halves of surrogate pairs.
 */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\u2060-\u206f\u{e0000}-\u{e0fff}]/gu;

/** Text from outside as one line that is safe to print; what is unsafe is shown as \n, \x1b, \u202e or \u{e0041}. */
export function cleanLine(text: string): string {
  // Most text is plain, and this is told apart ten times as quickly as it is searched for what is unsafe.
  if (/^[ -~]*$/.test(text)) return text;
  return text.replace(unsafe, showEscaped);
}

/** As cleanLine, but line feeds stay. */
export function cleanText(text: string): string {
  return text.replace(unsafe, (character) => (character === '\n' ? character : showEscaped(character)));
}

/** JSON text with the same characters written as \u escapes: it parses to the same value. */
export function cleanJson(json: string): string {
  return json.replace(unsafe, (character) => {
    let escaped = '';
    for (let i = 0; i < character.length; i += 1) escaped += `\\u${hex(character.charCodeAt(i), 4)}`;
    return escaped;
  });
}

/** As cleanJson, for JSON that is laid out over lines: line feeds and tabs between its members stay. */
export function cleanJsonText(json: string): string {
  return json
    .replaceAll('\r', '')
    .split(/([\n\t])/)
    .map((part, index) => (index % 2 === 1 ? part : cleanJson(part)))
    .join('');
}

/** Cuts to a number of characters and says how many are left out. */
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
