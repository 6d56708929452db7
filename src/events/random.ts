/** Random bytes are asked for in bulk: one by one they would cost a burst a tenth of its time. */
const pool = Buffer.alloc(8192);
let used = pool.length;

/** A random number from 0 to `limit` - 1, each as likely as any other. `limit` is at most 256. */
function below(limit: number): number {
  // What is left of 256 above the last multiple of the limit would make some numbers likelier.
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

/** So many characters, each from the alphabet. */
export function randomText(length: number, alphabet: string): string {
  let text = '';
  for (let i = 0; i < length; i += 1) text += alphabet[below(alphabet.length)];
  return text;
}
