import { binary } from './body-text.ts';
import { type Change, changed, type Reading } from './reading.ts';

/** An editor or shell added a trailing newline, which was not signed. */
export function newlineAdded(body: Uint8Array): Reading<Uint8Array>[] {
  const tail = binary(body.subarray(-2));
  return ['\r\n', '\n']
    .filter((end) => tail.endsWith(end))
    .map((end) => changed(body.subarray(0, body.length - end.length), 'newline_added'));
}

/** The signed trailing newline was removed. */
export function newlineLost(body: Uint8Array): Reading<Uint8Array>[] {
  return ['\n', '\r\n'].map((end) => changed(Buffer.concat([body, Buffer.from(end)]), 'newline_lost'));
}

/** The byte order mark of UTF-8. */
export const bom = Buffer.from([0xef, 0xbb, 0xbf]);

/** A byte order mark was added before the signed body. */
export function bomAdded(body: Uint8Array): Reading<Uint8Array>[] {
  return hasBom(body) ? [changed(body.subarray(bom.length), 'bom_added')] : [];
}

/** A buffer of a fixed length was sent or verified as a whole. */
export function nulAdded(body: Uint8Array): Reading<Uint8Array>[] {
  const length = body.findLastIndex((byte) => byte !== 0) + 1;
  return length === 0 || length === body.length ? [] : [changed(body.subarray(0, length), 'nul_added')];
}

/** The signed byte order mark was removed. */
export function bomLost(body: Uint8Array): Reading<Uint8Array>[] {
  return hasBom(body) ? [] : [changed(Buffer.concat([bom, body]), 'bom_lost')];
}

/** LF became CRLF, as on Windows or in a tool that treats the body as text. */
export function toCrlf(body: Uint8Array): Reading<Uint8Array>[] {
  const text = binary(body);
  if (!text.includes('\r\n')) return [];
  const unix = Buffer.from(text.replaceAll('\r\n', '\n'), 'latin1');
  const changes: Change[] = [{ code: 'newlines_to_crlf' }];
  const bare = newlineAdded(unix).map(({ value, changes: more }) => ({
    value,
    changes: [...changes, ...more],
  }));
  return [{ value: unix, changes }, ...bare];
}

/** CRLF became LF. */
export function toLf(body: Uint8Array): Reading<Uint8Array>[] {
  const text = binary(body);
  if (!/(?<!\r)\n/.test(text)) return [];
  const windows = Buffer.from(text.replaceAll(/\r?\n/g, '\r\n'), 'latin1');
  const lost = Buffer.concat([windows, Buffer.from('\r\n')]);
  return [
    changed(windows, 'newlines_to_lf'),
    { value: lost, changes: [{ code: 'newlines_to_lf' }, { code: 'newline_lost' }] },
  ];
}

/** Whitespace was added around the signed body. */
export function surroundingWhitespace(body: Uint8Array): Reading<Uint8Array>[] {
  const isWhitespace = (byte: number) => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
  const start = body.findIndex((byte) => !isWhitespace(byte));
  const end = body.findLastIndex((byte) => !isWhitespace(byte)) + 1;
  const isNewlineOnly = start === 0 && newlineAdded(body).some(({ value }) => value.length === end);
  return end === 0 || end - start === body.length || isNewlineOnly
    ? []
    : [changed(body.subarray(start, end), 'whitespace_around_body')];
}

/** Whether a body begins with a byte order mark. */
export function hasBom(body: Uint8Array): boolean {
  return bom.equals(body.subarray(0, bom.length));
}
