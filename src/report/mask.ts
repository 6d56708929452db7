import { maskSecret } from '../signature/secret.ts';

/** Secrets of any kind that were mistyped into the wrong place, and the credentials of a URL. */
export function maskLookalikes(text: string): string {
  if (!text.includes('sec_') && !text.includes('://')) return text;
  return text
    .replace(/\b(?:whsec|insec)_[A-Za-z0-9+/=_-]{3,}/g, maskSecret)
    .replace(/(:\/\/)[^\s/@"]+@/g, '$1…@');
}
