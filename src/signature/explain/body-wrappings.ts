import { isAscii, isUtf8 } from 'node:buffer';
import { parseJson } from '../../json.ts';
import { asBuffer } from '../../message.ts';
import { binary } from './body-text.ts';
import { changed, type Reading } from './reading.ts';

/** UTF-8 was decoded as latin1 or windows-1252 and encoded as UTF-8 again: é became Ã©. */
export function doubledCharset(body: Uint8Array): Reading<Uint8Array>[] {
  if (!isUtf8(body) || isAscii(body)) return [];
  const text = toText(body);
  const found = [fromLatin1(text), fromWindows1252(text)].filter((bytes) => bytes !== undefined);
  return found.filter((bytes) => isUtf8(bytes)).map((bytes) => changed(bytes, 'charset_encoded_twice'));
}

/** The charset changed between UTF-8 and latin1: either the received or the signed body is not UTF-8. */
export function latin1(body: Uint8Array): Reading<Uint8Array>[] {
  if (isAscii(body)) return [];
  if (!isUtf8(body)) return [changed(Buffer.from(binary(body)), 'charset_latin1')];
  const narrow = fromLatin1(toText(body));
  // Valid UTF-8 here means that the body was encoded twice: see doubledCharset.
  return narrow && !isUtf8(narrow) ? [changed(narrow, 'charset_latin1')] : [];
}

/** UTF-8 was sent as UTF-16, which PowerShell and Windows programs write. */
export function utf16(body: Uint8Array): Reading<Uint8Array>[] {
  const isMarked = body[0] === 0xff && body[1] === 0xfe;
  if (body.length % 2 === 1 || !(isMarked || body[1] === 0)) return [];
  const text = asBuffer(body.subarray(isMarked ? 2 : 0)).toString('utf16le');
  return [changed(Buffer.from(text), 'charset_utf16')];
}

/** The received body is base64 of the signed body, as some platforms deliver it. */
export function base64(body: Uint8Array): Reading<Uint8Array>[] {
  const text = binary(body).trim();
  if (!/^[A-Za-z0-9+/\r\n]{8,}={0,2}$/.test(text)) return [];
  const decoded = Buffer.from(text, 'base64');
  return decoded.length > 0 ? [changed(decoded, 'body_base64')] : [];
}

/** The received body is a JSON string that contains the signed body: it was stringified twice. */
export function insideString(body: Uint8Array): Reading<Uint8Array>[] {
  if (body[0] !== 0x22 || !isUtf8(body)) return [];
  const inner = parseJson(body);
  return typeof inner === 'string' ? [changed(Buffer.from(inner), 'body_in_string')] : [];
}

/** The signed body is a string member of the received object: an AWS Lambda or SNS event, or a log entry. */
export function insideEnvelope(body: Uint8Array): Reading<Uint8Array>[] {
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

/** A Node.js Buffer was serialized as JSON: `{"type":"Buffer","data":[…]}`. */
export function byteList(body: Uint8Array): Reading<Uint8Array>[] {
  if (body[0] !== 0x7b && body[0] !== 0x5b) return [];
  const value = parseJson(body);
  const list = Array.isArray(value) ? value : (value as { data?: unknown } | undefined)?.data;
  const isBytes =
    Array.isArray(list) && list.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256);
  return isBytes && list.length > 0 ? [changed(Buffer.from(list), 'body_as_byte_list')] : [];
}

/** The body was sent as a form: percent-encoded, as the value or name of a field. */
export function urlEncoded(body: Uint8Array): Reading<Uint8Array>[] {
  const text = binary(body);
  if (!/^[\w.*+%=&!~'()-]+$/.test(text) || !text.includes('%')) return [];
  return [...new URLSearchParams(text)]
    .flat()
    .filter((part) => part !== '')
    .slice(0, 8)
    .map((part) => changed(Buffer.from(part), 'body_urlencoded'));
}

function toText(body: Uint8Array): string {
  return asBuffer(body).toString();
}

function fromLatin1(text: string): Uint8Array | undefined {
  return /^[\0-\xff]*$/.test(text) ? Buffer.from(text, 'latin1') : undefined;
}

/** Characters that windows-1252 has at 0x80 to 0x9f, where latin1 has control characters. */
const windows1252 = new Map(
  [...'€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'].map((character, index) => [character, 0x80 + index]),
);

function fromWindows1252(text: string): Uint8Array | undefined {
  const narrow = text.replace(/[^\0-\xff]/g, (character) =>
    String.fromCharCode(windows1252.get(character) ?? 0x100),
  );
  return narrow === text ? undefined : fromLatin1(narrow);
}
