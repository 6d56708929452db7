import { isJson, isObject, parseJson } from '../../json.ts';

/** A value in a text, from the offset `start` up to `end`. */
export interface PrintedValue {
  readonly value: unknown;
  readonly start: number;
  readonly end: number;
}

/** Stands for a part that was not printed. */
export const LEFT_OUT = Symbol('left out');

/** Deeper values do not occur in logs. */
const MAX_DEPTH = 32;
/** How many characters are read again, after text that looked like a value and was none. */
const MAX_REREAD = 4_000_000;

/**
 * Finds the objects, lists and quoted JSON in a text, as programs print them: JSON, console.log of Node.js, print of
 * Python, p of Ruby, print_r and var_export of PHP, and fmt of Go. Bytes become `{ type: 'Buffer', data: [...] }`, as in
 * JSON of Node.js, and what was left out when it was printed, such as `[Object]`, becomes LEFT_OUT. After `maxReread`
 * characters that were read in vain, the rest is left.
 */
export function printedValues(text: string, maxReread = MAX_REREAD): PrintedValue[] {
  const found: PrintedValue[] = [];
  let reread = 0;
  beginning.lastIndex = 0;
  for (let match = beginning.exec(text); match && reread < maxReread; match = beginning.exec(text)) {
    const [before] = match;
    const reader = new Reader(text, match.index);
    const value = reader.read(0, unquoted.inCommas);
    // Quotation marks around JSON that is not escaped are part of the text.
    if (value === undefined || (typeof value === 'string' && !isJson(value))) {
      // Text that was cut off inside an object: what is in it may be cut off, too.
      if (reader.isAtEnd && before.endsWith('{')) break;
      reread += reader.at - match.index;
      beginning.lastIndex = match.index + before.length;
    } else {
      // Without the name of its class, or a word before it.
      const start = match.index + Math.max(0, before.search(/[{[("'<]/));
      found.push({ value, start, end: reader.at });
      beginning.lastIndex = reader.at;
    }
  }
  return found;
}

/** Where a value may begin: a bracket, also after the name of a class, quoted JSON, or a Buffer. */
const beginning =
  /(?:(?<![\w$.])[A-Za-z_$][\w$.]{0,60}(?:\(\d+\))?\s{0,20})?[{[(]|(?:\bb)?["'](?=[{[])|<Buffer |string\(\d{1,8}\) "/g;

/** Where objects were printed: a body must keep its spaces and numbers, which its value does not have. */
const sources = new WeakMap<object, { text: string; start: number; end: number }>();

/** The JSON that an object was read from, with its spaces and numbers; undefined if it was not printed as JSON. */
export function printedJson(object: object): string | undefined {
  const source = sources.get(object);
  const json = source?.text.slice(source.start, source.end);
  return json !== undefined && isJson(json) ? json : undefined;
}

/** Whether all of a value was printed. */
export function isWhole(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value !== LEFT_OUT;
  return Object.values(value).every(isWhole);
}

/** Text without quotation marks, by what ends it. A signature is one word, with its comma. */
const unquoted = {
  inCommas: /v\d\w?,[\w+/=-]+(?: v\d\w?,[\w+/=-]+)*|[^\s,()[\]{}'"`<>]+/y,
  /** Go separates by spaces. */
  inSpaces: /[^\s[\]]+/y,
  /** JSON in a map of Go that does not end: up to the next name. */
  cutJson: /\{[^\]]*?(?= [A-Za-z][\w.-]*:|\])/y,
  /** print_r begins each value on a line, and ends a list with a bracket on its own line. */
  inLines: /[^\n]*(?:\n(?! *(?:\[[^\]\n]+\] =>|\)\r?(?:\n|$)))[^\n]*)*/y,
} as const;

/** What is between two brackets, and what ends its unquoted text. */
interface Inside {
  readonly closing: string;
  readonly word: RegExp;
}

/** A value of a bracket, and what it is called. */
interface Item {
  readonly name: string | undefined;
  readonly value: unknown;
}

const closings: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')' };
/** How languages write true, false and nothing. */
const words = new Map<string, boolean | null>([
  ...['true', 'True'].map((word) => [word, true] as const),
  ...['false', 'False'].map((word) => [word, false] as const),
  ...['null', 'NULL', 'None', 'nil', 'undefined'].map((word) => [word, null] as const),
]);
/** The pattern of a string with its quotation marks; a backslash escapes the next character. */
export const quoted = ['"', "'", '`']
  .map((mark) => `${mark}[^${mark}\\\\]*(?:\\\\[\\s\\S][^${mark}\\\\]*)*${mark}`)
  .join('|');
/** Groups: the `b` of bytes, the string. */
const stringPattern = new RegExp(`([bB]?)(${quoted})`, 'y');
/** A name and its separator. Groups: as a string, as a word, in brackets. */
const namePattern = new RegExp(
  `(?:(${quoted})|:?([\\w$.-]+)|\\[(["']?)([^{}[\\]"'\\n]{1,200})\\3\\])\\s*(?:=>|:(?!:)|=)`,
  'y',
);
/** The name of a class, or of a type, before a bracket. */
const typePattern =
  /(?:(?:\[\])?[A-Za-z_$][\w$.:]*(?:\(\d+\))?|\[[A-Z]\w*: [\w ]+\])\s*(?:<[^>\n]{1,100}>\s*)?(?=[{[(])/y;

/** Reads one value. Its methods return undefined for text that is none. */
class Reader {
  at: number;
  readonly #text: string;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#text.length;
  }

  read(depth: number, word: RegExp): unknown {
    if (depth > MAX_DEPTH) return undefined;
    if (word === unquoted.inLines && !/\s*(?:Array|[\w\\]+ Object)\s*\(/y.test(this.#rest(100)))
      return this.#take(word)?.[0].replace(/^ |\r$/g, '');
    this.#take(/\s*/y);
    const value = this.#dumped() ?? this.#strings() ?? this.#special();
    if (value !== undefined) return value;
    const inside = this.#open(word);
    if (inside) return this.#items(inside, depth + 1);
    return (word === unquoted.inSpaces ? this.#json(depth) : undefined) ?? this.#word(word);
  }

  /** JSON that is printed without quotation marks; undefined, and nothing is read, for other text. */
  #json(depth: number): string | undefined {
    const start = this.at;
    const value = this.#text[start] === '{' ? this.read(depth + 1, unquoted.inCommas) : undefined;
    const json = isObject(value) ? printedJson(value) : undefined;
    if (json !== undefined) return json;
    this.at = start;
    return this.#take(unquoted.cutJson)?.[0];
  }

  /** What Node.js prints in its own way, and objects of Python and Ruby without their content. */
  #special(): unknown {
    const bytes = this.#take(/<Buffer((?: [0-9a-f]{2})*)( \.\.\. \d+ more bytes)?>/y);
    if (bytes) return bytes[2] ? LEFT_OUT : bufferOf(Buffer.from(bytes[1]!.replaceAll(' ', ''), 'hex'));
    return (
      (this.#take(/\[(?:Object|Array|Circular[^\]]*|Function[^\]]*|Getter[^\]]*)\](?!\s*\{)/y) ??
        this.#take(/#?<[A-Za-z_][\w.:]*[^<>\n]{0,200}>/y)) &&
      LEFT_OUT
    );
  }

  /** Undefined, and nothing is read, without an opening bracket. */
  #open(outside: RegExp): Inside | undefined {
    const start = this.at;
    const kind = this.#take(typePattern)?.[0].trim();
    const bracket = this.#text[this.at] ?? '';
    // In the values of a map of Go, other brackets are text.
    const closing = outside === unquoted.inSpaces && bracket !== '[' ? undefined : closings[bracket];
    if (closing === undefined) this.at = start;
    else this.at += 1;
    return closing === undefined ? undefined : { closing, word: separation(kind, closing, outside) };
  }

  #word(word: RegExp): unknown {
    const plain = this.#take(word)?.[0];
    if (plain === undefined) return undefined;
    if (words.has(plain)) return words.get(plain);
    if (/^0x[0-9a-f]{1,8}$/i.test(plain)) return Number(plain);
    return /^-?\d/.test(plain) ? (parseJson(plain) ?? plain) : plain;
  }

  /** The items up to the closing bracket: an object if they have names, otherwise a list. */
  #items({ closing, word }: Inside, depth: number): unknown {
    const items: Item[] = [];
    const start = this.at - 1;
    for (;;) {
      this.#take(/[\s,;]+/y);
      if (this.#take(/\.\.\.(?: \d+ more items?)?[\s,]*/y)) items.push({ name: undefined, value: LEFT_OUT });
      if (this.isAtEnd) return undefined;
      if (this.#text[this.at] === closing) break;
      const named = this.#take(namePattern);
      const value = this.read(depth, word);
      if (value === undefined) return undefined;
      items.push({ name: named && nameOf(named), value });
    }
    this.at += 1;
    if (items.some((item) => item.name !== undefined) || (items.length === 0 && closing === '}')) {
      const object = Object.fromEntries(items.map((item) => [item.name ?? '', item.value]));
      sources.set(object, { text: this.#text, start, end: this.at });
      return object;
    }
    // A call, such as Headers([…]).
    return closing === ')' && items.length === 1 ? items[0]!.value : items.map((item) => item.value);
  }

  /** A string of var_dump, which escapes nothing but gives the length in bytes. */
  #dumped(): string | undefined {
    const length = Number(this.#take(/string\((\d{1,8})\) "/y)?.[1] ?? Number.NaN);
    if (Number.isNaN(length)) return undefined;
    // Each character takes a byte or more.
    const text = Buffer.from(this.#rest(length)).subarray(0, length).toString();
    this.at += text.length + 1;
    return text;
  }

  /** One string, or several that are joined: long ones are printed in parts. */
  #strings(): unknown {
    const first = this.#take(stringPattern);
    if (!first) {
      // Without its end, the string is all that is left.
      if (/[bB]?["'`]/y.test(this.#rest(2))) this.at = this.#text.length;
      return undefined;
    }
    const parts = [first];
    for (let next = this.#nextPart(); next; next = this.#nextPart()) parts.push(next);
    const text = parts.map((part) => contentOf(part[2]!)).join('');
    return first[1] ? bufferOf(Buffer.from(text, 'latin1')) : text;
  }

  #nextPart(): RegExpExecArray | undefined {
    const start = this.at;
    // A log may begin each line with a prefix.
    this.#take(/\s*\+ *\r?\n[^'"`\n]*|\s*\+?\s*/y);
    const part = this.#take(stringPattern);
    // A string that is followed by a name's separator is the next name.
    if (part && !/\s*(?:=>|:)/y.test(this.#rest(10))) return part;
    this.at = start;
    return undefined;
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.#text);
    if (!match) return undefined;
    this.at = pattern.lastIndex;
    return match;
  }

  #rest(length: number): string {
    return this.#text.slice(this.at, this.at + length);
  }
}

/** What ends unquoted text inside a bracket. */
function separation(kind: string | undefined, closing: string, outside: RegExp): RegExp {
  if (kind === 'map' && closing === ']') return unquoted.inSpaces;
  if (closing === ')' && /^Array$|Object$/.test(kind ?? '')) return unquoted.inLines;
  return outside;
}

function nameOf([, string, word, _mark, bracketed]: RegExpExecArray): string {
  return word ?? bracketed ?? contentOf(string!);
}

function bufferOf(bytes: Uint8Array): unknown {
  return { type: 'Buffer', data: [...bytes] };
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  e: '\x1b',
  0: '\0',
};

/** The text that a string literal with its quotation marks stands for, by the escapes that most languages share. */
export function contentOf(string: string): string {
  return string
    .slice(1, -1)
    .replace(/\\(x[0-9a-f]{2}|u\{[0-9a-f]{1,6}\}|u[0-9a-f]{4}|[\s\S])/gi, (_all, code: string) => {
      if (code.length === 1) return escapes[code] ?? code;
      const point = Number.parseInt(code.replace(/[xu{}]/gi, ''), 16);
      return point > 0x10ffff ? '\ufffd' : String.fromCodePoint(point);
    });
}
