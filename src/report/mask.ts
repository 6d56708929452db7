import { formsOfSecret } from '../secret-forms.ts';
import { maskSecret } from '../signature/secret.ts';

/** Hides the secrets that it knows, and whatever looks like one, in text. */
export class SecretMask {
  /** What is shown instead of each form of a secret. */
  readonly #shown = new Map<string, string>();
  #forms = /(?!)/g;

  /** Hides this secret from now on: as it is, and as other formats write it. */
  hide(secret: string): void {
    for (const form of formsOfSecret(secret))
      this.#shown.set(form, form === secret ? maskSecret(secret) : '…');
    // A form may contain another one.
    const forms = [...this.#shown.keys()].sort((a, b) => b.length - a.length);
    this.#forms = new RegExp(forms.map((form) => form.replace(/[^\w]/g, '\\$&')).join('|'), 'g');
  }

  mask(text: string): string {
    if (text === '') return text;
    return maskLookalikes(text.replace(this.#forms, (form) => this.#shown.get(form)!));
  }
}

/** Masks text that looks like a secret, such as one in the wrong flag, and the credentials of URLs. */
function maskLookalikes(text: string): string {
  if (!text.includes('sec_') && !text.includes('://')) return text;
  return text
    .replace(/\b(?:whsec|insec)_[A-Za-z0-9+/=_-]{3,}/g, maskSecret)
    .replace(/(:\/\/)[^\s/@"]+@/g, '$1…@');
}
