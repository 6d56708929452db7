import { maskSecret } from '../signature/secret.ts';

/** Masks text that looks like a secret, such as one in the wrong flag, and the credentials of URLs. */
export function maskLookalikes(text: string): string {
  if (!text.includes('sec_') && !text.includes('://')) return text;
  return text
    .replace(/\b(?:whsec|insec)_[A-Za-z0-9+/=_-]{3,}/g, maskSecret)
    .replace(/(:\/\/)[^\s/@"]+@/g, '$1…@');
}
