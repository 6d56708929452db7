/** Random bytes are generated in bulk: one at a time, they would take a tenth of a burst's time. */
const pool = Buffer.alloc(8192);
let used = pool.length;

/** A uniform random integer from 0 to `limit` - 1. `limit` is at most 256. */
function below(limit: number): number {
  // Bytes above the last multiple of `limit` are discarded to avoid modulo bias.
  const fair = 256 - (256 % limit);
  for (;;) {
    if (used === pool.length) {
      crypto.getRandomValues(pool);
      used = 0;
    }
    const byte = pool[used++]!;
    if (byte < fair) return byte % limit;
  }
}

/** `length` random characters from the alphabet. */
export function randomText(length: number, alphabet: string): string {
  let text = '';
  for (let i = 0; i < length; i += 1) text += alphabet[below(alphabet.length)];
  return text;
}
