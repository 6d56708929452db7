import { isAscii, isUtf8 } from 'node:buffer';
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
const textHabits: readonly Habit[] = [doubledCharset, latin1, base64, insideString];
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
