/** Shorter keys match by chance. In bytes. */
const MIN_KEY_BYTES = 8;

/**
 * The forms in which a secret can leak: the text, its key without the prefix, and both in hex, base64 and base64url.
 * The longest come first, so that a replacement leaves no rest of one.
 */
export function formsOfSecret(text: string): string[] {
  const keyText = text.replace(/^(?:whsec|insec)_/, '');
  const key = Buffer.from(keyText, 'base64');
  if (key.length < MIN_KEY_BYTES) return [text];
  const encoded = [Buffer.from(text), Buffer.from(keyText), key].flatMap((bytes) => {
    const [hex, base64] = [bytes.toString('hex'), bytes.toString('base64')];
    return [hex, hex.toUpperCase(), base64, base64.replace(/=+$/, ''), bytes.toString('base64url')];
  });
  return [...new Set([text, keyText, ...encoded])].sort((a, b) => b.length - a.length);
}
