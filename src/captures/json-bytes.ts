const [quote, backslash, space] = [0x22, 0x5c, 0x20];

/** Bytes that a JSON text can have at most for one byte of what it says: `\u0000`. */
export const LONGEST_ESCAPE = 6;

/**
 * Writes bytes of UTF-8 as the inside of a JSON text (RFC 8259, 7), and returns where it ends. Byte by byte: making a
 * text of a body, escaping that and encoding it again costs a busy listener a tenth of its speed. There must be room
 * for LONGEST_ESCAPE times as many bytes.
 */
export function writeJsonText(bytes: Uint8Array, into: Buffer, at: number): number {
  let end = at;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index]!;
    if (byte === quote || byte === backslash) {
      into[end] = backslash;
      into[end + 1] = byte;
      end += 2;
    } else if (byte < space) {
      end += into.write(`\\u00${byte < 16 ? '0' : ''}${byte.toString(16)}`, end, 'latin1');
    } else {
      into[end] = byte;
      end += 1;
    }
  }
  return end;
}
