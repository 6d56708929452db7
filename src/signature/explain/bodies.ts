import { isAscii, isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { parseJson } from '../../events/json.ts';
import { asBuffer } from '../../message.ts';
import { jsonBodies } from './json-bodies.ts';
import { asItStands, type Change, changed, type Reading } from './reading.ts';

type Body = Uint8Array;
/** One habit of what stands between a sender and a handler: what may have been signed, if it was at work. */
type Habit = (body: Body) => Reading<Body>[];

/** Habits that only touch the edges or line ends. */
const edgeHabits: readonly Habit[] = [
  newlineAdded,
  newlineLost,
  bomAdded,
  bomLost,
  toCrlf,
  toLf,
  blanksAround,
];
/** Habits after which the body is another text. */
const textHabits: readonly Habit[] = [
  doubledCharset,
  latin1,
  utf16,
  base64,
  insideString,
  insideEnvelope,
  byteList,
  urlEncoded,
];
/** Habits of signers, who signed something else than they sent. */
const signerHabits: readonly Habit[] = [lostWhenSigned, stringifiedWhenSigned, digestSigned, reprSigned];
/** Habits of the last line end, and of all of them. */
const lineEndHabits: readonly Habit[] = [newlineAdded, newlineLost, toCrlf];

/**
 * What may have been signed in place of the body that was received. One that is longer than `longestText` bytes is not
 * read as text or JSON.
 */
export function* bodyReadings(body: Body, longestText: number): Generator<Reading<Body>> {
  const received = asItStands(body);
  yield received;
  const edges = edgeHabits.flatMap((habit) => habit(body));
  yield* edges;
  if (body.length > longestText) return;
  const texts = textHabits.flatMap((habit) => habit(body));
  yield* texts;
  for (const habit of signerHabits) yield* habit(body);
  // Of a body in another wrapping or charset, what is inside may be otherwise, too.
  const others = [...texts, ...bomAdded(body)];
  const inside = others.flatMap((other) =>
    lineEndHabits.flatMap((habit) => after(other, habit(other.value))),
  );
  yield* inside;
  const known = [...edges, ...inside].map(({ value }) => value);
  for (const base of hasBom(body) ? others : [received, ...others]) yield* rewritten(base, known);
}

/** Habits at work before another, whose change stays. */
function after({ changes }: Reading<Body>, earlier: readonly Reading<Body>[]): Reading<Body>[] {
  return earlier.map(({ value, changes: more }) => ({ value, changes: [...changes, ...more] }));
}

function* rewritten({ value, changes }: Reading<Body>, known: readonly Body[]): Generator<Reading<Body>> {
  if (!isUtf8(value)) return;
  for (const written of jsonBodies(value, known)) {
    const all = [...changes, ...written.changes];
    yield { value: written.value, changes: all };
    // Readers of text take the mark away, and what they hand on is written again.
    if (Number(written.changes[0]?.details?.differences) === 1 && changes.length === 0) {
      yield { value: Buffer.concat([bom, written.value]), changes: [...all, { code: 'bom_lost' }] };
    }
  }
}

/** An editor or a shell added a line end, which was not signed. */
export function newlineAdded(body: Body): Reading<Body>[] {
  const tail = binary(body.subarray(-2));
  return ['\r\n', '\n']
    .filter((end) => tail.endsWith(end))
    .map((end) => changed(body.subarray(0, body.length - end.length), 'newline_added'));
}

/** A line end was signed, and lost on the way. */
export function newlineLost(body: Body): Reading<Body>[] {
  return ['\n', '\r\n'].map((end) => changed(Buffer.concat([body, Buffer.from(end)]), 'newline_lost'));
}

const bom = Buffer.from([0xef, 0xbb, 0xbf]);

/** A byte order mark was put before what was signed. */
export function bomAdded(body: Body): Reading<Body>[] {
  return hasBom(body) ? [changed(body.subarray(bom.length), 'bom_added')] : [];
}

/** A byte order mark was signed, and taken away. */
export function bomLost(body: Body): Reading<Body>[] {
  return hasBom(body) ? [] : [changed(Buffer.concat([bom, body]), 'bom_lost')];
}

/** Line feeds became CRLF, as on Windows or by a tool that treats the body as text. */
export function toCrlf(body: Body): Reading<Body>[] {
  const text = binary(body);
  if (!text.includes('\r\n')) return [];
  const unix = Buffer.from(text.replaceAll('\r\n', '\n'), 'latin1');
  const changes: Change[] = [{ code: 'line_ends_to_crlf' }];
  const bare = newlineAdded(unix).map(({ value, changes: more }) => ({
    value,
    changes: [...changes, ...more],
  }));
  return [{ value: unix, changes }, ...bare];
}

/** CRLF became line feeds. */
export function toLf(body: Body): Reading<Body>[] {
  const text = binary(body);
  if (!/(?<!\r)\n/.test(text)) return [];
  const windows = Buffer.from(text.replaceAll(/\r?\n/g, '\r\n'), 'latin1');
  const lost = Buffer.concat([windows, Buffer.from('\r\n')]);
  return [
    changed(windows, 'line_ends_to_lf'),
    { value: lost, changes: [{ code: 'line_ends_to_lf' }, { code: 'newline_lost' }] },
  ];
}

/** Blanks or line ends stand around what was signed. */
export function blanksAround(body: Body): Reading<Body>[] {
  const isBlank = (byte: number) => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
  const start = body.findIndex((byte) => !isBlank(byte));
  const end = body.findLastIndex((byte) => !isBlank(byte)) + 1;
  const isLineEndOnly = start === 0 && newlineAdded(body).some(({ value }) => value.length === end);
  return end === 0 || end - start === body.length || isLineEndOnly
    ? []
    : [changed(body.subarray(start, end), 'blanks_around_body')];
}

/** UTF-8 was read as latin1 or windows-1252 and written as UTF-8 again: an é became Ã©. */
export function doubledCharset(body: Body): Reading<Body>[] {
  if (!isUtf8(body) || isAscii(body)) return [];
  const text = toText(body);
  const found = [fromLatin1(text), fromWindows1252(text)].filter((bytes) => bytes !== undefined);
  return found.filter((bytes) => isUtf8(bytes)).map((bytes) => changed(bytes, 'charset_doubled'));
}

/** UTF-8 was written as latin1: what is received is not UTF-8, or was not when it was signed. */
export function latin1(body: Body): Reading<Body>[] {
  if (isAscii(body)) return [];
  if (!isUtf8(body)) return [changed(Buffer.from(binary(body)), 'charset_latin1')];
  const narrow = fromLatin1(toText(body));
  // One that is UTF-8 had been encoded twice.
  return narrow && !isUtf8(narrow) ? [changed(narrow, 'charset_latin1')] : [];
}

/** What arrived is base64 of what was signed, as some platforms hand bodies over. */
export function base64(body: Body): Reading<Body>[] {
  const text = binary(body).trim();
  if (!/^[A-Za-z0-9+/\r\n]{8,}={0,2}$/.test(text)) return [];
  const decoded = Buffer.from(text, 'base64');
  return decoded.length > 0 ? [changed(decoded, 'body_base64')] : [];
}

/** What arrived is a JSON text that holds what was signed: it was stringified twice. */
export function insideString(body: Body): Reading<Body>[] {
  if (body[0] !== 0x22 || !isUtf8(body)) return [];
  const inner = parseJson(body);
  return typeof inner === 'string' ? [changed(Buffer.from(inner), 'body_in_string')] : [];
}

/** UTF-8 was sent as UTF-16, as PowerShell and Windows programs write. */
export function utf16(body: Body): Reading<Body>[] {
  const isMarked = body[0] === 0xff && body[1] === 0xfe;
  if (body.length % 2 === 1 || !(isMarked || body[1] === 0)) return [];
  const text = asBuffer(body.subarray(isMarked ? 2 : 0)).toString('utf16le');
  return [changed(Buffer.from(text), 'charset_utf16')];
}

/** What was signed is one of the texts of an object around it: an event of AWS Lambda or SNS, a log entry. */
export function insideEnvelope(body: Body): Reading<Body>[] {
  if (body[0] !== 0x7b) return [];
  const envelope = parseJson(body);
  const members = Object.entries(typeof envelope === 'object' && envelope !== null ? envelope : {});
  return members
    .filter(
      ([name, value]) => typeof value === 'string' && /body|message|payload|data|event|content/i.test(name),
    )
    .slice(0, 8)
    .flatMap(([member, value]: [string, string]) => [
      changed(Buffer.from(value), 'body_in_envelope', { member }),
      ...base64(Buffer.from(value)).map(({ value: decoded }) =>
        changed(decoded, 'body_in_envelope', { member }),
      ),
    ]);
}

/** A Buffer of Node.js that was written as JSON: `{"type":"Buffer","data":[…]}`. */
export function byteList(body: Body): Reading<Body>[] {
  if (body[0] !== 0x7b && body[0] !== 0x5b) return [];
  const value = parseJson(body);
  const list = Array.isArray(value) ? value : (value as { data?: unknown } | undefined)?.data;
  const isBytes =
    Array.isArray(list) && list.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256);
  return isBytes && list.length > 0 ? [changed(Buffer.from(list), 'body_as_byte_list')] : [];
}

