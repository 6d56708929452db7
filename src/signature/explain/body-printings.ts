import { isAscii } from 'node:buffer';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { isJson } from '../../json.ts';
import { asBuffer } from '../../message.ts';
import { binary } from './body-text.ts';
import { changed, type Reading } from './reading.ts';

/** The longest decompressed body, in bytes: a small body may decompress to gigabytes. */
const MAX_DECOMPRESSED = 1024 * 1024;

/** The body is still compressed. */
export function compressed(body: Uint8Array): Reading<Uint8Array>[] {
  const isGzip = body[0] === 0x1f && body[1] === 0x8b;
  const isZlib = body[0] === 0x78 && ((body[0] << 8) + (body[1] ?? 0)) % 31 === 0;
  const methods: readonly (readonly [isTried: boolean, name: string, decompress: typeof gunzipSync])[] = [
    [isGzip, 'gzip', gunzipSync],
    [isZlib, 'deflate', inflateSync],
    // Brotli has no mark; JSON would begin with ASCII.
    [
      !isGzip && !isZlib && body.length > 0 && !isAscii(body.subarray(0, 64)),
      'br',
      brotliDecompressSync as typeof gunzipSync,
    ],
  ];
  return methods.flatMap(([isTried, name, decompress]) => {
    if (!isTried) return [];
    try {
      const value = decompress(body, { maxOutputLength: MAX_DECOMPRESSED });
      return [changed(value, 'body_compressed', { encoding: name })];
    } catch {
      return [];
    }
  });
}

/** The received body is hex of the signed body. */
export function hexText(body: Uint8Array): Reading<Uint8Array>[] {
  const text = binary(body)
    .trim()
    .replace(/^(?:0x|\\x)/, '');
  if (text.length % 2 === 1 || !/^[0-9a-f]{8,}$/i.test(text)) return [];
  return [changed(Buffer.from(text, 'hex'), 'body_hex')];
}

/** The sizes of chunked transfer coding are still in the body. */
export function chunkFrames(body: Uint8Array): Reading<Uint8Array>[] {
  const bytes = asBuffer(body);
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = bytes.indexOf('\n', at);
    const size =
      line === -1
        ? undefined
        : /^([0-9a-f]{1,8})(?:;[^\r\n]{0,200})?\r?$/i.exec(bytes.toString('latin1', at, line))?.[1];
    if (size === undefined) return [];
    const length = Number.parseInt(size, 16);
    if (length === 0) return parts.length > 0 ? [changed(Buffer.concat(parts), 'body_chunk_frames')] : [];
    parts.push(bytes.subarray(line + 1, line + 1 + length));
    if (line + 1 + length > bytes.length) return [];
    at = line + 1 + length + (bytes[line + 1 + length] === 0x0d ? 2 : 1);
  }
}

/** A Node.js Buffer was printed: `<Buffer 7b 22 …>`. Only up to 50 bytes are printed. */
export function printedBuffer(body: Uint8Array): Reading<Uint8Array>[] {
  const [, bytes] = /^\s*<Buffer((?: [0-9a-f]{2})+)>\s*$/.exec(binary(body)) ?? [];
  return bytes === undefined
    ? []
    : [changed(Buffer.from(bytes.replaceAll(' ', ''), 'hex'), 'body_printed', { as: 'Buffer' })];
}

/** A Python dict was printed. JSON text in the order of its members was signed. */
export function printedDict(body: Uint8Array): Reading<Uint8Array>[] {
  const text = asBuffer(body).toString();
  const json = fromPython(text);
  const as = isQuotedJson(text) ? 'quoted' : 'dict';
  return json === undefined ? [] : [changed(Buffer.from(json), 'body_printed', { as })];
}

/** A Ruby hash was printed. */
export function printedHash(body: Uint8Array): Reading<Uint8Array>[] {
  const text = asBuffer(body).toString();
  if (!/^\s*\{\s*"(?:[^"\\]|\\.)*"\s*=>/.test(text)) return [];
  const json = outsideStrings(text, (part) =>
    part
      .replace(/\s*=>\s*/g, ':')
      .replace(/,\s+/g, ',')
      .replace(/\bnil\b/g, 'null'),
  );
  return isJson(json) ? [changed(Buffer.from(json), 'body_printed', { as: 'hash' })] : [];
}

const pythonToken = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\bTrue\b|\bFalse\b|\bNone\b|\s+/g;
const pythonWords: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null' };

/** Converts the text of a Python dict to compact JSON; undefined for other text. */
function fromPython(text: string): string | undefined {
  if (!/^\s*\{\s*'/.test(text)) return undefined;
  const json = text.replace(pythonToken, (token) =>
    /^['"]/.test(token) ? JSON.stringify(unquoted(token)) : (pythonWords[token] ?? ''),
  );
  return isJson(json) ? json : undefined;
}

/** The value of a Python string literal. */
function unquoted(literal: string): string {
  return literal.slice(1, -1).replace(/\\(x[0-9a-f]{2}|u[0-9a-f]{4}|.)/gi, (_all, code: string) => {
    if (code.length > 1) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return { n: '\n', t: '\t', r: '\r' }[code] ?? code;
  });
}

/** Whether single quotation marks are all that distinguishes a text from JSON: Python prints None and True. */
function isQuotedJson(text: string): boolean {
  return /:\s*(?:null|true|false)\b/.test(text) || /'\s*:\S/.test(text);
}

/** Python printed the bytes of the body: `b'…'`. */
export function printedBytes(body: Uint8Array): Reading<Uint8Array>[] {
  const [, inner] = /^\s*b(['"][\s\S]*['"])\s*$/.exec(binary(body)) ?? [];
  return inner === undefined
    ? []
    : [changed(Buffer.from(unquoted(inner), 'latin1'), 'body_printed', { as: 'pythonBytes' })];
}

/** Quotation marks were escaped for a shell or a database. */
export function quotesEscaped(body: Uint8Array): Reading<Uint8Array>[] {
  const text = binary(body);
  if (!/^\s*\{\s*\\"/.test(text)) return [];
  return [changed(Buffer.from(text.replace(/\\(["'\\/])/g, '$1'), 'latin1'), 'quotes_escaped')];
}

/** What a body that is not JSON looks like: the printed form of a value; undefined for other text. */
export function printedAs(text: string): string | undefined {
  if (fromPython(text) !== undefined && isQuotedJson(text)) return 'quoted';
  const forms = [
    ['Buffer', /^\s*<Buffer [0-9a-f]{2} /],
    ['bytes', /^\s*\[B@[0-9a-f]{4,8}\s*$/],
    ['dict', /^\s*\{\s*'[^']{0,200}'\s*:/],
    ['hash', /^\s*\{\s*(?::\w{1,100}|"[^"]{0,200}")\s*=>/],
    ['array', /^\s*(?:Array\s*\(\s*\[|array\(\d+\)\s*\{|array \(\s*')/],
    ['map', /^\s*\{[\w.]{1,100}=/],
    ['object', /^\s*\{\s*[A-Za-z_$][\w$]{0,100}: /],
  ] as const;
  return forms.find(([, form]) => form.test(text))?.[0];
}

function outsideStrings(text: string, change: (part: string) => string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|[^"]+/g, (part) => (part.startsWith('"') ? part : change(part)));
}
