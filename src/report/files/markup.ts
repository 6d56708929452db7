import { cleanText } from '../clean.ts';

/** HTML that may be written as it is. */
export class Markup {
  readonly html: string;

  constructor(html: string) {
    this.html = html;
  }
}

type MarkupPart = Markup | string | number | readonly MarkupPart[];

/**
 * HTML from a template. Everything in it that is not Markup is text: it is cleaned and escaped. Quotes stay, because no
 * text from outside is written into an attribute, and because masking looks for the ends of URLs.
 */
export function markup(template: TemplateStringsArray, ...parts: readonly MarkupPart[]): Markup {
  return new Markup(
    template.map((html, index) => html + (index < parts.length ? htmlOf(parts[index]!) : '')).join(''),
  );
}

/** No HTML. */
export const nothing = new Markup('');

function htmlOf(part: MarkupPart): string {
  if (part instanceof Markup) return part.html;
  if (typeof part === 'object') return part.map(htmlOf).join('');
  return cleanText(String(part)).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