/** It was sent as a form: percent-encoded, as the value or the name of a field. */
export function urlEncoded(body: Body): Reading<Body>[] {
  const text = binary(body);
  if (!/^[\w.*+%=&-]+$/.test(text) || !text.includes('%')) return [];
  return [...new URLSearchParams(text)]
    .flat()
    .filter((part) => part !== '')
    .slice(0, 8)
    .map((part) => changed(Buffer.from(part), 'body_urlencoded'));
}

/** A body that was not at hand any more when it was signed, and what was signed in its place. */
export function lostWhenSigned(): Reading<Body>[] {
  return ['', '[object Object]', 'undefined', 'null', 'None', '{}'].map((text) =>
    changed(Buffer.from(text), 'body_lost_when_signed', { text }),
  );
}

/** A text that was stringified once more to be signed. */
export function stringifiedWhenSigned(body: Body): Reading<Body>[] {
  return isUtf8(body)
    ? [changed(Buffer.from(JSON.stringify(toText(body))), 'body_stringified_when_signed')]
    : [];
}

/** Base64, hexadecimal digits or a hash of the body were signed. */
export function digestSigned(body: Body): Reading<Body>[] {
  const hash = createHash('sha256').update(body).digest();
  const forms: [form: string, text: string][] = [
    ['base64', asBuffer(body).toString('base64')],
    ['hexadecimal digits', asBuffer(body).toString('hex')],
    ['SHA-256 in hexadecimal digits', hash.toString('hex')],
    ['SHA-256 in base64', hash.toString('base64')],
  ];
  return forms.map(([form, text]) => changed(Buffer.from(text), 'body_digest_signed', { form }));
}

