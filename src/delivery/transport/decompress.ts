import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

/** A response that is longer after decompression stays as it is: only its beginning is ever read or shown. */
const MAX_BYTES = 1024 * 1024;

const decoders = new Map<string, typeof gunzipSync>([
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['deflate', inflateSync],
  ['br', brotliDecompressSync],
]);

/** A body without its Content-Encoding; undefined if it cannot be decompressed. */
export function decompress(body: Uint8Array, encoding: string): Uint8Array | undefined {
  try {
    return decoders.get(encoding.trim().toLowerCase())?.(body, { maxOutputLength: MAX_BYTES });
  } catch {
    return undefined;
  }
}
