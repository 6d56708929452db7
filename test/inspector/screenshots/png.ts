import { crc32, deflateSync, inflateSync } from 'node:zlib';

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

const signatureLength = 8;

function chunksOf(png: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = signatureLength; at < png.length; ) {
    const length = png.readUInt32BE(at);
    chunks.push({
      type: png.toString('latin1', at + 4, at + 8),
      data: png.subarray(at + 8, at + 8 + length),
    });
    at += length + 12;
  }
  return chunks;
}

function encoded({ type, data }: Chunk): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** Undoes the filter of each row, for images of 3 bytes per pixel. */
function unfiltered(rows: Buffer, stride: number): Buffer {
  const pixels = Buffer.alloc((rows.length / (stride + 1)) * stride);
  for (let row = 0; row * (stride + 1) < rows.length; row++) {
    const filter = rows[row * (stride + 1)]!;
    for (let x = 0; x < stride; x++) {
      const here = row * stride + x;
      const left = x >= 3 ? pixels[here - 3]! : 0;
      const up = row > 0 ? pixels[here - stride]! : 0;
      const corner = x >= 3 && row > 0 ? pixels[here - stride - 3]! : 0;
      const guess = left + up - corner;
      const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
      const paeth = a <= b && a <= c ? left : b <= c ? up : corner;
      const predicted = [0, left, up, (left + up) >> 1, paeth][filter]!;
      pixels[here] = rows[row * (stride + 1) + 1 + x]! + predicted;
    }
  }
  return pixels;
}

/**
 * The same picture in a third of the bytes: 256 colors instead of 3 bytes per pixel. Pages of text
 * need no more, and documentation should not be heavy.
 */
export function smallerPng(png: Buffer): Buffer {
  const chunks = chunksOf(png);
  const header = chunks[0]!.data;
  const stride = header.readUInt32BE(0) * 3;
  if (header[9] !== 2) return png;
  const raw = inflateSync(
    Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)),
  );
  const pixels = unfiltered(raw, stride);
  const counts = new Map<number, number>();
  const colorAt = (at: number) => (pixels[at]! << 16) | (pixels[at + 1]! << 8) | pixels[at + 2]!;
  for (let at = 0; at < pixels.length; at += 3) counts.set(colorAt(at), (counts.get(colorAt(at)) ?? 0) + 1);
  const distance = (one: number, other: number) =>
    [16, 8, 0].reduce((sum, shift) => sum + (((one >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0);
  const palette: number[] = [];
  // Frequent colors first, but none that is nearly another, so that rare hues get a place.
  for (const [color] of [...counts].sort((one, other) => other[1] - one[1])) {
    const least = palette.length < 64 ? 8 : 400;
    if (palette.length < 256 && palette.every((other) => distance(color, other) > least)) palette.push(color);
  }
  const nearest = new Map<number, number>(palette.map((color, index) => [color, index]));
  const indexOf = (color: number): number => {
    const known = nearest.get(color);
    if (known !== undefined) return known;
    let best = 0;
    for (let index = 1; index < palette.length; index++) {
      if (distance(palette[index]!, color) < distance(palette[best]!, color)) best = index;
    }
    nearest.set(color, best);
    return best;
  };
  const width = stride / 3;
  const height = pixels.length / stride;
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = indexOf(colorAt(y * stride + x * 3));
  }
  const indexed = Buffer.from(header);
  indexed[9] = 3;
  const colors = Buffer.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]));
  return Buffer.concat([
    png.subarray(0, signatureLength),
    ...[
      { type: 'IHDR', data: indexed },
      { type: 'PLTE', data: colors },
      { type: 'IDAT', data: deflateSync(rows, { level: 9 }) },
      { type: 'IEND', data: Buffer.alloc(0) },
    ].map(encoded),
  ]);
}