/** Bytes that Python wrote into a text: `b'…'`. */
export function reprSigned(body: Body): Reading<Body>[] {
  const quote = body.includes(0x27) && !body.includes(0x22) ? '"' : "'";
  const escapes: Record<string, string> = {
    '\\': '\\\\',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    [quote]: `\\${quote}`,
  };
  const inner = binary(body).replace(
    /[^ -~]|[\\'"]/g,
    (character) =>
      escapes[character] ??
      (character >= ' ' && character <= '~'
        ? character
        : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`),
  );
  return [changed(Buffer.from(`b${quote}${inner}${quote}`), 'body_repr_signed')];
}

function hasBom(body: Body): boolean {
  return bom.equals(body.subarray(0, bom.length));
}

function toText(body: Body): string {
  return asBuffer(body).toString();
}

/** One character per byte. */
function binary(body: Body): string {
  return asBuffer(body).toString('latin1');
}

function fromLatin1(text: string): Body | undefined {
  return /^[\0-\xff]*$/.test(text) ? Buffer.from(text, 'latin1') : undefined;
}

/** The characters that windows-1252 has in place of the control characters 0x80 to 0x9f. */
const windows1252 = new Map(
  [...'€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'].map((character, index) => [character, 0x80 + index]),
);

function fromWindows1252(text: string): Body | undefined {
  const narrow = text.replace(/[^\0-\xff]/g, (character) =>
    String.fromCharCode(windows1252.get(character) ?? 0x100),
  );
  return narrow === text ? undefined : fromLatin1(narrow);
}
