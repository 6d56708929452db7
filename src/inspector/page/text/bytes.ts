/** Bytes as text, for people; `isText` is false if they are not UTF-8, and each byte became one character. */
export interface DecodedBytes {
  readonly text: string;
  readonly isText: boolean;
}

export function bytesOf(base64: string): Uint8Array {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

/** Not by a pattern, which would try each character of a large body. */
const paddingOf = (base64: string) => (base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0);

/** The number of bytes that base64 stands for. */
export const bytesIn = (base64: string) => (base64.length / 4) * 3 - paddingOf(base64);

/** The byte order mark is kept, because it is part of what was signed. */
export function decodeBytes(bytes: Uint8Array): DecodedBytes {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), isText: true };
  } catch {
    let text = '';
    for (let at = 0; at < bytes.length; at += 8192)
      text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return { text, isText: false };
  }
}

/** Rows of a hex dump: offset, hexadecimal digits, and printable ASCII. */
export function hexRows(bytes: Uint8Array, from: number, until: number): [string, string, string][] {
  const rows: [string, string, string][] = [];
  for (let at = from; at < Math.min(until, bytes.length); at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const digits = row.map((byte) => byte.toString(16).padStart(2, '0'));
    rows.push([
      at.toString(16).padStart(8, '0'),
      `${digits.slice(0, 8).join(' ')}  ${digits.slice(8).join(' ')}`.padEnd(48),
      row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join(''),
    ]);
  }
  return rows;
}

/** A function from increasing offsets in characters to offsets in bytes of UTF-8. */
export function byteOffsets({ text, isText }: DecodedBytes): (at: number) => number {
  if (!isText || /^[\0-\x7f]*$/.test(text)) return (at) => at;
  let done = 0;
  let bytes = 0;
  return (at) => {
    for (; done < at; done++) {
      const code = text.charCodeAt(done);
      // Each half of a surrogate pair counts for 2 of its 4 bytes.
      bytes += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3;
    }
    return bytes;
  };
}
